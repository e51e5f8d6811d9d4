/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Sessions that were removed. The run folder goes to removed/, which is what
 * counts; the store keeps what it knows for as long as the session can be put
 * back, so that nothing is lost by an undo. */

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "tc-error.h"
#include "tc-run-folder.h"
#include "tc-scheduler-private.h"

#define KEEP_SECONDS 600

typedef struct {
  TcScheduler *self;      /* (unowned) has it in its table */
  TcSession   *session;   /* (owned) */
  guint        forget_id;
} Removed;

static void
removed_free (Removed *removed)
{
  g_clear_handle_id (&removed->forget_id, g_source_remove);
  g_object_unref (removed->session);
  g_free (removed);
}

void
tc_scheduler_init_removed (TcScheduler *self)
{
  self->removed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                         (GDestroyNotify) removed_free);
}

/* After this nothing is forgotten any more: the next engine does it. */
void
tc_scheduler_clear_removed (TcScheduler *self)
{
  g_clear_pointer (&self->removed, g_hash_table_unref);
}

static char *
dup_aside_dir (TcScheduler *self,
               guint64      id)
{
  g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

  return g_build_filename (tc_paths_get_data_dir (self->paths), "removed", name, NULL);
}

static void
on_forgotten (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_store_remove_session_finish (TC_STORE (object), result, &error))
    g_warning ("A removed session is still in the store: %s", error->message);
}

static gboolean
on_forget (gpointer user_data)
{
  Removed *removed = user_data;
  TcScheduler *self = removed->self;
  guint64 id = tc_session_get_id (removed->session);

  removed->forget_id = 0;
  tc_store_remove_session_async (self->store, id, NULL, on_forgotten, NULL);
  g_hash_table_remove (self->removed, &id);

  return G_SOURCE_REMOVE;
}

static void
keep (TcScheduler *self,
      TcSession   *session)
{
  Removed *removed = g_new0 (Removed, 1);
  guint64 id = tc_session_get_id (session);

  removed->self = self;
  removed->session = g_object_ref (session);
  removed->forget_id = g_timeout_add_seconds (KEEP_SECONDS, on_forget, removed);
  g_hash_table_replace (self->removed, g_memdup2 (&id, sizeof id), removed);
}

/* Of a session that the store still knows but that was removed, before the
 * engine left or was killed.
 *
 * Returns: whether it is one; then it is kept for a while longer */
gboolean
tc_scheduler_keep_removed (TcScheduler *self,
                           TcSession   *session)
{
  guint64 id = tc_session_get_id (session);
  g_autofree char *aside = dup_aside_dir (self, id);
  g_autofree char *run_dir = tc_scheduler_dup_run_dir (self, id);

  if (!g_file_test (aside, G_FILE_TEST_IS_DIR) || g_file_test (run_dir, G_FILE_TEST_IS_DIR))
    return FALSE;
  keep (self, session);
  self->last_id = MAX (self->last_id, id);

  return TRUE;
}

/* ---- Removing ---- */

/* A run folder of a removed session is kept aside, so that nothing is lost and
 * the next start of the engine does not find the session again. */
static gboolean
put_run_aside (TcScheduler  *self,
               guint64       id,
               GError      **error)
{
  g_autofree char *run_dir = tc_scheduler_dup_run_dir (self, id);
  g_autofree char *aside = dup_aside_dir (self, id);
  g_autofree char *folder = g_path_get_dirname (aside);

  /* What never ran leaves an empty folder, so that its number stays taken. */
  if (g_mkdir_with_parents (folder, 0700) == 0 &&
      (g_file_test (run_dir, G_FILE_TEST_IS_DIR) ? g_rename (run_dir, aside)
                                                 : g_mkdir_with_parents (aside, 0700)) == 0)
    return TRUE;

  tc_error_set_from_errno (error, errno, "The run's folder %s cannot be put aside", run_dir);

  return FALSE;
}

/* Takes @session, which is not active, out of the list. */
void
tc_scheduler_remove_session (TcScheduler *self,
                             TcSession   *session,
                             GTask       *task)
{
  GError *error = NULL;

  if (!put_run_aside (self, tc_session_get_id (session), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  keep (self, session);
  tc_scheduler_drop_session (self, session);
  g_task_return_boolean (task, TRUE);
  tc_scheduler_schedule (self);
}

/* ---- Putting back ---- */

/* What never ran has no folder; an empty one only held its number. */
static gboolean
put_run_back (TcScheduler  *self,
              guint64       id,
              GError      **error)
{
  g_autofree char *run_dir = tc_scheduler_dup_run_dir (self, id);
  g_autofree char *aside = dup_aside_dir (self, id);

  if (g_rmdir (aside) == 0 || g_rename (aside, run_dir) == 0)
    return TRUE;
  tc_error_set_from_errno (error, errno, "The run's folder %s cannot be put back", aside);

  return FALSE;
}

/* Those that were to follow it were skipped when it went, and theirs too. */
static void
call_followers_back (TcScheduler *self,
                     guint64      id)
{
  for (guint i = 0; i < tc_queue_get_n (self->queue); i++)
    {
      TcSession *session = tc_queue_peek (self->queue, i);

      if (tc_session_get_config (session)->after != id ||
          tc_session_get_state (session) != TC_SESSION_SKIPPED)
        continue;
      tc_session_set_state (session, TC_SESSION_QUEUED, tc_scheduler_now (self));
      tc_session_set_reason (session, NULL, NULL, NULL);
      tc_scheduler_save (self, session);
      call_followers_back (self, tc_session_get_id (session));
    }
}

/* Puts the removed session @id back where it was. */
void
tc_scheduler_restore_session (TcScheduler *self,
                              guint64      id,
                              GTask       *task)
{
  Removed *removed = g_hash_table_lookup (self->removed, &id);
  g_autoptr(TcSession) session = NULL;
  GError *error = NULL;

  if (removed == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                               "Session %" G_GUINT64_FORMAT " was not removed, or too long ago to be put back", id);
      return;
    }
  if (!put_run_back (self, id, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  session = g_object_ref (removed->session);
  g_hash_table_remove (self->removed, &id);
  tc_scheduler_adopt_session (self, session);
  tc_scheduler_save (self, session);
  call_followers_back (self, id);
  tc_scheduler_emit_queue_changed (self);
  g_task_return_boolean (task, TRUE);
  tc_scheduler_schedule (self);
}
