/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-store-keys.h"
#include "tc-store-private.h"

#define COLUMNS \
  "id, provider, name, base_url, secret_id, last_four, state, state_text, checked_at_us, created_at_us"
#define SQL_LOAD "SELECT " COLUMNS " FROM api_keys ORDER BY id"
#define SQL_SAVE \
  "INSERT INTO api_keys (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)" \
  " ON CONFLICT (id) DO UPDATE SET provider = excluded.provider, name = excluded.name," \
  " base_url = excluded.base_url, secret_id = excluded.secret_id," \
  " last_four = excluded.last_four, state = excluded.state, state_text = excluded.state_text," \
  " checked_at_us = excluded.checked_at_us, created_at_us = excluded.created_at_us"
#define SQL_REMOVE "DELETE FROM api_keys WHERE id = ?1"

static char *
dup_column (sqlite3_stmt *row,
            int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (row, column));
}

static TcApiKey *
read_key (sqlite3_stmt *row)
{
  TcApiKey *key = tc_api_key_new ();

  key->id = (guint64) sqlite3_column_int64 (row, 0);
  key->provider = dup_column (row, 1);
  key->name = dup_column (row, 2);
  key->base_url = dup_column (row, 3);
  key->secret_id = dup_column (row, 4);
  key->last_four = dup_column (row, 5);
  tc_key_state_from_string ((const char *) sqlite3_column_text (row, 6), &key->state);
  key->state_text = dup_column (row, 7);
  key->checked_at_us = sqlite3_column_int64 (row, 8);
  key->created_at_us = sqlite3_column_int64 (row, 9);

  return key;
}

static gboolean
run_load (TcStoreDb  *db,
          gpointer    data,
          gpointer   *result,
          GError    **error)
{
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_api_key_free);
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_LOAD, error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;
  while (tc_store_db_step (db, statement, &has_row, error))
    {
      if (!has_row)
        {
          *result = g_steal_pointer (&keys);
          return TRUE;
        }
      g_ptr_array_add (keys, read_key (statement));
    }

  return FALSE;
}

/**
 * tc_store_load_keys_async:
 *
 * Loads what is known of all keys.
 */
void
tc_store_load_keys_async (TcStore             *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_load, FALSE, NULL, (GDestroyNotify) g_ptr_array_unref
  };

  g_return_if_fail (TC_IS_STORE (self));

  tc_store_start (self, &operation, NULL,
         tc_store_new_task (self, tc_store_load_keys_async, cancellable, callback, user_data));
}

/**
 * tc_store_load_keys_finish:
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (element-type TcApiKey) (nullable): in the order
 *   they were added
 */
GPtrArray *
tc_store_load_keys_finish (TcStore       *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_load_keys_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bind_optional (sqlite3_stmt *statement,
               int           index,
               const char   *text)
{
  if (text != NULL)
    tc_store_db_bind_text (statement, index, text);
  else
    sqlite3_bind_null (statement, index);
}

static gboolean
run_save (TcStoreDb  *db,
          gpointer    data,
          gpointer   *result,
          GError    **error)
{
  TcApiKey *key = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_SAVE, error);
  guint64 id = key->id;

  if (statement == NULL)
    return FALSE;
  if (id == 0)
    sqlite3_bind_null (statement, 1);
  else
    sqlite3_bind_int64 (statement, 1, (gint64) id);
  tc_store_db_bind_text (statement, 2, key->provider);
  tc_store_db_bind_text (statement, 3, key->name);
  bind_optional (statement, 4, key->base_url);
  bind_optional (statement, 5, key->secret_id);
  bind_optional (statement, 6, key->last_four);
  tc_store_db_bind_text (statement, 7, tc_key_state_to_string (key->state));
  bind_optional (statement, 8, key->state_text);
  sqlite3_bind_int64 (statement, 9, key->checked_at_us);
  sqlite3_bind_int64 (statement, 10, key->created_at_us);
  if (!tc_store_db_finish (db, statement, error))
    return FALSE;
  if (id == 0)
    id = (guint64) sqlite3_last_insert_rowid (db->handle);
  *result = g_memdup2 (&id, sizeof id);

  return TRUE;
}

/**
 * tc_store_save_key_async:
 * @key: copied; with id 0 it is a new one
 *
 * Saves what is known of a key.
 */
void
tc_store_save_key_async (TcStore             *self,
                         const TcApiKey      *key,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_save, TRUE, (GDestroyNotify) tc_api_key_free, g_free
  };

  g_return_if_fail (TC_IS_STORE (self));

  tc_store_start (self, &operation, tc_api_key_copy (key),
         tc_store_new_task (self, tc_store_save_key_async, cancellable, callback, user_data));
}

/**
 * tc_store_save_key_finish:
 * @id: (out): the key's number, given now if it was new
 * @error: TC_ERROR
 *
 * Returns: whether it is on the disk
 */
gboolean
tc_store_save_key_finish (TcStore       *self,
                          GAsyncResult  *result,
                          guint64       *id,
                          GError       **error)
{
  g_autofree guint64 *value = NULL;

  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_save_key_async), FALSE);

  value = g_task_propagate_pointer (G_TASK (result), error);
  *id = value != NULL ? *value : 0;

  return value != NULL;
}

static gboolean
run_remove (TcStoreDb  *db,
            gpointer    data,
            gpointer   *result,
            GError    **error)
{
  TcStoreRequest *request = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_REMOVE, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) request->session_id);

  return tc_store_db_finish (db, statement, error);
}

/**
 * tc_store_remove_key_async:
 *
 * Forgets a key. One that is not there is no error.
 */
void
tc_store_remove_key_async (TcStore             *self,
                           guint64              id,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  static const TcStoreOperation operation = { run_remove, TRUE, tc_store_request_free, NULL };

  g_return_if_fail (TC_IS_STORE (self));

  tc_store_start (self, &operation, tc_store_request_new (id, NULL),
         tc_store_new_task (self, tc_store_remove_key_async, cancellable, callback, user_data));
}

/**
 * tc_store_remove_key_finish:
 * @error: TC_ERROR
 *
 * Returns: whether it is gone
 */
gboolean
tc_store_remove_key_finish (TcStore       *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_remove_key_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
