/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Tells the points of a run from their echoes: a script may write the same value
 * into its log, rounded, and into events.jsonl. The store keeps the first by
 * itself; rules that count points, and curves drawn while it trains, want each
 * once and in order. Main thread.
 */

#include "tc-point.h"

G_BEGIN_DECLS

typedef struct _TcPointSieve TcPointSieve;

TcPointSieve *tc_point_sieve_new    (void);
void          tc_point_sieve_free   (TcPointSieve  *self);
gboolean      tc_point_sieve_is_new (TcPointSieve  *self,
                                     const TcPoint *point,
                                     gboolean       in_events);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPointSieve, tc_point_sieve_free)

G_END_DECLS
