/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-clock.h"
#include "tc-exit-record.h"
#include "tc-json.h"
#include "tc-run-truth.h"

#define SPEC_BYTES_MAX (1024 * 1024)
#define DEPTH_MAX 8

/** tc_run_folder_facts_free: */
void
tc_run_folder_facts_free (TcRunFolderFacts *self)
{
  g_free (self->script_sha256);
  g_free (self);
}

/* Weights that two checkpoints share count once. */
static gint64
get_file_size (const struct stat *info,
               GHashTable        *seen)
{
  gint64 inode = (gint64) info->st_ino;

  if (info->st_nlink > 1 && !g_hash_table_add (seen, g_memdup2 (&inode, sizeof inode)))
    return 0;

  return (gint64) info->st_blocks * 512;
}

/* Links are not followed: what they lead to is not in this folder. */
static gint64
measure_folder (int         parent,
                const char *name,
                GHashTable *seen,
                guint       depth)
{
  int fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  gint64 sum = 0;
  struct dirent *entry;

  if (dir == NULL)
    {
      if (fd >= 0)
        close (fd);
      return 0;
    }
  while ((entry = readdir (dir)) != NULL)
    {
      struct stat info;

      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") ||
          fstatat (fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      sum += get_file_size (&info, seen);
      if (S_ISDIR (info.st_mode) && depth < DEPTH_MAX)
        sum += measure_folder (fd, entry->d_name, seen, depth + 1);
    }
  closedir (dir);

  return sum;
}

/**
 * tc_run_folder_facts_read:
 *
 * Returns: (transfer full): what could be found; blocks
 */
TcRunFolderFacts *
tc_run_folder_facts_read (const char *run_dir)
{
  TcRunFolderFacts *self = g_new0 (TcRunFolderFacts, 1);
  g_autofree char *spec_path = g_build_filename (run_dir, "spec.json", NULL);
  g_autoptr(JsonObject) spec = tc_json_load (spec_path, SPEC_BYTES_MAX, TC_JSON_DEFAULT, NULL);
  g_autoptr(TcExitRecord) record = tc_exit_record_load (run_dir, NULL);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  if (spec != NULL)
    self->script_sha256 = g_strdup (tc_json_get_string (spec, "script_sha256", NULL));
  if (record != NULL)
    self->max_rss_bytes = record->max_rss_bytes;
  self->disk_bytes = measure_folder (AT_FDCWD, run_dir, seen, 0);

  return self;
}

/**
 * tc_run_truth_new:
 * @session: an ended one
 * @script_path: (nullable): of its script
 *
 * Returns: (transfer full): what the session and its folder say
 */
TcPastRun *
tc_run_truth_new (TcSession              *session,
                  const TcRunFolderFacts *folder,
                  const char             *script_path)
{
  TcPastRun *self = g_new0 (TcPastRun, 1);
  TcSessionConfig *config = tc_session_get_config (session);
  const TcProgress *progress = tc_session_get_progress (session);

  self->is_complete = tc_session_get_state (session) == TC_SESSION_COMPLETED;
  self->kind = tc_run_kind_new (config, folder->script_sha256, script_path);
  /* The epoch that was under way does not count. */
  self->epochs = self->is_complete || progress->epoch == 0 ? progress->epoch : progress->epoch - 1;
  self->seconds = progress->elapsed_seconds;
  self->fixed_seconds = self->gate_seconds = TC_UNKNOWN_SECONDS;
  self->disk_bytes = config->workdir == NULL ? folder->disk_bytes : 0;
  self->max_rss_bytes = folder->max_rss_bytes;
  self->parameters = progress->parameters;
  self->spent = TC_MONEY_UNKNOWN;
  self->is_one = tc_session_get_attempt (session) == 1;

  return self;
}

static JsonArray *
get_array (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* UTC µs of a record; 0 without one. */
static gint64
get_moment (JsonObject *record)
{
  const char *text = tc_json_get_string (record, "at", "");
  gint64 at_us;

  return tc_clock_parse_iso8601 (text, &at_us) ? at_us : 0;
}

/* When the first checkpoint of an epoch was there; 0: there is none. */
static gint64
find_checkpoint (JsonArray *checkpoints,
                 gint64     epoch)
{
  gint64 earliest = 0;

  for (guint i = 0; checkpoints != NULL && i < json_array_get_length (checkpoints); i++)
    {
      JsonObject *record = json_array_get_object_element (checkpoints, i);
      gint64 at_us = get_moment (record);

      if (tc_json_get_int (record, "epoch", 0) == epoch && at_us > 0 && (earliest == 0 || at_us < earliest))
        earliest = at_us;
    }

  return earliest;
}

/* A gate begins when the checkpoint it judges is there. */
static void
take_gates (TcPastRun *self,
            JsonArray *gates,
            JsonArray *checkpoints)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; gates != NULL && i < json_array_get_length (gates); i++)
    {
      JsonObject *record = json_array_get_object_element (gates, i);
      gint64 begun_us = find_checkpoint (checkpoints, tc_json_get_int (record, "epoch", 0));
      gint64 ended_us = get_moment (record);

      self->n_gates++;
      if (begun_us == 0 || ended_us < begun_us)
        continue;
      sum += (double) (ended_us - begun_us) / G_USEC_PER_SEC;
      n++;
    }
  if (n > 0 && sum <= self->seconds)
    self->gate_seconds = sum / n;
}

