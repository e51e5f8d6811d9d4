/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-chart-marks.h"

#include <glib/gi18n.h>

#include "tc-clock.h"
#include "tc-facts-text.h"
#include "tc-gate-row.h"
#include "tc-json.h"
#include "tc-sentence.h"
#include "tc-text.h"

/* A moment of which the epoch is known. */
typedef struct
{
  gint64 at_us;
  double epoch;
} Moment;

static void
add_moment (GArray *moments,
            gint64  at_us,
            double  epoch)
{
  Moment moment = { at_us, epoch };

  if (at_us > 0)
    g_array_append_val (moments, moment);
}

static gint64
get_time (JsonObject *record)
{
  gint64 at_us = 0;

  tc_clock_parse_iso8601 (tc_json_get_string (record, "at", ""), &at_us);

  return at_us;
}

static void
add_records (GArray     *moments,
             GListModel *records)
{
  for (guint i = 0; i < g_list_model_get_n_items (records); i++)
    {
      g_autoptr(TcRecord) record = g_list_model_get_item (records, i);
      JsonObject *object = tc_record_get_json (record);

      add_moment (moments, get_time (object), (double) tc_json_get_int (object, "epoch", 0));
    }
}

static int
compare_moments (gconstpointer a,
                 gconstpointer b)
{
  const Moment *first = a;
  const Moment *second = b;

  return first->at_us < second->at_us ? -1 : first->at_us > second->at_us;
}

/**
 * tc_chart_marks_find_epoch:
 * @at_us: UTC
 * @epoch: (out): how far the run was then, about: epochs between two moments
 *   that are known are taken as equally long
 *
 * Returns: whether it can be told
 */
gboolean
tc_chart_marks_find_epoch (TcSession  *session,
                           GListModel *gates,
                           GListModel *verdicts,
                           gint64      at_us,
                           double     *epoch)
{
  g_autoptr(GArray) moments = g_array_new (FALSE, FALSE, sizeof (Moment));
  gint64 end_us = tc_session_get_ended_at (session);
  guint i;

  add_moment (moments, tc_session_get_started_at (session), 0);
  add_records (moments, gates);
  add_records (moments, verdicts);
  add_moment (moments, end_us > 0 ? end_us : g_get_real_time (), tc_session_get_progress (session)->epoch);
  g_array_sort (moments, compare_moments);
  for (i = 1; i < moments->len; i++)
    {
      const Moment *before = &g_array_index (moments, Moment, i - 1);
      const Moment *after = &g_array_index (moments, Moment, i);

      if (at_us < before->at_us || at_us > after->at_us || after->epoch < before->epoch)
        continue;
      *epoch = before->epoch;
      if (after->at_us > before->at_us)
        *epoch += (after->epoch - before->epoch) * ((double) (at_us - before->at_us) /
                                                    (double) (after->at_us - before->at_us));
      return TRUE;
    }

  return FALSE;
}

static TcChartMarkKind
mark_of_result (const char *result)
{
  if (g_str_equal (result, "pass"))
    return TC_CHART_MARK_PASS;
  if (g_str_equal (result, "warn"))
    return TC_CHART_MARK_WARN;
  if (g_str_equal (result, "fail"))
    return TC_CHART_MARK_FAIL;

  return TC_CHART_MARK_SKIPPED;
}

static void
draw_gate (TcChart    *chart,
           JsonObject *gate)
{
  g_autofree char *title = tc_gate_row_dup_title (gate);

  tc_chart_add_mark (chart, (double) tc_json_get_int (gate, "epoch", 0),
                     mark_of_result (tc_json_get_string (gate, "result", "")), title);
}

static void
draw_verdict (TcChart    *chart,
              JsonObject *verdict)
{
  const char *grade = tc_json_get_string (verdict, "grade", NULL);
  guint epoch = (guint) tc_json_get_int (verdict, "epoch", 0);
  g_autofree char *title = g_strdup_printf (_("Verdict at epoch %u: %s"), epoch, grade != NULL ? grade : "");

  if (grade != NULL)
    tc_chart_add_mark (chart, epoch, TC_CHART_MARK_VERDICT, title);
}

/**
 * tc_chart_marks_draw:
 * @events: of these, pauses and suspends
 *
 * Replaces the marks of @chart.
 */
void
tc_chart_marks_draw (TcChart    *chart,
                     TcSession  *session,
                     GListModel *gates,
                     GListModel *verdicts,
                     GListModel *events)
{
  guint i;

  tc_chart_clear_marks (chart);
  for (i = 0; i < g_list_model_get_n_items (gates); i++)
    {
      g_autoptr(TcRecord) record = g_list_model_get_item (gates, i);

      draw_gate (chart, tc_record_get_json (record));
    }
  for (i = 0; i < g_list_model_get_n_items (verdicts); i++)
    {
      g_autoptr(TcRecord) record = g_list_model_get_item (verdicts, i);

      draw_verdict (chart, tc_record_get_json (record));
    }
  for (i = 0; i < g_list_model_get_n_items (events); i++)
    {
      g_autoptr(TcRecord) record = g_list_model_get_item (events, i);
      JsonObject *event = tc_record_get_json (record);
      const char *kind = tc_json_get_string (event, "kind", "");
      g_autofree char *said = tc_sentence_dup_local (tc_json_get_string (event, "text", ""));
      g_autofree char *text = tc_text_sanitize (said, -1, -1, TC_TEXT_SINGLE_LINE);
      double epoch;

      if ((g_str_equal (kind, "pause") || g_str_equal (kind, "suspend")) &&
          tc_chart_marks_find_epoch (session, gates, verdicts, get_time (event), &epoch))
        tc_chart_add_mark (chart, epoch, TC_CHART_MARK_PAUSE, text);
    }
}
