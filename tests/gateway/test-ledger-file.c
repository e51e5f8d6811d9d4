/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What a ledger still knows when it is opened again, whatever happened to it. */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "ledger-fixture.h"
#include "tc-error.h"
#include "tc-json.h"

static sqlite3 *
look (Fixture *fixture)
{
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &handle), ==, SQLITE_OK);
  sqlite3_busy_timeout (handle, 5000);

  return handle;
}

static void
alter (Fixture    *fixture,
       const char *sql)
{
  sqlite3 *handle = look (fixture);

  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
}

static gint64
count (Fixture    *fixture,
       const char *sql)
{
  sqlite3 *handle = look (fixture);
  sqlite3_stmt *statement = NULL;
  gint64 value;

  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (handle);

  return value;
}

static void
test_restart (Fixture       *fixture,
              gconstpointer  data)
{
  struct stat info;

  set_budget (fixture, "month", 3 * DOLLAR);
  settle (fixture, must_hold (fixture, 17, DOLLAR), 60 * CENT);
  settle (fixture, must_hold (fixture, 18, DOLLAR), TC_MONEY_UNKNOWN);
  tc_ledger_release (fixture->ledger, must_hold (fixture, 17, DOLLAR), 529, "Overloaded");
  fixture_reopen (fixture);

  g_assert_cmpint (get_room (fixture, 17).spent, ==, 60 * CENT);
  g_assert_cmpint (get_room (fixture, 17).left, ==, 240 * CENT);
  g_assert_cmpuint (get_room (fixture, 18).n_unknown, ==, 1);
  g_assert_null (tc_ledger_get_recovery_message (fixture->ledger));
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

/* A call that was held counts with all of it, once, however often we start. */
static void
test_unsettled (Fixture       *fixture,
                gconstpointer  data)
{
  guint64 open;

  set_budget (fixture, "month", DOLLAR);
  must_hold (fixture, 17, 70 * CENT);
  open = must_hold (fixture, 17, 20 * CENT);
  must_hold (fixture, 18, 0);
  for (guint i = 0; i < 3; i++)
    {
      fixture_reopen (fixture);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_cmpint (get_room (fixture, 17).spent, ==, 90 * CENT);
      g_assert_cmpint (get_room (fixture, 17).held, ==, 0);
      g_assert_cmpint (get_room (fixture, 17).left, ==, 10 * CENT);
    }
  g_assert_cmpuint (fixture->alerts->len, ==, 1);

  /* Nobody can settle it any more. */
  settle (fixture, open, CENT);
  g_assert_cmpint (get_room (fixture, 17).spent, ==, 90 * CENT);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM calls WHERE state = 'unsettled'"), ==, 3);
}

static void
test_tokens (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *first = NULL;

  tc_ledger_save_token (fixture->ledger, 1, 1, "aa", 0);
  tc_ledger_save_token (fixture->ledger, 1, 2, "bb", 3);
  tc_ledger_save_token (fixture->ledger, 17, 1, "cc", 4);
  tc_ledger_save_token (fixture->ledger, 17, 1, "dd", 5);
  fixture_reopen (fixture);
  first = tc_ledger_dup_token (fixture->ledger, 1, 2);
  g_assert_cmpstr (first, ==, "bb");
  tc_ledger_drop_tokens (fixture->ledger, 1);
  g_assert_null (tc_ledger_dup_token (fixture->ledger, 1, 1));
  fixture_reopen (fixture);
  g_assert_null (tc_ledger_dup_token (fixture->ledger, 1, 1));
  g_assert_null (tc_ledger_dup_token (fixture->ledger, 17, 2));
  g_clear_pointer (&first, g_free);
  first = tc_ledger_dup_token (fixture->ledger, 17, 1);
  g_assert_cmpstr (first, ==, "dd");
  g_assert_cmpuint (tc_ledger_get_token_key (fixture->ledger, 17, 1), ==, 5);
  g_assert_cmpuint (tc_ledger_get_token_key (fixture->ledger, 17, 2), ==, 0);
}


static void
test_newer (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  gsize before_length, after_length;

  settle (fixture, must_hold (fixture, 17, DOLLAR), DOLLAR);
  fixture_close (fixture);
  alter (fixture, "PRAGMA user_version = 99");
  g_assert_true (g_file_get_contents (fixture->path, &before, &before_length, NULL));

  g_assert_null (tc_ledger_open (fixture->path, fixture->clock, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NEWER);
  g_assert_nonnull (strstr (error->message, "newer"));
  g_assert_true (g_file_get_contents (fixture->path, &after, &after_length, NULL));
  g_assert_cmpmem (before, before_length, after, after_length);
}

static guint
count_aside (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (strstr (name, ".damaged-") != NULL && !g_str_has_suffix (name, "-wal") &&
        !g_str_has_suffix (name, "-shm"))
      n++;

  return n;
}

static guint
count_logs_aside (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += strstr (name, ".damaged-") != NULL && g_str_has_suffix (name, "-wal");

  return n;
}

static void
test_foreign (Fixture       *fixture,
              gconstpointer  data)
{
  fixture_close (fixture);
  g_assert_true (g_file_set_contents (fixture->path, "This is not a database, but long enough to be "
                                      "taken for one by somebody who is in a hurry.", -1, NULL));
  fixture_open (fixture);
  g_assert_cmpuint (count_aside (fixture), ==, 1);
  g_assert_nonnull (strstr (tc_ledger_get_recovery_message (fixture->ledger), "was damaged"));
  settle (fixture, must_hold (fixture, 17, DOLLAR), DOLLAR);
  fixture_reopen (fixture);
  g_assert_null (tc_ledger_get_recovery_message (fixture->ledger));
  g_assert_cmpint (get_room (fixture, 17).spent, ==, DOLLAR);
}

static guint
count_backups (Fixture *fixture)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "backups", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (name, "ledger-2026") && g_str_has_suffix (name, ".db");

  return n;
}

static void
wait_for_backups (Fixture *fixture,
                  guint    n)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (count_backups (fixture) < n && g_get_monotonic_time () < deadline)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (count_backups (fixture), ==, n);
}

