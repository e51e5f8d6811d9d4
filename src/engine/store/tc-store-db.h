/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* One connection to SQLite with its prepared statements, and errors in our own
 * terms. Everything in here belongs to the store's thread, from the first call
 * to the last; only path and clock are set before it starts. */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "tc-clock.h"

/* "TCdb" */
#define TC_STORE_APPLICATION_ID 0x54436462

typedef struct _TcStoreBackup TcStoreBackup;

typedef struct {
  char       *path;        /* (owned) */
  TcClock    *clock;       /* (owned) read only */
  sqlite3    *handle;      /* (owned) (nullable) NULL: to be opened */
  GHashTable *statements;  /* (owned) static SQL text → sqlite3_stmt */
  GHashTable *sessions;    /* (owned) session id → what tc-store-points.c knows of it */
  GHashTable *resynced;    /* (owned) (nullable) set of session ids, see tc-store-recovery.h */

  TcStoreBackup *backup;   /* (owned) (nullable) the one in progress, see tc-store-backup.h */

  char       *recovery_message; /* (owned) (nullable) not yet handed to the store */
  gint64      last_backup_us;   /* UTC; 0: none known */
  gboolean    needs_check;      /* was not closed in an orderly way */
  gboolean    was_open;         /* somebody may rely on what was in it */

  /* Once the store closes, a locked database is not waited for much longer. */
  gint64      closing_since_us; /* monotonic; set before is_closing */
  int         is_closing;       /* (atomic) */
} TcStoreDb;

TcStoreDb    *tc_store_db_new         (const char   *path,
                                       TcClock      *clock);
void          tc_store_db_free        (TcStoreDb    *self);
void          tc_store_db_set_closing (TcStoreDb    *self);

gboolean      tc_store_db_connect     (TcStoreDb    *self,
                                       GError      **error);
gboolean      tc_store_db_configure   (TcStoreDb    *self,
                                       GError      **error);
void          tc_store_db_disconnect  (TcStoreDb    *self);
void          tc_store_db_keep_wal    (TcStoreDb    *self,
                                       gboolean      keep);

gboolean      tc_store_db_exec        (TcStoreDb    *self,
                                       const char   *sql,
                                       GError      **error);
gboolean      tc_store_db_get_int     (TcStoreDb    *self,
                                       const char   *sql,
                                       gint64       *value,
                                       GError      **error);
sqlite3_stmt *tc_store_db_prepare     (TcStoreDb    *self,
                                       const char   *static_sql,
                                       GError      **error);
gboolean      tc_store_db_step        (TcStoreDb    *self,
                                       sqlite3_stmt *statement,
                                       gboolean     *has_row,
                                       GError      **error);
gboolean      tc_store_db_finish      (TcStoreDb    *self,
                                       sqlite3_stmt *statement,
                                       GError      **error);
void          tc_store_db_set_error   (TcStoreDb    *self,
                                       const char   *what,
                                       GError      **error);
sqlite3      *tc_store_db_open_copy   (const char   *path);
void          tc_store_db_bind_text   (sqlite3_stmt *statement,
                                       int           index,
                                       const char   *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcStoreDb, tc_store_db_free)
