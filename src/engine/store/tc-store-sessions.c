/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-store-sessions.h"

#define SQL_SAVE \
  "INSERT INTO sessions (id, json) VALUES (?1, ?2)" \
  " ON CONFLICT (id) DO UPDATE SET json = excluded.json"
#define SQL_LOAD "SELECT id, json FROM sessions ORDER BY id"
#define SQL_REMOVE "DELETE FROM sessions WHERE id = ?1"
#define SQL_EXISTS "SELECT 1 FROM sessions WHERE id = ?1"
#define SQL_MAX_ID "SELECT seq FROM sqlite_sequence WHERE name = 'sessions'"

#define SQL_SET \
  "INSERT INTO settings (key, value) VALUES (?1, ?2)" \
  " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
#define SQL_UNSET "DELETE FROM settings WHERE key = ?1"
#define SQL_GET "SELECT value FROM settings WHERE key = ?1"

/* The container that is being written. */
typedef struct {
  guint64 is_filled;  /* bit n: level n has something in it */
  guint   depth;
} PackState;

static void
begin_value (GString             *out,
             PackState           *state,
             const TcJsonScanner *key)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << (state->depth % TC_JSON_MAX_DEPTH);

  if ((state->is_filled & bit) != 0)
    g_string_append_c (out, ',');
  state->is_filled |= bit;
  if (key->text == NULL)
    return;
  g_string_append_c (out, '"');
  g_string_append_len (out, key->text, key->length);
  g_string_append (out, "\":");
}

static void
append_value (GString             *out,
              PackState           *state,
              const TcJsonScanner *scanner,
              TcJsonToken          token)
{
  switch (token)
    {
    case TC_JSON_TOKEN_OBJECT_BEGIN:
    case TC_JSON_TOKEN_ARRAY_BEGIN:
      g_string_append_c (out, token == TC_JSON_TOKEN_OBJECT_BEGIN ? '{' : '[');
      state->depth++;
      state->is_filled &= ~(G_GUINT64_CONSTANT (1) << (state->depth % TC_JSON_MAX_DEPTH));
      break;
    case TC_JSON_TOKEN_STRING:
      g_string_append_c (out, '"');
      g_string_append_len (out, scanner->text, scanner->length);
      g_string_append_c (out, '"');
      break;
    case TC_JSON_TOKEN_INT:
    case TC_JSON_TOKEN_DOUBLE:
      g_string_append_len (out, scanner->text, scanner->length);
      break;
    case TC_JSON_TOKEN_BOOLEAN:
      g_string_append (out, scanner->int_value != 0 ? "true" : "false");
      break;
    case TC_JSON_TOKEN_NULL:
      g_string_append (out, "null");
      break;
    case TC_JSON_TOKEN_ERROR:
    case TC_JSON_TOKEN_END:
    case TC_JSON_TOKEN_OBJECT_END:
    case TC_JSON_TOKEN_ARRAY_END:
    case TC_JSON_TOKEN_KEY:
    default:
      g_assert_not_reached ();
    }
}

/* Leaves out the members that are null: for whoever reads a session that is
 * the same as missing, and they are near half of one. What is not JSON stays
 * as it is. */
static char *
pack (const char *json)
{
  g_autoptr(GString) out = g_string_new (NULL);
  TcJsonScanner scanner, key = { 0, };
  PackState state = { 0, };
  TcJsonToken token;

  tc_json_scanner_init (&scanner, json, strlen (json), FALSE);
  while ((token = tc_json_scanner_next (&scanner)) != TC_JSON_TOKEN_END)
    {
      if (token == TC_JSON_TOKEN_ERROR)
        return g_strdup (json);
      if (token == TC_JSON_TOKEN_KEY)
        {
          key = scanner;
          continue;
        }
      if (token == TC_JSON_TOKEN_OBJECT_END || token == TC_JSON_TOKEN_ARRAY_END)
        {
          g_string_append_c (out, token == TC_JSON_TOKEN_OBJECT_END ? '}' : ']');
          state.depth--;
        }
      else if (token != TC_JSON_TOKEN_NULL || key.text == NULL)
        {
          begin_value (out, &state, &key);
          append_value (out, &state, &scanner, token);
        }
      key.text = NULL;
    }

  return g_strdup (out->str);
}

/**
 * tc_session_row_clear:
 *
 * Frees what is in it.
 */
void
tc_session_row_clear (TcSessionRow *row)
{
  g_clear_pointer (&row->json, g_free);
}

/**
 * tc_store_sessions_save_one:
 * @json: what tc_session_to_json() gave
 * @error: TC_ERROR
 *
 * Adds or replaces a session.
 *
 * Returns: whether it worked
 */
gboolean
tc_store_sessions_save_one (TcStoreDb   *db,
                            guint64      id,
                            const char  *json,
                            GError     **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_SAVE, error);
  g_autofree char *packed = NULL;

  if (statement == NULL)
    return FALSE;
  packed = pack (json);
  sqlite3_bind_int64 (statement, 1, id);
  tc_store_db_bind_text (statement, 2, packed);

  return tc_store_db_finish (db, statement, error);
}

