/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The statements that write. Each may be run again, after a transaction that
 * did not get in. */

#include "config.h"

#include "tc-error.h"
#include "tc-ledger-private.h"

#define SQL_CALL \
  "INSERT INTO calls (id, session, attempt, origin, provider, key, model, is_stream, is_free, state," \
  " at_us, day, hold, status, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
/* Unsettled: when the book was recovered while the call was under way. */
#define SQL_END \
  "UPDATE calls SET state = ?2, ended_us = ?3, status = ?4, input = ?5, cache_read = ?6," \
  " cache_write = ?7, output = ?8, cost = ?9, source = ?10, why = ?11 WHERE id = ?1 AND state IN ('held', 'unsettled')"
#define SQL_REPEAT "UPDATE calls SET times = times + 1, ended_us = ?2 WHERE id = ?1"
#define SQL_BUDGET \
  "INSERT INTO budgets (scope, amount, changed_us) VALUES (?1, ?2, ?3)" \
  " ON CONFLICT (scope) DO UPDATE SET amount = excluded.amount, changed_us = excluded.changed_us"
#define SQL_NO_BUDGET "DELETE FROM budgets WHERE scope = ?1"
#define SQL_ALERT \
  "INSERT OR IGNORE INTO alerts (scope, period, amount, percent, at_us) VALUES (?1, ?2, ?3, ?4, ?5)"
#define SQL_TOKEN \
  "INSERT INTO tokens (session, attempt, sha256, key) VALUES (?1, ?2, ?3, ?4)" \
  " ON CONFLICT (session, attempt) DO UPDATE SET sha256 = excluded.sha256, key = excluded.key"
#define SQL_NO_TOKEN "DELETE FROM tokens WHERE session = ?1"

/* No call has used so many; a sum of such counts still fits. */
#define MAX_TOKENS G_GINT64_CONSTANT (1000000000000)

/**
 * tc_ledger_row_new:
 * @call: what is about to be made
 * @at_us: UTC
 *
 * Returns: (transfer full): a row that says so
 */
TcLedgerRow *
tc_ledger_row_new (guint64             id,
                   const TcLedgerCall *call,
                   gint64              at_us)
{
  TcLedgerRow *self = g_new0 (TcLedgerRow, 1);

  self->id = id;
  self->session_id = call->session_id;
  self->attempt = call->attempt;
  self->origin = call->origin;
  self->provider = g_strdup (call->provider != NULL ? call->provider : "");
  self->key_id = call->key_id;
  self->model = g_strdup (call->model != NULL ? call->model : "");
  self->is_stream = call->is_stream;
  self->is_free = call->is_free;
  self->at_us = at_us;
  self->day = tc_ledger_book_get_day (at_us);
  self->hold = call->is_free ? 0 : call->hold;
  self->cost = TC_MONEY_UNKNOWN;

  return self;
}

/**
 * tc_ledger_row_free:
 */
void
tc_ledger_row_free (gpointer data)
{
  TcLedgerRow *self = data;

  g_free (self->provider);
  g_free (self->model);
  g_free (self->why);
  g_free (self);
}

/**
 * tc_ledger_note_free:
 */
void
tc_ledger_note_free (gpointer data)
{
  TcLedgerNote *self = data;

  g_free (self->scope);
  g_free (self->period);
  g_free (self);
}

static void
bind_money (sqlite3_stmt *statement,
            int           index,
            TcMoney       amount)
{
  if (amount == TC_MONEY_UNKNOWN)
    sqlite3_bind_null (statement, index);
  else
    sqlite3_bind_int64 (statement, index, MAX (amount, 0));
}

static void
bind_text (sqlite3_stmt *statement,
           int           index,
           const char   *text)
{
  if (text == NULL)
    sqlite3_bind_null (statement, index);
  else
    tc_store_db_bind_text (statement, index, text);
}

static void
bind_tokens (sqlite3_stmt *statement,
             int           index,
             gint64        n)
{
  sqlite3_bind_int64 (statement, index, CLAMP (n, 0, MAX_TOKENS));
}

