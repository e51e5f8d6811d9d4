/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-ledger-book.h"

#define SCOPE_MONTH "month"
#define SCOPE_SESSION "session"

/**
 * tc_ledger_flight_free:
 */
void
tc_ledger_flight_free (TcLedgerFlight *self)
{
  g_free (self->provider);
  g_free (self);
}

static void
token_free (gpointer data)
{
  TcLedgerToken *token = data;

  g_free (token->sha256);
  g_free (token);
}

/**
 * tc_ledger_book_new:
 *
 * Returns: (transfer full): an empty book
 */
TcLedgerBook *
tc_ledger_book_new (void)
{
  TcLedgerBook *self = g_new0 (TcLedgerBook, 1);

  self->sessions = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->months = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->budgets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->alerts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->flights = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                         (GDestroyNotify) tc_ledger_flight_free);
  self->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, token_free);
  self->next_id = 1;

  return self;
}

/**
 * tc_ledger_book_free:
 */
void
tc_ledger_book_free (TcLedgerBook *self)
{
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->months);
  g_hash_table_unref (self->budgets);
  g_hash_table_unref (self->alerts);
  g_hash_table_unref (self->flights);
  g_hash_table_unref (self->tokens);
  g_free (self);
}

/**
 * tc_ledger_book_clear:
 *
 * Forgets everything.
 */
void
tc_ledger_book_clear (TcLedgerBook *self)
{
  g_hash_table_remove_all (self->sessions);
  g_hash_table_remove_all (self->months);
  g_hash_table_remove_all (self->budgets);
  g_hash_table_remove_all (self->alerts);
  g_hash_table_remove_all (self->flights);
  g_hash_table_remove_all (self->tokens);
  self->next_id = 1;
}

static int
compute_day (gint64 at_us)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (at_us / G_USEC_PER_SEC);

  /* Beyond the year 9999 the clock is wrong anyway. */
  if (local == NULL)
    return 0;

  return g_date_time_get_year (local) * 10000 + g_date_time_get_month (local) * 100 +
         g_date_time_get_day_of_month (local);
}

/**
 * tc_ledger_book_get_day:
 * @at_us: UTC
 *
 * Returns: the day it is then where the user lives, 20261122
 *
 * Asking the system for its time zone looks at files; within a quarter of an
 * hour the answer stays, wherever on earth.
 */
int
tc_ledger_book_get_day (gint64 at_us)
{
  static _Thread_local gint64 known = -1;
  static _Thread_local int day;
  gint64 quarter = at_us / (15 * 60 * G_USEC_PER_SEC);

  if (quarter != known)
    day = compute_day (at_us);
  known = quarter;
  return day;
}

static TcLedgerSum *
ensure_session (TcLedgerBook *self,
                guint64       session_id)
{
  TcLedgerSum *sum = g_hash_table_lookup (self->sessions, &session_id);

  if (sum == NULL)
    {
      sum = g_new0 (TcLedgerSum, 1);
      g_hash_table_insert (self->sessions, g_memdup2 (&session_id, sizeof session_id), sum);
    }

  return sum;
}

static char *
dup_month_key (int         month,
               const char *provider)
{
  return provider != NULL ? g_strdup_printf ("%d %s", month, provider) : g_strdup_printf ("%d", month);
}

static TcLedgerSum *
ensure_month (TcLedgerBook *self,
              int           month,
              const char   *provider)
{
  g_autofree char *key = dup_month_key (month, provider);
  TcLedgerSum *sum = g_hash_table_lookup (self->months, key);

  if (sum == NULL)
    {
      sum = g_new0 (TcLedgerSum, 1);
      g_hash_table_insert (self->months, g_steal_pointer (&key), sum);
    }

  return sum;
}

static void
add_sum (TcLedgerSum       *self,
         const TcLedgerSum *other)
{
  tc_money_add (self->spent, other->spent, &self->spent);
  tc_money_add (self->held, other->held, &self->held);
  self->n_unknown += other->n_unknown;
}

/**
 * tc_ledger_book_add:
 * @month: of the call's beginning; it is counted there whenever it ends
 * @sum: what to add to all sums that it belongs to; what it holds may be below 0
 */
void
tc_ledger_book_add (TcLedgerBook      *self,
                    guint64            session_id,
                    const char        *provider,
                    int                month,
                    const TcLedgerSum *sum)
{
  add_sum (ensure_session (self, session_id), sum);
  add_sum (ensure_month (self, month, NULL), sum);
  add_sum (ensure_month (self, month, provider), sum);
}

/**
 * tc_ledger_book_peek_session:
 *
 * Returns: (transfer none): the sum of a session, zeros if nothing is known
 */
const TcLedgerSum *
tc_ledger_book_peek_session (TcLedgerBook *self,
                             guint64       session_id)
{
  static const TcLedgerSum nothing = { 0, 0, 0 };
  const TcLedgerSum *sum = g_hash_table_lookup (self->sessions, &session_id);

  return sum != NULL ? sum : &nothing;
}

