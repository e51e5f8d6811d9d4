/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a rule found out about a run, before it becomes a TcEvent. A finding
 * either raises an alarm of a kind or clears it ("recovered"); the same kind
 * is used for both. Kinds are stable words that go into events:
 *
 *   nan grad-nan frozen diverged collapse overfit   from the metrics
 *   stall quiet suspend clock disk                  from the signs of life
 *   watchdog                                        from the script's own
 *
 * Every kind that ever wants a stop always wants it, so that withholding a
 * repeated finding never withholds a first wish. Plain value; any thread.
 */

#include "tc-records.h"

typedef struct
{
  const char *kind;       /* (unowned) static */
  TcSeverity  severity;
  gboolean    clears;     /* the alarm of this kind is over */
  gboolean    wants_stop; /* a run that asked for auto-stop should be stopped */
  char       *text;       /* (owned) a sentence for people */
} TcFinding;

/* The finding is borrowed for the call. */
typedef void (*TcFindingFunc) (const TcFinding *finding,
                               gpointer         user_data);

TcFinding *tc_finding_new       (const char      *kind,
                                 TcSeverity       severity,
                                 const char      *text);
TcFinding *tc_finding_copy      (const TcFinding *self);
void       tc_finding_free      (TcFinding       *self);
void       tc_finding_report    (const char      *kind,
                                 TcSeverity       severity,
                                 char            *text,
                                 TcFindingFunc    func,
                                 gpointer         user_data);
void       tc_finding_clear     (const char      *kind,
                                 char            *text,
                                 TcFindingFunc    func,
                                 gpointer         user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcFinding, tc_finding_free)
