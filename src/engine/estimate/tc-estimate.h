/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a session is expected to take: four ranges, what they rest on, what was
 * assumed, and what will not do. A plain struct with one owner; any thread.
 */

#include <json-glib/json-glib.h>

#include "tc-price.h"

G_BEGIN_DECLS

typedef enum
{
  TC_ESTIMATE_TIME,   /* µs of running */
  TC_ESTIMATE_MONEY,  /* micro-dollars */
  TC_ESTIMATE_DISK,   /* bytes in the run folder and the database at the end */
  TC_ESTIMATE_MEMORY, /* bytes at most, of the machine */
  TC_ESTIMATE_N,
} TcEstimateWhat;

typedef struct
{
  gboolean  is_known;
  gint64    low;
  gint64    high;
  char     *basis;    /* (owned) "history of 3 runs"; of an unknown one: why */
} TcRange;

typedef struct
{
  TcRange    ranges[TC_ESTIMATE_N];
  GPtrArray *assumptions; /* (owned) (element-type utf8) sentences */
  GPtrArray *warnings;    /* (owned) (element-type utf8) sentences */
  guint      n_verdicts;
  gint64     disk_peak;   /* for a moment, while a checkpoint is written; 0: unknown */
} TcEstimate;

TcEstimate *tc_estimate_new     (void);
void        tc_estimate_free    (TcEstimate       *self);
void        tc_estimate_set     (TcEstimate       *self,
                                 TcEstimateWhat    what,
                                 double            low,
                                 double            high,
                                 const char       *basis);
void        tc_estimate_set_unknown (TcEstimate   *self,
                                 TcEstimateWhat    what,
                                 const char       *why);
void        tc_estimate_assume  (TcEstimate       *self,
                                 const char       *format,
                                 ...) G_GNUC_PRINTF (2, 3);
void        tc_estimate_warn    (TcEstimate       *self,
                                 const char       *format,
                                 ...) G_GNUC_PRINTF (2, 3);
void        tc_estimate_add     (TcEstimate       *self,
                                 const TcEstimate *other);
JsonNode   *tc_estimate_to_json (const TcEstimate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcEstimate, tc_estimate_free)

G_END_DECLS
