/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-api-gate.h"

#define TOKEN "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"

static guint
check_at (TcApiGate  *gate,
          const char *headers,
          gboolean    is_own_user,
          gint64      now_us)
{
  g_autofree char *text = g_strconcat ("POST /x HTTP/1.1\r\n", headers, "\r\n", NULL);
  g_auto (TcHttpHead) head = { NULL };
  TcApiRefusal refusal = { 0 };
  const char *reason;

  g_assert_cmpuint (tc_http_head_parse (&head, text, strlen (text), &reason), ==, 0);
  if (tc_api_gate_check (gate, &head, is_own_user, now_us, &refusal))
    return 0;
  g_assert_cmpstr (refusal.code, ==, tc_api_gate_code_for (refusal.status));
  g_assert_true (g_str_has_suffix (refusal.message, ".") ||
                 g_str_has_suffix (refusal.message, "it."));
  return refusal.status;
}

static void
test_unix (void)
{
  g_autoptr (TcApiGate) gate = tc_api_gate_new_unix ();

  g_assert_false (tc_api_gate_is_tcp (gate));
  g_assert_cmpuint (check_at (gate, "Host: localhost\r\n", TRUE, 0), ==, 0);
  g_assert_cmpuint (check_at (gate, "Host:\r\n", TRUE, 0), ==, 0);
  g_assert_cmpuint (check_at (gate, "Host: localhost\r\n", FALSE, 0), ==, 403);
  g_assert_cmpuint (check_at (gate, "Host: localhost:1\r\n", TRUE, 0), ==, 403);
  g_assert_cmpuint (check_at (gate, "", TRUE, 0), ==, 400);
  g_assert_cmpuint (check_at (gate, "Host: localhost\r\nOrigin: x\r\n", TRUE, 0), ==, 403);
}

static void
test_tcp (void)
{
  g_autoptr (TcApiGate) gate = tc_api_gate_new_tcp (5000, TOKEN);

  g_assert_cmpuint (check_at (gate, "Host: 127.0.0.1:5000\r\nAuthorization: Bearer " TOKEN "\r\n",
                              TRUE, 0), ==, 0);
  g_assert_cmpuint (check_at (gate, "Host: 127.0.0.1:5000\r\nAuthorization: bearer " TOKEN "\r\n",
                              TRUE, 0), ==, 0);
  g_assert_cmpuint (check_at (gate, "Host: 127.0.0.1:5000\r\nAuthorization: Bearer " TOKEN "\r\n",
                              FALSE, 0), ==, 403);
  g_assert_cmpuint (check_at (gate, "Host: 127.0.0.1:5000\r\n", TRUE, 0), ==, 401);

  /* A name that is not ours learns nothing about the token. */
  g_assert_cmpuint (check_at (gate, "Host: evil:5000\r\n", TRUE, 0), ==, 403);
}

/* One wrong character at any place, and every other length, is a wrong token. */
static void
test_every_character (void)
{
  g_autoptr (TcApiGate) gate = tc_api_gate_new_tcp (5000, TOKEN);

  for (gsize i = 0; i < 2 * strlen (TOKEN); i++)
    {
      g_autofree char *token = g_strdup (TOKEN TOKEN);
      g_autofree char *headers = NULL;
      guint status;

      if (i < strlen (TOKEN))
        {
          token[strlen (TOKEN)] = 0;
          token[i] ^= 1;
        }
      else
        token[i - strlen (TOKEN)] = 0;
      headers = g_strdup_printf ("Host: localhost:5000\r\nAuthorization: Bearer %s\r\n", token);
      status = check_at (gate, headers, TRUE, (gint64) i * 60 * G_USEC_PER_SEC);
      g_assert_cmpuint (status, ==, 401);
    }
}

static void
test_back_off (void)
{
  g_autoptr (TcApiGate) gate = tc_api_gate_new_tcp (5000, TOKEN);
  const char *wrong = "Host: localhost:5000\r\nAuthorization: Bearer x\r\n";
  const char *right = "Host: localhost:5000\r\nAuthorization: Bearer " TOKEN "\r\n";
  const gint64 start = 100 * G_USEC_PER_SEC;

  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (check_at (gate, wrong, TRUE, start), ==, 401);
  g_assert_cmpuint (check_at (gate, wrong, TRUE, start), ==, 429);
  g_assert_cmpuint (check_at (gate, right, TRUE, start), ==, 0);
  g_assert_cmpuint (check_at (gate, wrong, TRUE, start + 9 * G_USEC_PER_SEC), ==, 429);
  g_assert_cmpuint (check_at (gate, wrong, TRUE, start + 11 * G_USEC_PER_SEC), ==, 401);
}

static void
test_make_token (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 1000; i++)
    {
      char *token = tc_api_gate_make_token ();

      g_assert_cmpuint (strlen (token), ==, 43);
      g_assert_cmpuint (strspn (token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_"), ==, 43);
      g_assert_true (g_hash_table_add (seen, token));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/api-gate/unix", test_unix);
  g_test_add_func ("/tc/api-gate/tcp", test_tcp);
  g_test_add_func ("/tc/api-gate/every-character", test_every_character);
  g_test_add_func ("/tc/api-gate/back-off", test_back_off);
  g_test_add_func ("/tc/api-gate/make-token", test_make_token);
  return g_test_run ();
}
