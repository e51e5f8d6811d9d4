/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-run-curves.h"

#include <math.h>

#include "tc-json.h"

struct _TcRunCurves
{
  GObject       parent_instance;

  TcClient     *client;      /* (owned) */
  GCancellable *cancellable; /* (owned) of the loading under way */
  GHashTable   *series;      /* (owned) name → TcSeries */
  GArray       *early;       /* (owned) (element-type TcClientPoint) came while loading */
  guint64       session_id;
  gboolean      is_loaded;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcRunCurves, tc_run_curves, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
append_point (TcRunCurves *self,
              const char  *name,
              double       x,
              double       value)
{
  tc_series_append (tc_run_curves_get (self, name), x, value, tc_point_kind_of (value));
}

/* Values that are no numbers are texts: "NaN", "Infinity", "-Infinity". */
static double
read_value (JsonNode *node)
{
  const char *text = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

  if (text == NULL)
    return json_node_get_double (node);
  if (g_str_equal (text, "Infinity"))
    return INFINITY;
  if (g_str_equal (text, "-Infinity"))
    return -INFINITY;

  return NAN;
}

static void
read_series (TcRunCurves *self,
             const char  *name,
             JsonArray   *points)
{
  for (guint i = 0; i < json_array_get_length (points); i++)
    {
      JsonArray *point = json_array_get_array_element (points, i);

      if (point != NULL && json_array_get_length (point) == 2)
        append_point (self, name, json_array_get_double_element (point, 0),
                      read_value (json_array_get_element (point, 1)));
    }
}

static void
read_metrics (TcRunCurves *self,
              JsonObject  *metrics)
{
  JsonObject *all = tc_json_get_object (metrics, "series");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  /* Whoever holds an old series keeps it; they are told to ask again. */
  g_hash_table_remove_all (self->series);
  if (all == NULL)
    return;
  json_object_iter_init (&iter, all);
  while (json_object_iter_next (&iter, &name, &node))
    {
      if (JSON_NODE_HOLDS_ARRAY (node))
        read_series (self, name, json_node_get_array (node));
    }
}

/* What was told while the answer was on its way may be in it or not. */
static void
append_early (TcRunCurves *self)
{
  for (guint i = 0; i < self->early->len; i++)
    {
      TcClientPoint *point = &g_array_index (self->early, TcClientPoint, i);
      double from;
      double to;

      if (!tc_series_get_x_range (tc_run_curves_get (self, point->series), &from, &to) ||
          point->x > to)
        append_point (self, point->series, point->x, point->value);
    }
  g_array_set_size (self->early, 0);
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcRunCurves) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (node == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("No curves of session %" G_GUINT64_FORMAT ": %s", self->session_id, error->message);
      return;
    }
  if (JSON_NODE_HOLDS_OBJECT (node))
    read_metrics (self, json_node_get_object (node));
  self->is_loaded = TRUE;
  append_early (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
load (TcRunCurves *self)
{
  g_autofree char *target = g_strdup_printf ("/api/training/metrics/%" G_GUINT64_FORMAT,
                                             self->session_id);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_loaded = FALSE;
  g_array_set_size (self->early, 0);
  tc_client_request_async (self->client, "GET", target, NULL, self->cancellable, on_loaded,
                           g_object_ref (self));
}

static void
on_state_changed (TcClient    *client,
                  GParamSpec  *pspec,
                  TcRunCurves *self)
{
  if (tc_client_get_state (client) == TC_CLIENT_CONNECTED)
    load (self);
}

static void
on_points (TcClient    *client,
           guint64      session_id,
           GArray      *points,
           TcRunCurves *self)
{
  if (session_id != self->session_id)
    return;
  if (!self->is_loaded)
    {
      g_array_append_vals (self->early, points->data, points->len);
      return;
    }

  for (guint i = 0; i < points->len; i++)
    {
      TcClientPoint *point = &g_array_index (points, TcClientPoint, i);

      append_point (self, point->series, point->x, point->value);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
tc_run_curves_dispose (GObject *object)
{
  TcRunCurves *self = TC_RUN_CURVES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->series, g_hash_table_unref);
  g_clear_pointer (&self->early, g_array_unref);

  G_OBJECT_CLASS (tc_run_curves_parent_class)->dispose (object);
}

static void
tc_run_curves_class_init (TcRunCurvesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_run_curves_dispose;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
tc_run_curves_init (TcRunCurves *self)
{
  self->series = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) tc_series_unref);
  self->early = g_array_new (FALSE, FALSE, sizeof (TcClientPoint));
}

/**
 * tc_run_curves_new:
 * @session_id: of a session the engine knows
 *
 * Returns: (transfer full): without values yet; see ::changed
 */
TcRunCurves *
tc_run_curves_new (TcClient *client,
                   guint64   session_id)
{
  TcRunCurves *self = g_object_new (TC_TYPE_RUN_CURVES, NULL);

  self->client = g_object_ref (client);
  self->session_id = session_id;
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  g_signal_connect_object (client, "points", G_CALLBACK (on_points), self, 0);
  on_state_changed (client, NULL, self);

  return self;
}

guint64
tc_run_curves_get_session_id (TcRunCurves *self)
{
  g_return_val_if_fail (TC_IS_RUN_CURVES (self), 0);

  return self->session_id;
}

/**
 * tc_run_curves_get:
 * @name: "train_loss", "val_loss", "lr" …
 *
 * Returns: (transfer none): the series, empty if there are no values; another
 *   one after the client was connected again
 */
TcSeries *
tc_run_curves_get (TcRunCurves *self,
                   const char  *name)
{
  TcSeries *series;

  g_return_val_if_fail (TC_IS_RUN_CURVES (self), NULL);

  series = g_hash_table_lookup (self->series, name);
  if (series == NULL)
    {
      series = tc_series_new (name);
      g_hash_table_insert (self->series, g_strdup (name), series);
    }

  return series;
}

/* The next of the times, from *index on, that is of the epoch at @x. */
static gboolean
find_epoch (TcSeries *seconds,
            guint     index,
            double    x,
            guint    *found)
{
  TcSample sample;

  for (guint i = index; tc_series_get_point (seconds, i, &sample); i++)
    {
      *found = i;
      if (sample.x == x)
        return TRUE;
    }

  return FALSE;
}

/**
 * tc_run_curves_dup_by_step:
 * @name: a series with a value an epoch
 * @steps_per_epoch: as the script counts its batches
 *
 * Returns: (transfer full): the same values over the steps that were made until then
 */
TcSeries *
tc_run_curves_dup_by_step (TcRunCurves *self,
                           const char  *name,
                           guint        steps_per_epoch)
{
  TcSeries *values = tc_run_curves_get (self, name);
  TcSeries *steps = tc_series_new (name);
  TcSample value;

  for (guint i = 0; tc_series_get_point (values, i, &value); i++)
    tc_series_append (steps, value.x * steps_per_epoch, value.y, value.kind);

  return steps;
}

/**
 * tc_run_curves_dup_by_hour:
 * @name: a series with a value an epoch, "train_loss" or "val_loss"
 *
 * Returns: (transfer full): the same values over the hours that the epochs until
 *   then took; without those of epochs that nobody measured the time of
 */
TcSeries *
tc_run_curves_dup_by_hour (TcRunCurves *self,
                           const char  *name)
{
  TcSeries *values = tc_run_curves_get (self, name);
  TcSeries *seconds = tc_run_curves_get (self, "epoch_seconds");
  TcSeries *hours = tc_series_new (name);
  TcSample value;
  TcSample time;
  double sum = 0;
  guint next = 0;
  guint last;

  for (guint i = 0; tc_series_get_point (values, i, &value); i++)
    {
      if (!find_epoch (seconds, next, value.x, &last))
        continue;
      for (; next <= last && tc_series_get_point (seconds, next, &time); next++)
        sum += isfinite (time.y) ? time.y : 0;
      tc_series_append (hours, sum / 3600, value.y, value.kind);
    }

  return hours;
}
