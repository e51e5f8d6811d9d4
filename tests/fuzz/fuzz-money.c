/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* An amount that is read is written so that it reads the same; a duration, a
 * size and a time can be told whatever they are. */

#include <string.h>

#include "fuzz.h"
#include "tc-clock.h"
#include "tc-duration.h"
#include "tc-money.h"

static void
check_money (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *shown = NULL;
  TcMoney amount;
  TcMoney again;

  if (!tc_money_parse (text, &amount, &error))
    {
      g_assert (error != NULL);
      return;
    }

  shown = tc_money_format (amount);
  g_assert (tc_money_parse (shown, &again, NULL));
  g_assert (again == amount);
}

static void
check_numbers (gint64 a,
               gint64 b)
{
  g_autofree char *duration = tc_duration_format (a);
  g_autofree char *size = tc_size_format ((guint64) a);
  g_autofree char *moment = tc_moment_format (a, b, NULL);
  g_autofree char *time = tc_clock_format_iso8601 (a);
  g_autofree char *money = tc_money_format (a);
  TcMoney sum;
  TcMoney cost;

  g_assert (*duration != '\0' && *size != '\0' && *moment != '\0' && *money != '\0');
  g_assert (strlen (time) == strlen ("2026-11-22T15:04:05.123456Z"));
  if (tc_money_add (a, b, &sum))
    g_assert ((gint64) ((guint64) a + (guint64) b) == sum);
  if (tc_money_for_tokens (a, b, &cost))
    g_assert (cost >= 0 && a >= 0 && b >= 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  gint64 numbers[2] = { 0, 0 };
  gint64 parsed;

  check_money (text);
  tc_clock_parse_iso8601 (text, &parsed);
  memcpy (numbers, data, MIN (size, sizeof numbers));
  check_numbers (numbers[0], numbers[1]);

  return 0;
}
