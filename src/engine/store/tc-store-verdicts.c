/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-store-private.h"
#include "tc-store-verdicts.h"

#define SQL_ADD \
  "INSERT INTO verdicts (session, attempt, epoch, at_us, provider, model, convergence, accuracy," \
  " format, progress, score, grade, status, recommendation, action, note, cost_micro, error)" \
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"

/* Columns of the listing and, less one, of the parameters. */
#define FIRST_PART 7

static char *
dup_column (sqlite3_stmt *row,
            int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (row, column));
}

/**
 * tc_store_verdicts_read:
 * @row: of TC_STORE_SQL_LIST_VERDICTS
 *
 * Returns: (transfer full): the verdict as JSON
 */
JsonNode *
tc_store_verdicts_read (sqlite3_stmt *row)
{
  g_autoptr(TcVerdict) verdict = tc_verdict_new ((guint64) sqlite3_column_int64 (row, 1),
                                                 (guint) sqlite3_column_int64 (row, 2),
                                                 (guint) sqlite3_column_int64 (row, 3));

  verdict->id = sqlite3_column_int64 (row, 0);
  verdict->at_us = sqlite3_column_int64 (row, 4);
  verdict->provider = dup_column (row, 5);
  verdict->model = dup_column (row, 6);
  for (int i = 0; i < TC_VERDICT_N_PARTS; i++)
    verdict->parts[i] = (guint) sqlite3_column_int (row, FIRST_PART + i);
  verdict->score = (guint) sqlite3_column_int (row, 11);
  tc_verdict_status_from_string ((const char *) sqlite3_column_text (row, 12), &verdict->status);
  verdict->recommendation = dup_column (row, 13);
  tc_verdict_action_from_string ((const char *) sqlite3_column_text (row, 14), &verdict->action);
  verdict->note = dup_column (row, 15);
  if (sqlite3_column_type (row, 16) != SQLITE_NULL)
    verdict->cost = sqlite3_column_int64 (row, 16);
  verdict->error = dup_column (row, 17);

  return tc_verdict_to_json (verdict);
}

/* What is not bound is NULL: the judgement, where there is none. */
static void
bind_judgement (sqlite3_stmt    *statement,
                const TcVerdict *verdict)
{
  for (int i = 0; i < TC_VERDICT_N_PARTS; i++)
    sqlite3_bind_int (statement, FIRST_PART + i, (int) verdict->parts[i]);
  sqlite3_bind_int (statement, 11, (int) verdict->score);
  tc_store_db_bind_text (statement, 12, tc_verdict_get_grade (verdict));
  tc_store_db_bind_text (statement, 13, tc_verdict_status_to_string (verdict->status));
}

static gboolean
run_add (TcStoreDb  *db,
         gpointer    data,
         gpointer   *result,
         GError    **error)
{
  const TcVerdict *verdict = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_ADD, error);
  gint64 id;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) verdict->session_id);
  sqlite3_bind_int64 (statement, 2, verdict->attempt);
  sqlite3_bind_int64 (statement, 3, verdict->epoch);
  sqlite3_bind_int64 (statement, 4, verdict->at_us);
  tc_store_db_bind_text (statement, 5, verdict->provider);
  tc_store_db_bind_text (statement, 6, verdict->model);
  if (verdict->error == NULL)
    bind_judgement (statement, verdict);
  tc_store_db_bind_text (statement, 14, verdict->recommendation);
  tc_store_db_bind_text (statement, 15, tc_verdict_action_to_string (verdict->action));
  tc_store_db_bind_text (statement, 16, verdict->note);
  if (verdict->cost >= 0)
    sqlite3_bind_int64 (statement, 17, verdict->cost);
  tc_store_db_bind_text (statement, 18, verdict->error);
  if (!tc_store_db_finish (db, statement, error))
    return FALSE;
  id = sqlite3_last_insert_rowid (db->handle);
  *result = g_memdup2 (&id, sizeof id);

  return TRUE;
}

/**
 * tc_store_add_verdict_async:
 * @verdict: copied; its id is not looked at
 *
 * Stores a verdict, or that there is none.
 */
void
tc_store_add_verdict_async (TcStore             *self,
                            const TcVerdict     *verdict,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_add, TRUE, (GDestroyNotify) tc_verdict_free, g_free
  };

  g_return_if_fail (TC_IS_STORE (self));
  g_return_if_fail (verdict != NULL);

  tc_store_start (self, &operation, tc_verdict_copy (verdict),
         tc_store_new_task (self, tc_store_add_verdict_async, cancellable, callback, user_data));
}

/**
 * tc_store_add_verdict_finish:
 * @id: (out): the verdict's number
 * @error: TC_ERROR; TC_ERROR_NOT_FOUND if there is no such session
 *
 * Returns: whether it is on the disk
 */
gboolean
tc_store_add_verdict_finish (TcStore       *self,
                             GAsyncResult  *result,
                             gint64        *id,
                             GError       **error)
{
  g_autofree gint64 *value = NULL;

  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_add_verdict_async), FALSE);

  value = g_task_propagate_pointer (G_TASK (result), error);
  *id = value != NULL ? *value : 0;

  return value != NULL;
}
