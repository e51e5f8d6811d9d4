/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The book of all money: every call to a provider with what was held for it
 * before it went out and what it cost in the end, the budgets, and the tokens of
 * the runs. A database of its own, ledger.db, that loses no settled call in a
 * power cut; one thread owns the connection, and whether a budget allows a call
 * is decided here in memory, so two calls can never both take the last cent.
 * Main thread only; nothing blocks but open and close.
 *
 * A call is held, then settled, released or left: one that was held when the engine
 * died is found "unsettled" by the next one and counts with all of that, once.
 */

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "tc-clock.h"
#include "tc-price.h"

G_BEGIN_DECLS

#define TC_TYPE_LEDGER (tc_ledger_get_type ())
G_DECLARE_FINAL_TYPE (TcLedger, tc_ledger, TC, LEDGER, GObject)

typedef enum
{
  TC_CALL_SCRIPT,     /* the training asked, through the gateway */
  TC_CALL_SUPERVISOR, /* the engine asked for a verdict */
} TcCallOrigin;

/* A call about to be made. */
typedef struct
{
  guint64       session_id;
  guint         attempt;
  TcCallOrigin  origin;
  const char   *provider;  /* word */
  guint64       key_id;    /* 0: none */
  const char   *model;     /* the catalogue's id, or as asked for */
  gboolean      is_stream;
  gboolean      is_free;   /* a price of 0: no budget holds it up */
  TcMoney       hold;      /* the most it can cost; TC_MONEY_UNKNOWN: no price */
  TcMoney       session_limit; /* of the session; TC_MONEY_UNKNOWN: none */
} TcLedgerCall;

/* Where a cost comes from. */
typedef enum
{
  TC_COST_EXACT,     /* the provider said so */
  TC_COST_COMPUTED,  /* its token counts times the price */
  TC_COST_ESTIMATED, /* no or partial counts: a careful guess */
  TC_COST_UNKNOWN,   /* no price */
} TcCostSource;

/* What is left for one session: the smallest of all budgets that bind it. */
typedef struct
{
  TcMoney  left;      /* TC_MONEY_UNKNOWN: nothing limits it */
  TcMoney  spent;     /* by the session, settled */
  TcMoney  held;      /* by the session, in flight */
  guint    n_unknown; /* its calls without a price */
} TcLedgerRoom;

/* Signals: spent (guint64 session_id, TcMoney spent) the session's settled sum has changed
 *  alert (const char *scope, int percent, guint64 session_id, const char *text)
 *        a budget passed 80 or 100 percent; once for each month (or session), step and amount,
 *        also across restarts; scope "month", a provider's word or "session", then with its id
 *  recovered (const char *text) a damaged book was replaced while in use */
TcLedger *tc_ledger_open            (const char           *path,
                                     TcClock              *clock,
                                     GError              **error);
void      tc_ledger_close           (TcLedger             *self);
const char *tc_ledger_get_recovery_message (TcLedger       *self);
gint64    tc_ledger_get_lost        (TcLedger             *self);
/* TC_ERROR_PERMISSION with a sentence that names the budget when it does not
 * allow the call; the refusal is in the book as well. */
void      tc_ledger_hold_async      (TcLedger             *self,
                                     const TcLedgerCall   *call,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
guint64   tc_ledger_hold_finish     (TcLedger             *self,
                                     GAsyncResult         *result,
                                     GError              **error);
void      tc_ledger_settle          (TcLedger             *self,
                                     guint64               call,
                                     guint                 status,
                                     const TcUsage        *usage,
                                     TcMoney               cost,
                                     TcCostSource          source);
void      tc_ledger_release         (TcLedger             *self,
                                     guint64               call,
                                     guint                 status,
                                     const char           *why);
void      tc_ledger_note_refusal    (TcLedger             *self,
                                     guint64               session_id,
                                     guint                 status,
                                     const char           *why);
void      tc_ledger_get_room        (TcLedger             *self,
                                     guint64               session_id,
                                     const char           *provider,
                                     TcMoney               session_limit,
                                     TcLedgerRoom         *room);

/* Waits until all that was written so far has survived a power cut. */
void      tc_ledger_flush_async     (TcLedger             *self,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
gboolean  tc_ledger_flush_finish    (TcLedger             *self,
                                     GAsyncResult         *result,
                                     GError              **error);

/* Budgets. scope: "month" or a provider's word; limit TC_MONEY_UNKNOWN: none. */
void      tc_ledger_set_budget_async  (TcLedger           *self,
                                       const char         *scope,
                                       TcMoney             limit,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean  tc_ledger_set_budget_finish (TcLedger           *self,
                                       GAsyncResult       *result,
                                       GError            **error);
JsonNode *tc_ledger_budgets_to_json   (TcLedger           *self);

/* Sums. by: "session" "provider" "model" "day" "key" or "call" (the newest
 * 1,000 calls themselves); session_id 0: all; times in UTC µs, 0: no bound. */
void      tc_ledger_load_spend_async  (TcLedger           *self,
                                       const char         *by,
                                       guint64             session_id,
                                       gint64              from_us,
                                       gint64              to_us,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
JsonNode *tc_ledger_load_spend_finish (TcLedger           *self,
                                       GAsyncResult       *result,
                                       GError            **error);

/* The tokens of runs, as SHA-256; a run may outlive the engine that started it. */
void      tc_ledger_save_token        (TcLedger           *self,
                                       guint64             session_id,
                                       guint               attempt,
                                       const char         *sha256,
                                       guint64             key_id);
char     *tc_ledger_dup_token         (TcLedger *self, guint64 session_id, guint attempt);
guint64   tc_ledger_get_token_key     (TcLedger *self, guint64 session_id, guint attempt);
void      tc_ledger_drop_tokens       (TcLedger *self, guint64 session_id);

G_END_DECLS
