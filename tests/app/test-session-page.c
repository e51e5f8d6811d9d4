/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The parts of a session's page: built, driven, and gone without a rest. No
 * engine answers here. */

#include <adwaita.h>
#include <math.h>

#include "tc-chart-marks.h"
#include "tc-chart-saver.h"
#include "tc-details-text.h"
#include "tc-gate-row.h"
#include "tc-json.h"
#include "tc-session-page.h"

static JsonObject *
parse (const char *text)
{
  JsonObject *object = tc_json_parse_object (text, -1, TC_JSON_DEFAULT, NULL);

  g_assert_nonnull (object);

  return object;
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

static TcChart *
create_chart (TcSeries *series)
{
  TcChart *chart = g_object_ref_sink (TC_CHART (tc_chart_new ()));

  tc_chart_set_x_title (chart, "Epoch");
  tc_chart_add_line (chart, series, "=Training", TC_CHART_BLUE, TC_CHART_LINE_DEFAULT);

  return chart;
}

static gboolean
has_text (GBytes     *bytes,
          const char *text)
{
  return g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), text) != NULL;
}

static void
check_files (TcChart *chart)
{
  g_autoptr(GBytes) png = tc_chart_to_png (chart);
  g_autoptr(GBytes) svg = tc_chart_to_svg (chart);
  g_autoptr(GBytes) csv = tc_chart_to_csv (chart);

  g_assert_cmpmem (g_bytes_get_data (png, NULL), 8, "\x89PNG\r\n\x1a\n", 8);
  g_assert_true (has_text (svg, "<svg"));
  g_assert_true (has_text (csv, "\"series\",\"x\",\"value\"\r\n"));
}

/* A chart in every state gives its three files, and its CSV no formula. */
static void
test_chart_files (void)
{
  g_autoptr(TcSeries) series = tc_series_new ("train_loss");
  TcChart *chart = create_chart (series);
  g_autofree char *summary = NULL;
  g_autoptr(GBytes) csv = NULL;

  check_files (chart);
  tc_series_append (series, 1, NAN, TC_POINT_NAN);
  check_files (chart);
  tc_series_append (series, 2, 2.5, TC_POINT_FINITE);
  check_files (chart);
  for (guint i = 3; i <= 200; i++)
    tc_series_append (series, i, 5.0 / i, TC_POINT_FINITE);
  for (guint kind = 0; kind < TC_CHART_N_MARKS; kind++)
    tc_chart_add_mark (chart, 10 * (kind + 1), kind, "A mark");
  check_files (chart);
  tc_chart_set_log_scale (chart, TRUE);
  tc_chart_set_smoothing (chart, 0.5);
  check_files (chart);

  csv = tc_chart_to_csv (chart);
  g_assert_true (has_text (csv, "\"'=Training\",1,NaN\r\n"));
  g_assert_true (has_text (csv, "\"'=Training\",2,2.5\r\n"));
  summary = tc_chart_dup_summary (chart);
  g_assert_nonnull (strstr (summary, "=Training"));
  g_assert_nonnull (strstr (summary, "A mark"));
  g_assert_finalize_object (chart);
}

static void
test_file_names (void)
{
  static const struct { const char *title; const char *name; } cases[] = {
    { "Grok 4.7 → Helix100m", "Grok 4.7 → Helix100m.png" },
    { "../../etc/passwd", "-.-..-etc-passwd.png" },
    { "a\nb\x1b[31m", NULL },
    { "", "-.png" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = tc_chart_saver_dup_name (cases[i].title, "png");

      if (cases[i].name != NULL)
        g_assert_cmpstr (name, ==, cases[i].name);
      g_assert_null (strpbrk (name, "/\n\x1b"));
      g_assert_cmpint (name[0], !=, '.');
    }
}

static GtkWidget *
find_label (GtkWidget  *widget,
            const char *text)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* What a validator wrote is text, whatever it looks like. */
static void
test_gate (void)
{
  g_autoptr(JsonObject) gate =
    parse ("{\"epoch\": 20, \"result\": \"fail\", \"at\": \"2026-11-22T10:00:00Z\"}");
  g_autoptr(JsonObject) report =
    parse ("{\"tests\": [{\"name\": \"parroting\", \"status\": \"pass\", \"details\": \"fine\"},"
           " {\"name\": \"<b>own</b>\", \"status\": \"unheard of\", \"details\": null}, 7],"
           " \"samples\": [{\"prompt\": \"Ask\", \"expected\": null, \"answer\": \"<b>bold</b>\"}]}");
  GtkWidget *row = g_object_ref_sink (tc_gate_row_new (gate));

  g_assert_nonnull (find_label (row, "Gate at epoch 20: failed"));
  g_assert_null (find_label (row, "Parroting"));
  tc_gate_row_set_report (TC_GATE_ROW (row), report);
  g_assert_nonnull (find_label (row, "✓ Parroting"));
  g_assert_nonnull (find_label (row, "– <b>own</b>"));
  g_assert_nonnull (find_label (row, "<b>bold</b>"));
  g_assert_false (gtk_label_get_use_markup (GTK_LABEL (find_label (row, "<b>bold</b>"))));
  tc_gate_row_toggle (TC_GATE_ROW (row));
  tc_gate_row_toggle (TC_GATE_ROW (row));
  g_assert_finalize_object (row);
}

static void
test_find_epoch (void)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  g_autoptr(TcSession) session = tc_session_new (1, config);
  g_autoptr(GListStore) gates = g_list_store_new (TC_TYPE_RECORD);
  g_autoptr(GListStore) none = g_list_store_new (TC_TYPE_RECORD);
  g_autoptr(JsonObject) gate = parse ("{\"epoch\": 10, \"at\": \"1970-01-01T00:01:40Z\"}");
  g_autoptr(TcRecord) record = tc_record_new (gate);
  TcProgress progress = { .epoch = 20, .eta_seconds = -1 };
  double epoch = -1;

  g_list_store_append (gates, record);
  tc_session_begin_attempt (session, 1 * G_USEC_PER_SEC);
  tc_session_set_state (session, TC_SESSION_STARTING, 1 * G_USEC_PER_SEC);
  tc_session_set_state (session, TC_SESSION_RUNNING, 1 * G_USEC_PER_SEC);
  tc_session_set_progress (session, &progress);
  tc_session_set_state (session, TC_SESSION_COMPLETED, 200 * G_USEC_PER_SEC);
  g_assert_true (tc_chart_marks_find_epoch (session, G_LIST_MODEL (gates), G_LIST_MODEL (none),
                                            150 * G_USEC_PER_SEC, &epoch));
  g_assert_cmpfloat_with_epsilon (epoch, 15, 0.01);
  g_assert_true (tc_chart_marks_find_epoch (session, G_LIST_MODEL (gates), G_LIST_MODEL (none),
                                            100 * G_USEC_PER_SEC, &epoch));
  g_assert_cmpfloat_with_epsilon (epoch, 10, 0.01);
  g_assert_false (tc_chart_marks_find_epoch (session, G_LIST_MODEL (gates), G_LIST_MODEL (none),
                                             300 * G_USEC_PER_SEC, &epoch));
}

