/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The one table of what the API offers, and the handlers it names. A part of
 * a path that begins with ':' is a number of a session or a key.
 */

#include "tc-api-request.h"

G_BEGIN_DECLS

typedef enum
{
  TC_API_ROUTE_DEFAULT   = 0,
  TC_API_ROUTE_UNIX_ONLY = 1 << 0, /* not over TCP, whatever the token */
  TC_API_ROUTE_WEBSOCKET = 1 << 1, /* has no handler; the event hub has it */
} TcApiRouteFlags;

typedef struct
{
  const char      *method;
  const char      *pattern;
  TcApiHandler     handler;
  TcApiRouteFlags  flags;
  const char      *summary; /* the same as in the OpenAPI document */
} TcApiRoute;

const TcApiRoute *tc_api_routes_get   (guint       *n_routes);
const TcApiRoute *tc_api_routes_find  (const char  *method,
                                       const char  *path,
                                       guint64     *id,
                                       char       **allowed,
                                       GError     **error);

/* tc-api-engine.c */
void tc_api_handle_engine       (TcApiRequest *request);
void tc_api_handle_engine_stop  (TcApiRequest *request);
void tc_api_handle_openapi      (TcApiRequest *request);

/* tc-api-server.c */
void tc_api_handle_server_get   (TcApiRequest *request);
void tc_api_handle_server_start (TcApiRequest *request);
void tc_api_handle_server_stop  (TcApiRequest *request);

/* tc-api-queue.c */
void tc_api_handle_queue_list   (TcApiRequest *request);
void tc_api_handle_queue_add    (TcApiRequest *request);
void tc_api_handle_queue_remove (TcApiRequest *request);
void tc_api_handle_queue_move   (TcApiRequest *request);
void tc_api_handle_queue_start  (TcApiRequest *request);
void tc_api_handle_queue_pause  (TcApiRequest *request);

/* tc-api-estimate.c */
void tc_api_handle_estimate     (TcApiRequest *request);
void tc_api_handle_estimate_get (TcApiRequest *request);

/* tc-api-training.c */
void tc_api_handle_status       (TcApiRequest *request);
void tc_api_handle_cancel       (TcApiRequest *request);
void tc_api_handle_suspend      (TcApiRequest *request);
void tc_api_handle_resume       (TcApiRequest *request);
void tc_api_handle_retry        (TcApiRequest *request);
void tc_api_handle_restore      (TcApiRequest *request);

/* tc-api-annotate.c */
void tc_api_handle_annotate     (TcApiRequest *request);

/* tc-api-records.c */
void tc_api_handle_metrics      (TcApiRequest *request);
void tc_api_handle_gates        (TcApiRequest *request);
void tc_api_handle_verdicts     (TcApiRequest *request);
void tc_api_handle_checkpoints  (TcApiRequest *request);
void tc_api_handle_events       (TcApiRequest *request);
void tc_api_handle_all_events   (TcApiRequest *request);

/* tc-api-checkpoints.c */
void tc_api_handle_all_checkpoints     (TcApiRequest *request);
void tc_api_handle_checkpoints_remove  (TcApiRequest *request);
void tc_api_handle_checkpoints_restore (TcApiRequest *request);
void tc_api_handle_checkpoints_keep    (TcApiRequest *request);
void tc_api_handle_checkpoints_purge   (TcApiRequest *request);

/* tc-api-retention.c */
void tc_api_handle_retention           (TcApiRequest *request);
void tc_api_handle_retention_set       (TcApiRequest *request);

/* tc-api-folder.c */
void tc_api_handle_spec         (TcApiRequest *request);
void tc_api_handle_gate_report  (TcApiRequest *request);

/* tc-api-keys.c */
void tc_api_handle_keys_list    (TcApiRequest *request);
void tc_api_handle_keys_add     (TcApiRequest *request);
void tc_api_handle_keys_replace (TcApiRequest *request);
void tc_api_handle_keys_rename  (TcApiRequest *request);
void tc_api_handle_keys_check   (TcApiRequest *request);
void tc_api_handle_keys_remove  (TcApiRequest *request);
void tc_api_handle_keys_restore (TcApiRequest *request);
void tc_api_handle_keys_unlock (TcApiRequest *request);

/* tc-api-models.c */
void tc_api_handle_models       (TcApiRequest *request);
void tc_api_handle_pull         (TcApiRequest *request);
void tc_api_handle_pulls        (TcApiRequest *request);
void tc_api_handle_pull_cancel  (TcApiRequest *request);

/* tc-api-spend.c */
void tc_api_handle_spend        (TcApiRequest *request);
void tc_api_handle_corpus       (TcApiRequest *request);
void tc_api_handle_python       (TcApiRequest *request);
void tc_api_handle_awake        (TcApiRequest *request);
void tc_api_handle_awake_set    (TcApiRequest *request);
void tc_api_handle_budget       (TcApiRequest *request);
void tc_api_handle_budget_set   (TcApiRequest *request);

/* tc-api-logs.c */
void tc_api_handle_logs         (TcApiRequest *request);

G_END_DECLS
