/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The log of a run as a person sees it, when the run writes what it should not. */

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tc-log-view.h"

#define TITLE "The title of the test"
#define LONG_LINE (20 * 1000 * 1000)
#define OVERWRITES 300000
#define LINES 100000

typedef struct
{
  char      *path;   /* (owned) */
  GtkWidget *window; /* (owned) by GTK until destroyed */
  GtkWidget *view;   /* (owned) */
} Fixture;

static void
append (Fixture    *fixture,
        const char *bytes,
        gssize      length)
{
  FILE *file = g_fopen (fixture->path, "a");
  gsize wanted = length < 0 ? strlen (bytes) : (gsize) length;

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, wanted, file), ==, wanted);
  fclose (file);
}

static void
settle (void)
{
  gint64 end_us = g_get_monotonic_time () + 100 * 1000;

  while (g_get_monotonic_time () < end_us)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->path = g_build_filename (g_get_user_cache_dir (), "output.log", NULL);
  g_mkdir_with_parents (g_get_user_cache_dir (), 0700);
  append (fixture, "", 0);
  fixture->window = adw_window_new ();
  fixture->view = g_object_ref_sink (tc_log_view_new ());
  gtk_window_set_title (GTK_WINDOW (fixture->window), TITLE);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 900, 600);
  adw_window_set_content (ADW_WINDOW (fixture->window), fixture->view);
  gtk_window_present (GTK_WINDOW (fixture->window));
  settle ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle ();
  g_assert_finalize_object (fixture->view);
  g_unlink (fixture->path);
  g_free (fixture->path);
}

static GtkWidget *
find_type (GtkWidget *widget,
           GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static guint
count_lines (Fixture *fixture)
{
  GtkListView *list = GTK_LIST_VIEW (find_type (fixture->view, GTK_TYPE_LIST_VIEW));

  return g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (list)));
}

/* The view is told that the log has grown; waits for so many lines. */
static void
update (Fixture *fixture,
        guint    n_lines)
{
  tc_log_view_update (TC_LOG_VIEW (fixture->view));
  while (count_lines (fixture) != n_lines)
    g_main_context_iteration (NULL, TRUE);
  settle ();
}

/* All that the labels below a widget show. */
static void
collect (GtkWidget *widget,
         GString   *text)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget))
    {
      g_assert_false (gtk_label_get_use_markup (GTK_LABEL (widget)));
      g_string_append_printf (text, "%s\n", gtk_label_get_text (GTK_LABEL (widget)));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, text);
}

static char *
dup_shown (Fixture *fixture)
{
  GString *text = g_string_new (NULL);

  collect (find_type (fixture->view, GTK_TYPE_LIST_VIEW), text);

  return g_string_free (text, FALSE);
}

static char *
dup_copied (GdkClipboard *clipboard)
{
  g_auto(GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (gdk_clipboard_get_content (clipboard), &value, NULL));

  return g_value_dup_string (&value);
}

/* P05: the text is what is left without the sequences, and nothing else happens. */
static void
test_escapes (Fixture       *fixture,
              gconstpointer  data)
{
  static const struct { const char *written; const char *shown; } lines[] = {
    { "\033[31mred\033[0m and \033[1;4mmore\033[m", "red and more" },
    { "a\033]52;c;Y2xpcGJvYXJk\007b", "ab" },
    { "link \033]8;;https://example.org\033\\text\033]8;;\033\\ end", "link text end" },
    { "t\033]0;a new title\007u\033]2;another\033\\v", "tuv" },
    { "d\033P1$r0m\033\\e", "de" },
    { "<b>bold</b> &amp; <a href='file:///'>x</a>", "<b>bold</b> &amp; <a href='file:///'>x</a>" },
    { "%n %s %x", "%n %s %x" },
  };
  g_autofree char *shown = NULL;
  g_autofree char *copied = NULL;
  GdkClipboard *clipboard = gtk_widget_get_clipboard (fixture->view);

  gdk_clipboard_set_text (clipboard, "mine");
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      append (fixture, lines[i].written, -1);
      append (fixture, "\n", 1);
    }
  append (fixture, "bidi \342\200\256evil\342\200\254 c1 \302\233 end\n", -1);
  tc_log_view_open (TC_LOG_VIEW (fixture->view), fixture->path);
  update (fixture, G_N_ELEMENTS (lines) + 1);
  shown = dup_shown (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *line = g_strdup_printf ("\n%s\n", lines[i].shown);

      if (strstr (shown, line) == NULL)
        g_error ("“%s” is not in “%s”", lines[i].shown, shown);
    }
  for (const char *at = shown; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      g_assert_true (c == '\n' || (c >= 0x20 && !(c >= 0x7f && c <= 0x9f)));
      g_assert_false ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069));
    }
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->window)), ==, TITLE);
  copied = dup_copied (clipboard);
  g_assert_cmpstr (copied, ==, "mine");
}

