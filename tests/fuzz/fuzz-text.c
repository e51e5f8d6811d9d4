/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The first byte says in what pieces the rest arrives; the text must be that of
 * the whole, and harmless. */

#include "fuzz.h"
#include "tc-text.h"

#include <string.h>

static GString *
sanitize (const char  *bytes,
          size_t       size,
          size_t       step,
          TcTextFlags  flags)
{
  g_autoptr(TcTextSanitizer) sanitizer = tc_text_sanitizer_new (flags);
  GString *out = g_string_new (NULL);

  for (size_t at = 0; at < size; at += step)
    tc_text_sanitizer_push (sanitizer, bytes + at, MIN (step, size - at), out);
  tc_text_sanitizer_finish (sanitizer, out);

  return out;
}

static void
assert_harmless (const GString *text,
                 TcTextFlags    flags)
{
  g_assert (g_utf8_validate_len (text->str, text->len, NULL));
  for (const char *at = text->str; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      g_assert (c >= 0x20 || (flags == TC_TEXT_DEFAULT && (c == '\n' || c == '\t')));
      g_assert (c < 0x7f || c >= 0xa0);
      g_assert (!(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *bytes;

  if (size < 2)
    return 0;

  bytes = (const char *) data + 1;
  size--;
  for (int flags = 0; flags <= TC_TEXT_SINGLE_LINE; flags++)
    {
      g_autoptr(GString) whole = sanitize (bytes, size, size, (TcTextFlags) flags);
      g_autoptr(GString) pieces = sanitize (bytes, size, data[0] % 8 + 1u, (TcTextFlags) flags);
      g_autofree char *cut = tc_text_sanitize (bytes, (gssize) size, data[0], (TcTextFlags) flags);

      assert_harmless (whole, (TcTextFlags) flags);
      g_assert (g_string_equal (whole, pieces));
      g_assert (strlen (cut) <= data[0]);
      g_assert (g_utf8_validate (cut, -1, NULL));
    }

  return 0;
}
