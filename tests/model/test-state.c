/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-session-state.h"

static void
test_names (void)
{
  for (guint i = 0; i < TC_SESSION_N_STATES; i++)
    {
      TcSessionState state = TC_SESSION_N_STATES;

      g_assert_true (tc_session_state_from_string (tc_session_state_to_string (i), &state));
      g_assert_cmpuint (state, ==, i);
    }
}

static void
test_unknown_names (void)
{
  TcSessionState state = TC_SESSION_PAUSED;

  g_assert_false (tc_session_state_from_string (NULL, &state));
  g_assert_false (tc_session_state_from_string ("Running", &state));
  g_assert_cmpuint (state, ==, TC_SESSION_PAUSED);
}

/* The arrows of the design, written down a second time on purpose. */
static void
test_transitions (void)
{
  const char *arrows[] = {
    "queued>starting", "queued>blocked", "queued>skipped", "queued>cancelled",
    "blocked>queued", "blocked>skipped", "blocked>cancelled",
    "starting>running", "starting>failed", "starting>cancelled", "starting>completed",
    "starting>queued",
    "running>paused", "running>completed", "running>failed", "running>cancelled", "running>queued",
    "paused>running", "paused>completed", "paused>failed", "paused>cancelled", "paused>queued",
    "completed>queued", "failed>queued", "cancelled>queued", "skipped>queued", NULL
  };

  for (guint from = 0; from < TC_SESSION_N_STATES; from++)
    {
      for (guint to = 0; to < TC_SESSION_N_STATES; to++)
        {
          g_autofree char *arrow = g_strdup_printf ("%s>%s", tc_session_state_to_string (from),
                                                    tc_session_state_to_string (to));

          if (tc_session_state_can_become (from, to) != g_strv_contains (arrows, arrow))
            g_error ("%s is %s", arrow, tc_session_state_can_become (from, to) ? "allowed" : "missing");
        }
    }
}

static void
test_ended_or_active (void)
{
  for (guint i = 0; i < TC_SESSION_N_STATES; i++)
    g_assert_false (tc_session_state_is_active (i) && tc_session_state_is_final (i));
  g_assert_true (tc_session_state_is_active (TC_SESSION_PAUSED));
  g_assert_true (tc_session_state_is_final (TC_SESSION_SKIPPED));
  g_assert_false (tc_session_state_is_final (TC_SESSION_BLOCKED));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/session-state/names", test_names);
  g_test_add_func ("/tc/session-state/unknown-names", test_unknown_names);
  g_test_add_func ("/tc/session-state/transitions", test_transitions);
  g_test_add_func ("/tc/session-state/ended-or-active", test_ended_or_active);

  return g_test_run ();
}
