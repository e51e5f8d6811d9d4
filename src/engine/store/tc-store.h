/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The SQLite index of everything: sessions, points, gates, checkpoints, events,
 * settings. One worker thread owns the connection; every call here is made
 * from the main thread and answers on it, in the order the calls were made.
 * Writes that wait together share a transaction, but each fails or succeeds
 * by itself; an answer means that it survives a power cut. Nothing in here
 * blocks the caller except tc_store_open() and tc_store_close(), which must be
 * called before the last reference goes.
 *
 * After a database was lost or replaced (see ::recovered and
 * tc_store_get_recovery_message()), the engine saves the sessions it finds in
 * the run folders again; their cursors are 0, or older, and reading on from
 * there adds what is missing and nothing twice. */

#pragma once

#include <gio/gio.h>

#include "tc-clock.h"
#include "tc-point.h"
#include "tc-records.h"
#include "tc-session.h"

G_BEGIN_DECLS

#define TC_TYPE_STORE (tc_store_get_type ())
G_DECLARE_FINAL_TYPE (TcStore, tc_store, TC, STORE, GObject)

/* How far a run's files have been read. Saved in the transaction that holds
 * what was read, so that a restarted engine neither repeats nor skips. */
typedef struct {
  gint64 log_offset;
  gint64 events_offset;
  char  *parser_state;  /* (owned) (nullable) tc_log_parser_save() */
} TcIngestCursor;

/* One batch of what a run said. The store takes ownership of all of it. */
typedef struct {
  guint64        session_id;
  guint          attempt;
  GArray        *points;      /* (owned) (nullable) (element-type TcPoint) */
  GPtrArray     *gates;       /* (owned) (nullable) (element-type TcGate) */
  GPtrArray     *checkpoints; /* (owned) (nullable) (element-type TcCheckpoint) */
  GPtrArray     *events;      /* (owned) (nullable) (element-type TcEvent) */
  char          *session;     /* (owned) (nullable) the session's JSON after it */
  TcIngestCursor cursor;

  /*< private >*/
  GStringChunk  *names;       /* (owned) (nullable) of the points, once handed over */
} TcIngest;

TcIngest  *tc_ingest_new  (guint64   session_id,
                           guint     attempt);
void       tc_ingest_free (TcIngest *self);

TcStore   *tc_store_open  (const char       *path,
                           TcClock          *clock,
                           GError          **error);
void       tc_store_close (TcStore          *self);
const char *tc_store_get_recovery_message (TcStore *self);

/* Everything below is asynchronous; *_finish in the usual way. */
void       tc_store_load_sessions_async    (TcStore *self, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tc_store_load_sessions_finish   (TcStore *self, GAsyncResult *result,
                                            GError **error); /* (element-type TcSession) */

void       tc_store_save_sessions_async    (TcStore *self, GPtrArray *sessions,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_store_save_sessions_finish   (TcStore *self, GAsyncResult *result,
                                            GError **error);

void       tc_store_remove_session_async   (TcStore *self, guint64 session_id,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_store_remove_session_finish  (TcStore *self, GAsyncResult *result,
                                            GError **error);

void       tc_store_load_max_id_async      (TcStore *self, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_store_load_max_id_finish     (TcStore *self, GAsyncResult *result,
                                            guint64 *id, GError **error);

void       tc_store_ingest_async           (TcStore *self, TcIngest *ingest /* (transfer full) */,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_store_ingest_finish          (TcStore *self, GAsyncResult *result,
                                            GError **error);

void       tc_store_load_cursor_async      (TcStore *self, guint64 session_id,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_store_load_cursor_finish     (TcStore *self, GAsyncResult *result,
                                            TcIngestCursor *cursor, GError **error);

/* JSON: {"series":{"train_loss":[[x,value|"NaN"|"Infinity"|"-Infinity"],…],…}}.
 * series NULL: all; max_points 0: all, else min/max decimated a series. Of
 * several attempts the latest value at one x wins. */
void       tc_store_load_metrics_async     (TcStore *self, guint64 session_id,
                                            const char *series, guint max_points,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
JsonNode  *tc_store_load_metrics_finish    (TcStore *self, GAsyncResult *result,
                                            GError **error);

/* JSON arrays of the records of tc-records.h and tc-verdict.h. kind: "gates"
 * "checkpoints" "events" "verdicts" (of the last two the newest 1,000, oldest
 * first; session_id 0: of all). */
void       tc_store_load_records_async     (TcStore *self, const char *kind,
                                            guint64 session_id,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
JsonNode  *tc_store_load_records_finish    (TcStore *self, GAsyncResult *result,
                                            GError **error);

void       tc_store_add_event_async        (TcStore *self, TcEvent *event,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_store_add_event_finish       (TcStore *self, GAsyncResult *result,
                                            GError **error);

void       tc_store_set_setting_async      (TcStore *self, const char *key, const char *value,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_store_set_setting_finish     (TcStore *self, GAsyncResult *result,
                                            GError **error);
void       tc_store_get_setting_async      (TcStore *self, const char *key,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
char      *tc_store_get_setting_finish     (TcStore *self, GAsyncResult *result,
                                            GError **error); /* (nullable) without error: not set */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcIngest, tc_ingest_free)

G_END_DECLS