/* P06, smaller: the end is right, and is what is shown, after a line without
 * end, a bar that is drawn over and over, and very many lines. */
static void
test_storm (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *block = g_strnfill (LONG_LINE, 'x');
  g_autoptr(GString) text = g_string_new ("\n");
  g_autofree char *shown = NULL;

  tc_log_view_open (TC_LOG_VIEW (fixture->view), fixture->path);
  append (fixture, block, LONG_LINE);
  update (fixture, 1);
  for (guint i = 1; i <= OVERWRITES; i++)
    g_string_append_printf (text, "%u of %u\r", i, OVERWRITES);
  append (fixture, text->str, (gssize) text->len);
  update (fixture, 2);
  shown = dup_shown (fixture);
  g_assert_nonnull (strstr (shown, "\n300000 of 300000\n"));
  g_string_assign (text, "\n");
  for (guint i = 0; i < LINES; i++)
    g_string_append_printf (text, "line %u\n", i);
  g_string_append (text, "the very last line");
  append (fixture, text->str, (gssize) text->len);
  update (fixture, 2 + LINES + 1);
  g_free (shown);
  shown = dup_shown (fixture);
  g_assert_nonnull (strstr (shown, "\nthe very last line\n"));
  g_assert_nonnull (strstr (shown, "\nline 99999\n"));
}

/* Opened on a page that is not shown yet, a long log is there when it is, at its end. */
static void
test_hidden (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *shown = NULL;

  gtk_widget_set_visible (fixture->view, FALSE);
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "line %u\n", i);
  append (fixture, text->str, (gssize) text->len);
  tc_log_view_open (TC_LOG_VIEW (fixture->view), fixture->path);
  update (fixture, 1000);
  gtk_widget_set_visible (fixture->view, TRUE);
  settle ();
  settle ();
  shown = dup_shown (fixture);
  g_assert_nonnull (strstr (shown, "\nline 990\n"));
  g_assert_nonnull (strstr (shown, "\nline 999\n"));
}

static GtkSelectionModel *
get_selection (Fixture *fixture)
{
  return gtk_list_view_get_model (GTK_LIST_VIEW (find_type (fixture->view, GTK_TYPE_LIST_VIEW)));
}

