/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Has runs judged by their own model: at each quality gate, and every so many
 * epochs if the session wants that. Stores what it says, tells it, and does
 * what the session's policy allows. Whatever goes wrong here, the run goes on.
 * Main thread only.
 *
 * One question a session at a time; a newer one takes the place of one that
 * waits. What was asked when an engine dies is not asked again; the next gate
 * is.
 */

#include "tc-run-access.h"
#include "tc-scheduler.h"
#include "tc-verdict-ask.h"

G_BEGIN_DECLS

#define TC_TYPE_SUPERVISOR (tc_supervisor_get_type ())
G_DECLARE_FINAL_TYPE (TcSupervisor, tc_supervisor, TC, SUPERVISOR, GObject)

TcSupervisor *tc_supervisor_new      (TcScheduler          *scheduler,
                                      TcRunAccess          *access,
                                      const TcVerdictTools *tools);
void          tc_supervisor_shutdown (TcSupervisor         *self);

G_END_DECLS
