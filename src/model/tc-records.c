/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>

#include "tc-clock.h"
#include "tc-json.h"
#include "tc-records.h"

static JsonNode *
new_record (JsonObject **object,
            gint64       id,
            guint64      session_id,
            gint64       at_us)
{
  g_autofree char *session = g_strdup_printf ("%" G_GUINT64_FORMAT, session_id);
  g_autofree char *at = tc_clock_format_iso8601 (at_us);
  JsonNode *node = json_node_alloc ();

  *object = json_object_new ();
  json_node_take_object (json_node_init (node, JSON_NODE_OBJECT), *object);
  json_object_set_int_member (*object, "id", id);
  json_object_set_string_member (*object, "session_id", session);
  json_object_set_string_member (*object, "at", at);

  return node;
}

static void
read_record (JsonObject *object,
             gint64     *id,
             guint64    *session_id,
             gint64     *at_us)
{
  *id = tc_json_get_int (object, "id", 0);
  *session_id = g_ascii_strtoull (tc_json_get_string (object, "session_id", "0"), NULL, 10);
  tc_clock_parse_iso8601 (tc_json_get_string (object, "at", ""), at_us);
}

/**
 * tc_gate_free:
 */
void
tc_gate_free (TcGate *self)
{
  g_free (self->result);
  g_free (self->text);
  g_free (self->report);
  g_free (self);
}

/**
 * tc_gate_to_json:
 *
 * Returns: (transfer full): an object
 */
JsonNode *
tc_gate_to_json (TcGate *self)
{
  JsonObject *object;
  JsonNode *node = new_record (&object, self->id, self->session_id, self->at_us);

  json_object_set_int_member (object, "attempt", self->attempt);
  json_object_set_int_member (object, "epoch", self->epoch);
  json_object_set_string_member (object, "result", self->result);
  json_object_set_string_member (object, "text", self->text);
  json_object_set_string_member (object, "report", self->report);

  return node;
}

/**
 * tc_gate_from_json:
 *
 * Returns: (transfer full): the gate; what is missing is 0 or NULL
 */
TcGate *
tc_gate_from_json (JsonObject *object)
{
  TcGate *self = g_new0 (TcGate, 1);

  read_record (object, &self->id, &self->session_id, &self->at_us);
  self->attempt = tc_json_get_int (object, "attempt", 0);
  self->epoch = tc_json_get_int (object, "epoch", 0);
  self->result = g_strdup (tc_json_get_string (object, "result", "skipped"));
  self->text = g_strdup (tc_json_get_string (object, "text", NULL));
  self->report = g_strdup (tc_json_get_string (object, "report", NULL));

  return self;
}

/**
 * tc_checkpoint_free:
 */
void
tc_checkpoint_free (TcCheckpoint *self)
{
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->gate);
  g_free (self);
}

static void
set_loss (JsonObject *object,
          const char *member,
          double      loss)
{
  if (isfinite (loss))
    json_object_set_double_member (object, member, loss);
  else
    json_object_set_null_member (object, member);
}

/**
 * tc_checkpoint_to_json:
 *
 * Returns: (transfer full): an object
 */
JsonNode *
tc_checkpoint_to_json (TcCheckpoint *self)
{
  JsonObject *object;
  JsonNode *node = new_record (&object, self->id, self->session_id, self->at_us);

  json_object_set_int_member (object, "attempt", self->attempt);
  json_object_set_int_member (object, "epoch", self->epoch);
  json_object_set_string_member (object, "path", self->path);
  json_object_set_string_member (object, "sha256", self->sha256);
  json_object_set_int_member (object, "bytes", self->bytes);
  set_loss (object, "val_loss", self->val_loss);
  set_loss (object, "train_loss", self->train_loss);
  json_object_set_string_member (object, "gate", self->gate);
  json_object_set_boolean_member (object, "best", self->is_best);

  return node;
}

/**
 * tc_checkpoint_from_json:
 *
 * Returns: (transfer full): the checkpoint
 */
TcCheckpoint *
tc_checkpoint_from_json (JsonObject *object)
{
  TcCheckpoint *self = g_new0 (TcCheckpoint, 1);

  read_record (object, &self->id, &self->session_id, &self->at_us);
  self->attempt = tc_json_get_int (object, "attempt", 0);
  self->epoch = tc_json_get_int (object, "epoch", 0);
  self->path = g_strdup (tc_json_get_string (object, "path", ""));
  self->sha256 = g_strdup (tc_json_get_string (object, "sha256", NULL));
  self->bytes = tc_json_get_int (object, "bytes", -1);
  self->val_loss = tc_json_get_double (object, "val_loss", NAN);
  self->train_loss = tc_json_get_double (object, "train_loss", NAN);
  self->gate = g_strdup (tc_json_get_string (object, "gate", NULL));
  self->is_best = tc_json_get_boolean (object, "best", FALSE);

  return self;
}

/**
 * tc_event_new:
 * @session_id: the session, 0 for the engine itself
 * @kind: a word for programs, "stall"
 * @text: a sentence for people
 * @at_us: UTC microseconds
 *
 * Returns: (transfer full): an event
 */
TcEvent *
tc_event_new (guint64     session_id,
              TcSeverity  severity,
              const char *kind,
              const char *text,
              gint64      at_us)
{
  TcEvent *self = g_new0 (TcEvent, 1);

  self->session_id = session_id;
  self->severity = severity;
  self->kind = g_strdup (kind);
  self->text = g_strdup (text);
  self->at_us = at_us;

  return self;
}

/**
 * tc_event_copy:
 *
 * Returns: (transfer full): a copy
 */
TcEvent *
tc_event_copy (const TcEvent *self)
{
  TcEvent *copy = tc_event_new (self->session_id, self->severity, self->kind,
                                self->text, self->at_us);

  copy->id = self->id;

  return copy;
}

/**
 * tc_event_free:
 */
void
tc_event_free (TcEvent *self)
{
  g_free (self->kind);
  g_free (self->text);
  g_free (self);
}

/**
 * tc_severity_to_string:
 *
 * Returns: "info", "warning" or "error"
 */
const char *
tc_severity_to_string (TcSeverity severity)
{
  static const char *const names[] = { "info", "warning", "error" };

  return names[CLAMP (severity, TC_SEVERITY_INFO, TC_SEVERITY_ERROR)];
}

/**
 * tc_event_to_json:
 *
 * Returns: (transfer full): an object
 */
JsonNode *
tc_event_to_json (TcEvent *self)
{
  JsonObject *object;
  JsonNode *node = new_record (&object, self->id, self->session_id, self->at_us);

  json_object_set_string_member (object, "severity", tc_severity_to_string (self->severity));
  json_object_set_string_member (object, "kind", self->kind);
  json_object_set_string_member (object, "text", self->text);

  return node;
}

/**
 * tc_event_from_json:
 *
 * Returns: (transfer full): the event
 */
TcEvent *
tc_event_from_json (JsonObject *object)
{
  TcEvent *self = g_new0 (TcEvent, 1);
  const char *severity = tc_json_get_string (object, "severity", "info");

  read_record (object, &self->id, &self->session_id, &self->at_us);
  self->severity = g_str_equal (severity, "error") ? TC_SEVERITY_ERROR
                 : g_str_equal (severity, "warning") ? TC_SEVERITY_WARNING
                 : TC_SEVERITY_INFO;
  self->kind = g_strdup (tc_json_get_string (object, "kind", ""));
  self->text = g_strdup (tc_json_get_string (object, "text", ""));

  return self;
}
