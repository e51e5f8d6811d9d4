/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What frames of the window cost: bench-window chart | list | history | log FILE | storm FILE.
 * Prints "NAME VALUE" lines, milliseconds and megabytes. Paint with GSK_RENDERER=cairo:
 * then all the work of a frame lies between two signals of its clock. */

#include <adwaita.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tc-chart.h"
#include "tc-history-page.h"
#include "tc-json.h"
#include "tc-log-view.h"
#include "tc-queue-page.h"

#define POINTS 1000000
#define SESSIONS 10000
#define FRAMES 120
#define STORM_SECONDS 4
#define LINES_A_SECOND 50000

typedef struct
{
  GtkWidget *window;   /* (owned) by GTK */
  GArray    *frames;   /* (owned) (element-type double) milliseconds of work */
  gint64     began_us;
  gint64     last_us;  /* when the main loop last came round */
  double     gap;      /* the longest time it did not, ms */
} Bench;

static void
on_before (GdkFrameClock *clock,
           Bench         *bench)
{
  bench->began_us = g_get_monotonic_time ();
}

static void
on_after (GdkFrameClock *clock,
          Bench         *bench)
{
  double took = (double) (g_get_monotonic_time () - bench->began_us) / 1000;

  g_array_append_val (bench->frames, took);
}

static gboolean
beat_cb (gpointer user_data)
{
  Bench *bench = user_data;
  gint64 now_us = g_get_monotonic_time ();

  if (bench->last_us != 0)
    bench->gap = MAX (bench->gap, (double) (now_us - bench->last_us) / 1000);
  bench->last_us = now_us;

  return G_SOURCE_CONTINUE;
}

static void
wait_frames (Bench *bench,
             guint  n)
{
  guint wanted = bench->frames->len + n;
  gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC;

  while (bench->frames->len < wanted && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, FALSE);
}

static void
run_for (double seconds)
{
  gint64 end_us = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  while (g_get_monotonic_time () < end_us)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (500);
    }
}

/* A window with @child, painted for the first time; its cost is told. */
static void
present (Bench     *bench,
         GtkWidget *child,
         gboolean   is_page)
{
  GtkWidget *view = NULL;
  GdkFrameClock *clock;
  gint64 began_us;

  bench->window = adw_window_new ();
  bench->frames = g_array_new (FALSE, FALSE, sizeof (double));
  gtk_window_set_default_size (GTK_WINDOW (bench->window), 1100, 760);
  if (is_page)
    {
      view = adw_navigation_view_new ();
      adw_navigation_view_add (ADW_NAVIGATION_VIEW (view), ADW_NAVIGATION_PAGE (child));
      child = view;
    }
  began_us = g_get_monotonic_time ();
  adw_window_set_content (ADW_WINDOW (bench->window), child);
  gtk_widget_realize (bench->window);
  clock = gtk_widget_get_frame_clock (bench->window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before), bench);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after), bench);
  gtk_window_present (GTK_WINDOW (bench->window));
  wait_frames (bench, 1);
  g_print ("shown %.2f\n", (double) (g_get_monotonic_time () - began_us) / 1000);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Of the frames from number @from on. */
static void
tell_frames (Bench      *bench,
             const char *name,
             guint       from)
{
  GArray *frames = bench->frames;
  guint n = frames->len - MIN (from, frames->len);
  double *values = &g_array_index (frames, double, frames->len - n);

  if (n == 0)
    return;
  qsort (values, n, sizeof (double), compare_doubles);
  g_print ("%s_median %.2f\n%s_worst %.2f\n%s_count %u\n", name, values[n / 2], name, values[n - 1], name, n);
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

/* ---- The chart ---- */

/* What the chart does at a key. */
static GtkShortcut *
find_shortcut (GtkWidget       *widget,
               guint            key,
               GdkModifierType  modifiers)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);
      guint n = GTK_IS_SHORTCUT_CONTROLLER (controller) ? g_list_model_get_n_items (G_LIST_MODEL (controller)) : 0;

      for (guint j = 0; j < n; j++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkKeyvalTrigger *trigger = GTK_KEYVAL_TRIGGER (gtk_shortcut_get_trigger (shortcut));

          if (gtk_keyval_trigger_get_keyval (trigger) == key &&
              gtk_keyval_trigger_get_modifiers (trigger) == modifiers)
            return shortcut;
        }
    }
  g_error ("the chart has no key %u", key);
}

