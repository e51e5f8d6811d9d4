/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Whatever is accepted can be written, read again, and is then the same. */

#include "fuzz.h"
#include "tc-json.h"

static void
check (const char  *text,
       size_t       size,
       TcJsonFlags  flags)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = tc_json_parse (text, (gssize) size, flags, &error);
  g_autoptr(JsonNode) again = NULL;
  g_autofree char *pretty = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_assert ((node == NULL) == (error != NULL));
  if (node == NULL)
    {
      g_assert (g_utf8_validate (error->message, -1, NULL));
      return;
    }

  first = tc_json_to_string (node, FALSE);
  pretty = tc_json_to_string (node, TRUE);
  /* Without the flag: what we write is never NaN. */
  again = tc_json_parse (pretty, -1, TC_JSON_DEFAULT, NULL);
  g_assert (again != NULL);
  second = tc_json_to_string (again, FALSE);
  g_assert_cmpstr (first, ==, second);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  check ((const char *) data, size, TC_JSON_DEFAULT);
  check ((const char *) data, size, TC_JSON_ALLOW_NON_FINITE);

  return 0;
}