static int
compare_positions (gconstpointer a,
                   gconstpointer b)
{
  TcSession *left = *(TcSession *const *) a;
  TcSession *right = *(TcSession *const *) b;
  double difference = tc_session_get_position (left) - tc_session_get_position (right);

  if (difference != 0)
    return difference < 0 ? -1 : 1;

  return tc_session_get_id (left) < tc_session_get_id (right) ? -1 : 1;
}

/* One that cannot be read must not keep the others from being shown; its run
 * folder still has all of it. */
static void
read_session (GPtrArray    *sessions,
              sqlite3_stmt *row)
{
  const char *json = (const char *) sqlite3_column_text (row, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) object = tc_json_parse_object (json, sqlite3_column_bytes (row, 1),
                                                       TC_JSON_DEFAULT, &error);
  TcSession *session = object != NULL ? tc_session_from_json (object, &error) : NULL;

  if (session != NULL)
    g_ptr_array_add (sessions, session);
  else
    g_message ("Left out session %" G_GINT64_FORMAT ": %s",
               (gint64) sqlite3_column_int64 (row, 0), error->message);
}

/**
 * tc_store_sessions_load:
 * @error: TC_ERROR
 *
 * Makes the objects here and not in the main context: ten thousand of them
 * take longer than a frame.
 *
 * Returns: (transfer full) (nullable) (element-type TcSession): all of them,
 *   by position
 */
GPtrArray *
tc_store_sessions_load (TcStoreDb  *db,
                        GError    **error)
{
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_LOAD, error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;
  while (tc_store_db_step (db, statement, &has_row, error))
    {
      if (!has_row)
        {
          g_ptr_array_sort (sessions, compare_positions);
          return g_steal_pointer (&sessions);
        }
      read_session (sessions, statement);
    }

  return NULL;
}

/**
 * tc_store_sessions_remove:
 * @error: TC_ERROR
 *
 * Removes a session and all that is known of it. One that is not there is no
 * error: whoever asks twice gets what they want.
 *
 * Returns: whether it worked
 */
gboolean
tc_store_sessions_remove (TcStoreDb  *db,
                          guint64     id,
                          GError    **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_REMOVE, error);

  if (statement == NULL)
    return FALSE;
  if (db->sessions != NULL)
    g_hash_table_remove (db->sessions, &(gint64) { id });
  sqlite3_bind_int64 (statement, 1, id);

  return tc_store_db_finish (db, statement, error);
}

/**
 * tc_store_sessions_require:
 * @error: TC_ERROR_NOT_FOUND
 *
 * Returns: whether the session is there
 */
gboolean
tc_store_sessions_require (TcStoreDb  *db,
                           guint64     id,
                           GError    **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_EXISTS, error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  if (!tc_store_db_step (db, statement, &has_row, error))
    return FALSE;
  sqlite3_reset (statement);
  if (!has_row)
    g_set_error (error, TC_ERROR, TC_ERROR_NOT_FOUND,
                 "There is no session %" G_GUINT64_FORMAT, id);

  return has_row;
}

/**
 * tc_store_sessions_get_max_id:
 * @id: (out): the highest number a session ever had, 0 for none
 * @error: TC_ERROR
 *
 * Returns: whether it could be read
 */
gboolean
tc_store_sessions_get_max_id (TcStoreDb  *db,
                              guint64    *id,
                              GError    **error)
{
  gint64 value;

  if (!tc_store_db_get_int (db, SQL_MAX_ID, &value, error))
    return FALSE;
  *id = value;

  return TRUE;
}

/**
 * tc_store_settings_set:
 * @value: (nullable): NULL removes it
 * @error: TC_ERROR
 *
 * Returns: whether it worked
 */
gboolean
tc_store_settings_set (TcStoreDb   *db,
                       const char  *key,
                       const char  *value,
                       GError     **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, value != NULL ? SQL_SET : SQL_UNSET, error);

  if (statement == NULL)
    return FALSE;
  tc_store_db_bind_text (statement, 1, key);
  if (value != NULL)
    tc_store_db_bind_text (statement, 2, value);

  return tc_store_db_finish (db, statement, error);
}

/**
 * tc_store_settings_get:
 * @value: (out) (nullable) (transfer full): NULL if it is not set
 * @error: TC_ERROR
 *
 * Returns: whether it could be read
 */
gboolean
tc_store_settings_get (TcStoreDb   *db,
                       const char  *key,
                       char       **value,
                       GError     **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_GET, error);
  gboolean has_row;

  *value = NULL;
  if (statement == NULL)
    return FALSE;
  tc_store_db_bind_text (statement, 1, key);
  if (!tc_store_db_step (db, statement, &has_row, error))
    return FALSE;
  if (has_row)
    *value = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_reset (statement);

  return TRUE;
}
