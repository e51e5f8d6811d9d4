/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A session as JSON, in full (store, API) and in the short shape of a status. */

#include "config.h"

#include <math.h>

#include "tc-clock.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-session-private.h"

#define SECONDS_PER_HOUR 3600.0

static void
set_time (JsonObject *object,
          const char *member,
          gint64      time_us)
{
  g_autofree char *text = time_us > 0 ? tc_clock_format_iso8601 (time_us) : NULL;

  json_object_set_string_member (object, member, text);
}

static gint64
get_time (JsonObject *object,
          const char *member)
{
  const char *text = tc_json_get_string (object, member, NULL);
  gint64 time_us = 0;

  if (text != NULL && tc_clock_parse_iso8601 (text, &time_us))
    return time_us;

  return 0;
}

/* JSON has no NaN: unknown is null, and a loss that was NaN says so in words. */
static void
set_loss (JsonObject *object,
          const char *member,
          double      value,
          gboolean    is_known)
{
  if (isfinite (value))
    json_object_set_double_member (object, member, value);
  else if (!is_known)
    json_object_set_null_member (object, member);
  else
    json_object_set_string_member (object, member,
                                   isnan (value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
}

static double
get_loss (JsonObject *object,
          const char *member,
          gboolean   *is_known)
{
  const char *text = tc_json_get_string (object, member, NULL);
  double value = tc_json_get_double (object, member, NAN);

  if (text != NULL)
    value = g_str_equal (text, "Infinity") ? INFINITY : g_str_equal (text, "-Infinity") ? -INFINITY : NAN;
  if (is_known != NULL)
    *is_known = text != NULL || !isnan (value);

  return value;
}

static void
set_progress (JsonObject       *object,
              const TcProgress *p)
{
  json_object_set_int_member (object, "epoch", p->epoch);
  json_object_set_int_member (object, "total_epochs", p->total_epochs);
  json_object_set_int_member (object, "batch", p->batch);
  json_object_set_int_member (object, "batches", p->batches);
  set_loss (object, "train_loss", p->train_loss, p->has_train_loss);
  set_loss (object, "val_loss", p->val_loss, p->has_val_loss);
  set_loss (object, "best_val_loss", p->best_val_loss, FALSE);
  json_object_set_int_member (object, "best_epoch", p->best_epoch);
  json_object_set_double_member (object, "elapsed_seconds", p->elapsed_seconds);
  json_object_set_double_member (object, "tokens_per_second", p->tokens_per_second);
  json_object_set_int_member (object, "parameters", p->parameters);
  if (p->eta_seconds >= 0)
    {
      json_object_set_double_member (object, "eta_seconds", p->eta_seconds);
      json_object_set_double_member (object, "eta_hours", p->eta_seconds / SECONDS_PER_HOUR);
    }
  else
    {
      json_object_set_null_member (object, "eta_seconds");
      json_object_set_null_member (object, "eta_hours");
    }
}

static guint
get_count (JsonObject *object,
           const char *member)
{
  return CLAMP (tc_json_get_int (object, member, 0), 0, G_MAXINT32);
}

static void
get_progress (JsonObject *object,
              TcProgress *p)
{
  p->epoch = get_count (object, "epoch");
  p->total_epochs = get_count (object, "total_epochs");
  p->batch = get_count (object, "batch");
  p->batches = get_count (object, "batches");
  p->train_loss = get_loss (object, "train_loss", &p->has_train_loss);
  p->val_loss = get_loss (object, "val_loss", &p->has_val_loss);
  p->best_val_loss = get_loss (object, "best_val_loss", NULL);
  p->best_epoch = get_count (object, "best_epoch");
  p->elapsed_seconds = tc_json_get_double (object, "elapsed_seconds", 0);
  p->tokens_per_second = tc_json_get_double (object, "tokens_per_second", 0);
  p->parameters = tc_json_get_int (object, "parameters", 0);
  p->eta_seconds = tc_json_get_double (object, "eta_seconds", -1);
}

static void
set_identity (JsonObject *object,
              TcSession  *self)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, self->id);

  json_object_set_string_member (object, "session_id", id);
  json_object_set_string_member (object, "status", tc_session_state_to_string (self->state));
}

/**
 * tc_session_to_status_json:
 *
 * Returns: (transfer full): the short shape of the status stream: session_id,
 *   status, epoch, total_epochs, train_loss, val_loss, eta_hours and the rest
 *   of the figures
 */
JsonNode *
tc_session_to_status_json (TcSession *self)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_init_object (json_node_alloc (), object);

  g_return_val_if_fail (TC_IS_SESSION (self), node);

  set_identity (object, self);
  set_progress (object, &self->progress);
  json_object_set_double_member (object, "progress_pct", 100 * tc_session_get_fraction (self));
  json_object_set_string_member (object, "reason", self->reason);
  json_object_unref (object);

  return node;
}

