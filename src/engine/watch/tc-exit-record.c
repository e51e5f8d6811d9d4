/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-exit-record.h"

#include <string.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-json.h"

#define VERSION     1
#define MAX_PID     (4 * 1024 * 1024)
#define MAX_SIGNAL  64
#define MAX_SECONDS 1e12

static const char *const stoppers[] = {
  "user", "rule", "budget", "gate", "shutdown", NULL
};

/* Reads members one after the other and remembers the first that is wrong, so
 * that the callers below are plain lists of fields. */
typedef struct
{
  JsonObject *object;   /* (owned) */
  const char *wrong;    /* (nullable) name of the first bad member */
} Reader;

static void
complain (Reader     *self,
          const char *member)
{
  if (self->wrong == NULL)
    self->wrong = member;
}

/* A whole number within bounds. Missing and null give the fallback. */
static gint64
read_int (Reader     *self,
          const char *member,
          gint64      min,
          gint64      max,
          gint64      fallback)
{
  JsonNode *node;
  gint64 value;

  if (!tc_json_has (self->object, member))
    return fallback;

  node = json_object_get_member (self->object, member);
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    {
      complain (self, member);
      return fallback;
    }

  value = json_node_get_int (node);
  if (value < min || value > max)
    {
      complain (self, member);
      return fallback;
    }

  return value;
}

static double
read_seconds (Reader     *self,
              const char *member)
{
  double value;

  if (!tc_json_has (self->object, member))
    return 0;

  value = tc_json_get_double (self->object, member, -1);
  if (!(value >= 0 && value <= MAX_SECONDS))
    {
      complain (self, member);
      return 0;
    }

  return value;
}

static gboolean
read_boolean (Reader     *self,
              const char *member)
{
  JsonNode *node;

  if (!tc_json_has (self->object, member))
    return FALSE;

  node = json_object_get_member (self->object, member);
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    {
      complain (self, member);
      return FALSE;
    }

  return json_node_get_boolean (node);
}

/* Returns: (transfer full) (nullable): a word, none when missing or null. */
static char *
read_word (Reader     *self,
           const char *member)
{
  const char *text;

  if (!tc_json_has (self->object, member))
    return NULL;

  text = tc_json_get_string (self->object, member, NULL);
  if (text == NULL || strlen (text) > 128)
    {
      complain (self, member);
      return NULL;
    }

  return g_strdup (text);
}

static gboolean
reader_open (Reader      *self,
             const char  *data,
             gssize       length,
             GError     **error)
{
  gint64 version;

  self->wrong = NULL;
  self->object = tc_json_parse_object (data, length, TC_JSON_DEFAULT, error);
  if (self->object == NULL)
    {
      /* Whatever the parser calls it: the shim's own file is damaged. */
      if (error != NULL && *error != NULL)
        (*error)->code = TC_ERROR_CORRUPT;
      return FALSE;
    }

  version = read_int (self, "version", 1, G_MAXINT64, 0);
  if (version > VERSION)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_NEWER,
                   "The record has version %" G_GINT64_FORMAT ", this program knows %d",
                   version, VERSION);
      g_clear_pointer (&self->object, json_object_unref);
      return FALSE;
    }
  if (version < 1)
    complain (self, "version");

  return TRUE;
}

static gboolean
reader_close (Reader  *self,
              GError **error)
{
  g_clear_pointer (&self->object, json_object_unref);

  if (self->wrong == NULL)
    return TRUE;

  g_set_error (error, TC_ERROR, TC_ERROR_CORRUPT,
               "The record is damaged: “%s” is missing or makes no sense", self->wrong);

  return FALSE;
}

/* ---- exit.json ---- */

/* A process ends with a code or by a signal, never both; neither is known when
 * a second shim had to take over, or when nothing could make it end. */
static void
read_ending (Reader       *self,
             TcExitRecord *record)
{
  gint64 code = read_int (self, "exit_code", 0, 255, -1);

  record->signal = (int) read_int (self, "signal", 1, MAX_SIGNAL, 0);
  record->has_exit_code = code >= 0;
  record->exit_code = (int) MAX (code, 0);
  record->core_dumped = read_boolean (self, "core_dumped");

  if (record->has_exit_code && record->signal != 0)
    complain (self, "signal");
}

static void
read_stopping (Reader       *self,
               TcExitRecord *record)
{
  record->stopped_by = read_word (self, "stopped_by");
  if (record->stopped_by != NULL && !g_strv_contains (stoppers, record->stopped_by))
    complain (self, "stopped_by");

  record->oom_killed = read_boolean (self, "oom_killed");
  record->oom_certain = read_boolean (self, "oom_certain");
  record->unkillable = read_boolean (self, "unkillable");
  record->killed_after_grace = read_boolean (self, "killed_after_grace");
  record->leftover_processes = (guint) read_int (self, "leftover_processes", 0, MAX_PID, 0);
}

static void
read_account (Reader       *self,
              TcExitRecord *record)
{
  record->log_bytes = read_int (self, "log_bytes", 0, G_MAXINT64, 0);
  record->dropped_bytes = read_int (self, "dropped_bytes", 0, G_MAXINT64, 0);
  record->log_ends_partial = read_boolean (self, "log_ends_partial");
  record->started_at_us = read_int (self, "started_at_us", G_MININT64, G_MAXINT64, 0);
  record->ended_at_us = read_int (self, "ended_at_us", G_MININT64, G_MAXINT64, 0);
  record->ended_boottime_us = read_int (self, "ended_boottime_us", 0, G_MAXINT64, 0);
  record->user_seconds = read_seconds (self, "user_seconds");
  record->system_seconds = read_seconds (self, "system_seconds");
  record->max_rss_bytes = read_int (self, "max_rss_bytes", 0, G_MAXINT64, 0);
  record->boot_id = read_word (self, "boot_id");
}

