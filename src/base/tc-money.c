/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-money.h"

#include "tc-error.h"

static gboolean
fail (const char  *text,
      const char  *why,
      GError     **error)
{
  g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
               "“%.40s” is not an amount of money: %s", text, why);
  return FALSE;
}

/* Reads digits into value; FALSE on overflow. */
static gboolean
read_digits (const char **text,
             gint64      *value)
{
  for (; g_ascii_isdigit (**text); (*text)++)
    {
      if (__builtin_mul_overflow (*value, 10, value) ||
          __builtin_add_overflow (*value, **text - '0', value))
        return FALSE;
    }

  return TRUE;
}

/* Reads the digits behind the point as millionths. More than six are fine as
 * long as they are zeros: money has no smaller part to round into silently. */
static gboolean
read_fraction (const char **text,
               gint64      *micros)
{
  gint64 unit = TC_MONEY_DOLLAR / 10;

  for (; g_ascii_isdigit (**text); (*text)++)
    {
      if (unit == 0 && **text != '0')
        return FALSE;
      *micros += unit * (**text - '0');
      unit /= 10;
    }

  return TRUE;
}

/**
 * tc_money_parse:
 * @text: "20", "$3.20", "-0.5", "0.000001"; blanks around it are skipped
 * @amount: (out): the amount
 * @error: return location
 *
 * Reads an amount exactly. Anything else than digits, one point and one dollar
 * sign, more than six decimals, or more than about 9 million million dollars
 * is TC_ERROR_INVALID.
 *
 * Returns: whether @text is an amount
 */
gboolean
tc_money_parse (const char  *text,
                TcMoney     *amount,
                GError     **error)
{
  const char *at = text;
  gboolean negative = FALSE;
  gint64 dollars = 0;
  gint64 micros = 0;
  gboolean has_digits;

  g_return_val_if_fail (text != NULL && amount != NULL, FALSE);

  while (g_ascii_isspace (*at))
    at++;
  if (*at == '-')
    {
      negative = TRUE;
      at++;
    }
  if (*at == '$')
    at++;

  has_digits = g_ascii_isdigit (*at);
  if (!read_digits (&at, &dollars))
    return fail (text, "it is too large", error);
  if (*at == '.')
    {
      at++;
      has_digits = has_digits || g_ascii_isdigit (*at);
      if (!read_fraction (&at, &micros))
        return fail (text, "a millionth of a dollar is the smallest part", error);
    }
  while (g_ascii_isspace (*at))
    at++;

  if (*at != '\0' || !has_digits)
    return fail (text, "write it as 20 or 3.20", error);
  if (__builtin_mul_overflow (dollars, TC_MONEY_DOLLAR, &dollars) ||
      __builtin_add_overflow (dollars, micros, &dollars))
    return fail (text, "it is too large", error);

  *amount = negative ? -dollars : dollars;

  return TRUE;
}

/**
 * tc_money_format:
 * @amount: an amount
 *
 * Returns: (transfer full): "$3.20"; with up to six decimals where there are
 *   any, "$0.000001"; nothing is rounded. tc_money_parse() reads it back.
 */
char *
tc_money_format (TcMoney amount)
{
  /* Negating G_MININT64 is not possible in gint64. */
  guint64 size = amount < 0 ? -(guint64) amount : (guint64) amount;
  guint fraction = (guint) (size % (guint64) TC_MONEY_DOLLAR);
  int digits = 6;

  while (digits > 2 && fraction % 10 == 0)
    {
      fraction /= 10;
      digits--;
    }

  return g_strdup_printf ("%s$%" G_GUINT64_FORMAT ".%0*u",
                          amount < 0 ? "-" : "",
                          size / (guint64) TC_MONEY_DOLLAR, digits, fraction);
}

/**
 * tc_money_add:
 * @a: an amount
 * @b: another
 * @sum: (out): their sum
 *
 * Returns: whether the sum fits; else @sum is the nearest amount that does
 */
gboolean
tc_money_add (TcMoney  a,
              TcMoney  b,
              TcMoney *sum)
{
  g_return_val_if_fail (sum != NULL, FALSE);

  if (!__builtin_add_overflow (a, b, sum))
    return TRUE;

  *sum = a < 0 ? G_MININT64 : G_MAXINT64;

  return FALSE;
}

/**
 * tc_money_for_tokens:
 * @tokens: how many, 0 or more
 * @per_million: the price of a million of them, 0 or more
 * @cost: (out): what they cost, rounded up to a millionth of a dollar
 *
 * Returns: whether the figures make sense and the cost fits
 */
gboolean
tc_money_for_tokens (gint64   tokens,
                     TcMoney  per_million,
                     TcMoney *cost)
{
  unsigned __int128 product;

  g_return_val_if_fail (cost != NULL, FALSE);

  if (tokens < 0 || per_million < 0)
    return FALSE;

  product = (unsigned __int128) tokens * (unsigned __int128) per_million;
  product = (product + 999999) / 1000000;
  if (product > (unsigned __int128) G_MAXINT64)
    return FALSE;

  *cost = (TcMoney) product;

  return TRUE;
}