/* What passed before the first epoch began: when its checkpoint was there, less
 * what the epoch took. Read late, a checkpoint looks later than it was; then
 * more seems to have passed than there was time for. */
static void
take_start (TcPastRun *self,
            TcSession *session,
            JsonArray *checkpoints,
            double     first_epoch,
            double     first_seconds)
{
  gint64 saved_us = find_checkpoint (checkpoints, (gint64) first_epoch);
  double fixed = (double) (saved_us - tc_session_get_started_at (session)) / G_USEC_PER_SEC - first_seconds;
  double gates = MAX (self->gate_seconds, 0) * self->n_gates;
  double rest = self->seconds - self->epoch_mean * self->n_measured - gates;

  if (saved_us > 0 && self->is_one && fixed >= 0 && fixed <= MAX (rest, 0))
    self->fixed_seconds = fixed;
}

/**
 * tc_run_truth_take_records:
 * @metrics: (nullable): of tc_store_load_metrics_finish(), with "epoch_seconds"
 * @checkpoints: (nullable): of tc_store_load_records_finish()
 * @gates: (nullable): the same
 *
 * Adds how long epochs, gates and the start took.
 */
void
tc_run_truth_take_records (TcPastRun *self,
                           TcSession *session,
                           JsonNode  *metrics,
                           JsonNode  *checkpoints,
                           JsonNode  *gates)
{
  JsonObject *all = metrics != NULL && JSON_NODE_HOLDS_OBJECT (metrics)
                    ? tc_json_get_object (json_node_get_object (metrics), "series") : NULL;
  JsonArray *points = all != NULL ? tc_json_get_array (all, "epoch_seconds") : NULL;
  g_autoptr(GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));
  double first_epoch = 0;

  for (guint i = 0; points != NULL && i < json_array_get_length (points); i++)
    {
      JsonArray *point = json_array_get_array_element (points, i);
      JsonNode *node = point != NULL && json_array_get_length (point) == 2 ? json_array_get_element (point, 1) : NULL;
      double value = node != NULL && json_node_get_value_type (node) != G_TYPE_STRING ? json_node_get_double (node) : 0;

      if (value <= 0)
        continue;
      if (seconds->len == 0)
        first_epoch = json_array_get_double_element (point, 0);
      g_array_append_val (seconds, value);
    }
  take_gates (self, get_array (gates), get_array (checkpoints));
  if (seconds->len == 0)
    return;

  self->epochs = seconds->len;
  tc_past_run_take_epochs (self, (const double *) seconds->data, seconds->len);
  take_start (self, session, get_array (checkpoints), first_epoch, g_array_index (seconds, double, 0));
}
