/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a run needs from outside this machine's files before it may start: a key
 * that works, a model that is there, a way to the provider. The scheduler knows
 * only this interface; the engine hands it one (gateway/tc-run-access.c). Main
 * thread only.
 */

#include <gio/gio.h>

#include "tc-session.h"

G_BEGIN_DECLS

#define TC_TYPE_ACCESS (tc_access_get_type ())
G_DECLARE_INTERFACE (TcAccess, tc_access, TC, ACCESS, GObject)

/* Signal: changed () a session that waited may be able to start now */
struct _TcAccessInterface
{
  GTypeInterface parent_iface;

  /* What is known now, without asking anybody: NULL, or a sentence that the
   * session waits for ("Waiting for a valid xAI key: …"). (transfer full) */
  char     *(*dup_obstacle) (TcAccess            *self,
                             TcSession           *session);

  /* Checks the key with the provider, and opens the way. Finishes with the
   * variables "NAME=VALUE" for the script's environment, or with
   * TC_ERROR_UNAVAILABLE and the sentence to wait with. */
  void      (*open_async)   (TcAccess            *self,
                             TcSession           *session,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data);
  GStrv     (*open_finish)  (TcAccess            *self,
                             GAsyncResult        *result,
                             GError             **error);

  /* For a run that an earlier engine started. */
  void      (*resume)       (TcAccess            *self,
                             TcSession           *session);

  /* The run has ended, or never began. */
  void      (*close)        (TcAccess            *self,
                             TcSession           *session);
};

char     *tc_access_dup_obstacle (TcAccess            *self,
                                  TcSession           *session);
void      tc_access_open_async   (TcAccess            *self,
                                  TcSession           *session,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);
GStrv     tc_access_open_finish  (TcAccess            *self,
                                  GAsyncResult        *result,
                                  GError             **error);
void      tc_access_resume       (TcAccess            *self,
                                  TcSession           *session);
void      tc_access_close        (TcAccess            *self,
                                  TcSession           *session);
void      tc_access_emit_changed (TcAccess            *self);

G_END_DECLS
