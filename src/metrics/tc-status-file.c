/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-status-file.h"

#include <math.h>
#include <sys/stat.h>

#include "tc-clock.h"
#include "tc-error.h"
#include "tc-file.h"
#include "tc-json.h"

static int
get_count (JsonObject *object,
           const char *member)
{
  return (int) CLAMP (tc_json_get_int (object, member, 0), 0, G_MAXINT);
}

/* A number from 0 up; -1 for none, or one that is not. */
static double
get_amount (JsonObject *object,
            const char *member)
{
  double value = tc_json_get_double (object, member, -1);

  return isfinite (value) && value >= 0 ? value : -1;
}

static gboolean
get_loss (JsonObject *object,
          const char *member,
          double     *loss)
{
  JsonNode *node = json_object_get_member (object, member);
  GType type;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  type = json_node_get_value_type (node);
  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return FALSE;

  *loss = json_node_get_double (node);

  return TRUE;
}

/**
 * tc_status_file_parse:
 * @data: the file's content
 * @length: its length in bytes, or -1 if nul-terminated
 * @started_us: when the run started, UTC in µs since 1970; 0 if that does not
 *   matter
 * @error: return location
 *
 * Returns: (transfer full): what it says; NULL with TC_ERROR_INVALID if it is
 *   not a whole JSON object, which a file that is being written is for a moment
 */
TcStatusFile *
tc_status_file_parse (const char   *data,
                      gssize        length,
                      gint64        started_us,
                      GError      **error)
{
  g_autoptr(JsonObject) object = NULL;
  TcStatusFile *self;

  object = tc_json_parse_object (data, length, TC_JSON_ALLOW_NON_FINITE, error);
  if (object == NULL)
    return NULL;

  self = g_new0 (TcStatusFile, 1);
  self->status = g_strdup (tc_json_get_string (object, "status", NULL));
  self->epoch = get_count (object, "epoch");
  self->total_epochs = get_count (object, "total_epochs");
  self->has_train_loss = get_loss (object, "train_loss", &self->train_loss);
  self->has_val_loss = get_loss (object, "val_loss", &self->val_loss);
  self->progress_pct = get_amount (object, "progress_pct");
  self->elapsed_seconds = get_amount (object, "elapsed_seconds");
  self->eta_seconds = get_amount (object, "eta_seconds");
  if (self->eta_seconds < 0 && get_amount (object, "eta_hours") >= 0)
    self->eta_seconds = get_amount (object, "eta_hours") * 3600;

  /* The scripts cut nothing off the time, so a younger file is not stale. */
  if (tc_clock_parse_iso8601 (tc_json_get_string (object, "timestamp", NULL),
                              &self->timestamp_us))
    self->stale = self->timestamp_us < started_us;

  return self;
}

/**
 * tc_status_file_load:
 * @path: the file
 * @started_us: when the run started, as for tc_status_file_parse()
 * @error: return location
 *
 * Reads the file, whatever it is (see tc_file_read()). One without a time stamp
 * in it goes by the time it was changed.
 *
 * Returns: (transfer full): what it says, or NULL
 */
TcStatusFile *
tc_status_file_load (const char  *path,
                     gint64       started_us,
                     GError     **error)
{
  g_autofree char *data = NULL;
  TcStatusFile *self;
  struct stat info;
  gsize length;

  g_return_val_if_fail (path != NULL, NULL);

  data = tc_file_read (path, TC_STATUS_FILE_MAX_BYTES, &length, error);
  if (data == NULL)
    return NULL;

  self = tc_status_file_parse (data, (gssize) length, started_us, error);
  if (self == NULL)
    return NULL;

  /* File systems keep as little as whole seconds. */
  if (self->timestamp_us == 0 && stat (path, &info) == 0)
    self->stale = (gint64) info.st_mtime < started_us / G_USEC_PER_SEC;

  return self;
}

/**
 * tc_status_file_free:
 * @self: (transfer full): what a file said
 */
void
tc_status_file_free (TcStatusFile *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->status);
  g_free (self);
}
