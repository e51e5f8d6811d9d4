/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-access.h"

G_DEFINE_INTERFACE (TcAccess, tc_access, G_TYPE_OBJECT)

static guint changed_signal;

static void
tc_access_default_init (TcAccessInterface *iface)
{
  /**
   * TcAccess::changed:
   *
   * A session that waited may be able to start now.
   */
  changed_signal = g_signal_new ("changed", TC_TYPE_ACCESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

/**
 * tc_access_dup_obstacle:
 *
 * Asks nobody and is quick: it is called for every session that waits.
 *
 * Returns: (transfer full) (nullable): a sentence that @session waits for, or
 *   NULL when it may be tried
 */
char *
tc_access_dup_obstacle (TcAccess  *self,
                        TcSession *session)
{
  return TC_ACCESS_GET_IFACE (self)->dup_obstacle (self, session);
}

/**
 * tc_access_open_async:
 * @session: one that is starting; its attempt is not counted yet, so the run
 *   will be the attempt after the one it is at
 * @cancellable: (nullable): cancelled when the session is
 *
 * Checks what the run needs and opens the way. It finishes within a minute,
 * whatever the other side does.
 */
void
tc_access_open_async (TcAccess            *self,
                      TcSession           *session,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  TC_ACCESS_GET_IFACE (self)->open_async (self, session, cancellable, callback, user_data);
}

/**
 * tc_access_open_finish:
 * @error: TC_ERROR_UNAVAILABLE with the sentence to wait with; anything else
 *   means that the session can never start
 *
 * Returns: (transfer full) (nullable): variables "NAME=VALUE" for the run and
 *   for nobody else: they hold its token
 */
GStrv
tc_access_open_finish (TcAccess      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  return TC_ACCESS_GET_IFACE (self)->open_finish (self, result, error);
}

/** tc_access_resume: goes on for a run that an earlier engine started */
void
tc_access_resume (TcAccess  *self,
                  TcSession *session)
{
  TC_ACCESS_GET_IFACE (self)->resume (self, session);
}

/** tc_access_close: the run has ended or never began; nothing was open is no error */
void
tc_access_close (TcAccess  *self,
                 TcSession *session)
{
  TC_ACCESS_GET_IFACE (self)->close (self, session);
}

/** tc_access_emit_changed: for implementations */
void
tc_access_emit_changed (TcAccess *self)
{
  g_signal_emit (self, changed_signal, 0);
}
