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

/* ---- In place ---- */

/* Nothing known has this shape; the rest have those of keys. */
#define CUSTOM "Ab-plain.Secret/of+42!"

static const char *const shaped[] = {
  "sk-ant-api03-AbCd_efgh-0123456789abcdefghij_kl-AA",
  "sk-proj-CaNaRyOfTheTests0123456789-Zq7x_abcdefgh",
  "sk-or-v1-0123456789abcdef0123456789abcdef",
  "sk-0123456789abcdef0123456789abcdef",
  "xai-CaNaRyOfTheTests0123456789abcdefghijklm",
  "gsk_abcdefghijKLMNOPQRST0123456789",
  "AIzaSyA-0123456789_abcdefghijklmnopqrst",
  "hf_AbCdEfGhIjKlMnOpQrStUvWxYz01234567",
};

static TcRedactor *
make_shaped (void)
{
  TcRedactor *redactor = tc_redactor_new ();

  tc_redactor_add_shapes (redactor);
  g_assert_true (tc_redactor_add_digest (redactor, CUSTOM, -1));

  return redactor;
}

/* In lines of 76, as base64 does it. */
static char *
wrap (const char *text)
{
  GString *wrapped = g_string_new (NULL);

  for (gsize i = 0; text[i] != '\0'; i++)
    {
      if (i > 0 && i % 76 == 0)
        g_string_append_c (wrapped, '\n');
      g_string_append_c (wrapped, text[i]);
    }

  return g_string_free_and_steal (wrapped);
}

static char *
encode (const char *secret,
        guint       before,
        gboolean    is_wrapped)
{
  g_autofree char *head = g_strnfill (before, '=');
  g_autofree char *clear = g_strconcat (head, secret, "\n", NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *) clear, strlen (clear));

  return is_wrapped ? wrap (encoded) : g_steal_pointer (&encoded);
}

/* Each form of a secret, with what is around it. */
static GPtrArray *
make_forms (const char *secret)
{
  GPtrArray *forms = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (forms, g_strdup (secret));
  g_ptr_array_add (forms, g_uri_escape_string (secret, NULL, FALSE));
  for (guint before = 0; before < 3; before++)
    {
      g_ptr_array_add (forms, encode (secret, before, FALSE));
      g_ptr_array_add (forms, g_strdelimit (g_strdelimit (encode (secret, before, FALSE), "+", '-'), "/", '_'));
    }
  for (guint before = 40; before < 60; before++)
    g_ptr_array_add (forms, encode (secret, before, TRUE));

  return forms;
}

static char *
mask_whole (TcRedactor *redactor,
            const char *text)
{
  char *masked = g_strdup (text);

  g_assert_cmpuint (tc_redactor_mask_in_place (redactor, masked, strlen (text), TC_REDACTOR_END), ==,
                    strlen (text));

  return masked;
}

/* As much as fits in between are stars, up to some characters that also hold
 * bits of their neighbours. */
static void
check_hidden (const char *masked,
              const char *form,
              gsize       around)
{
  gsize n_left = 0;

  for (gsize i = 0; i < strlen (form); i++)
    n_left += masked[i] != TC_REDACTOR_FILL;
  if (n_left > around)
    g_error ("“%s” came out as “%s”", form, masked);
}

static void
check_forms (const char *secret)
{
  g_autoptr(TcRedactor) redactor = make_shaped ();
  g_autoptr(GPtrArray) forms = make_forms (secret);

  for (guint i = 0; i < forms->len; i++)
    {
      const char *form = g_ptr_array_index (forms, i);
      g_autofree char *text = g_strconcat ("Epoch 1\nkey: ", form, "\nEpoch 2\n", NULL);
      g_autofree char *masked = mask_whole (redactor, text);
      gsize start = strlen ("Epoch 1\nkey: ");

      g_assert_cmpuint (strlen (masked), ==, strlen (text));
      g_assert_true (g_str_has_prefix (masked, "Epoch 1\nkey: "));
      g_assert_true (g_str_has_suffix (masked, "\nEpoch 2\n"));
      check_hidden (masked + start, form, i < 2 ? 0 : i < 8 ? 8 : 60 * 4 / 3 + 10);
    }
}

static void
test_forms (void)
{
  check_forms (CUSTOM);
  for (guint i = 0; i < G_N_ELEMENTS (shaped); i++)
    check_forms (shaped[i]);
}

/* Whoever gets the text in pieces, as it is written, gets the same. */
static void
check_growth (TcRedactor *redactor,
              const char *text)
{
  g_autofree char *masked = mask_whole (redactor, text);
  gsize length = strlen (text);
  gsize clear = 0;

  for (gsize size = 0; size <= length; size++)
    {
      g_autofree char *piece = g_memdup2 (text, size + 1);
      gsize now = tc_redactor_mask_in_place (redactor, piece, size, TC_REDACTOR_MORE);

      g_assert_cmpuint (now, <=, size);
      g_assert_cmpuint (now, >=, clear);
      g_assert_cmpmem (piece, now, masked, now);
      clear = now;
    }
}

