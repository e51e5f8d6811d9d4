/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-store-mark.h"
#include "tc-store-open.h"
#include "tc-store-recovery.h"
#include "tc-store-schema.h"

/* The first is looked at again, for a read that failed once may look like
 * damage; then the database is replaced, and perhaps its replacement. */
#define MAX_FAILURES 3

/* SQLite would create it readable for everybody. It may be there already, and
 * if it cannot be made, connecting says so. */
static void
create_private (const char *path)
{
  g_autofd int fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  (void) fd;
}

/* Nothing is written before it is known that the file is ours to write. */
static gboolean
check_identity (TcStoreDb   *db,
                const char  *marked_id,
                gboolean    *is_empty,
                GError     **error)
{
  int n_versions = tc_store_schema_get_migrations ()->n_versions;
  g_autofree char *id = NULL;
  TcStoreFileKind kind;
  int version;

  if (!tc_store_schema_identify (db, &kind, &version, error))
    return FALSE;

  if (kind == TC_STORE_FILE_FOREIGN)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_CORRUPT, "it is of another program");
      return FALSE;
    }
  id = tc_store_mark_dup_id (db->handle);
  if (db->needs_check && marked_id != NULL && g_strcmp0 (id, marked_id) != 0 &&
      tc_store_recovery_has_wal (db))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_CORRUPT,
                           "the journal beside it is of another database");
      return FALSE;
    }

  *is_empty = kind == TC_STORE_FILE_EMPTY;
  if (*is_empty || version > n_versions)
    db->needs_check = FALSE;

  /* Before the tables are changed, it must be known that they are whole. */
  if (db->needs_check && version < n_versions)
    return tc_store_db_check (db, error);

  return TRUE;
}

static gboolean
set_up (TcStoreDb   *db,
        const char  *marked_id,
        GError     **error)
{
  const TcStoreMigrations *migrations = tc_store_schema_get_migrations ();
  gboolean is_empty = FALSE;

  if (!tc_store_db_connect (db, error) || !check_identity (db, marked_id, &is_empty, error))
    return FALSE;

  /* A newer version is refused in here, before anything is configured. */
  if (!is_empty && !tc_store_schema_migrate (db, migrations, error))
    return FALSE;
  if (!tc_store_db_configure (db, error))
    return FALSE;
  if (is_empty && !tc_store_schema_migrate (db, migrations, error))
    return FALSE;
  if (!db->needs_check)
    tc_store_db_keep_wal (db, FALSE);

  return TRUE;
}

/* The mark names the database that is open now. */
static gboolean
update_mark (TcStoreDb    *db,
             TcStoreMark   mark,
             const char   *marked_id,
             GError      **error)
{
  g_autofree char *id = tc_store_mark_dup_id (db->handle);

  if (mark == TC_STORE_MARK_OPEN && g_strcmp0 (id, marked_id) == 0)
    return TRUE;

  return tc_store_mark_set (db, TC_STORE_MARK_OPEN, id, error);
}

static gboolean
open_once (TcStoreDb  *db,
           GError    **error)
{
  g_autofree char *marked_id = NULL;
  TcStoreMark found = tc_store_mark_get (db, &marked_id);
  TcStoreMark mark = found;

  db->needs_check = found == TC_STORE_MARK_OPEN;
  if (found == TC_STORE_MARK_NONE)
    {
      gboolean is_new = !g_file_test (db->path, G_FILE_TEST_EXISTS);

      mark = is_new ? TC_STORE_MARK_NEW : TC_STORE_MARK_OPEN;
      marked_id = is_new ? NULL : tc_store_mark_peek_id (db->path);
      if (!tc_store_recovery_set_aside_wal (db, error) ||
          !tc_store_mark_set (db, mark, marked_id, error))
        return FALSE;
    }

  create_private (db->path);
  if (set_up (db, marked_id, error) && update_mark (db, mark, marked_id, error) &&
      tc_store_recovery_finish (db, error))
    return TRUE;

  tc_store_db_disconnect (db);
  if (found == TC_STORE_MARK_NONE && mark == TC_STORE_MARK_OPEN)
    tc_store_mark_set (db, TC_STORE_MARK_NONE, NULL, NULL);

  return FALSE;
}