/* There is a copy a day, and nothing of it is lost with the file. */
static void
test_backup (Fixture       *fixture,
             gconstpointer  data)
{
  set_budget (fixture, "month", 20 * DOLLAR);
  settle (fixture, must_hold (fixture, 17, DOLLAR), 70 * CENT);
  wait_for_backups (fixture, 1);
  settle (fixture, must_hold (fixture, 17, DOLLAR), 10 * CENT);
  tc_clock_fake_advance (fixture->clock, 25 * 60 * 60 * (gint64) G_USEC_PER_SEC);
  settle (fixture, must_hold (fixture, 17, DOLLAR), 5 * CENT);
  wait_for_backups (fixture, 2);
  fixture_close (fixture);

  g_assert_true (g_file_set_contents (fixture->path, "SQLite format 3", 16, NULL));
  fixture_open (fixture);
  g_assert_nonnull (strstr (tc_ledger_get_recovery_message (fixture->ledger), "from the backup of"));
  g_assert_cmpint (get_room (fixture, 17).spent, >=, 80 * CENT);
  g_assert_cmpint (get_room (fixture, 17).left, ==, 20 * DOLLAR - get_room (fixture, 17).spent);
}

static void
remove_book (Fixture *fixture)
{
  fixture_close (fixture);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
}

/* It is gone: what the backup has is back, and the rest is not forgotten. */
static void
test_gone (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_null (tc_ledger_get_recovery_message (fixture->ledger));
  g_assert_cmpint (tc_ledger_get_lost (fixture->ledger), ==, 0);
  set_budget (fixture, "month", 20 * DOLLAR);
  settle (fixture, must_hold (fixture, 17, DOLLAR), 70 * CENT);
  wait_for_backups (fixture, 1);
  settle (fixture, must_hold (fixture, 17, DOLLAR), 10 * CENT);
  remove_book (fixture);
  fixture_open (fixture);
  g_assert_nonnull (strstr (tc_ledger_get_recovery_message (fixture->ledger), "is gone"));
  g_assert_nonnull (strstr (tc_ledger_get_recovery_message (fixture->ledger), "calls (1) of the backup of"));
  /* A dollar, where the backup was made while that was held. */
  g_assert_cmpint (get_room (fixture, 17).spent, >=, 70 * CENT);
  g_assert_cmpint (get_room (fixture, 17).left, ==, 20 * DOLLAR - get_room (fixture, 17).spent);
  g_assert_cmpint (tc_ledger_get_lost (fixture->ledger), ==, tc_clock_get_realtime (fixture->clock));

  /* Told once, but the sums stay what they are. */
  fixture_reopen (fixture);
  g_assert_null (tc_ledger_get_recovery_message (fixture->ledger));
  g_assert_cmpint (tc_ledger_get_lost (fixture->ledger), >, 0);
}

/* Before there is any backup: only that there was one is known. */
static void
test_gone_early (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);

  set_budget (fixture, "month", 20 * DOLLAR);
  remove_book (fixture);
  fixture_open (fixture);
  g_assert_nonnull (strstr (tc_ledger_get_recovery_message (fixture->ledger), "there is no backup"));
  g_assert_cmpint (get_room (fixture, 17).left, ==, TC_MONEY_UNKNOWN);

  /* Emptied is as gone, and its log is not thrown away. */
  fixture_close (fixture);
  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  g_assert_true (g_file_set_contents (log, "what is left", -1, NULL));
  fixture_open (fixture);
  g_assert_nonnull (strstr (tc_ledger_get_recovery_message (fixture->ledger), "is gone"));
  g_assert_cmpuint (count_logs_aside (fixture), ==, 1);
}

/* As it was before runs remembered their key. */
static void
make_old (Fixture *fixture)
{
  fixture_close (fixture);
  alter (fixture, "ALTER TABLE tokens DROP COLUMN key");
  alter (fixture, "PRAGMA user_version = 1");
}

