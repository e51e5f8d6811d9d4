/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A ledger in a folder of its own under a clock that stands still, and calls
 * that wait for their answers. The data of a test is its time zone, UTC without.
 */

#include "tc-ledger.h"

#define CENT ((TcMoney) 10000)
#define DOLLAR (100 * CENT)

typedef struct
{
  char      *folder; /* (owned) */
  char      *path;   /* (owned) of ledger.db */
  TcClock   *clock;  /* (owned) fake */
  TcLedger  *ledger; /* (owned) (nullable) */
  GPtrArray *alerts; /* (owned) (element-type utf8) "scope percent session" */
  TcMoney    spent;  /* as last said */
  guint      n_spent;
} Fixture;

void         fixture_set_up    (Fixture             *self,
                                gconstpointer        data);
void         fixture_tear_down (Fixture             *self,
                                gconstpointer        data);
void         fixture_open      (Fixture             *self);
void         fixture_close     (Fixture             *self);
void         fixture_reopen    (Fixture             *self);
void         fixture_set_date  (Fixture             *self,
                                const char          *date);

TcLedgerCall make_call         (guint64              session_id,
                                TcMoney              hold);
guint64      hold              (Fixture             *self,
                                const TcLedgerCall  *call,
                                GError             **error);
guint64      must_hold         (Fixture             *self,
                                guint64              session_id,
                                TcMoney              amount);
void         settle            (Fixture             *self,
                                guint64              call,
                                TcMoney              cost);
void         must_flush        (Fixture             *self);
void         set_budget        (Fixture             *self,
                                const char          *scope,
                                TcMoney              limit);
TcLedgerRoom get_room          (Fixture             *self,
                                guint64              session_id);
JsonNode    *load_spend        (Fixture             *self,
                                const char          *by,
                                guint64              session_id);
JsonObject  *find_group        (JsonNode            *spend,
                                const char          *member,
                                const char          *name);
