/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-checkpoint-needs.h"

#include "tc-checkpoint-folder.h"

static void
need_free (gpointer data)
{
  TcCheckpointNeed *need = data;

  g_free (need->path);
  g_free (need->why);
  g_free (need);
}

G_GNUC_PRINTF (4, 5) static void
add_need (GPtrArray  *needs,
          const char *path,
          const char *base,
          const char *format,
          ...)
{
  TcCheckpointNeed *need;
  va_list args;

  if (path == NULL)
    return;
  need = g_new0 (TcCheckpointNeed, 1);
  need->path = g_canonicalize_filename (path, base);
  va_start (args, format);
  need->why = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (needs, need);
}

/* What a retry of a run that ended would resume, and the best it came to. */
static void
add_ended (GPtrArray   *needs,
           TcScheduler *scheduler,
           TcSession   *session)
{
  guint64 id = tc_session_get_id (session);
  g_autofree char *run_dir = tc_scheduler_dup_run_dir (scheduler, id);

  add_need (needs, tc_session_get_last_checkpoint (session), run_dir,
            "Session %" G_GUINT64_FORMAT " goes on from this checkpoint.", id);
  add_need (needs, tc_session_get_best_checkpoint (session), run_dir,
            "Session %" G_GUINT64_FORMAT " goes on from this checkpoint.", id);
}

static void
add_session (GPtrArray   *needs,
             TcScheduler *scheduler,
             TcSession   *session)
{
  TcSessionConfig *config = tc_session_get_config (session);
  TcSession *before = config->after != 0 ? tc_queue_lookup (tc_scheduler_get_queue (scheduler), config->after) : NULL;
  guint64 id = tc_session_get_id (session);
  g_autofree char *run_dir = NULL;

  run_dir = tc_scheduler_dup_run_dir (scheduler, id);
  add_need (needs, config->resume_from, config->workdir != NULL ? config->workdir : run_dir,
            "Session %" G_GUINT64_FORMAT " goes on from this checkpoint.", id);
  /* What a retry, or a start after a power cut, resumes. */
  add_need (needs, tc_session_get_last_checkpoint (session), run_dir,
            "Session %" G_GUINT64_FORMAT " has not ended and goes on from this checkpoint when it is interrupted.", id);
  add_need (needs, tc_session_get_best_checkpoint (session), run_dir,
            "Session %" G_GUINT64_FORMAT " has not ended, and this is its best checkpoint so far.", id);
  if (before != NULL)
    add_need (needs, tc_session_get_best_checkpoint (before), run_dir,
              "Session %" G_GUINT64_FORMAT " follows session %" G_GUINT64_FORMAT " and begins with this checkpoint.",
              id, config->after);
}

/**
 * tc_checkpoint_needs_list:
 * @with_ended: also the last and the best of the sessions that have ended
 *
 * Returns: (transfer full) (element-type TcCheckpointNeed): what is needed now
 */
GPtrArray *
tc_checkpoint_needs_list (TcScheduler *scheduler,
                          gboolean     with_ended)
{
  GPtrArray *needs = g_ptr_array_new_with_free_func (need_free);
  TcQueue *queue = tc_scheduler_get_queue (scheduler);

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSession *session = tc_queue_peek (queue, i);

      if (!tc_session_state_is_final (tc_session_get_state (session)))
        add_session (needs, scheduler, session);
      else if (with_ended)
        add_ended (needs, scheduler, session);
    }

  return needs;
}

/**
 * tc_checkpoint_needs_resolve:
 * @needs: of tc_checkpoint_needs_list(), which must outlive the answer
 *
 * Looks at the files; blocks.
 *
 * Returns: (transfer full): key of tc_checkpoint_dup_key() → sentence (unowned)
 */
GHashTable *
tc_checkpoint_needs_resolve (GPtrArray *needs)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < needs->len; i++)
    {
      TcCheckpointNeed *need = g_ptr_array_index (needs, i);
      char *key = tc_checkpoint_dup_key (need->path);

      if (g_hash_table_contains (table, key))
        g_free (key);
      else
        g_hash_table_insert (table, key, need->why);
    }

  return table;
}
