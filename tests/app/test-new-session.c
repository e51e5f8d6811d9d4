/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The dialog for a new session: built, filled in, and gone without a rest. No
 * engine answers here. */

#include <adwaita.h>

#include "tc-corpus-text.h"
#include "tc-curriculum-dialog.h"
#include "tc-field-row.h"
#include "tc-file-row.h"
#include "tc-json.h"
#include "tc-model-choices.h"
#include "tc-new-session.h"
#include "tc-plan-bar.h"
#include "tc-provider-row.h"

typedef struct
{
  TcClient     *client; /* (owned) */
  GtkWidget    *window; /* (owned) by GTK until destroyed */
  TcNewSession *dialog; /* (owned) */
} Fixture;

/* Long enough for what GTK does in the next frames. */
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
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();

  fixture->client = tc_client_new (paths, TC_CLIENT_DEFAULT);
  fixture->window = adw_window_new ();
  fixture->dialog = g_object_ref_sink (tc_new_session_new (fixture->client));
  adw_window_set_content (ADW_WINDOW (fixture->window), gtk_label_new ("behind"));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
  adw_dialog_present (ADW_DIALOG (fixture->dialog), fixture->window);
  settle ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  adw_dialog_force_close (ADW_DIALOG (fixture->dialog));
  settle ();
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle ();
  g_assert_finalize_object (fixture->dialog);
  g_assert_finalize_object (fixture->client);
}

static GtkWidget *
find_type (GtkWidget *widget,
           GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && gtk_widget_get_visible (widget))
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

static gpointer
get_row (Fixture    *fixture,
         const char *id)
{
  return gtk_widget_get_template_child (GTK_WIDGET (fixture->dialog), TC_TYPE_NEW_SESSION, id);
}

static gboolean
can_add (Fixture *fixture)
{
  return gtk_widget_get_sensitive (find_type (get_row (fixture, "bar"), GTK_TYPE_BUTTON));
}

static void
test_wrong_entries (Fixture       *fixture,
                    gconstpointer  data)
{
  static const struct { const char *row; const char *wrong; const char *right; } cases[] = {
    { "batch_size", "64.5", "64" },
    { "batch_size", "5000", "4096" },
    { "sequence_length", "15", "16" },
    { "learning_rate", "fast", "0,003" },
    { "learning_rate", "1.5", "1e-4" },
    { "budget", "-1", "5.00" },
    { "environment", "PATH", "A=1 B='two words'" },
    { "environment", "1A=2", "" },
    { "command", "train 'x", "train 'x y' {epochs}" },
    { "command", "train \\", "" },
    { "python", "python3", "" },
    { "python", "/nowhere/venv", "" },
  };

  g_assert_true (can_add (fixture));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TcFieldRow *row = get_row (fixture, cases[i].row);
      g_autofree char *hint = g_strdup (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)));

      tc_field_row_set_text (row, cases[i].wrong);
      g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (row), "invalid"));
      g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), !=, hint);
      g_assert_false (can_add (fixture));
      tc_field_row_set_text (row, cases[i].right);
      g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (row), "invalid"));
      g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, hint);
      g_assert_true (can_add (fixture));
    }
}

/* Of a script of one's own it is not known how much it takes. */
static void
test_own_script (Fixture       *fixture,
                 gconstpointer  data)
{
  TcFieldRow *row = get_row (fixture, "sequence_length");

  tc_field_row_set_text (row, "4096");
  g_assert_false (can_add (fixture));
  tc_file_row_set_path (get_row (fixture, "script"), "/somewhere/train.py");
  g_assert_true (can_add (fixture));
  tc_file_row_set_path (get_row (fixture, "script"), NULL);
  g_assert_false (can_add (fixture));
}

/* A command of one's own is shown, and takes the script's place. */
static void
test_command (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  AdwDialog *dialog;
  gpointer command, python, advanced, script;

  config->command = g_strdup ("python3 train.py --lr 'a b' {epochs}");
  config->python = g_strdup ("/usr/bin/python3");
  dialog = ADW_DIALOG (g_object_ref_sink (tc_new_session_new_like (fixture->client, config)));
  command = gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_NEW_SESSION, "command");
  python = gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_NEW_SESSION, "python");
  script = gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_NEW_SESSION, "script");
  advanced = gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_NEW_SESSION, "advanced");
  g_assert_cmpstr (tc_field_row_get_text (command), ==, config->command);
  g_assert_cmpstr (tc_field_row_get_text (python), ==, config->python);
  g_assert_true (adw_expander_row_get_expanded (advanced));
  g_assert_false (gtk_widget_has_css_class (command, "invalid"));
  tc_file_row_set_path (script, "/somewhere/train.py");
  g_assert_true (gtk_widget_has_css_class (command, "invalid"));
  tc_field_row_set_text (command, "");
  g_assert_false (gtk_widget_has_css_class (command, "invalid"));
  g_object_unref (dialog);
}

