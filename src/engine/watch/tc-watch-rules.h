/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The rules about metrics: a table of small functions that are shown every
 * point of a run and say what is wrong with it. Pure: no I/O, no clock; the
 * same points give the same findings. Each alarm is raised once and stays
 * raised until it is cleared. One owner, one thread.
 *
 * Train losses are watched for NaN, frozen values, divergence and collapse,
 * validation losses for NaN and overfitting, the gradient norm for NaN, and
 * the learning rate so that a warm restart is not taken for a divergence.
 */

#include "tc-finding.h"
#include "tc-point.h"

typedef struct _TcWatchRules TcWatchRules;

TcWatchRules *tc_watch_rules_new  (void);
void          tc_watch_rules_free (TcWatchRules  *self);
void          tc_watch_rules_push (TcWatchRules  *self,
                                   const TcPoint *point,
                                   TcFindingFunc  func,
                                   gpointer       user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWatchRules, tc_watch_rules_free)
