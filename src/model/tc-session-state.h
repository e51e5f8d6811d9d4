/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The states of a session and the one table of transitions between them
 * (design: queued → starting → running ⇄ paused → completed | failed |
 * cancelled; queued → blocked → skipped). Pure functions, any thread. */

#pragma once

#include <glib.h>

typedef enum {
  TC_SESSION_QUEUED,
  TC_SESSION_BLOCKED,
  TC_SESSION_STARTING,
  TC_SESSION_RUNNING,
  TC_SESSION_PAUSED,
  TC_SESSION_COMPLETED,
  TC_SESSION_FAILED,
  TC_SESSION_CANCELLED,
  TC_SESSION_SKIPPED,
  TC_SESSION_N_STATES
} TcSessionState;

const char *tc_session_state_to_string   (TcSessionState  state);
gboolean    tc_session_state_from_string (const char     *text,
                                          TcSessionState *state);
gboolean    tc_session_state_can_become  (TcSessionState  from,
                                          TcSessionState  to);
gboolean    tc_session_state_is_active   (TcSessionState  state);
gboolean    tc_session_state_is_final    (TcSessionState  state);
