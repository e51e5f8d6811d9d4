/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "page-test.h"

#define PATIENCE_US (30 * G_USEC_PER_SEC)

/** page_test_wait: Runs the main loop until @condition holds; fails after half a minute. */
void
page_test_wait (PageCondition  condition,
                gpointer       fixture,
                const char    *argument)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  while (!condition (fixture, argument))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
}

static void
on_reply (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  JsonNode **answer = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  g_assert_no_error (error);
  *answer = tc_reply_parse (reply, &error);
  g_assert_no_error (error);
}

/**
 * page_test_call:
 * @body: (nullable): JSON
 *
 * Asks the engine, which must agree.
 *
 * Returns: (transfer full): what it answered
 */
JsonNode *
page_test_call (TcClient   *client,
                const char *method,
                const char *target,
                const char *body)
{
  g_autoptr(JsonNode) node = body != NULL ? json_from_string (body, NULL) : NULL;
  JsonNode *answer = NULL;

  tc_client_request_async (client, method, target, node, NULL, on_reply, &answer);
  while (answer == NULL)
    g_main_context_iteration (NULL, TRUE);

  return answer;
}
