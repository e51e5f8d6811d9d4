/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The engine, seen from a program that shows it. Finds or starts the engine,
 * keeps a live mirror of its queue, and comes back by itself when the engine
 * was killed and starts again. Everything is asynchronous; one main context.
 */

#include "tc-paths.h"
#include "tc-queue.h"
#include "tc-transport.h"

G_BEGIN_DECLS

typedef enum
{
  TC_CLIENT_DISCONNECTED, /* not asked to connect, or told to let go */
  TC_CLIENT_CONNECTING,   /* at first, and again after the engine went away */
  TC_CLIENT_CONNECTED,    /* the mirror is equal to the engine's queue */
} TcClientState;

typedef enum
{
  TC_CLIENT_DEFAULT      = 0,
  TC_CLIENT_START_ENGINE = 1 << 0, /* start it when nobody answers */
} TcClientFlags;

/* One point of a run as it happened. value is NaN or infinite if the script
 * said so. */
typedef struct
{
  const char *series; /* (unowned) interned */
  double      x;
  double      value;
} TcClientPoint;

#define TC_TYPE_CLIENT (tc_client_get_type ())
G_DECLARE_FINAL_TYPE (TcClient, tc_client, TC, CLIENT, GObject)

/* Property "state" (a TcClientState as a uint) and "paused" (of the queue).
 * Signals:
 *  points   (guint64 id, GArray *points) (element-type TcClientPoint)
 *  record   (const char *kind, guint64 id, JsonObject *record) "gate", "checkpoint" or "event"
 *  log      (guint64 id, gint64 size) the log has grown
 *  sessions () one came, went or is in another state
 *  news     (const char *type, JsonObject *event) what is no session's: "key", "spend", "pull"
 */
TcClient     *tc_client_new            (TcPaths              *paths,
                                        TcClientFlags         flags);
TcClientState tc_client_get_state      (TcClient             *self);
gboolean      tc_client_get_paused     (TcClient             *self);
TcQueue      *tc_client_get_queue      (TcClient             *self);
const char   *tc_client_get_problem    (TcClient             *self);

void          tc_client_connect_async  (TcClient             *self,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
gboolean      tc_client_connect_finish (TcClient             *self,
                                        GAsyncResult         *result,
                                        GError              **error);
void          tc_client_try_now        (TcClient             *self);
void          tc_client_disconnect     (TcClient             *self);

/* Any request of the API, also without a mirror. */
void          tc_client_request_async  (TcClient             *self,
                                        const char           *method,
                                        const char           *target,
                                        JsonNode             *body,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
TcReply      *tc_client_request_finish (TcClient             *self,
                                        GAsyncResult         *result,
                                        GError              **error);

/* A verb of a session: cancel, suspend, resume, retry. */
void          tc_client_command_async  (TcClient             *self,
                                        const char           *verb,
                                        guint64               session_id,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
gboolean      tc_client_command_finish (TcClient             *self,
                                        GAsyncResult         *result,
                                        GError              **error);

G_END_DECLS