/** tc_ledger_write_call: @data: a TcLedgerRow: a call held or refused */
gboolean
tc_ledger_write_call (TcStoreDb  *db,
                      gpointer    data,
                      GError    **error)
{
  const TcLedgerRow *row = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_CALL, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) row->id);
  sqlite3_bind_int64 (statement, 2, (gint64) row->session_id);
  sqlite3_bind_int64 (statement, 3, row->attempt);
  bind_text (statement, 4, row->origin == TC_CALL_SUPERVISOR ? "supervisor" : "script");
  bind_text (statement, 5, row->provider);
  sqlite3_bind_int64 (statement, 6, (gint64) row->key_id);
  bind_text (statement, 7, row->model);
  sqlite3_bind_int (statement, 8, row->is_stream != FALSE);
  sqlite3_bind_int (statement, 9, row->is_free != FALSE);
  bind_text (statement, 10, row->state);
  sqlite3_bind_int64 (statement, 11, row->at_us);
  sqlite3_bind_int (statement, 12, row->day);
  bind_money (statement, 13, row->hold);
  sqlite3_bind_int64 (statement, 14, row->status);
  bind_text (statement, 15, row->why);

  return tc_store_db_finish (db, statement, error);
}

/** tc_ledger_write_end: @data: a TcLedgerRow: how a call that was held ended */
gboolean
tc_ledger_write_end (TcStoreDb  *db,
                     gpointer    data,
                     GError    **error)
{
  const TcLedgerRow *row = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_END, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) row->id);
  bind_text (statement, 2, row->state);
  sqlite3_bind_int64 (statement, 3, row->at_us);
  sqlite3_bind_int64 (statement, 4, row->status);
  bind_tokens (statement, 5, row->usage.input);
  bind_tokens (statement, 6, row->usage.cache_read);
  bind_tokens (statement, 7, row->usage.cache_write);
  bind_tokens (statement, 8, row->usage.output);
  bind_money (statement, 9, row->cost);
  bind_text (statement, 10, row->source);
  bind_text (statement, 11, row->why);

  return tc_store_db_finish (db, statement, error);
}

/** tc_ledger_write_repeat: @data: a TcLedgerRow: the same was refused again */
gboolean
tc_ledger_write_repeat (TcStoreDb  *db,
                        gpointer    data,
                        GError    **error)
{
  const TcLedgerRow *row = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_REPEAT, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) row->id);
  sqlite3_bind_int64 (statement, 2, row->at_us);

  return tc_store_db_finish (db, statement, error);
}

/** tc_ledger_write_budget: @data: a TcLedgerNote: a limit, or none any more */
gboolean
tc_ledger_write_budget (TcStoreDb  *db,
                        gpointer    data,
                        GError    **error)
{
  const TcLedgerNote *note = data;
  gboolean is_set = note->amount != TC_MONEY_UNKNOWN;
  sqlite3_stmt *statement = tc_store_db_prepare (db, is_set ? SQL_BUDGET : SQL_NO_BUDGET, error);

  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, note->scope);
  if (is_set)
    {
      sqlite3_bind_int64 (statement, 2, note->amount);
      sqlite3_bind_int64 (statement, 3, note->at_us);
    }

  return tc_store_db_finish (db, statement, error);
}

/** tc_ledger_write_alert: @data: a TcLedgerNote: what was said */
gboolean
tc_ledger_write_alert (TcStoreDb  *db,
                       gpointer    data,
                       GError    **error)
{
  const TcLedgerNote *note = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_ALERT, error);

  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, note->scope);
  bind_text (statement, 2, note->period);
  sqlite3_bind_int64 (statement, 3, note->amount);
  sqlite3_bind_int (statement, 4, note->percent);
  sqlite3_bind_int64 (statement, 5, note->at_us);

  return tc_store_db_finish (db, statement, error);
}

/** tc_ledger_write_token: @data: a TcLedgerNote: the hash of a run's token */
gboolean
tc_ledger_write_token (TcStoreDb  *db,
                       gpointer    data,
                       GError    **error)
{
  const TcLedgerNote *note = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_TOKEN, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) note->session_id);
  sqlite3_bind_int64 (statement, 2, note->attempt);
  bind_text (statement, 3, note->scope);
  sqlite3_bind_int64 (statement, 4, (gint64) note->key_id);

  return tc_store_db_finish (db, statement, error);
}

/** tc_ledger_drop_token: @data: a TcLedgerNote: a session whose tokens are worth nothing */
gboolean
tc_ledger_drop_token (TcStoreDb  *db,
                      gpointer    data,
                      GError    **error)
{
  const TcLedgerNote *note = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_NO_TOKEN, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) note->session_id);

  return tc_store_db_finish (db, statement, error);
}