/**
 * tc_exit_record_parse:
 * @data: the bytes of an exit.json
 * @length: how many, or -1 when nul-terminated
 * @error: (out) (optional): TC_ERROR_CORRUPT or TC_ERROR_NEWER
 *
 * Returns: (transfer full) (nullable): the record
 */
TcExitRecord *
tc_exit_record_parse (const char  *data,
                      gssize       length,
                      GError     **error)
{
  g_autoptr(TcExitRecord) record = NULL;
  Reader reader;

  g_return_val_if_fail (data != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!reader_open (&reader, data, length, error))
    return NULL;

  record = g_new0 (TcExitRecord, 1);
  read_ending (&reader, record);
  read_stopping (&reader, record);
  read_account (&reader, record);

  if (!reader_close (&reader, error))
    return NULL;

  return g_steal_pointer (&record);
}

/**
 * tc_exit_record_free:
 * @self: (transfer full) (nullable): a record
 */
void
tc_exit_record_free (TcExitRecord *self)
{
  if (self == NULL)
    return;

  g_free (self->stopped_by);
  g_free (self->boot_id);
  g_free (self);
}

/* ---- shim.json ---- */

/**
 * tc_shim_record_parse:
 * @data: the bytes of a shim.json
 * @length: how many, or -1 when nul-terminated
 * @error: (out) (optional): TC_ERROR_CORRUPT or TC_ERROR_NEWER
 *
 * Returns: (transfer full) (nullable): the record
 */
TcShimRecord *
tc_shim_record_parse (const char  *data,
                      gssize       length,
                      GError     **error)
{
  g_autoptr(TcShimRecord) record = NULL;
  Reader reader;

  g_return_val_if_fail (data != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!reader_open (&reader, data, length, error))
    return NULL;

  record = g_new0 (TcShimRecord, 1);
  record->shim_pid = (GPid) read_int (&reader, "shim_pid", 1, MAX_PID, 0);
  record->shim_start_time = read_int (&reader, "shim_start_time", 0, G_MAXINT64, 0);
  record->pump_pid = (GPid) read_int (&reader, "pump_pid", 0, MAX_PID, 0);
  record->child_pid = (GPid) read_int (&reader, "child_pid", 0, MAX_PID, 0);
  record->child_start_time = read_int (&reader, "child_start_time", 0, G_MAXINT64, 0);
  record->boot_id = read_word (&reader, "boot_id");
  record->started_at_us = read_int (&reader, "started_at_us", G_MININT64, G_MAXINT64, 0);
  record->started_boottime_us = read_int (&reader, "started_boottime_us", 0, G_MAXINT64, 0);
  record->started_monotonic_us = read_int (&reader, "started_monotonic_us", 0, G_MAXINT64, 0);
  if (record->shim_pid == 0)
    complain (&reader, "shim_pid");

  if (!reader_close (&reader, error))
    return NULL;

  return g_steal_pointer (&record);
}

/**
 * tc_shim_record_free:
 * @self: (transfer full) (nullable): a record
 */
void
tc_shim_record_free (TcShimRecord *self)
{
  if (self == NULL)
    return;

  g_free (self->boot_id);
  g_free (self);
}

/* ---- files ---- */

static char *
read_record (const char  *run_dir,
             const char  *name,
             gsize       *length,
             GError     **error)
{
  g_autofree char *path = g_build_filename (run_dir, name, NULL);

  return tc_file_read (path, TC_EXIT_RECORD_MAX_BYTES, length, error);
}

/**
 * tc_exit_record_load:
 * @run_dir: a run folder
 * @error: (out) (optional): TC_ERROR_NOT_FOUND when there is no exit.json,
 *   else that of tc_file_read() or tc_exit_record_parse()
 *
 * Blocking.
 *
 * Returns: (transfer full) (nullable): how the run ended
 */
TcExitRecord *
tc_exit_record_load (const char  *run_dir,
                     GError     **error)
{
  g_autofree char *data = NULL;
  gsize length = 0;

  g_return_val_if_fail (run_dir != NULL, NULL);

  data = read_record (run_dir, "exit.json", &length, error);
  if (data == NULL)
    return NULL;

  return tc_exit_record_parse (data, (gssize) length, error);
}

/**
 * tc_shim_record_load:
 * @run_dir: a run folder
 * @error: (out) (optional): TC_ERROR_NOT_FOUND when there is no shim.json,
 *   else that of tc_file_read() or tc_shim_record_parse()
 *
 * Blocking.
 *
 * Returns: (transfer full) (nullable): who runs or ran it
 */
TcShimRecord *
tc_shim_record_load (const char  *run_dir,
                     GError     **error)
{
  g_autofree char *data = NULL;
  gsize length = 0;

  g_return_val_if_fail (run_dir != NULL, NULL);

  data = read_record (run_dir, "shim.json", &length, error);
  if (data == NULL)
    return NULL;

  return tc_shim_record_parse (data, (gssize) length, error);
}