/**
 * tc_ledger_book_peek_month:
 * @provider: (nullable): NULL: of all
 *
 * Returns: (transfer none): the sum of a month, zeros if nothing is known
 */
const TcLedgerSum *
tc_ledger_book_peek_month (TcLedgerBook *self,
                           int           month,
                           const char   *provider)
{
  static const TcLedgerSum nothing = { 0, 0, 0 };
  g_autofree char *key = dup_month_key (month, provider);
  const TcLedgerSum *sum = g_hash_table_lookup (self->months, key);

  return sum != NULL ? sum : &nothing;
}

/**
 * tc_ledger_book_get_budget:
 *
 * Returns: the limit, TC_MONEY_UNKNOWN if there is none
 */
TcMoney
tc_ledger_book_get_budget (TcLedgerBook *self,
                           const char   *scope)
{
  const TcMoney *limit = g_hash_table_lookup (self->budgets, scope);

  return limit != NULL ? *limit : TC_MONEY_UNKNOWN;
}

/**
 * tc_ledger_book_set_budget:
 * @limit: TC_MONEY_UNKNOWN: none
 */
void
tc_ledger_book_set_budget (TcLedgerBook *self,
                           const char   *scope,
                           TcMoney       limit)
{
  if (limit == TC_MONEY_UNKNOWN)
    g_hash_table_remove (self->budgets, scope);
  else
    g_hash_table_insert (self->budgets, g_strdup (scope), g_memdup2 (&limit, sizeof limit));
}

/**
 * tc_ledger_book_get_limits:
 * @call: who asks whom, and the session's own limit
 * @limits: (out): room for TC_LEDGER_MAX_LIMITS
 *
 * Returns: how many budgets bind the call
 */
guint
tc_ledger_book_get_limits (TcLedgerBook       *self,
                           const TcLedgerCall *call,
                           int                 month,
                           TcLedgerLimit      *limits)
{
  TcMoney of_month = tc_ledger_book_get_budget (self, SCOPE_MONTH);
  TcMoney of_provider = call->provider != NULL ? tc_ledger_book_get_budget (self, call->provider)
                                               : TC_MONEY_UNKNOWN;
  guint n = 0;

  if (call->session_limit != TC_MONEY_UNKNOWN)
    limits[n++] = (TcLedgerLimit) { SCOPE_SESSION, call->session_limit,
                                    *tc_ledger_book_peek_session (self, call->session_id),
                                    call->session_id, month };
  if (of_provider != TC_MONEY_UNKNOWN)
    limits[n++] = (TcLedgerLimit) { call->provider, of_provider,
                                    *tc_ledger_book_peek_month (self, month, call->provider), 0, month };
  if (of_month != TC_MONEY_UNKNOWN)
    limits[n++] = (TcLedgerLimit) { SCOPE_MONTH, of_month,
                                    *tc_ledger_book_peek_month (self, month, NULL), 0, month };

  return n;
}

/**
 * tc_ledger_limit_get_left:
 *
 * Returns: what is neither spent nor held, below 0 if the limit is passed
 */
TcMoney
tc_ledger_limit_get_left (const TcLedgerLimit *self)
{
  TcMoney taken;

  tc_money_add (self->sum.spent, self->sum.held, &taken);

  /* Both are 0 or more, so this cannot overflow. */
  return self->limit - taken;
}

/**
 * tc_ledger_limit_dup_name:
 *
 * Returns: (transfer full): "budget of November 2026", to go behind "the"
 */
char *
tc_ledger_limit_dup_name (const TcLedgerLimit *self)
{
  static const char *const months[] = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December"
  };
  int month = CLAMP (self->month % 100, 1, 12);
  int year = self->month / 100;

  if (self->session_id != 0)
    return g_strdup_printf ("budget of session %" G_GUINT64_FORMAT, self->session_id);
  if (g_str_equal (self->scope, SCOPE_MONTH))
    return g_strdup_printf ("budget of %s %d", months[month - 1], year);

  return g_strdup_printf ("budget for %s of %s %d", self->scope, months[month - 1], year);
}

/* Whoever reads it knows what there is, what is gone and how to go on. */
static void
set_refusal (const TcLedgerLimit  *limit,
             TcMoney               hold,
             GError              **error)
{
  g_autofree char *name = tc_ledger_limit_dup_name (limit);
  g_autofree char *total = tc_money_format (limit->limit);
  g_autofree char *spent = tc_money_format (limit->sum.spent);
  g_autofree char *held = tc_money_format (limit->sum.held);
  g_autofree char *most = hold == TC_MONEY_UNKNOWN ? g_strdup ("nobody knows how much")
                                                   : tc_money_format (hold);

  g_set_error (error, TC_ERROR, TC_ERROR_PERMISSION,
               "The %s is %s: %s of it is spent and %s is held for calls under way, and this call "
               "may cost %s. Raise the budget to go on%s.",
               name, total, spent, held, most,
               limit->session_id == 0 ? ", or wait for the next month" : "");
}

