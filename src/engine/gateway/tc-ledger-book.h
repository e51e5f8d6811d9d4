/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The sums of the ledger in memory, and what the budgets say to a call. Months
 * are those the user lives in, as 202611. A plain struct; filled by the thread
 * that opens the database, then of the main thread.
 */

#include "tc-ledger.h"

G_BEGIN_DECLS

typedef struct
{
  TcMoney spent;
  TcMoney held;
  guint   n_unknown; /* calls without a price */
} TcLedgerSum;

/* A call that was held and has not ended. */
typedef struct
{
  guint64  session_id;
  char    *provider;      /* (owned) */
  int      month;
  TcMoney  hold;          /* 0 where there is no price */
  TcMoney  session_limit; /* TC_MONEY_UNKNOWN: none */
} TcLedgerFlight;

/* A step that a budget has passed for the first time. */
typedef struct
{
  const char *scope;      /* interned */
  char       *period;     /* (owned) "202611" or a session's number */
  TcMoney     limit;
  int         percent;
  guint64     session_id; /* 0: not one session's own budget */
  char       *text;       /* (owned) for people */
} TcLedgerAlert;

/* What a run may ask with. */
typedef struct
{
  char    *sha256; /* (owned) in hexadecimal */
  guint64  key_id; /* it asks with in truth; 0: none */
} TcLedgerToken;

typedef struct
{
  GHashTable *sessions; /* (owned) guint64 → TcLedgerSum */
  GHashTable *months;   /* (owned) "202611" or "202611 xai" → TcLedgerSum */
  GHashTable *budgets;  /* (owned) scope → TcMoney */
  GHashTable *alerts;   /* (owned) set of what was said */
  GHashTable *flights;  /* (owned) guint64 → TcLedgerFlight */
  GHashTable *tokens;   /* (owned) "17.1" → TcLedgerToken */
  guint64     next_id;  /* of a call */
} TcLedgerBook;

TcLedgerBook      *tc_ledger_book_new          (void);
void               tc_ledger_book_free         (TcLedgerBook         *self);
void               tc_ledger_book_clear        (TcLedgerBook         *self);
int                tc_ledger_book_get_day      (gint64                at_us);

void               tc_ledger_book_add          (TcLedgerBook         *self,
                                                guint64               session_id,
                                                const char           *provider,
                                                int                   month,
                                                const TcLedgerSum    *sum);
gboolean           tc_ledger_book_check        (TcLedgerBook         *self,
                                                const TcLedgerCall   *call,
                                                int                   month,
                                                GError              **error);
void               tc_ledger_book_hold         (TcLedgerBook         *self,
                                                guint64               id,
                                                const TcLedgerCall   *call,
                                                int                   month);
TcLedgerFlight    *tc_ledger_book_end          (TcLedgerBook         *self,
                                                guint64               id);
void               tc_ledger_flight_free       (TcLedgerFlight       *self);
void               tc_ledger_book_get_room     (TcLedgerBook         *self,
                                                const TcLedgerCall   *call,
                                                int                   month,
                                                TcLedgerRoom         *room);
TcMoney            tc_ledger_book_get_budget   (TcLedgerBook         *self,
                                                const char           *scope);
void               tc_ledger_book_set_budget   (TcLedgerBook         *self,
                                                const char           *scope,
                                                TcMoney               limit);
const TcLedgerSum *tc_ledger_book_peek_session (TcLedgerBook         *self,
                                                guint64               session_id);
const TcLedgerSum *tc_ledger_book_peek_month   (TcLedgerBook         *self,
                                                int                   month,
                                                const char           *provider);

void               tc_ledger_book_set_token    (TcLedgerBook         *self,
                                                guint64               session_id,
                                                guint                 attempt,
                                                const char           *sha256,
                                                guint64               key_id);
const TcLedgerToken *tc_ledger_book_peek_token (TcLedgerBook         *self,
                                                guint64               session_id,
                                                guint                 attempt);

/* tc-ledger-alerts.c */
void               tc_ledger_book_note_alert   (TcLedgerBook         *self,
                                                const char           *scope,
                                                const char           *period,
                                                TcMoney               limit,
                                                int                   percent);
GPtrArray         *tc_ledger_book_take_alerts  (TcLedgerBook         *self,
                                                const TcLedgerCall   *call,
                                                int                   month,
                                                gboolean              is_refused);

/* A budget that binds a call. */
typedef struct
{
  const char  *scope;      /* "month", "session", or the provider's word */
  TcMoney      limit;
  TcLedgerSum  sum;
  guint64      session_id; /* 0: a month's */
  int          month;
} TcLedgerLimit;

#define TC_LEDGER_MAX_LIMITS 3

guint              tc_ledger_book_get_limits   (TcLedgerBook         *self,
                                                const TcLedgerCall   *call,
                                                int                   month,
                                                TcLedgerLimit        *limits);
TcMoney            tc_ledger_limit_get_left    (const TcLedgerLimit  *self);
char              *tc_ledger_limit_dup_name    (const TcLedgerLimit  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLedgerBook, tc_ledger_book_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLedgerFlight, tc_ledger_flight_free)

G_END_DECLS
