/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What differs between some sessions, in words. No widgets.
 */

#include "tc-history.h"

G_BEGIN_DECLS

/* One thing that is not the same in all. */
typedef struct
{
  char     *title;      /* (owned) "Learning Rate" */
  GStrv     values;     /* (owned) one a session; "–" where there is none */
  int       best;       /* index of the best value; -1: none is better than the others */
  gboolean  is_result;  /* came out, instead of being asked for */
} TcDifference;

GPtrArray *tc_compare_table_build (GPtrArray               *sessions,
                                   const TcRunFacts *const *facts);

G_END_DECLS