static void
test_corpus_sets_epochs (Fixture       *fixture,
                         gconstpointer  data)
{
  adw_combo_row_set_selected (get_row (fixture, "corpus"), 2);
  g_assert_cmpfloat (adw_spin_row_get_value (get_row (fixture, "epochs")), ==, 50);
  adw_combo_row_set_selected (get_row (fixture, "corpus"), 1);
  g_assert_cmpfloat (adw_spin_row_get_value (get_row (fixture, "epochs")), ==, 200);
}

/* Without an engine nobody has a key. */
static void
test_no_key (Fixture       *fixture,
             gconstpointer  data)
{
  /* Whoever asks a model wants to hear it. */
  g_assert_cmpuint (adw_combo_row_get_selected (get_row (fixture, "policy")), ==, 1);
  g_assert_false (gtk_widget_get_visible (get_row (fixture, "model")));
  tc_provider_row_set_word (get_row (fixture, "provider"), "xai");
  g_assert_true (gtk_widget_get_visible (get_row (fixture, "model")));
  g_assert_false (gtk_widget_get_sensitive (get_row (fixture, "model")));
  g_assert_false (can_add (fixture));
  tc_provider_row_set_word (get_row (fixture, "provider"), "none");
  g_assert_true (can_add (fixture));
}

/* Three phases, ready as they come; one without a key holds all three back. */
static void
check_contents (const char *answer,
                const char *text)
{
  g_autoptr(JsonObject) facts = tc_json_parse_object (answer, -1, TC_JSON_DEFAULT, NULL);
  g_autofree char *contents = tc_corpus_text_dup_contents (facts);

  g_assert_cmpstr (contents, ==, text);
}

static void
test_contents (Fixture       *fixture,
               gconstpointer  data)
{
  check_contents ("{\"blocks\":164,\"bytes\":11200,\"formats\":{\"English\":164,\"HLXL\":164,\"LC-R\":9,\"LC-T\":0,\"LC-B\":1}}",
                  "164 blocks · HLXL, LC-R, LC-B · 11.2 kB");
  check_contents ("{\"blocks\":1,\"bytes\":null,\"formats\":{}}", "1 block");
  check_contents ("{\"blocks\":0,\"bytes\":20,\"formats\":{}}", "No English lines with their HLX were found in it.");
}

static void
test_curriculum (Fixture       *fixture,
                 gconstpointer  data)
{
  AdwDialog *dialog = ADW_DIALOG (g_object_ref_sink (tc_curriculum_dialog_new (fixture->client)));
  gpointer page = gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_CURRICULUM_DIALOG, "page");
  gpointer bar = gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_CURRICULUM_DIALOG, "bar");
  GtkWidget *add = find_type (bar, GTK_TYPE_BUTTON);
  GtkWidget *provider = find_type (page, TC_TYPE_PROVIDER_ROW);

  adw_dialog_present (dialog, fixture->window);
  settle ();
  g_assert_true (gtk_widget_get_sensitive (add));
  tc_provider_row_set_word (TC_PROVIDER_ROW (provider), "openai");
  g_assert_false (gtk_widget_get_sensitive (add));
  tc_provider_row_set_word (TC_PROVIDER_ROW (provider), "none");
  g_assert_true (gtk_widget_get_sensitive (add));
  adw_dialog_force_close (dialog);
  settle ();
  g_assert_finalize_object (dialog);
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *path; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "/new-session/wrong-entries", test_wrong_entries },
    { "/new-session/own-script", test_own_script },
    { "/new-session/command", test_command },
    { "/new-session/corpus-sets-epochs", test_corpus_sets_epochs },
    { "/new-session/no-key", test_no_key },
    { "/new-session/contents", test_contents },
    { "/new-session/curriculum", test_curriculum },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);

  return g_test_run ();
}
