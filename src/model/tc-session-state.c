/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-session-state.h"

static const char *const names[TC_SESSION_N_STATES] = {
  [TC_SESSION_QUEUED] = "queued",
  [TC_SESSION_BLOCKED] = "blocked",
  [TC_SESSION_STARTING] = "starting",
  [TC_SESSION_RUNNING] = "running",
  [TC_SESSION_PAUSED] = "paused",
  [TC_SESSION_COMPLETED] = "completed",
  [TC_SESSION_FAILED] = "failed",
  [TC_SESSION_CANCELLED] = "cancelled",
  [TC_SESSION_SKIPPED] = "skipped",
};

#define TO(state) (1u << TC_SESSION_##state)

/* The one table of transitions. A state that ended may go back to the queue
 * (retry, host restarted), and an active one too: its engine or its computer
 * went away before it could end. */
static const guint transitions[TC_SESSION_N_STATES] = {
  [TC_SESSION_QUEUED] = TO (STARTING) | TO (BLOCKED) | TO (SKIPPED) | TO (CANCELLED),
  [TC_SESSION_BLOCKED] = TO (QUEUED) | TO (SKIPPED) | TO (CANCELLED),
  [TC_SESSION_STARTING] = TO (RUNNING) | TO (FAILED) | TO (CANCELLED) | TO (COMPLETED) | TO (QUEUED),
  [TC_SESSION_RUNNING] = TO (PAUSED) | TO (COMPLETED) | TO (FAILED) | TO (CANCELLED) | TO (QUEUED),
  [TC_SESSION_PAUSED] = TO (RUNNING) | TO (COMPLETED) | TO (FAILED) | TO (CANCELLED) | TO (QUEUED),
  [TC_SESSION_COMPLETED] = TO (QUEUED),
  [TC_SESSION_FAILED] = TO (QUEUED),
  [TC_SESSION_CANCELLED] = TO (QUEUED),
  [TC_SESSION_SKIPPED] = TO (QUEUED),
};

/**
 * tc_session_state_to_string:
 *
 * Returns: (transfer none): the state's name in JSON and on the command line
 */
const char *
tc_session_state_to_string (TcSessionState state)
{
  g_return_val_if_fail (state < TC_SESSION_N_STATES, "failed");

  return names[state];
}

/**
 * tc_session_state_from_string:
 * @text: (nullable): a state's name
 * @state: (out): the state; untouched when there is none of that name
 *
 * Returns: whether @text names a state
 */
gboolean
tc_session_state_from_string (const char     *text,
                              TcSessionState *state)
{
  g_return_val_if_fail (state != NULL, FALSE);

  for (guint i = 0; i < TC_SESSION_N_STATES; i++)
    {
      if (g_strcmp0 (names[i], text) == 0)
        {
          *state = i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * tc_session_state_can_become:
 *
 * Returns: whether the table of transitions has an arrow @from → @to
 */
gboolean
tc_session_state_can_become (TcSessionState from,
                             TcSessionState to)
{
  g_return_val_if_fail (from < TC_SESSION_N_STATES, FALSE);
  g_return_val_if_fail (to < TC_SESSION_N_STATES, FALSE);

  return (transitions[from] & (1u << to)) != 0;
}

/**
 * tc_session_state_is_active:
 *
 * Returns: whether processes of the session may exist
 */
gboolean
tc_session_state_is_active (TcSessionState state)
{
  return state == TC_SESSION_STARTING ||
         state == TC_SESSION_RUNNING ||
         state == TC_SESSION_PAUSED;
}

/**
 * tc_session_state_is_final:
 *
 * Returns: whether the session has ended, until somebody retries it
 */
gboolean
tc_session_state_is_final (TcSessionState state)
{
  return state == TC_SESSION_COMPLETED ||
         state == TC_SESSION_FAILED ||
         state == TC_SESSION_CANCELLED ||
         state == TC_SESSION_SKIPPED;
}
