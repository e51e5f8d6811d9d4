/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the ledger knows at its start. */

#include "config.h"

#include "tc-ledger-db.h"

/* Of a free call nothing was held, and nothing is owed. */
#define SQL_UNSETTLE \
  "UPDATE calls SET state = 'unsettled', cost = hold, ended_us = ?1," \
  " why = 'The engine ended before the answer came.' WHERE state = 'held'"
#define SQL_SUMS \
  "SELECT session, provider, day / 100, sum(cost), sum(cost IS NULL) FROM calls" \
  " WHERE state IN ('settled', 'unsettled') GROUP BY 1, 2, 3"
#define SQL_BUDGETS "SELECT scope, amount FROM budgets"
#define SQL_ALERTS "SELECT scope, period, amount, percent FROM alerts"
#define SQL_TOKENS "SELECT session, attempt, sha256, key FROM tokens"
#define SQL_MAX_ID "SELECT max(id) FROM calls"

typedef void (*ReadRow) (TcLedgerBook *book,
                         sqlite3_stmt *row);

static const char *
get_text (sqlite3_stmt *row,
          int           column)
{
  const char *text = (const char *) sqlite3_column_text (row, column);

  return text != NULL ? text : "";
}

static void
read_sum (TcLedgerBook *book,
          sqlite3_stmt *row)
{
  TcLedgerSum sum = { sqlite3_column_int64 (row, 3), 0, (guint) sqlite3_column_int64 (row, 4) };

  tc_ledger_book_add (book, (guint64) sqlite3_column_int64 (row, 0), get_text (row, 1),
                      sqlite3_column_int (row, 2), &sum);
}

static void
read_budget (TcLedgerBook *book,
             sqlite3_stmt *row)
{
  tc_ledger_book_set_budget (book, get_text (row, 0), sqlite3_column_int64 (row, 1));
}

static void
read_alert (TcLedgerBook *book,
            sqlite3_stmt *row)
{
  tc_ledger_book_note_alert (book, get_text (row, 0), get_text (row, 1),
                             sqlite3_column_int64 (row, 2), sqlite3_column_int (row, 3));
}

static void
read_token (TcLedgerBook *book,
            sqlite3_stmt *row)
{
  tc_ledger_book_set_token (book, (guint64) sqlite3_column_int64 (row, 0),
                            (guint) sqlite3_column_int64 (row, 1), get_text (row, 2),
                            (guint64) sqlite3_column_int64 (row, 3));
}

static gboolean
read_rows (TcStoreDb     *db,
           TcLedgerBook  *book,
           const char    *static_sql,
           ReadRow        read_row,
           GError       **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, static_sql, error);
  gboolean has_row = TRUE;

  if (statement == NULL)
    return FALSE;
  while (tc_store_db_step (db, statement, &has_row, error))
    {
      if (!has_row)
        return TRUE;
      read_row (book, statement);
    }

  return FALSE;
}

/* Once: what is unsettled is not held any more. */
static gboolean
unsettle (TcStoreDb  *db,
          GError    **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_UNSETTLE, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, tc_clock_get_realtime (db->clock));
  if (!tc_store_db_finish (db, statement, error))
    return FALSE;
  if (sqlite3_changes (db->handle) > 0)
    g_message ("Calls that had no end when the engine before ended: %d; they count with all that was "
               "held for them", sqlite3_changes (db->handle));

  return TRUE;
}

/**
 * tc_ledger_db_load:
 * @book: to be filled
 * @error: TC_ERROR
 *
 * Ends what an earlier engine left open, and reads the sums.
 *
 * Returns: whether it worked
 */
gboolean
tc_ledger_db_load (TcStoreDb     *db,
                   TcLedgerBook  *book,
                   GError       **error)
{
  gint64 max_id;

  if (!unsettle (db, error) ||
      !read_rows (db, book, SQL_SUMS, read_sum, error) ||
      !read_rows (db, book, SQL_BUDGETS, read_budget, error) ||
      !read_rows (db, book, SQL_ALERTS, read_alert, error) ||
      !read_rows (db, book, SQL_TOKENS, read_token, error) ||
      !tc_store_db_get_int (db, SQL_MAX_ID, &max_id, error))
    return FALSE;
  book->next_id = (guint64) max_id + 1;

  return TRUE;
}
