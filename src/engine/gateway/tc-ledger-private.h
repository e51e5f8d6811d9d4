/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the files of TcLedger share. Main thread, but for the functions that
 * operations run.
 */

#include "tc-ledger-book.h"
#include "tc-ledger-thread.h"

G_BEGIN_DECLS

struct _TcLedger
{
  GObject         parent_instance;

  char           *path;             /* (owned) */
  TcClock        *clock;            /* (owned) */
  TcLedgerThread *thread;           /* (owned) (nullable) NULL: closed */
  TcLedgerBook   *book;             /* (owned) */
  GHashTable     *refusals;         /* (owned) session's guint64 → the latest Refusal */
  char           *recovery_message; /* (owned) (nullable) */
  gint64          last_backup_us;   /* UTC; 0: not known */
  GThread        *backup_thread;    /* (owned) (nullable) may have ended */
  TcStoreDb      *backup_db;        /* (owned) (nullable) the thread's */
  guint           alert_id;         /* looks at the budgets once after opening */
};

/* A call as it goes into the database; each operation uses what it needs. */
typedef struct
{
  guint64       id;
  guint64       session_id;
  guint         attempt;
  TcCallOrigin  origin;
  char         *provider;   /* (owned) */
  guint64       key_id;
  char         *model;      /* (owned) */
  gboolean      is_stream;
  gboolean      is_free;
  const char   *state;
  gint64        at_us;      /* when it was held, or ended */
  int           day;
  TcMoney       hold;
  guint         status;
  TcUsage       usage;
  TcMoney       cost;
  const char   *source;     /* (nullable) */
  char         *why;        /* (owned) (nullable) */
} TcLedgerRow;

/* A setting as it goes into the database. */
typedef struct
{
  char    *scope;    /* (owned) (nullable) also a token's hash */
  char    *period;   /* (owned) (nullable) */
  TcMoney  amount;
  int      percent;
  gint64   at_us;
  guint64  session_id;
  guint    attempt;
  guint64  key_id;
} TcLedgerNote;

TcLedgerRow  *tc_ledger_row_new   (guint64              id,
                                   const TcLedgerCall  *call,
                                   gint64               at_us);
void          tc_ledger_row_free  (gpointer             data);
void          tc_ledger_note_free (gpointer             data);

/* Run in the thread. */
gboolean      tc_ledger_write_call    (TcStoreDb *db, gpointer data, GError **error);
gboolean      tc_ledger_write_end     (TcStoreDb *db, gpointer data, GError **error);
gboolean      tc_ledger_write_repeat  (TcStoreDb *db, gpointer data, GError **error);
gboolean      tc_ledger_write_budget  (TcStoreDb *db, gpointer data, GError **error);
gboolean      tc_ledger_write_alert   (TcStoreDb *db, gpointer data, GError **error);
gboolean      tc_ledger_write_token   (TcStoreDb *db, gpointer data, GError **error);
gboolean      tc_ledger_drop_token    (TcStoreDb *db, gpointer data, GError **error);

GTask        *tc_ledger_new_task  (TcLedger                *self,
                                   gpointer                 source_tag,
                                   GCancellable            *cancellable,
                                   GAsyncReadyCallback      callback,
                                   gpointer                 user_data);
void          tc_ledger_start     (TcLedger                *self,
                                   const TcLedgerOperation *operation,
                                   gpointer                 data,
                                   GTask                   *task);
void          tc_ledger_alert     (TcLedger                *self,
                                   const TcLedgerCall      *call,
                                   gboolean                 is_refused);
void          tc_ledger_back_up   (TcLedger                *self);
void          tc_ledger_stop_backup (TcLedger              *self);
void          tc_ledger_tell_recovery (TcLedger            *self,
                                       const char          *message);
int           tc_ledger_get_month (TcLedger                *self);

G_END_DECLS
