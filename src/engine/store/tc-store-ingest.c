/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-point.h"
#include "tc-store-ingest.h"
#include "tc-store-points.h"
#include "tc-store-records.h"
#include "tc-store-sessions.h"

#define SQL_SAVE_CURSOR \
  "INSERT INTO cursors (session, log_offset, events_offset, parser_state)" \
  " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (session) DO UPDATE SET" \
  " log_offset = excluded.log_offset, events_offset = excluded.events_offset," \
  " parser_state = excluded.parser_state"
#define SQL_LOAD_CURSOR \
  "SELECT log_offset, events_offset, parser_state FROM cursors WHERE session = ?1"

/**
 * tc_ingest_new:
 * @session_id: whose
 * @attempt: which of its attempts
 *
 * Returns: (transfer full): a batch with nothing in it
 */
TcIngest *
tc_ingest_new (guint64 session_id,
               guint   attempt)
{
  TcIngest *self = g_new0 (TcIngest, 1);

  self->session_id = session_id;
  self->attempt = attempt;

  return self;
}

/**
 * tc_ingest_free:
 */
void
tc_ingest_free (TcIngest *self)
{
  g_clear_pointer (&self->points, g_array_unref);
  g_clear_pointer (&self->gates, g_ptr_array_unref);
  g_clear_pointer (&self->checkpoints, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->names, g_string_chunk_free);
  g_free (self->session);
  g_free (self->cursor.parser_state);
  g_free (self);
}

/**
 * tc_ingest_own_names:
 *
 * The points borrow their names from the parser's table, which may be gone
 * when the thread comes to them. Equal names are one copy afterwards.
 */
void
tc_ingest_own_names (TcIngest *ingest)
{
  const char *last_name = NULL;
  const char *last_copy = NULL;

  if (ingest->points == NULL || ingest->names != NULL)
    return;

  ingest->names = g_string_chunk_new (256);
  for (guint i = 0; i < ingest->points->len; i++)
    {
      TcPoint *point = &g_array_index (ingest->points, TcPoint, i);

      if (point->name != last_name)
        {
          last_name = point->name;
          last_copy = g_string_chunk_insert_const (ingest->names, point->name);
        }
      point->name = last_copy;
    }
}

/**
 * tc_ingest_cursor_free:
 */
void
tc_ingest_cursor_free (TcIngestCursor *cursor)
{
  g_free (cursor->parser_state);
  g_free (cursor);
}

static gboolean
save_cursor (TcStoreDb       *db,
             const TcIngest  *ingest,
             GError         **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_SAVE_CURSOR, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, ingest->session_id);
  sqlite3_bind_int64 (statement, 2, ingest->cursor.log_offset);
  sqlite3_bind_int64 (statement, 3, ingest->cursor.events_offset);
  tc_store_db_bind_text (statement, 4, ingest->cursor.parser_state);

  return tc_store_db_finish (db, statement, error);
}

static gboolean
save_records (TcStoreDb       *db,
              const TcIngest  *ingest,
              GError         **error)
{
  for (guint i = 0; ingest->gates != NULL && i < ingest->gates->len; i++)
    if (!tc_store_records_add_gate (db, ingest->gates->pdata[i], error))
      return FALSE;
  for (guint i = 0; ingest->checkpoints != NULL && i < ingest->checkpoints->len; i++)
    if (!tc_store_records_add_checkpoint (db, ingest->checkpoints->pdata[i], error))
      return FALSE;
  for (guint i = 0; ingest->events != NULL && i < ingest->events->len; i++)
    if (!tc_store_records_add_event (db, ingest->events->pdata[i], error))
      return FALSE;

  return TRUE;
}

/**
 * tc_store_ingest_run:
 * @error: TC_ERROR: NOT_FOUND if there is no such session, CONFLICT if the
 *   caller does not know where the database stands
 *
 * Returns: whether all of it is in the transaction
 */
gboolean
tc_store_ingest_run (TcStoreDb       *db,
                     const TcIngest  *ingest,
                     GError         **error)
{
  gint64 key = ingest->session_id;

  /* Its cursor would say that more was read than the replaced database has. */
  if (db->resynced != NULL && !g_hash_table_contains (db->resynced, &key))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_CONFLICT,
                   "The database was replaced; session %" G_GUINT64_FORMAT " must be read "
                   "again from where the new one stands", ingest->session_id);
      return FALSE;
    }

  if (!tc_store_sessions_require (db, ingest->session_id, error))
    return FALSE;
  if (ingest->points != NULL &&
      !tc_store_points_add (db, ingest->session_id, ingest->attempt, ingest->points, error))
    return FALSE;
  if (!save_records (db, ingest, error))
    return FALSE;
  if (ingest->session != NULL &&
      !tc_store_sessions_save_one (db, ingest->session_id, ingest->session, error))
    return FALSE;

  return save_cursor (db, ingest, error);
}

/**
 * tc_store_ingest_load_cursor:
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (nullable): how far the run was read; all zero if
 *   nothing was
 */
TcIngestCursor *
tc_store_ingest_load_cursor (TcStoreDb  *db,
                             guint64     session_id,
                             GError    **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_LOAD_CURSOR, error);
  gint64 key = session_id;
  TcIngestCursor *cursor;
  gboolean has_row;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, session_id);
  if (!tc_store_db_step (db, statement, &has_row, error))
    return NULL;

  cursor = g_new0 (TcIngestCursor, 1);
  if (has_row)
    {
      cursor->log_offset = sqlite3_column_int64 (statement, 0);
      cursor->events_offset = sqlite3_column_int64 (statement, 1);
      cursor->parser_state = g_strdup ((const char *) sqlite3_column_text (statement, 2));
    }
  sqlite3_reset (statement);
  if (db->resynced != NULL)
    g_hash_table_add (db->resynced, g_memdup2 (&key, sizeof key));

  return cursor;
}
