/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* One line of the events file: never a crash, never text that is not UTF-8,
 * never a control character. */

#include "fuzz.h"
#include "tc-events.h"
#include "tc-recorder.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(TcSeriesTable) table = tc_series_table_new ();
  g_autoptr(GString) out = g_string_new (NULL);

  tc_events_parse_line ((const char *) data, size, 0, table, &tc_recorder_sink, out);

  g_assert (g_utf8_validate_len (out->str, out->len, NULL));
  for (gsize i = 0; i < out->len; i++)
    g_assert ((guchar) out->str[i] >= 0x20 || out->str[i] == '\n');

  return 0;
}
