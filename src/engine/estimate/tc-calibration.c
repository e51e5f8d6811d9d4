/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-calibration.h"
#include "tc-error.h"
#include "tc-json.h"

#define FILE_BYTES_MAX (1024 * 1024)
/* A machine is upgraded, a driver renewed: what is older is measured again. */
#define VALID_US (30 * 24 * G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
/* What a busy machine did says little of the same when it is idle. */
#define BUSY_VALID_US (10 * 60 * G_USEC_PER_SEC)
#define ENTRIES_MAX 200

/** tc_calibration_free: */
void
tc_calibration_free (TcCalibration *self)
{
  g_free (self->problem);
  g_free (self);
}

static gboolean
is_sound (const TcCalibration *self)
{
  return self->batches > 0 && self->batch_low > 0 && self->batch_high >= self->batch_low &&
         self->batch_high < 1e7 && self->startup_seconds >= 0 && self->validation_seconds >= 0 &&
         self->checkpoint_seconds >= 0 && self->parameters > 0 && self->checkpoint_bytes > 0 &&
         self->resume_bytes >= 0 && self->peak_memory_bytes > 0 && self->save_every > 0;
}

/**
 * tc_calibration_from_json:
 * @object: what a script printed for --calibrate
 * @error: TC_ERROR_INVALID when figures are missing or make no sense
 *
 * Returns: (transfer full) (nullable): what it found
 */
TcCalibration *
tc_calibration_from_json (JsonObject  *object,
                          GError     **error)
{
  g_autoptr(TcCalibration) self = g_new0 (TcCalibration, 1);

  self->made_at_us = tc_json_get_int (object, "made_at_us", 0);
  self->problem = g_strdup (tc_json_get_string (object, "problem", NULL));
  if (self->problem != NULL)
    return g_steal_pointer (&self);

  self->batches = tc_json_get_double (object, "batches_per_epoch", 0);
  self->batch_low = tc_json_get_double (object, "seconds_per_batch_low", 0);
  self->batch_high = tc_json_get_double (object, "seconds_per_batch_high", 0);
  self->batch_share = tc_json_get_double (object, "batch_share", 1);
  self->startup_seconds = tc_json_get_double (object, "startup_seconds", -1);
  self->validation_seconds = tc_json_get_double (object, "validation_seconds", -1);
  self->checkpoint_seconds = tc_json_get_double (object, "checkpoint_seconds", -1);
  self->gate_low = tc_json_get_double (object, "gate_seconds_low", -1);
  self->gate_high = tc_json_get_double (object, "gate_seconds_high", -1);
  self->save_every = (guint) tc_json_get_int (object, "save_every", 1);
  self->parameters = tc_json_get_int (object, "parameters", 0);
  self->checkpoint_bytes = tc_json_get_int (object, "checkpoint_bytes", 0);
  self->resume_bytes = tc_json_get_int (object, "resume_bytes", 0);
  self->peak_memory_bytes = tc_json_get_int (object, "peak_memory_bytes", 0);
  self->gpu_peak_bytes = tc_json_get_int (object, "gpu_peak_bytes", 0);
  self->is_busy = tc_json_get_boolean (object, "busy", FALSE);
  self->memory_is_measured = tc_json_get_boolean (object, "memory_measured", FALSE);
  if (!is_sound (self))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "The script's figures make no sense.");
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * tc_calibration_recall:
 * @path: of the file
 * @key: script, target, corpus, settings, machine
 *
 * Returns: (transfer full) (nullable): what was found in the last thirty days;
 *   on a busy machine, in the last ten minutes
 */
TcCalibration *
tc_calibration_recall (const char *path,
                       const char *key,
                       gint64      now_us)
{
  g_autoptr(JsonObject) file = tc_json_load (path, FILE_BYTES_MAX, TC_JSON_DEFAULT, NULL);
  JsonObject *entry = file != NULL ? tc_json_get_object (file, key) : NULL;
  gint64 made_at_us = entry != NULL ? tc_json_get_int (entry, "made_at_us", 0) : 0;

  if (entry == NULL || made_at_us > now_us ||
      now_us - made_at_us > (tc_json_get_boolean (entry, "busy", FALSE) ? BUSY_VALID_US : VALID_US))
    return NULL;

  return tc_calibration_from_json (entry, NULL);
}

static void
drop_old (JsonObject *file,
          gint64      now_us)
{
  g_autoptr(GList) keys = json_object_get_members (file);
  gboolean is_full = json_object_get_size (file) >= ENTRIES_MAX;

  for (GList *l = keys; l != NULL; l = l->next)
    {
      g_autofree char *key = g_strdup (l->data);
      JsonObject *entry = tc_json_get_object (file, key);

      if (is_full || entry == NULL || now_us - tc_json_get_int (entry, "made_at_us", 0) > VALID_US)
        json_object_remove_member (file, key);
    }
}

/**
 * tc_calibration_remember:
 * @object: what the script printed; the time is added
 * @error: TC_ERROR
 *
 * Writes it down, whole or not at all.
 *
 * Returns: whether it is there
 */
gboolean
tc_calibration_remember (const char  *path,
                         const char  *key,
                         JsonObject  *object,
                         gint64       now_us,
                         GError     **error)
{
  g_autoptr(JsonObject) file = tc_json_load (path, FILE_BYTES_MAX, TC_JSON_DEFAULT, NULL);
  g_autoptr(JsonNode) node = json_node_alloc ();

  if (file == NULL)
    file = json_object_new ();
  drop_old (file, now_us);
  json_object_set_int_member (object, "made_at_us", now_us);
  json_object_set_object_member (file, key, json_object_ref (object));
  json_node_init_object (node, file);

  return tc_json_save (path, node, error);
}