static void
activate (GtkWidget   *chart,
          GtkShortcut *shortcut)
{
  gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, chart,
                                gtk_shortcut_get_arguments (shortcut));
}

/* One key for some time and then another; each frame is waited for. */
static void
press (Bench           *bench,
       GtkWidget       *chart,
       const char      *name,
       guint            there,
       guint            back,
       GdkModifierType  modifiers)
{
  GtkShortcut *shortcuts[] = { find_shortcut (chart, there, modifiers), find_shortcut (chart, back, modifiers) };
  guint from = bench->frames->len;

  for (guint i = 0; i < FRAMES; i++)
    {
      activate (chart, shortcuts[i / 10 % 2]);
      wait_frames (bench, 1);
    }
  tell_frames (bench, name, from);
}

static void
bench_chart (Bench *bench)
{
  g_autoptr(TcSeries) series = tc_series_new ("batch_loss");
  GtkWidget *chart = tc_chart_new ();

  for (guint i = 0; i < POINTS; i++)
    tc_series_append (series, i / 5000.0,
                      5 * exp (-(double) i / 200000) + 1 + g_random_double () * 0.3, TC_POINT_FINITE);
  tc_chart_add_line (TC_CHART (chart), series, "Training", TC_CHART_BLUE, TC_CHART_LINE_DEFAULT);
  present (bench, chart, FALSE);
  g_print ("first %.2f\n", g_array_index (bench->frames, double, 0));
  press (bench, chart, "zoom", GDK_KEY_plus, GDK_KEY_minus, 0);
  for (guint i = 0; i < 6; i++)
    activate (chart, find_shortcut (chart, GDK_KEY_plus, 0));
  press (bench, chart, "pan", GDK_KEY_Right, GDK_KEY_Left, GDK_SHIFT_MASK);
}

/* ---- The list ---- */

/* What it took of all processors until now; where others compute too it says more than the clock. */
static double
get_cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);

  return (double) now.tv_sec * 1000 + (double) now.tv_nsec / 1000000;
}

static void
bench_list (Bench *bench)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  g_autoptr(TcClient) client = tc_client_new (paths, TC_CLIENT_DEFAULT);
  g_autoptr(TcHistory) history = tc_history_new (client);
  TcQueuePage *page = tc_queue_page_new (client, history);
  GtkAdjustment *adjustment;
  gint64 began_us = g_get_monotonic_time ();
  double cpu_ms = get_cpu_ms ();
  guint from;

  tc_client_connect_async (client, NULL, NULL, NULL);
  while (tc_queue_get_n (tc_client_get_queue (client)) < SESSIONS)
    g_main_context_iteration (NULL, TRUE);
  g_print ("mirrored %.2f\nmirrored_cpu %.2f\n", (double) (g_get_monotonic_time () - began_us) / 1000,
           get_cpu_ms () - cpu_ms);
  cpu_ms = get_cpu_ms ();
  present (bench, GTK_WIDGET (page), TRUE);
  g_print ("shown_cpu %.2f\n", get_cpu_ms () - cpu_ms);
  run_for (1);
  adjustment = gtk_scrolled_window_get_vadjustment (
    GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (find_type (GTK_WIDGET (page), GTK_TYPE_LIST_VIEW),
                                                  GTK_TYPE_SCROLLED_WINDOW)));
  from = bench->frames->len;
  cpu_ms = get_cpu_ms ();
  for (guint i = 0; i < 2 * FRAMES; i++)
    {
      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + (i < FRAMES ? 97 : 2500));
      wait_frames (bench, 1);
    }
  g_print ("scroll_cpu %.2f\n", (get_cpu_ms () - cpu_ms) / (2 * FRAMES));
  tell_frames (bench, "scroll", from);
}

/* ---- The history ---- */