static void
set_strv (JsonObject *object,
          const char *member,
          GStrv       strv)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; strv != NULL && strv[i] != NULL; i++)
    json_array_add_string_element (array, strv[i]);
  json_object_set_array_member (object, member, array);
}

/**
 * tc_session_to_json:
 *
 * Returns: (transfer full): the whole session; tc_session_from_json() reads it
 */
JsonNode *
tc_session_to_json (TcSession *self)
{
  g_autofree char *title = tc_session_dup_title (self);
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_init_object (json_node_alloc (), object);

  g_return_val_if_fail (TC_IS_SESSION (self), node);

  set_identity (object, self);
  json_object_set_string_member (object, "title", title);
  json_object_set_double_member (object, "position", self->position);
  json_object_set_int_member (object, "attempt", self->attempt);
  json_object_set_int_member (object, "phase", tc_session_config_get_phase (self->config));
  json_object_set_string_member (object, "reason_code", self->reason_code);
  json_object_set_string_member (object, "reason", self->reason);
  json_object_set_string_member (object, "reason_detail", self->reason_detail);
  json_object_set_string_member (object, "waiting_for", self->waiting_for);
  set_time (object, "created_at", self->created_at);
  set_time (object, "started_at", self->started_at);
  set_time (object, "ended_at", self->ended_at);
  json_object_set_string_member (object, "best_checkpoint", self->best_checkpoint);
  json_object_set_string_member (object, "last_checkpoint", self->last_checkpoint);
  set_strv (object, "left_out", self->left_out);
  tc_session_write_notes (self, object);
  json_object_set_member (object, "config", tc_session_config_to_json (self->config));
  set_progress (object, &self->progress);
  json_object_set_double_member (object, "progress_pct", 100 * tc_session_get_fraction (self));
  json_object_unref (object);

  return node;
}

static void
read_fields (TcSession      *self,
             JsonObject     *object,
             TcSessionState  state)
{
  self->state = state;
  self->position = tc_json_get_double (object, "position", self->id);
  self->attempt = get_count (object, "attempt");
  g_set_str (&self->reason_code, tc_json_get_string (object, "reason_code", NULL));
  g_set_str (&self->reason, tc_json_get_string (object, "reason", NULL));
  g_set_str (&self->reason_detail, tc_json_get_string (object, "reason_detail", NULL));
  g_set_str (&self->waiting_for, tc_json_get_string (object, "waiting_for", NULL));
  self->created_at = get_time (object, "created_at");
  self->started_at = get_time (object, "started_at");
  self->ended_at = get_time (object, "ended_at");
  g_set_str (&self->best_checkpoint, tc_json_get_string (object, "best_checkpoint", NULL));
  g_set_str (&self->last_checkpoint, tc_json_get_string (object, "last_checkpoint", NULL));
  g_strfreev (self->left_out);
  self->left_out = tc_json_dup_strv (object, "left_out");
  tc_session_read_notes (self, object);
  get_progress (object, &self->progress);
}

/**
 * tc_session_update_from_json:
 * @object: what tc_session_to_json() wrote, of the same session
 * @error: TC_ERROR_INVALID
 *
 * Makes @self equal to @object.
 *
 * Returns: whether @object was a session; if not, nothing changed
 */
gboolean
tc_session_update_from_json (TcSession   *self,
                             JsonObject  *object,
                             GError     **error)
{
  TcSessionConfig *config;
  TcSessionState state;

  g_return_val_if_fail (TC_IS_SESSION (self), FALSE);

  if (!tc_session_state_from_string (tc_json_get_string (object, "status", NULL), &state) ||
      tc_json_get_object (object, "config") == NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "This is not a session");
      return FALSE;
    }
  config = tc_session_config_from_json (tc_json_get_object (object, "config"), error);
  if (config == NULL)
    return FALSE;

  g_clear_pointer (&self->config, tc_session_config_unref);
  self->config = config;
  read_fields (self, object, state);
  g_signal_emit_by_name (self, "changed");

  return TRUE;
}

/**
 * tc_session_from_json:
 * @object: what tc_session_to_json() wrote
 * @error: TC_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the session
 */
TcSession *
tc_session_from_json (JsonObject  *object,
                      GError     **error)
{
  g_autoptr(TcSession) self = g_object_new (TC_TYPE_SESSION, NULL);

  if (!g_ascii_string_to_unsigned (tc_json_get_string (object, "session_id", ""), 10,
                                   1, G_MAXINT64, &self->id, NULL))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "This session has no number");
      return NULL;
    }
  if (!tc_session_update_from_json (self, object, error))
    return NULL;

  return g_steal_pointer (&self);
}