static void
check_outcome (const char *json,
               const char *member,
               const char *wanted)
{
  g_autoptr(JsonObject) outcome = parse (json);
  g_autofree char *text = tc_details_text_dup_outcome (outcome, member);

  g_assert_cmpstr (text, ==, wanted);
}

static void
test_outcome (void)
{
  const char *both = "{\"estimate\": {\"time\": {\"low\": 60, \"high\": 120}, \"money\": {\"low\": null, \"high\": null}},"
                     " \"truth\": {\"seconds\": 90, \"spent_usd\": \"1.50\", \"disk_bytes\": 0}}";

  check_outcome (both, "time", "Expected 1 min to 2 min, came to 1 min 30 s");
  check_outcome (both, "money", "Not estimated, came to $1.50");
  check_outcome (both, "disk", NULL);
  check_outcome ("{\"estimate\": null, \"truth\": null}", "time", NULL);
}

#define SECRET "sk-ant-api03-Ab3_dEf7hIj-Ab3_dEf7hIj-Ab3_dEf7hIj-AA"

static TcSessionConfig *
create_config (void)
{
  TcSessionConfig *config = tc_session_config_new ();

  tc_session_config_add_setting (config, "batch-size", "<b>8</b>");
  tc_session_config_add_setting (config, "api-key", SECRET);

  return config;
}

/* The whole page, in a window, in the states a session goes through. */
static void
test_page (void)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  TcClient *client = tc_client_new (paths, TC_CLIENT_DEFAULT);
  TcHistory *history = tc_history_new (client);
  g_autoptr(TcSessionConfig) config = create_config ();
  TcSession *session = tc_session_new (1, config);
  GtkWidget *window = adw_window_new ();
  TcSessionPage *page = g_object_ref_sink (tc_session_page_new (client, NULL, session, history, "/nowhere"));
  AdwNavigationView *pages = ADW_NAVIGATION_VIEW (adw_navigation_view_new ());

  adw_navigation_view_add (pages, ADW_NAVIGATION_PAGE (page));
  adw_window_set_content (ADW_WINDOW (window), GTK_WIDGET (pages));
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 700);
  gtk_window_present (GTK_WINDOW (window));
  settle ();
  tc_session_set_state (session, TC_SESSION_STARTING, G_USEC_PER_SEC);
  tc_session_set_state (session, TC_SESSION_RUNNING, G_USEC_PER_SEC);
  settle ();
  g_assert_nonnull (find_label (GTK_WIDGET (page), "Running"));
  g_assert_nonnull (find_label (GTK_WIDGET (page), "batch-size"));
  g_assert_nonnull (find_label (GTK_WIDGET (page), "api-key"));
  g_assert_null (find_label (GTK_WIDGET (page), SECRET));
  tc_session_set_reason (session, "exit-code", "It <b>fell</b> over", NULL);
  tc_session_set_state (session, TC_SESSION_FAILED, 2 * G_USEC_PER_SEC);
  settle ();
  g_assert_nonnull (find_label (GTK_WIDGET (page), "It <b>fell</b> over"));
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (page);
  g_assert_finalize_object (history);
  g_assert_finalize_object (session);
  g_assert_finalize_object (client);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/tc/session-page/chart-files", test_chart_files);
  g_test_add_func ("/tc/session-page/file-names", test_file_names);
  g_test_add_func ("/tc/session-page/gate", test_gate);
  g_test_add_func ("/tc/session-page/find-epoch", test_find_epoch);
  g_test_add_func ("/tc/session-page/outcome", test_outcome);
  g_test_add_func ("/tc/session-page/page", test_page);

  return g_test_run ();
}