/* Sessions that have ended, in a queue that no engine stands behind. */
static void
fill_history (TcQueue *queue)
{
  static const char *const corpora[] = { "english", "hlx", "translation" };
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 1; i <= SESSIONS; i++)
    {
      g_autofree char *text = g_strdup_printf (
        "{\"session_id\":\"%u\",\"status\":\"%s\",\"epoch\":20,\"total_epochs\":20,\"val_loss\":1,"
        "\"best_val_loss\":%u.%03u,\"started_at\":\"2026-11-%02uT0%u:%02u:00Z\",\"tags\":[\"batch %u\"],"
        "\"config\":{\"title\":\"%s %u → Helix%um\",\"corpus\":\"%s\",\"provider\":\"%s\"}}",
        i, i % 5 == 0 ? "failed" : "completed", i * 7919 % 10, i * 7919 % 997, i % 28 + 1, i % 10, i % 60, i % 40,
        i % 2 == 0 ? "Größe" : "Baseline", SESSIONS - i, i % 7, corpora[i % 3], i % 2 == 0 ? "xai" : "claude");
      g_autoptr(JsonObject) object = tc_json_parse_object (text, -1, TC_JSON_DEFAULT, NULL);

      g_ptr_array_add (sessions, tc_session_from_json (object, NULL));
    }
  tc_queue_add_all (queue, sessions);
}

typedef struct
{
  gint64 us;
  double cpu_ms;
} Begin;

static Begin
begin (void)
{
  return (Begin) { g_get_monotonic_time (), get_cpu_ms () };
}

/* What was begun goes on until nothing is left to do: the longest turn of the main
 * loop, the most processor time of one, and how long until the end. */
static void
tell_wait (const char *name,
           Begin       began)
{
  Begin now = begin ();
  gint64 worst_us = now.us - began.us;
  double worst_cpu_ms = now.cpu_ms - began.cpu_ms;
  gint64 quiet_us = now.us;

  while (now.us - quiet_us < 200 * 1000)
    {
      Begin turn = now;
      gboolean was_busy = g_main_context_iteration (NULL, FALSE);

      now = begin ();
      worst_us = MAX (worst_us, now.us - turn.us);
      worst_cpu_ms = MAX (worst_cpu_ms, now.cpu_ms - turn.cpu_ms);
      if (was_busy)
        quiet_us = now.us;
      else
        g_usleep (500);
    }
  g_print ("%s_worst %.2f\n%s_cpu %.2f\n%s_end %.2f\n", name, (double) worst_us / 1000, name, worst_cpu_ms, name,
           (double) (quiet_us - began.us) / 1000);
}

static void
bench_history (Bench *bench)
{
  static const struct { const char *name; const char *text; } searches[] = {
    { "search", "größe" }, { "search_on", "größe 12" }, { "search_all", "" }
  };
  static const struct { const char *name; const char *column; } orders[] = {
    { "sort_started", "started" }, { "sort_title", "title" }, { "sort_loss", "loss" }, { "sort_corpus", "corpus" },
    { "sort_tags", "tags" }
  };
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  g_autoptr(TcClient) client = tc_client_new (paths, TC_CLIENT_DEFAULT);
  g_autoptr(TcHistory) history = tc_history_new (client);
  GtkWidget *page, *entry;
  Begin began;

  fill_history (tc_client_get_queue (client));
  began = begin ();
  page = GTK_WIDGET (tc_history_page_new (client, history));
  g_print ("made %.2f\n", get_cpu_ms () - began.cpu_ms);
  present (bench, page, TRUE);
  tell_wait ("present", begin ());
  entry = GTK_WIDGET (gtk_widget_get_template_child (page, TC_TYPE_HISTORY_PAGE, "search"));
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      gtk_editable_set_text (GTK_EDITABLE (entry), searches[i].text);
      began = begin ();
      g_signal_emit_by_name (entry, "search-changed");
      tell_wait (searches[i].name, began);
    }
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      GObject *table = gtk_widget_get_template_child (page, TC_TYPE_HISTORY_PAGE, "table");
      GObject *column = gtk_widget_get_template_child (page, TC_TYPE_HISTORY_PAGE, orders[i].column);

      began = begin ();
      gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (table), GTK_COLUMN_VIEW_COLUMN (column), GTK_SORT_ASCENDING);
      tell_wait (orders[i].name, began);
    }
}

/* ---- The log ---- */

static guint
count_lines (GtkWidget *view)
{
  GtkListView *list = GTK_LIST_VIEW (find_type (view, GTK_TYPE_LIST_VIEW));

  return g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (list)));
}

