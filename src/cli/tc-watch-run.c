/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-watch-run.h"

#include <math.h>
#include <string.h>

#include "tc-cli-metrics.h"
#include "tc-line-splitter.h"
#include "tc-text.h"

#define LINE_MAX_BYTES 1000

/**
 * tc_watch_run_new:
 * @session: what is watched
 *
 * Returns: (transfer full): nothing known yet
 */
TcWatchRun *
tc_watch_run_new (TcSession *session)
{
  TcWatchRun *self = g_new0 (TcWatchRun, 1);

  self->session = g_object_ref (session);
  self->attempt = tc_session_get_attempt (session);
  self->epochs = g_array_new (FALSE, TRUE, sizeof (TcWatchEpoch));
  self->gates = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_gate_free);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_event_free);

  return self;
}

/**
 * tc_watch_run_free:
 * @self: (transfer full): a watched run
 */
void
tc_watch_run_free (TcWatchRun *self)
{
  g_object_unref (self->session);
  g_array_unref (self->epochs);
  g_ptr_array_unref (self->gates);
  g_ptr_array_unref (self->events);
  g_free (self->log_line);
  g_free (self);
}

/* New epochs come at the end nearly always. */
static TcWatchEpoch *
find_or_add_epoch (TcWatchRun *self,
                   guint       epoch)
{
  TcWatchEpoch added = { .epoch = epoch, .train_loss = NAN, .val_loss = NAN };
  guint at = self->epochs->len;

  while (at > 0 && g_array_index (self->epochs, TcWatchEpoch, at - 1).epoch >= epoch)
    at--;
  if (at == self->epochs->len || g_array_index (self->epochs, TcWatchEpoch, at).epoch != epoch)
    g_array_insert_val (self->epochs, at, added);

  return &g_array_index (self->epochs, TcWatchEpoch, at);
}

/**
 * tc_watch_run_add_point:
 * @self: a watched run
 * @series: a series' name
 * @x: epochs
 * @value: may be NaN
 *
 * Takes in the losses of whole epochs; everything else is not shown here.
 */
void
tc_watch_run_add_point (TcWatchRun *self,
                        const char *series,
                        double      x,
                        double      value)
{
  gboolean is_train = strcmp (series, "train_loss") == 0;
  TcWatchEpoch *epoch;

  /* Another attempt may begin again at epoch 1. */
  if (self->attempt != tc_session_get_attempt (self->session))
    {
      self->attempt = tc_session_get_attempt (self->session);
      g_array_set_size (self->epochs, 0);
    }

  if ((!is_train && strcmp (series, "val_loss") != 0) || !(x >= 1 && x < G_MAXINT32) || x != floor (x))
    return;

  epoch = find_or_add_epoch (self, (guint) x);
  if (is_train)
    {
      epoch->train_loss = value;
      epoch->has_train_loss = TRUE;
    }
  else
    {
      epoch->val_loss = value;
      epoch->has_val_loss = TRUE;
    }
}

/**
 * tc_watch_run_add_metrics:
 * @self: a watched run
 * @series: (nullable): series by name, as the API writes them
 *
 * Takes in what was before the live view began.
 */
void
tc_watch_run_add_metrics (TcWatchRun *self,
                          JsonObject *series)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (series == NULL)
    return;

  json_object_iter_init_ordered (&iter, series);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      JsonArray *points = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

      for (guint i = 0; points != NULL && i < json_array_get_length (points); i++)
        {
          double x;
          double value;

          if (tc_cli_metrics_point (json_array_get_element (points, i), &x, &value))
            tc_watch_run_add_point (self, name, x, value);
        }
    }
}

/**
 * tc_watch_run_add_gate:
 * @self: a watched run
 * @record: a gate's JSON
 *
 * A gate of an epoch that is known already replaces it.
 */
void
tc_watch_run_add_gate (TcWatchRun *self,
                       JsonObject *record)
{
  g_autoptr(TcGate) gate = tc_gate_from_json (record);
  guint at = self->gates->len;

  if (gate == NULL)
    return;
  while (at > 0 && ((TcGate *) g_ptr_array_index (self->gates, at - 1))->epoch >= gate->epoch)
    at--;
  if (at < self->gates->len && ((TcGate *) g_ptr_array_index (self->gates, at))->epoch == gate->epoch)
    g_ptr_array_remove_index (self->gates, at);
  g_ptr_array_insert (self->gates, at, g_steal_pointer (&gate));
}

/**
 * tc_watch_run_add_event:
 * @self: a watched run
 * @record: an event's JSON
 *
 * What is said twice, live and in the history, counts once. Gates and changes
 * of state are shown as such, not as events.
 */
void
tc_watch_run_add_event (TcWatchRun *self,
                        JsonObject *record)
{
  g_autoptr(TcEvent) event = tc_event_from_json (record);

  if (event == NULL || g_strcmp0 (event->kind, "gate") == 0 || g_strcmp0 (event->kind, "state") == 0)
    return;
  for (guint i = 0; i < self->events->len; i++)
    {
      TcEvent *other = g_ptr_array_index (self->events, i);

      if (other->at_us == event->at_us && g_strcmp0 (other->text, event->text) == 0)
        return;
    }
  g_ptr_array_add (self->events, g_steal_pointer (&event));
}

static void
keep_line (const TcLine *line,
           gpointer      user_data)
{
  TcWatchRun *self = user_data;
  g_autofree char *text = tc_text_sanitize (line->text, line->length, LINE_MAX_BYTES, TC_TEXT_SINGLE_LINE);

  g_strstrip (text);
  if (text[0] != '\0')
    g_set_str (&self->log_line, text);
}

/**
 * tc_watch_run_set_log_tail:
 * @self: a watched run
 * @bytes: the end of its log
 * @length: how many
 *
 * Keeps the last line that is not empty.
 */
void
tc_watch_run_set_log_tail (TcWatchRun *self,
                           const char *bytes,
                           gsize       length)
{
  g_autoptr(TcLineSplitter) splitter = tc_line_splitter_new (TC_LINE_SPLITTER_DEFAULT, 0);

  tc_line_splitter_push (splitter, bytes, length, keep_line, self);
  tc_line_splitter_finish (splitter, keep_line, self);
}