/* Any piece, given what reaches into it. */
static void
check_windows (TcRedactor *redactor,
               const char *text)
{
  g_autofree char *masked = mask_whole (redactor, text);
  gsize length = strlen (text);
  gsize reach = tc_redactor_get_reach (redactor);

  for (gsize from = 1; from < length; from += 23)
    {
      for (gsize size = 1; size <= 1600; size = size * 7 + 3)
        {
          gsize to = MIN (from + size, length);
          gsize start = from > reach ? from - reach : 0;
          gsize end = MIN (to + reach, length);
          g_autofree char *piece = g_memdup2 (text + start, end - start);

          tc_redactor_mask_in_place (redactor, piece, end - start, TC_REDACTOR_END);
          g_assert_cmpmem (piece + from - start, to - from, masked + from, to - from);
        }
    }
}

static void
test_splits (void)
{
  g_autoptr(TcRedactor) redactor = make_shaped ();
  g_autofree char *noise = g_strnfill (1500, 'u');

  for (guint i = 0; i <= G_N_ELEMENTS (shaped); i++)
    {
      const char *secret = i < G_N_ELEMENTS (shaped) ? shaped[i] : CUSTOM;
      g_autoptr(GPtrArray) forms = make_forms (secret);

      for (guint j = 0; j < forms->len; j += j < 8 ? 1 : 5)
        {
          const char *form = g_ptr_array_index (forms, j);
          g_autofree char *text = g_strconcat ("Epoch 1\n\tkey=", form, "\nEpoch 2\n", NULL);
          g_autofree char *wide = g_strconcat (noise, "\n", form, " ", noise, NULL);

          check_growth (redactor, text);
          if (j % 4 == 0)
            check_windows (redactor, wide);
        }
    }
}

/* One behind the other and one in the other: no byte of either is left. */
static void
test_overlap (void)
{
  g_autoptr(TcRedactor) redactor = tc_redactor_new ();
  g_autofree char *masked = NULL;

  tc_redactor_add_secret (redactor, "abcdefgh", -1);
  tc_redactor_add_secret (redactor, "fghijklm", -1);
  masked = mask_whole (redactor, ".abcdefghijklm.fghijklmabcdefgh.");
  g_assert_cmpstr (masked, ==, ".*************.****************.");
}

/* What only begins like a key is none, and does not wait for long. */
static void
test_harmless (void)
{
  static const char *const texts[] = {
    "task-internationalization-of-everything", "multitask-learning-rate-0.001-seed-1337",
    "sk-", "sk-ant-", "xai-tools", "https://example.org/disk-usage?of=everything&in=detail",
    "c2stYW50L", "  Batch 10/17, Loss: 20.9214\r  Batch 11/17, Loss: 20.9000\r", "Ab-plain.Secret/of+43!",
    "risk-averse-reinforcement-learning-baseline_2",
  };
  g_autoptr(TcRedactor) redactor = make_shaped ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *line = g_strconcat (texts[i], "\n\n", NULL);
      g_autofree char *masked = mask_whole (redactor, line);

      g_assert_cmpstr (masked, ==, line);
      g_assert_cmpuint (tc_redactor_mask_in_place (redactor, masked, strlen (line), TC_REDACTOR_MORE), ==,
                        strlen (line));
    }
}

/* Where nobody knows what follows, the start of a key is one. */
static void
test_cut (void)
{
  g_autoptr(TcRedactor) redactor = make_shaped ();
  g_autofree char *start = tc_redactor_mask_text (redactor, "key sk-ant-api0");
  g_autofree char *whole = tc_redactor_mask_text (redactor, "key sk-ant-api0 was");
  g_autofree char *other = tc_redactor_mask_text (redactor, "a task-spec");

  g_assert_cmpstr (start, ==, "key ***********");
  g_assert_cmpstr (whole, ==, "key sk-ant-api0 was");
  g_assert_cmpstr (other, ==, "a task-spec");
  g_assert_null (tc_redactor_mask_text (redactor, NULL));
}

/* A key without an end is masked as far as keys go, and holds nobody up. */
static void
test_endless (void)
{
  g_autoptr(TcRedactor) redactor = make_shaped ();
  g_autofree char *body = g_strnfill (100000, 'A');
  g_autofree char *text = g_strconcat ("sk-proj-", body, NULL);
  gsize clear = tc_redactor_mask_in_place (redactor, text, strlen (text), TC_REDACTOR_MORE);

  g_assert_cmpuint (clear + tc_redactor_get_reach (redactor), >=, strlen (text));
  g_assert_cmpuint (strspn (text, "*"), >=, 500);
}

/* In a stream, too. */
static void
test_shapes_in_stream (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shaped); i++)
    {
      g_autofree char *text = g_strconcat ("key=", shaped[i], "\n", NULL);

      for (gsize split = 0; split <= strlen (text); split++)
        {
          g_autoptr(TcRedactor) redactor = make_shaped ();
          g_autoptr(GString) out = g_string_new (NULL);

          tc_redactor_push (redactor, text, split, out);
          tc_redactor_push (redactor, text + split, strlen (text) - split, out);
          tc_redactor_finish (redactor, out);
          g_assert_cmpstr (out->str, ==, "key=" MASK "\n");
        }
    }
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

  g_test_add_func ("/tc/redactor/forms", test_forms);
  g_test_add_func ("/tc/redactor/splits", test_splits);
  g_test_add_func ("/tc/redactor/overlap", test_overlap);
  g_test_add_func ("/tc/redactor/harmless", test_harmless);
  g_test_add_func ("/tc/redactor/cut", test_cut);
  g_test_add_func ("/tc/redactor/endless", test_endless);
  g_test_add_func ("/tc/redactor/shapes-in-stream", test_shapes_in_stream);

  return g_test_run ();
}