static void
bench_log (Bench      *bench,
           const char *path)
{
  GtkWidget *view = tc_log_view_new ();
  GtkListView *list;
  gint64 began_us;
  guint from;
  guint n = 0;

  present (bench, view, FALSE);
  began_us = g_get_monotonic_time ();
  tc_log_view_open (TC_LOG_VIEW (view), path);
  while (count_lines (view) == 0)
    g_main_context_iteration (NULL, TRUE);
  wait_frames (bench, 1);
  g_print ("open %.2f\n", (double) (g_get_monotonic_time () - began_us) / 1000);
  while (n != count_lines (view))
    {
      n = count_lines (view);
      run_for (1);
    }
  g_print ("lines %u\n", n);
  list = GTK_LIST_VIEW (find_type (view, GTK_TYPE_LIST_VIEW));
  from = bench->frames->len;
  for (guint i = 0; i < 60; i++)
    {
      gtk_list_view_scroll_to (list, (guint) g_random_int_range (0, (gint32) n), GTK_LIST_SCROLL_NONE, NULL);
      wait_frames (bench, 2);
    }
  tell_frames (bench, "jump", from);
}

/* ---- A log that is a storm ---- */

static gpointer
write_storm (gpointer data)
{
  const char *path = data;
  FILE *file = fopen (path, "a");
  g_autofree char *block = g_malloc (1024 * 1024);

  memset (block, 'x', 1024 * 1024);
  for (guint i = 0; i < 200; i++)
    fwrite (block, 1, 1024 * 1024, file);
  fputc ('\n', file);
  for (guint i = 1; i <= 10 * 1000 * 1000; i++)
    fprintf (file, "%u of 10000000\r", i);
  fputc ('\n', file);
  for (guint i = 0; i < STORM_SECONDS * 100; i++)
    {
      for (guint j = 0; j < LINES_A_SECOND / 100; j++)
        fprintf (file, "step %u: train loss 2.3456 at a speed that nobody reads\n", i * LINES_A_SECOND / 100 + j);
      fflush (file);
      g_usleep (10 * 1000);
    }
  fputs ("the very last line\n", file);
  fclose (file);

  return NULL;
}

static long
status_kb (const char *field)
{
  g_autofree char *text = NULL;
  const char *at;

  g_file_get_contents ("/proc/self/status", &text, NULL, NULL);
  at = text != NULL ? strstr (text, field) : NULL;

  return at != NULL ? strtol (at + strlen (field), NULL, 10) : 0;
}

static gboolean
update_cb (gpointer view)
{
  tc_log_view_update (TC_LOG_VIEW (view));

  return G_SOURCE_CONTINUE;
}

static void
bench_storm (Bench      *bench,
             const char *path)
{
  GtkWidget *view = tc_log_view_new ();
  GtkListView *list;
  GThread *writer;
  guint expected = 2 + STORM_SECONDS * LINES_A_SECOND + 1;
  gint64 end_us;

  close (open (path, O_CREAT | O_TRUNC | O_WRONLY, 0600));
  present (bench, view, FALSE);
  tc_log_view_open (TC_LOG_VIEW (view), path);
  run_for (0.5);
  list = GTK_LIST_VIEW (find_type (view, GTK_TYPE_LIST_VIEW));
  g_timeout_add (100, update_cb, view);
  g_timeout_add_full (G_PRIORITY_HIGH, 5, beat_cb, bench, NULL);
  writer = g_thread_new ("storm", write_storm, (gpointer) path);
  end_us = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;
  while (count_lines (view) != expected && g_get_monotonic_time () < end_us)
    {
      g_main_context_iteration (NULL, TRUE);
    }
  g_thread_join (writer);
  run_for (0.5);
  gtk_list_view_scroll_to (list, 0, GTK_LIST_SCROLL_NONE, NULL);
  run_for (0.5);
  g_print ("gap_worst %.2f\nrss_peak %.1f\nlines %u\nexpected %u\n", bench->gap,
           (double) status_kb ("VmHWM:") / 1024, count_lines (view), expected);
  tell_frames (bench, "frame", 1);
}

int
main (int    argc,
      char **argv)
{
  Bench bench = { 0 };

  if (argc < 2)
    return 2;
  adw_init ();
  if (g_str_equal (argv[1], "chart"))
    bench_chart (&bench);
  else if (g_str_equal (argv[1], "list"))
    bench_list (&bench);
  else if (g_str_equal (argv[1], "history"))
    bench_history (&bench);
  else if (argc > 2 && g_str_equal (argv[1], "log"))
    bench_log (&bench, argv[2]);
  else if (argc > 2 && g_str_equal (argv[1], "storm"))
    bench_storm (&bench, argv[2]);
  else
    return 2;

  return 0;
}
