/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the files of TcStore share. Main thread only. */

#pragma once

#include "tc-store-thread.h"
#include "tc-store.h"

/* What an operation is asked to do; each uses what it needs. */
typedef struct {
  guint64    session_id;
  guint      max_points;
  char      *text;    /* (owned) (nullable) a series, a kind, a key */
  char      *value;   /* (owned) (nullable) */
  TcEvent   *event;   /* (owned) (nullable) */
  GArray    *rows;    /* (owned) (nullable) (element-type TcSessionRow) */
} TcStoreRequest;

TcStoreRequest *tc_store_request_new  (guint64                 session_id,
                                       const char             *text);
void            tc_store_request_free (gpointer                data);

GTask          *tc_store_new_task     (TcStore                *self,
                                       gpointer                source_tag,
                                       GCancellable           *cancellable,
                                       GAsyncReadyCallback     callback,
                                       gpointer                user_data);
void            tc_store_start        (TcStore                *self,
                                       const TcStoreOperation *operation,
                                       gpointer                data,
                                       GTask                  *task);
gboolean        tc_store_is_answer    (TcStore                *self,
                                       GAsyncResult           *result,
                                       gpointer                source_tag);