/**
 * tc_ledger_book_check:
 * @call: a call that somebody wants to make
 * @error: TC_ERROR_PERMISSION with a sentence that names the budget
 *
 * What costs nothing is always allowed. Without a price, it is allowed while
 * no budget that binds it is used up.
 *
 * Returns: whether the budgets allow it
 */
gboolean
tc_ledger_book_check (TcLedgerBook        *self,
                      const TcLedgerCall  *call,
                      int                  month,
                      GError             **error)
{
  TcLedgerLimit limits[TC_LEDGER_MAX_LIMITS];
  TcMoney wanted = call->hold == TC_MONEY_UNKNOWN ? 1 : call->hold;
  guint n;

  if (call->is_free)
    return TRUE;

  n = tc_ledger_book_get_limits (self, call, month, limits);
  for (guint i = 0; i < n; i++)
    {
      if (MAX (wanted, 1) > tc_ledger_limit_get_left (&limits[i]))
        {
          set_refusal (&limits[i], call->hold, error);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * tc_ledger_book_hold:
 * @id: of the call
 * @call: one that was checked
 *
 * Takes the money out of what is left.
 */
void
tc_ledger_book_hold (TcLedgerBook       *self,
                     guint64             id,
                     const TcLedgerCall *call,
                     int                 month)
{
  TcLedgerFlight *flight = g_new0 (TcLedgerFlight, 1);
  TcLedgerSum sum = { 0, 0, 0 };

  flight->session_id = call->session_id;
  flight->provider = g_strdup (call->provider);
  flight->month = month;
  flight->hold = call->hold == TC_MONEY_UNKNOWN || call->is_free ? 0 : call->hold;
  flight->session_limit = call->session_limit;
  g_hash_table_insert (self->flights, g_memdup2 (&id, sizeof id), flight);

  sum.held = flight->hold;
  tc_ledger_book_add (self, flight->session_id, flight->provider, month, &sum);
}

/**
 * tc_ledger_book_end:
 * @id: of a call
 *
 * Gives back what was held for it.
 *
 * Returns: (transfer full) (nullable): what it was; NULL if it is not held
 */
TcLedgerFlight *
tc_ledger_book_end (TcLedgerBook *self,
                    guint64       id)
{
  TcLedgerFlight *flight = NULL;
  g_autofree guint64 *key = NULL;
  TcLedgerSum sum = { 0, 0, 0 };

  if (!g_hash_table_steal_extended (self->flights, &id, (gpointer *) &key, (gpointer *) &flight))
    return NULL;
  sum.held = -flight->hold;
  tc_ledger_book_add (self, flight->session_id, flight->provider, flight->month, &sum);

  return flight;
}

/**
 * tc_ledger_book_get_room:
 * @call: who asks whom; its hold is not looked at
 * @room: (out): what is left
 */
void
tc_ledger_book_get_room (TcLedgerBook       *self,
                         const TcLedgerCall *call,
                         int                 month,
                         TcLedgerRoom       *room)
{
  const TcLedgerSum *sum = tc_ledger_book_peek_session (self, call->session_id);
  TcLedgerLimit limits[TC_LEDGER_MAX_LIMITS];
  guint n = tc_ledger_book_get_limits (self, call, month, limits);

  room->left = TC_MONEY_UNKNOWN;
  room->spent = sum->spent;
  room->held = sum->held;
  room->n_unknown = sum->n_unknown;
  for (guint i = 0; i < n; i++)
    {
      TcMoney left = MAX (tc_ledger_limit_get_left (&limits[i]), 0);

      if (room->left == TC_MONEY_UNKNOWN || left < room->left)
        room->left = left;
    }
}

/* ---- Tokens ---- */

static char *
dup_run (guint64 session_id,
         guint   attempt)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT ".%u", session_id, attempt);
}

/** tc_ledger_book_set_token: In the place of an earlier one of the same run. */
void
tc_ledger_book_set_token (TcLedgerBook *self,
                          guint64       session_id,
                          guint         attempt,
                          const char   *sha256,
                          guint64       key_id)
{
  TcLedgerToken *token = g_new0 (TcLedgerToken, 1);

  token->sha256 = g_strdup (sha256);
  token->key_id = key_id;
  g_hash_table_replace (self->tokens, dup_run (session_id, attempt), token);
}

/** tc_ledger_book_peek_token: Returns: (nullable): the run's */
const TcLedgerToken *
tc_ledger_book_peek_token (TcLedgerBook *self,
                           guint64       session_id,
                           guint         attempt)
{
  g_autofree char *run = dup_run (session_id, attempt);

  return g_hash_table_lookup (self->tokens, run);
}
