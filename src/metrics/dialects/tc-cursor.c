/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-cursor.h"

#include <math.h>
#include <string.h>

/* Takes literal if the text goes on with it. */
gboolean
tc_cursor_take (TcCursor   *self,
                const char *literal)
{
  gsize length = strlen (literal);

  if (tc_cursor_left (self) < length || memcmp (self->at, literal, length) != 0)
    return FALSE;

  self->at += length;

  return TRUE;
}

/* The same, whatever the case of ASCII letters. */
gboolean
tc_cursor_take_nocase (TcCursor   *self,
                       const char *literal)
{
  gsize length = strlen (literal);

  if (tc_cursor_left (self) < length ||
      g_ascii_strncasecmp (self->at, literal, length) != 0)
    return FALSE;

  self->at += length;

  return TRUE;
}

/* Goes behind the next literal. */
gboolean
tc_cursor_find (TcCursor   *self,
                const char *literal)
{
  gsize length = strlen (literal);
  const char *found = memmem (self->at, tc_cursor_left (self), literal, length);

  if (found == NULL)
    return FALSE;

  self->at = found + length;

  return TRUE;
}

gboolean
tc_cursor_contains (const TcCursor *self,
                    const char     *literal)
{
  return memmem (self->at, tc_cursor_left (self), literal, strlen (literal)) != NULL;
}

/* Takes a count, 0 or more; thousands may be parted by commas. */
gboolean
tc_cursor_take_int (TcCursor *self,
                    gint64   *value)
{
  const char *at = self->at;
  gint64 sum = 0;

  while (at < self->end)
    {
      if (*at == ',' && at > self->at && self->end - at >= 4 &&
          g_ascii_isdigit (at[1]) && g_ascii_isdigit (at[2]) && g_ascii_isdigit (at[3]) &&
          (self->end - at == 4 || !g_ascii_isdigit (at[4])))
        at++;
      if (!g_ascii_isdigit (*at))
        break;
      if (sum > (G_MAXINT64 - 9) / 10)
        return FALSE;
      sum = sum * 10 + (*at++ - '0');
    }

  if (at == self->at)
    return FALSE;

  self->at = at;
  *value = sum;

  return TRUE;
}

/* Takes "10/17", also with blanks around the stroke or before the numbers. */
gboolean
tc_cursor_take_ratio (TcCursor *self,
                      int      *part,
                      int      *whole)
{
  TcCursor cursor = *self;
  gint64 a;
  gint64 b;

  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take_int (&cursor, &a))
    return FALSE;
  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take (&cursor, "/"))
    return FALSE;
  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take_int (&cursor, &b) || a > G_MAXINT || b > G_MAXINT)
    return FALSE;

  *part = (int) a;
  *whole = (int) b;
  *self = cursor;

  return TRUE;
}

static gboolean
take_non_finite (TcCursor *self,
                 double   *value)
{
  TcCursor cursor = *self;
  gboolean negative = tc_cursor_take (&cursor, "-");

  if (!negative)
    tc_cursor_take (&cursor, "+");

  if (tc_cursor_take_nocase (&cursor, "nan"))
    *value = NAN;
  else if (tc_cursor_take_nocase (&cursor, "infinity") || tc_cursor_take_nocase (&cursor, "inf"))
    *value = negative ? -INFINITY : INFINITY;
  else
    return FALSE;

  /* "info" and "nanoseconds" are words. */
  if (cursor.at < cursor.end && (g_ascii_isalnum (*cursor.at) || *cursor.at == '_'))
    return FALSE;

  *self = cursor;

  return TRUE;
}

/* The digits of a number, as far as a quick exact conversion can use them. */
typedef struct
{
  guint64 mantissa;
  int     exponent;
  int     digits;    /* significant ones in mantissa */
  gboolean any;
} Decimal;

static void
take_digits (TcCursor *self,
             Decimal  *decimal,
             int       step)
{
  for (; self->at < self->end && g_ascii_isdigit (*self->at); self->at++)
    {
      decimal->any = TRUE;
      decimal->exponent += step;
      if (decimal->digits < 19)
        {
          decimal->mantissa = decimal->mantissa * 10 + (guint64) (*self->at - '0');
          decimal->digits += decimal->mantissa != 0;
        }
      else
        {
          decimal->digits++;
        }
    }
}

static void
take_exponent (TcCursor *self,
               Decimal  *decimal)
{
  TcCursor cursor = *self;
  gboolean negative;
  int exponent = 0;

  if (!tc_cursor_take_nocase (&cursor, "e"))
    return;
  negative = tc_cursor_take (&cursor, "-");
  if (!negative)
    tc_cursor_take (&cursor, "+");
  if (cursor.at >= cursor.end || !g_ascii_isdigit (*cursor.at))
    return;

  /* Far beyond any double's it makes no difference how far. */
  for (; cursor.at < cursor.end && g_ascii_isdigit (*cursor.at); cursor.at++)
    exponent = MIN (exponent * 10 + (*cursor.at - '0'), 100000);

  decimal->exponent += negative ? -exponent : exponent;
  *self = cursor;
}

/* Within these bounds both factors are exact doubles, so that the one rounding
 * of the operation is the right one. Elsewhere the C library does the work. */
static double
decimal_to_double (const Decimal *decimal,
                   const char    *text,
                   gsize          length)
{
  static const double powers[] = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  };
  char buffer[512];

  if (decimal->digits <= 19 && decimal->mantissa <= G_GUINT64_CONSTANT (9007199254740992) &&
      ABS (decimal->exponent) <= 22)
    {
      double value = (double) decimal->mantissa;

      return decimal->exponent < 0 ? value / powers[-decimal->exponent]
                                   : value * powers[decimal->exponent];
    }

  if (length >= sizeof buffer)
    length = sizeof buffer - 1;
  memcpy (buffer, text, length);
  buffer[length] = '\0';

  return g_ascii_strtod (buffer, NULL);
}

/* Takes a number as programs print it: 12, -0.5, .5, 1e-4, nan, inf. One beyond
 * the range of a double is infinite, as it was for the program that printed
 * it. */
gboolean
tc_cursor_take_number (TcCursor *self,
                       double   *value)
{
  TcCursor cursor = *self;
  Decimal decimal = { 0, 0, 0, FALSE };
  gboolean negative;
  const char *digits;

  if (cursor.at >= cursor.end)
    return FALSE;

  negative = tc_cursor_take (&cursor, "-");
  if (!negative)
    tc_cursor_take (&cursor, "+");

  digits = cursor.at;
  if (digits < cursor.end && g_ascii_isalpha (*digits))
    return take_non_finite (self, value);

  take_digits (&cursor, &decimal, 0);
  if (cursor.at < cursor.end && *cursor.at == '.')
    {
      cursor.at++;
      take_digits (&cursor, &decimal, -1);
    }
  if (!decimal.any)
    return FALSE;
  take_exponent (&cursor, &decimal);

  *value = decimal_to_double (&decimal, digits, (gsize) (cursor.at - digits));
  if (negative)
    *value = -*value;
  *self = cursor;

  return TRUE;
}
