/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* When a budget is nearly or wholly used up, and how to say it. */

#include "config.h"

#include "tc-ledger-book.h"

#define STEP_NEAR 80
#define STEP_FULL 100

static char *
dup_key (const char *scope,
         const char *period,
         TcMoney     limit,
         int         percent)
{
  return g_strdup_printf ("%s %s %" G_GINT64_FORMAT " %d", scope, period, limit, percent);
}

static char *
dup_period (const TcLedgerLimit *limit)
{
  return limit->session_id != 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, limit->session_id)
                                : g_strdup_printf ("%d", limit->month);
}

static gboolean
has_passed (const TcLedgerLimit *limit,
            TcMoney              amount,
            int                  percent)
{
  return limit->limit > 0 && (__int128) amount * 100 >= (__int128) limit->limit * percent;
}

/* The highest step it stands at; 0: none. Holds are upper bounds, so that the
 * last cent is hardly ever spent: a budget that has refused a call, with no
 * more than a fifth of it left, is used up. */
static int
get_step (const TcLedgerLimit *limit,
          gboolean             is_refused)
{
  TcMoney taken;

  tc_money_add (limit->sum.spent, limit->sum.held, &taken);
  if (has_passed (limit, limit->sum.spent, STEP_FULL) ||
      (is_refused && (limit->limit == 0 || has_passed (limit, taken, STEP_NEAR))))
    return STEP_FULL;

  return has_passed (limit, limit->sum.spent, STEP_NEAR) ? STEP_NEAR : 0;
}

static char *
dup_text (const TcLedgerLimit *limit,
          int                  percent)
{
  g_autofree char *name = tc_ledger_limit_dup_name (limit);
  g_autofree char *total = tc_money_format (limit->limit);
  g_autofree char *spent = tc_money_format (limit->sum.spent);

  if (percent == STEP_NEAR)
    return g_strdup_printf ("%d %% of the %s is spent: %s of %s.", percent, name, spent, total);

  return g_strdup_printf ("The %s is used up: %s of %s is spent. Calls that cost money are refused "
                          "until the budget is raised%s; nothing needs to be restarted then.",
                          name, spent, total, limit->session_id == 0 ? " or the month is over" : "");
}

static void
alert_free (gpointer data)
{
  TcLedgerAlert *self = data;

  g_free (self->period);
  g_free (self->text);
  g_free (self);
}

/**
 * tc_ledger_book_note_alert:
 *
 * Remembers that it was said.
 */
void
tc_ledger_book_note_alert (TcLedgerBook *self,
                           const char   *scope,
                           const char   *period,
                           TcMoney       limit,
                           int           percent)
{
  g_hash_table_add (self->alerts, dup_key (scope, period, limit, percent));
}

/* A step includes those below it: after "used up", "nearly used up" is no news. */
static void
take_alert (TcLedgerBook        *self,
            const TcLedgerLimit *limit,
            int                  percent,
            GPtrArray           *alerts)
{
  g_autofree char *period = dup_period (limit);
  g_autofree char *key = dup_key (limit->scope, period, limit->limit, percent);
  TcLedgerAlert *alert;

  if (g_hash_table_contains (self->alerts, key))
    return;
  tc_ledger_book_note_alert (self, limit->scope, period, limit->limit, STEP_NEAR);
  tc_ledger_book_note_alert (self, limit->scope, period, limit->limit, percent);

  alert = g_new0 (TcLedgerAlert, 1);
  alert->scope = g_intern_string (limit->scope);
  alert->period = g_steal_pointer (&period);
  alert->limit = limit->limit;
  alert->percent = percent;
  alert->session_id = limit->session_id;
  alert->text = dup_text (limit, percent);
  g_ptr_array_add (alerts, alert);
}

/**
 * tc_ledger_book_take_alerts:
 * @call: whose budgets are looked at
 * @is_refused: one of them has just refused it
 *
 * Returns: (transfer full) (element-type TcLedgerAlert): what is to be said
 *   now; it is not given again
 */
GPtrArray *
tc_ledger_book_take_alerts (TcLedgerBook       *self,
                            const TcLedgerCall *call,
                            int                 month,
                            gboolean            is_refused)
{
  GPtrArray *alerts = g_ptr_array_new_with_free_func (alert_free);
  TcLedgerLimit limits[TC_LEDGER_MAX_LIMITS];
  guint n = tc_ledger_book_get_limits (self, call, month, limits);

  for (guint i = 0; i < n; i++)
    {
      gboolean has_refused = is_refused && call->hold != TC_MONEY_UNKNOWN &&
                             call->hold > tc_ledger_limit_get_left (&limits[i]);
      int percent = get_step (&limits[i], has_refused);

      if (percent != 0)
        take_alert (self, &limits[i], percent, alerts);
    }

  return alerts;
}
