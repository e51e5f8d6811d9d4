/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "tc-redactor.h"

#define MASK   TC_REDACTOR_MASK
#define SECRET "sk-ant-api03-Secret+Key/42"

static TcRedactor *
make_redactor (void)
{
  TcRedactor *redactor = tc_redactor_new ();

  g_assert_true (tc_redactor_add_secret (redactor, SECRET, -1));
  g_assert_true (tc_redactor_add_secret (redactor, "sk-ant", -1));
  g_assert_true (tc_redactor_add_secret (redactor, "xai-abcdefgh", 12));

  return redactor;
}

/* Every split point, every size of the pieces after it. */
static void
check (const char *text,
       const char *expected)
{
  gsize length = strlen (text);

  for (gsize split = 0; split <= length; split++)
    {
      for (gsize size = 1; size <= length; size += size < 8 ? 1 : 7)
        {
          g_autoptr(TcRedactor) redactor = make_redactor ();
          g_autoptr(GString) out = g_string_new (NULL);
          gsize at = 0;

          while (at < length)
            {
              gsize n = MIN (at == 0 && split > 0 ? split : size, length - at);
              g_autofree char *piece = g_memdup2 (text + at, n);

              tc_redactor_push (redactor, piece, n, out);
              at += n;
            }
          tc_redactor_finish (redactor, out);
          g_assert_cmpstr (out->str, ==, expected);
        }
    }
}

static void
test_plain (void)
{
  check ("", "");
  check ("nothing to hide here", "nothing to hide here");
  check (SECRET, MASK);
  check ("key=" SECRET "\n", "key=" MASK "\n");
  check (SECRET SECRET " xai-abcdefgh!", MASK MASK " " MASK "!");
  /* The longest wins; the short one where the long one breaks off. */
  check ("sk-ant-api03-Secret+Key/4x", MASK "-api03-Secret+Key/4x");
  check ("sk-ansk-ant-sk-an", "sk-an" MASK "-sk-an");
  check ("ends with sk-an", "ends with sk-an");
  check ("ends with sk-ant", "ends with " MASK);
  check ("ends with sk-ant-api", "ends with " MASK "-api");
}

static void
test_percent (void)
{
  check ("?k=sk-ant-api03-Secret%2BKey%2F42&", "?k=" MASK "&");
  check ("?k=sk-ant-api03-Secret%2bKey%2f42&", "?k=" MASK "&");
}

/* In base64 a secret hides behind whatever stands before it. */
static void
test_base64 (void)
{
  for (guint before = 0; before < 9; before++)
    {
      for (guint after = 0; after < 4; after++)
        {
          g_autofree char *head = g_strnfill (before, 'u');
          g_autofree char *tail = g_strnfill (after, ':');
          g_autofree char *clear = g_strconcat (head, SECRET, tail, NULL);
          g_autofree char *encoded = g_base64_encode ((const guchar *) clear, strlen (clear));
          g_autofree char *url = g_strdelimit (g_strdup (encoded), "+", '-');
          g_autoptr(TcRedactor) redactor = make_redactor ();
          g_autofree char *masked = tc_redactor_mask (redactor, encoded);
          g_autofree char *masked_url = NULL;

          g_strdelimit (url, "/", '_');
          masked_url = tc_redactor_mask (redactor, url);
          g_assert_nonnull (strstr (masked, MASK));
          g_assert_nonnull (strstr (masked_url, MASK));
          /* Of the secret no more than what shares a character with its
           * neighbours stays. */
          g_assert_cmpuint (strlen (masked), <=,
                            strlen (MASK) + (before * 4 + 2) / 3 + (after * 4 + 2) / 3 + 6);
        }
    }
}

static void
test_too_short (void)
{
  g_autoptr(TcRedactor) redactor = tc_redactor_new ();
  g_autofree char *masked = NULL;

  g_assert_false (tc_redactor_add_secret (redactor, "", -1));
  g_assert_false (tc_redactor_add_secret (redactor, "abcde", -1));
  masked = tc_redactor_mask (redactor, "abcde");
  g_assert_cmpstr (masked, ==, "abcde");
}

/* Text that can be no secret is not held back. */
static void
test_promptness (void)
{
  g_autoptr(TcRedactor) redactor = make_redactor ();
  g_autoptr(GString) out = g_string_new (NULL);

  tc_redactor_push (redactor, "Epoch 1\n", 8, out);
  g_assert_cmpstr (out->str, ==, "Epoch 1\n");
  tc_redactor_push (redactor, "x sk-an", 7, out);
  g_assert_cmpstr (out->str, ==, "Epoch 1\nx ");
  tc_redactor_push (redactor, "y", 1, out);
  g_assert_cmpstr (out->str, ==, "Epoch 1\nx sk-any");
}

static void
test_bytes (void)
{
  g_autoptr(TcRedactor) redactor = tc_redactor_new ();
  g_autoptr(GString) out = g_string_new (NULL);

  g_assert_true (tc_redactor_add_secret (redactor, "a\0b\xff\n\x01", 6));
  tc_redactor_push (redactor, "\0a\0b\xff\n\x01\0", 8, out);
  tc_redactor_finish (redactor, out);
  g_assert_cmpmem (out->str, out->len, "\0" MASK "\0", strlen (MASK) + 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/redactor/plain", test_plain);
  g_test_add_func ("/tc/redactor/percent", test_percent);
  g_test_add_func ("/tc/redactor/base64", test_base64);
  g_test_add_func ("/tc/redactor/too-short", test_too_short);
  g_test_add_func ("/tc/redactor/promptness", test_promptness);
  g_test_add_func ("/tc/redactor/bytes", test_bytes);

  return g_test_run ();
}
