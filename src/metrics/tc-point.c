/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-point.h"

#include <math.h>

/**
 * tc_point_kind_of:
 * @value: any double
 *
 * Returns: its kind
 */
TcPointKind
tc_point_kind_of (double value)
{
  if (isnan (value))
    return TC_POINT_NAN;
  if (isinf (value))
    return value > 0 ? TC_POINT_POS_INF : TC_POINT_NEG_INF;

  return TC_POINT_FINITE;
}

/**
 * tc_point_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): "finite", "nan", "inf" or "-inf"
 */
const char *
tc_point_kind_to_string (TcPointKind kind)
{
  switch (kind)
    {
    case TC_POINT_NAN:
      return "nan";
    case TC_POINT_POS_INF:
      return "inf";
    case TC_POINT_NEG_INF:
      return "-inf";
    case TC_POINT_FINITE:
    default:
      return "finite";
    }
}

/**
 * tc_point_kind_to_double:
 * @kind: a kind
 *
 * Returns: the double of that kind, 0 for finite
 */
double
tc_point_kind_to_double (TcPointKind kind)
{
  switch (kind)
    {
    case TC_POINT_NAN:
      return NAN;
    case TC_POINT_POS_INF:
      return INFINITY;
    case TC_POINT_NEG_INF:
      return -INFINITY;
    case TC_POINT_FINITE:
    default:
      return 0;
    }
}
