/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-file.h"
#include "tc-store-mark.h"

#define MARK_SUFFIX "-unclean"
#define MARK_MAX_BYTES 1024
#define NEW_WORD "new"
#define OPEN_WORD "open"

/**
 * tc_store_mark_get:
 * @id: (out) (optional) (nullable): the database it names
 *
 * Returns: the mark that lies beside the database
 */
TcStoreMark
tc_store_mark_get (TcStoreDb  *db,
                   char      **id)
{
  g_autofree char *path = g_strconcat (db->path, MARK_SUFFIX, NULL);
  g_autofree char *text = tc_file_read (path, MARK_MAX_BYTES, NULL, NULL);

  if (id != NULL)
    *id = NULL;
  if (text == NULL)
    return g_file_test (path, G_FILE_TEST_EXISTS) ? TC_STORE_MARK_OPEN : TC_STORE_MARK_NONE;
  g_strchomp (text);
  if (g_str_equal (text, NEW_WORD))
    return TC_STORE_MARK_NEW;
  if (id != NULL && g_str_has_prefix (text, OPEN_WORD " "))
    *id = g_strdup (text + strlen (OPEN_WORD " "));

  return TC_STORE_MARK_OPEN;
}

/**
 * tc_store_mark_set:
 * @mark: the mark; TC_STORE_MARK_NONE takes it away
 * @id: (nullable): the database it is of, if known
 * @error: TC_ERROR
 *
 * A mark must be on the disk before the first write: without it, the log of a
 * crashed engine would be taken for a foreign one. Taking it away need not be.
 *
 * Returns: whether it is so
 */
gboolean
tc_store_mark_set (TcStoreDb    *db,
                   TcStoreMark   mark,
                   const char   *id,
                   GError      **error)
{
  g_autofree char *path = g_strconcat (db->path, MARK_SUFFIX, NULL);
  g_autofree char *text = NULL;

  if (mark == TC_STORE_MARK_NONE)
    {
      g_unlink (path);
      return TRUE;
    }

  if (mark == TC_STORE_MARK_NEW)
    text = g_strdup (NEW_WORD "\n");
  else
    text = g_strdup_printf ("%s%s%s\n", OPEN_WORD, id != NULL ? " " : "", id != NULL ? id : "");

  return tc_file_write (path, text, -1, TC_FILE_SYNC, error);
}

/**
 * tc_store_mark_dup_id:
 *
 * Returns: (transfer full) (nullable): the name of the database
 */
char *
tc_store_mark_dup_id (sqlite3 *handle)
{
  sqlite3_stmt *statement = NULL;
  char *id = NULL;

  if (sqlite3_prepare_v2 (handle, "SELECT value FROM settings WHERE key = 'store.id'", -1,
                          &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    id = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);

  return id;
}

/**
 * tc_store_mark_peek_id:
 * @path: a database that nobody has open
 *
 * Looks at the file alone, without any log.
 *
 * Returns: (transfer full) (nullable): its name
 */
char *
tc_store_mark_peek_id (const char *path)
{
  sqlite3 *handle = tc_store_db_open_copy (path);
  char *id = tc_store_mark_dup_id (handle);

  sqlite3_close (handle);

  return id;
}
