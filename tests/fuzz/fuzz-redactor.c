/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The input is "pieces, length of the secret, the secret, a text": whatever the
 * pieces, the secret does not come out, and the text is the same. */

#include <string.h>

#include "fuzz.h"
#include "tc-redactor.h"

static GString *
redact (const char *secret,
        size_t      secret_length,
        const char *text,
        size_t      size,
        size_t      step)
{
  g_autoptr(TcRedactor) redactor = tc_redactor_new ();
  GString *out = g_string_new (NULL);

  tc_redactor_add_secret (redactor, secret, (gssize) secret_length);
  tc_redactor_add_secret (redactor, "sk-ant-api03-0123456789", -1);
  for (size_t at = 0; at < size; at += step)
    tc_redactor_push (redactor, text + at, MIN (step, size - at), out);
  tc_redactor_finish (redactor, out);

  return out;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GString) whole = NULL;
  g_autoptr(GString) pieces = NULL;
  const char *secret;
  size_t length;

  if (size < 2 || data[1] % 32 < TC_REDACTOR_MIN_SECRET || size < 2u + data[1] % 32)
    return 0;

  length = data[1] % 32;
  secret = (const char *) data + 2;
  size -= 2 + length;
  whole = redact (secret, length, secret + length, size, MAX (size, 1));
  pieces = redact (secret, length, secret + length, size, data[0] % 16 + 1u);

  g_assert (g_string_equal (whole, pieces));
  /* A secret that is part of the mask, or grows together around one, is no
   * secret that got through. */
  if (memchr (secret, '[', length) == NULL && memchr (secret, ']', length) == NULL &&
      memmem (TC_REDACTOR_MASK, strlen (TC_REDACTOR_MASK), secret, length) == NULL)
    g_assert (memmem (whole->str, whole->len, secret, length) == NULL);

  return 0;
}