/* A book of the first version is taken over as it is. */
static void
test_upgrade (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *token = NULL;

  settle (fixture, must_hold (fixture, 17, DOLLAR), 70 * CENT);
  tc_ledger_save_token (fixture->ledger, 17, 1, "aa", 3);
  make_old (fixture);
  fixture_open (fixture);
  g_assert_cmpstr (tc_ledger_get_recovery_message (fixture->ledger), ==, NULL);
  g_assert_cmpint (get_room (fixture, 17).spent, ==, 70 * CENT);
  token = tc_ledger_dup_token (fixture->ledger, 17, 1);
  g_assert_cmpstr (token, ==, "aa");
  g_assert_cmpuint (tc_ledger_get_token_key (fixture->ledger, 17, 1), ==, 0);
  g_assert_cmpint (count (fixture, "PRAGMA user_version"), ==, 2);

  tc_ledger_save_token (fixture->ledger, 17, 1, "aa", 4);
  fixture_reopen (fixture);
  g_assert_cmpuint (tc_ledger_get_token_key (fixture->ledger, 17, 1), ==, 4);
}

/* A page in the middle is torn: what lies before and behind it is taken over,
 * also from a book of the first version. */
static void
test_torn_page (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *token = NULL;
  FILE *file;
  char noise[4096];
  gint64 root, n_pages;

  for (guint i = 0; i < 600; i++)
    settle (fixture, must_hold (fixture, 17, CENT), CENT);
  set_budget (fixture, "month", 20 * DOLLAR);
  tc_ledger_save_token (fixture->ledger, 17, 1, "aa", 3);
  fixture_close (fixture);
  if (data != NULL)
    make_old (fixture);
  n_pages = count (fixture, "PRAGMA page_count");
  root = count (fixture, "SELECT rootpage FROM sqlite_schema WHERE name = 'calls'");
  g_assert_cmpint (n_pages, >, 20);

  memset (noise, 0xa5, sizeof noise);
  file = g_fopen (fixture->path, "r+");
  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, (root > n_pages / 2 ? n_pages / 4 : n_pages / 2) * 4096, SEEK_SET), ==, 0);
  g_assert_cmpuint (fwrite (noise, sizeof noise, 1, file), ==, 1);
  fclose (file);

  fixture_open (fixture);
  g_assert_cmpuint (count_aside (fixture), ==, 1);
  g_assert_cmpint (get_room (fixture, 17).spent, >, 500 * CENT);
  g_assert_cmpint (get_room (fixture, 17).spent, <=, 600 * CENT);
  g_assert_cmpint (get_room (fixture, 17).left, ==, 20 * DOLLAR - get_room (fixture, 17).spent);
  must_hold (fixture, 17, CENT);
  token = tc_ledger_dup_token (fixture->ledger, 17, 1);
  g_assert_cmpstr (token, ==, "aa");
  g_assert_cmpuint (tc_ledger_get_token_key (fixture->ledger, 17, 1), ==, data != NULL ? 0 : 3);
}

/* The same refusal in a loop is one row with a count. */
static void
test_refusals (Fixture       *fixture,
               gconstpointer  data)
{
  TcLedgerCall call = make_call (17, DOLLAR);

  set_budget (fixture, "month", CENT);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpuint (hold (fixture, &call, NULL), ==, 0);
  tc_ledger_note_refusal (fixture->ledger, 17, 403, "This run may not ask that model.");
  tc_ledger_note_refusal (fixture->ledger, 0, 401, "Wrong token.");
  must_flush (fixture);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM calls"), ==, 3);
  g_assert_cmpint (count (fixture, "SELECT times FROM calls WHERE status = 402"), ==, 50);

  tc_clock_fake_advance (fixture->clock, 61 * G_USEC_PER_SEC);
  g_assert_cmpuint (hold (fixture, &call, NULL), ==, 0);
  must_flush (fixture);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM calls"), ==, 4);
}

/* Another program holds the database: nothing is lost, and flush says so only
 * when it is true. */
static void
test_locked (Fixture       *fixture,
             gconstpointer  data)
{
  sqlite3 *other = look (fixture);
  guint64 call = must_hold (fixture, 17, DOLLAR);

  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  settle (fixture, call, 40 * CENT);
  g_usleep (200 * 1000);
  g_assert_cmpint (sqlite3_exec (other, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
  must_flush (fixture);
  g_assert_cmpint (count (fixture, "SELECT cost FROM calls"), ==, 40 * CENT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) \
  g_test_add ("/tc/ledger-file/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("restart", test_restart);
  ADD ("unsettled", test_unsettled);
  ADD ("tokens", test_tokens);
  ADD ("newer", test_newer);
  ADD ("foreign", test_foreign);
  ADD ("backup", test_backup);
  ADD ("gone", test_gone);
  ADD ("gone-early", test_gone_early);
  ADD ("upgrade", test_upgrade);
  ADD ("torn-page", test_torn_page);
  g_test_add ("/tc/ledger-file/torn-page-of-first-version", Fixture, "old", fixture_set_up, test_torn_page,
              fixture_tear_down);
  ADD ("refusals", test_refusals);
  ADD ("locked", test_locked);

  return g_test_run ();
}