/* Waits until that line, and it alone, is selected. */
static void
wait_for_line (Fixture *fixture,
               guint    line)
{
  for (;;)
    {
      g_autoptr(GtkBitset) selected = gtk_selection_model_get_selection (get_selection (fixture));

      if (gtk_bitset_get_size (selected) == 1 && gtk_bitset_get_minimum (selected) == line)
        return;
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
on_told (TcLogView  *view,
         const char *text,
         GString    *told)
{
  g_string_append_printf (told, "%s|", text);
}

/* First to the reason, if the log has it; else from the last error upwards, and around. */
static void
test_errors (Fixture       *fixture,
             gconstpointer  data)
{
  TcLogView *view = TC_LOG_VIEW (fixture->view);
  g_autoptr(GString) told = g_string_new (NULL);

  g_signal_connect (view, "told", G_CALLBACK (on_told), told);
  append (fixture, "one\nError: first\ntwo\nKilled by a rule\nCUDA out of memory\nlast\n", -1);
  tc_log_view_open (view, fixture->path);
  update (fixture, 6);
  tc_log_view_set_reason (view, "Traceback\nKilled by a rule\n");
  tc_log_view_jump_to_error (view);
  wait_for_line (fixture, 3);
  tc_log_view_set_reason (view, "nowhere in the log");
  tc_log_view_jump_to_error (view);
  wait_for_line (fixture, 4);
  tc_log_view_jump_to_error (view);
  wait_for_line (fixture, 1);
  tc_log_view_jump_to_error (view);
  wait_for_line (fixture, 4);
  g_assert_cmpstr (told->str, ==, "");
}

/* Found before the log is on the screen, it is shown when that is. */
static void
test_error_hidden (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *shown = NULL;

  gtk_widget_set_visible (fixture->view, FALSE);
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "%s %u\n", i == 500 ? "Error: the only one" : "line", i);
  append (fixture, text->str, (gssize) text->len);
  tc_log_view_open (TC_LOG_VIEW (fixture->view), fixture->path);
  update (fixture, 1000);
  tc_log_view_jump_to_error (TC_LOG_VIEW (fixture->view));
  settle ();
  gtk_widget_set_visible (fixture->view, TRUE);
  wait_for_line (fixture, 500);
  settle ();
  shown = dup_shown (fixture);
  g_assert_nonnull (strstr (shown, "\nError: the only one 500\n"));
  g_assert_nonnull (strstr (shown, "\nline 495\n"));
}

static void
test_no_errors (Fixture       *fixture,
                gconstpointer  data)
{
  TcLogView *view = TC_LOG_VIEW (fixture->view);
  g_autoptr(GString) told = g_string_new (NULL);

  g_signal_connect (view, "told", G_CALLBACK (on_told), told);
  append (fixture, "all is well\n", -1);
  tc_log_view_open (view, fixture->path);
  update (fixture, 1);
  tc_log_view_jump_to_error (view);
  while (told->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (told->str, ==, "There is no error in this log.|");
}

/* What is selected, line by line, also where it is not on the screen. */
static void
test_copy (Fixture       *fixture,
           gconstpointer  data)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (fixture->view);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GString) told = g_string_new (NULL);
  g_autofree char *copied = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "line %u\n", i);
  append (fixture, text->str, (gssize) text->len);
  g_signal_connect (fixture->view, "told", G_CALLBACK (on_told), told);
  tc_log_view_open (TC_LOG_VIEW (fixture->view), fixture->path);
  update (fixture, 1000);
  g_assert_true (gtk_widget_activate_action (fixture->view, "log.follow", NULL));
  gtk_selection_model_select_range (get_selection (fixture), 3, 2, TRUE);
  gtk_selection_model_select_item (get_selection (fixture), 998, FALSE);
  g_assert_true (gtk_widget_activate_action (fixture->view, "log.copy", NULL));
  while (told->len == 0)
    g_main_context_iteration (NULL, TRUE);
  copied = dup_copied (clipboard);
  g_assert_cmpstr (copied, ==, "line 3\nline 4\nline 998");
  g_assert_cmpstr (told->str, ==, "3 lines copied|");
}

static int
get_widest_row (Fixture *fixture)
{
  GtkWidget *list = find_type (fixture->view, GTK_TYPE_LIST_VIEW);

  return gtk_widget_get_width (gtk_widget_get_first_child (list));
}

static void
test_wrap (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *line = g_strnfill (2000, 'x');
  int height;

  append (fixture, line, -1);
  tc_log_view_open (TC_LOG_VIEW (fixture->view), fixture->path);
  update (fixture, 1);
  height = gtk_widget_get_height (gtk_widget_get_first_child (find_type (fixture->view, GTK_TYPE_LIST_VIEW)));
  g_assert_cmpint (get_widest_row (fixture), >, 2000);
  g_assert_true (gtk_widget_activate_action (fixture->view, "log.wrap", NULL));
  settle ();
  g_assert_cmpint (get_widest_row (fixture), <=, 900);
  g_assert_cmpint (gtk_widget_get_height (gtk_widget_get_first_child (find_type (fixture->view, GTK_TYPE_LIST_VIEW))), >,
                   5 * height);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/tc/log-view/escapes", Fixture, NULL, set_up, test_escapes, tear_down);
  g_test_add ("/tc/log-view/storm", Fixture, NULL, set_up, test_storm, tear_down);
  g_test_add ("/tc/log-view/hidden", Fixture, NULL, set_up, test_hidden, tear_down);
  g_test_add ("/tc/log-view/errors", Fixture, NULL, set_up, test_errors, tear_down);
  g_test_add ("/tc/log-view/error-hidden", Fixture, NULL, set_up, test_error_hidden, tear_down);
  g_test_add ("/tc/log-view/no-errors", Fixture, NULL, set_up, test_no_errors, tear_down);
  g_test_add ("/tc/log-view/copy", Fixture, NULL, set_up, test_copy, tear_down);
  g_test_add ("/tc/log-view/wrap", Fixture, NULL, set_up, test_wrap, tear_down);

  return g_test_run ();
}
