/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The engine's TcAccess: chooses a session's key from the pool, checks it with
 * the provider (or that Ollama runs and has the model), and opens the gateway
 * for the run. Sessions without a provider, or with one nobody here knows, need
 * nothing of it. Main thread only.
 */

#include "tc-access.h"
#include "tc-catalogue.h"
#include "tc-gateway.h"
#include "tc-key-pool.h"

G_BEGIN_DECLS

#define TC_TYPE_RUN_ACCESS (tc_run_access_get_type ())
G_DECLARE_FINAL_TYPE (TcRunAccess, tc_run_access, TC, RUN_ACCESS, GObject)

/* Signal: problem (guint64 session_id, int severity, const char *kind, const char *text)
 *         what the person in front of a run should know of its key */
TcRunAccess *tc_run_access_new         (TcKeyPool   *keys,
                                        TcCatalogue *catalogue,
                                        TcGateway   *gateway);

/* From now on the gateway listens, or does not and never will: then @problem
 * says why, and sessions with a provider wait with it. Until then those whose
 * turn it is wait for this. */
void         tc_run_access_begin       (TcRunAccess *self,
                                        const char  *problem);

/* Something that sessions may have waited for has happened, as a model that
 * Ollama has now. */
void         tc_run_access_look_again  (TcRunAccess *self);

/* Whether runs of an earlier engine still wait for their keys: the gateway is
 * to listen when they have them, since a client tries again when nobody listens
 * but not when its token is not known. Told by TcAccess::changed. */
gboolean     tc_run_access_is_resuming (TcRunAccess *self);

/* The grant a run that is on was given; the supervisor asks with it.
 * (transfer none) (nullable): it has none, or it is not on. */
TcGrant     *tc_run_access_get_grant   (TcRunAccess *self,
                                        guint64      session_id);

G_END_DECLS