/**
 * tc_store_db_open:
 * @error: TC_ERROR: NEWER, NO_SPACE, PERMISSION, BUSY or FAILED; CORRUPT only
 *   if what took the place of a damaged database is damaged as well
 *
 * Opens the database, whatever state it was left in: finishes an interrupted
 * recovery, sets a damaged file aside, upgrades the tables.
 *
 * Returns: whether it can be used
 */
gboolean
tc_store_db_open (TcStoreDb  *db,
                  GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (db->path);

  if (!tc_file_make_dir (folder, error))
    return FALSE;

  for (int n_failures = 0;; n_failures++)
    {
      g_autoptr(GError) local_error = NULL;
      g_autofree char *problem = NULL;

      if (!tc_store_recovery_resume (db, error))
        return FALSE;
      if (!tc_store_recovery_examine (db, &problem))
        {
          if (open_once (db, &local_error))
            {
              db->was_open = TRUE;
              return TRUE;
            }
          if (!g_error_matches (local_error, TC_ERROR, TC_ERROR_CORRUPT) ||
              n_failures > MAX_FAILURES)
            {
              g_propagate_error (error, g_steal_pointer (&local_error));
              return FALSE;
            }
          if (n_failures == 0 && tc_store_recovery_is_readable (db, error))
            continue;
          if (n_failures == 0)
            return FALSE;
        }

      if (!tc_store_recovery_start (db, problem != NULL ? problem : local_error->message, error))
        return FALSE;
    }
}

/**
 * tc_store_db_check:
 * @error: TC_ERROR_CORRUPT if it is damaged
 *
 * Checks a database that was not closed in an orderly way.
 *
 * Returns: whether it is whole
 */
gboolean
tc_store_db_check (TcStoreDb  *db,
                   GError    **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autofree char *problem = tc_store_recovery_check (db, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (problem != NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_CORRUPT, problem);
      return FALSE;
    }

  db->needs_check = FALSE;
  tc_store_db_keep_wal (db, FALSE);

  return TRUE;
}

/**
 * tc_store_db_verify:
 * @error: TC_ERROR
 *
 * SQLite says that the database is damaged. Opens it anew and checks all of
 * it: a read that failed once looks the same.
 *
 * Returns: whether there is a whole database, the old one or a replacement
 */
gboolean
tc_store_db_verify (TcStoreDb  *db,
                    GError    **error)
{
  g_autoptr(GError) local_error = NULL;

  tc_store_db_keep_wal (db, TRUE);
  tc_store_db_disconnect (db);
  if (!tc_store_db_open (db, error))
    return FALSE;
  if (tc_store_db_check (db, &local_error))
    return TRUE;
  if (g_error_matches (local_error, TC_ERROR, TC_ERROR_CORRUPT))
    return tc_store_db_recover (db, local_error->message, error);
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * tc_store_db_recover:
 * @problem: what is wrong with the open database, for people
 * @error: TC_ERROR
 *
 * Sets the database aside while it is in use.
 *
 * Returns: whether there is a database again
 */
gboolean
tc_store_db_recover (TcStoreDb   *db,
                     const char  *problem,
                     GError     **error)
{
  return tc_store_recovery_start (db, problem, error) && tc_store_db_open (db, error);
}

/**
 * tc_store_db_close:
 *
 * Writes the log into the database and closes it. The mark goes only if that
 * worked and nothing is left to be checked.
 */
void
tc_store_db_close (TcStoreDb *db)
{
  gint64 is_busy = 1;
  gboolean is_clean;

  if (db->handle == NULL)
    return;

  is_clean = !db->needs_check &&
             tc_store_db_get_int (db, "PRAGMA wal_checkpoint(TRUNCATE)", &is_busy, NULL) &&
             is_busy == 0;
  tc_store_db_disconnect (db);
  if (is_clean)
    tc_store_mark_set (db, TC_STORE_MARK_NONE, NULL, NULL);
}
