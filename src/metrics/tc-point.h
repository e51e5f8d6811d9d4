/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One measured value of a run. Numbers that are not finite are facts too
 * (a NaN loss is what the watchdog looks for), so each point says what kind it
 * is; value holds the matching double.
 *
 * x is counted in epochs where the script counts epochs (batch 10 of 40 in
 * epoch 3 is 2.25; the values of a whole epoch 3 are at 3), otherwise in the
 * script's own steps. TcPoint is a plain value; its name is borrowed.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_POINT_FINITE,
  TC_POINT_NAN,
  TC_POINT_POS_INF,
  TC_POINT_NEG_INF,
} TcPointKind;

typedef struct
{
  guint       series; /* id in the TcSeriesTable; known names have fixed ids */
  const char *name;   /* (unowned) of the table, lives as long as it */
  double      x;
  double      value;
  TcPointKind kind;
  gint64      offset; /* where in the file its line starts */
} TcPoint;

TcPointKind tc_point_kind_of         (double      value);
const char *tc_point_kind_to_string  (TcPointKind kind);
double      tc_point_kind_to_double  (TcPointKind kind);

G_END_DECLS
