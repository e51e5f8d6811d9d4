/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-checkpoint-keeper.h"

#include "tc-checkpoint-folder.h"

#define LOOK_SECONDS 600

struct _TcCheckpointKeeper
{
  GObject       parent_instance;

  TcScheduler  *scheduler;   /* (owned) */
  TcStore      *store;       /* (owned) */
  TcPaths      *paths;       /* (owned) */
  TcClock      *clock;       /* (owned) */
  guint         look_id;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_RESTORED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcCheckpointKeeper, tc_checkpoint_keeper, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
tc_checkpoint_keeper_dispose (GObject *object)
{
  TcCheckpointKeeper *self = TC_CHECKPOINT_KEEPER (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->store);
  g_clear_object (&self->paths);
  g_clear_pointer (&self->clock, tc_clock_unref);

  G_OBJECT_CLASS (tc_checkpoint_keeper_parent_class)->dispose (object);
}

static void
tc_checkpoint_keeper_class_init (TcCheckpointKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_checkpoint_keeper_dispose;
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
  signals[SIGNAL_RESTORED] =
    g_signal_new ("restored", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_ARRAY);
}

static void
tc_checkpoint_keeper_init (TcCheckpointKeeper *self)
{
}

/** tc_checkpoint_keeper_new: Returns: (transfer full): deletes nothing before it is started */
TcCheckpointKeeper *
tc_checkpoint_keeper_new (TcScheduler *scheduler,
                          TcStore     *store,
                          TcPaths     *paths,
                          TcClock     *clock)
{
  TcCheckpointKeeper *self = g_object_new (TC_TYPE_CHECKPOINT_KEEPER, NULL);

  self->scheduler = g_object_ref (scheduler);
  self->store = g_object_ref (store);
  self->paths = g_object_ref (paths);
  self->clock = tc_clock_ref (clock);

  return self;
}

/* ---- A piece of work ---- */

/* The store has done all that it was asked before. */
static void
on_settled (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autofree char *nothing = tc_store_get_setting_finish (TC_STORE (object), result, NULL);

  g_task_return_pointer (task, json_object_ref (g_object_get_data (G_OBJECT (task), "tc-answer")),
                         (GDestroyNotify) json_object_unref);
}

static void
tell_restored (TcCheckpointKeeper *self,
               GTask              *task,
               JsonObject         *answer)
{
  TcCheckpointJob *job = g_task_get_task_data (task);

  g_object_set_data_full (G_OBJECT (task), "tc-answer", answer, (GDestroyNotify) json_object_unref);
  g_signal_emit (self, signals[SIGNAL_RESTORED], 0, job->ids);
  tc_store_get_setting_async (self->store, "checkpoints", NULL, on_settled, g_object_ref (task));
}

static void
on_worked (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcCheckpointKeeper *self = g_task_get_source_object (task);
  TcCheckpointJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  JsonObject *answer = g_task_propagate_pointer (G_TASK (result), &error);

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (job->verb != TC_CHECKPOINT_LIST && !job->dry_run)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (job->verb == TC_CHECKPOINT_RESTORE)
    tell_restored (self, task, answer);
  else
    g_task_return_pointer (task, answer, (GDestroyNotify) json_object_unref);
}

static void
work (GTask        *task,
      gpointer      source,
      gpointer      data,
      GCancellable *cancellable)
{
  GError *error = NULL;
  JsonObject *answer = tc_checkpoint_job_run (data, &error);

  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) json_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_records (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcCheckpointKeeper *self = g_task_get_source_object (task);
  TcCheckpointJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(JsonNode) records = tc_store_load_records_finish (TC_STORE (object), result, &error);
  g_autoptr(GTask) inner = NULL;

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* No source object: a thread may drop the last reference to the task. */
  tc_checkpoint_job_prepare (job, self->scheduler, records, tc_clock_get_realtime (self->clock));
  inner = g_task_new (NULL, NULL, on_worked, g_steal_pointer (&task));
  g_task_set_source_tag (inner, on_records);
  g_task_set_task_data (inner, job, NULL);
  g_task_run_in_thread (inner, work);
}

/**
 * tc_checkpoint_keeper_do_async:
 * @job: copied
 *
 * Does what @job says. It is done also when nobody waits for it any more.
 */
void
tc_checkpoint_keeper_do_async (TcCheckpointKeeper    *self,
                               const TcCheckpointJob *job,
                               GCancellable          *cancellable,
                               GAsyncReadyCallback    callback,
                               gpointer               user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (TC_IS_CHECKPOINT_KEEPER (self));

  g_task_set_source_tag (task, tc_checkpoint_keeper_do_async);
  g_task_set_task_data (task, tc_checkpoint_job_copy (job), (GDestroyNotify) tc_checkpoint_job_free);
  tc_store_load_records_async (self->store, "checkpoints", job->session_id, NULL, on_records,
                               g_steal_pointer (&task));
}

/**
 * tc_checkpoint_keeper_do_finish:
 * @error: as of tc_checkpoint_job_run()
 *
 * Returns: (transfer full) (nullable): what tc_checkpoint_job_run() says
 */
JsonObject *
tc_checkpoint_keeper_do_finish (TcCheckpointKeeper  *self,
                                GAsyncResult        *result,
                                GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- The end of what was removed ---- */

typedef struct
{
  char   *runs_dir;  /* (owned) */
  gint64  before_us;
} Purge;

static void
purge_free (gpointer data)
{
  Purge *purge = data;

  g_free (purge->runs_dir);
  g_free (purge);
}

static void
purge (GTask        *task,
       gpointer      source,
       gpointer      data,
       GCancellable *cancellable)
{
  const Purge *job = data;
  g_autoptr(GDir) dir = g_dir_open (job->runs_dir, 0, NULL);
  const char *name;
  gint64 sum = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *run_dir = g_build_filename (job->runs_dir, name, NULL);
      g_autoptr(TcCheckpointFolder) folder = tc_checkpoint_folder_open (run_dir);

      sum += tc_checkpoint_folder_purge (folder, job->before_us);
    }
  g_task_return_int (task, sum);
}

static void
on_purged (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  gint64 bytes = g_task_propagate_int (G_TASK (result), NULL);

  if (bytes > 0)
    g_signal_emit (g_task_get_source_object (task), signals[SIGNAL_CHANGED], 0);
  g_task_return_int (task, bytes);
}

/**
 * tc_checkpoint_keeper_purge_async:
 * @age_us: how long it must have been removed; 0: all of it
 *
 * Deletes for good what was removed.
 */
void
tc_checkpoint_keeper_purge_async (TcCheckpointKeeper  *self,
                                  gint64               age_us,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr(GTask) inner = NULL;
  Purge *job = g_new0 (Purge, 1);

  g_return_if_fail (TC_IS_CHECKPOINT_KEEPER (self));

  g_task_set_source_tag (task, tc_checkpoint_keeper_purge_async);
  job->runs_dir = g_strdup (tc_paths_get_runs_dir (self->paths));
  /* At an age of 0, also what was removed in this very moment. */
  job->before_us = age_us > 0 ? tc_clock_get_realtime (self->clock) - age_us : G_MAXINT64;
  inner = g_task_new (NULL, NULL, on_purged, g_steal_pointer (&task));
  g_task_set_source_tag (inner, tc_checkpoint_keeper_purge_async);
  g_task_set_task_data (inner, job, purge_free);
  g_task_run_in_thread (inner, purge);
}

/** tc_checkpoint_keeper_purge_finish: Returns: bytes that the disk has more, or -1 */
gint64
tc_checkpoint_keeper_purge_finish (TcCheckpointKeeper  *self,
                                   GAsyncResult        *result,
                                   GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

static gboolean
on_look (gpointer user_data)
{
  tc_checkpoint_keeper_purge_async (user_data, TC_CHECKPOINT_KEPT_US, NULL, NULL);

  return G_SOURCE_CONTINUE;
}

/* Nobody has asked for anything yet, and few runs have removed ones. */
static void
heal_all (TcCheckpointKeeper *self)
{
  g_autoptr(GDir) dir = g_dir_open (tc_paths_get_runs_dir (self->paths), 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *run_dir = g_build_filename (tc_paths_get_runs_dir (self->paths), name, NULL);
      g_autofree char *removed = g_build_filename (run_dir, "removed", NULL);
      g_autoptr(TcCheckpointFolder) folder = NULL;

      if (!g_file_test (removed, G_FILE_TEST_IS_DIR))
        continue;
      folder = tc_checkpoint_folder_open (run_dir);
      tc_checkpoint_folder_heal (folder);
    }
}

/**
 * tc_checkpoint_keeper_start:
 *
 * Repairs what an earlier engine left half done, and looks from now on for what
 * was removed long ago.
 */
void
tc_checkpoint_keeper_start (TcCheckpointKeeper *self)
{
  g_return_if_fail (TC_IS_CHECKPOINT_KEEPER (self));

  if (self->look_id != 0)
    return;
  heal_all (self);
  self->look_id = g_timeout_add_seconds (LOOK_SECONDS, on_look, self);
  on_look (self);
}

/** tc_checkpoint_keeper_shutdown: looks no more */
void
tc_checkpoint_keeper_shutdown (TcCheckpointKeeper *self)
{
  g_return_if_fail (TC_IS_CHECKPOINT_KEEPER (self));

  g_clear_handle_id (&self->look_id, g_source_remove);
}
