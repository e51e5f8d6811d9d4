/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* How long: from runs that did the same or alike, else from a calibration. */

#include "config.h"

#include <math.h>

#include "tc-estimate-make.h"

/* A machine is never twice the same: what is allowed for beyond what was seen. */
#define ONE_RUN_LESS 0.90
#define ONE_RUN_MORE 1.20
#define MORE_RUNS_LESS 0.95
#define MORE_RUNS_MORE 1.10
#define CALIBRATION_LESS 0.90
#define CALIBRATION_MORE 1.25

typedef struct
{
  double low;
  double high;
} Seconds;

/* What a run took besides its epochs, if it is known: seconds an epoch, once
 * what happens only at the start and at gates is taken off. */
static double
get_extra (const TcPastRun *run)
{
  double rest = run->seconds - run->epoch_mean * run->n_measured - run->fixed_seconds -
                MAX (run->gate_seconds, 0) * run->n_gates;

  return MAX (rest, 0) / run->epochs;
}

/* @scale: how much more work an epoch is than it was. */
static Seconds
project (const TcPastRun *run,
         guint            epochs,
         double           scale)
{
  gboolean has_gate_time = run->gate_seconds >= 0;
  double gates = has_gate_time ? run->gate_seconds * tc_estimate_count_gates (epochs) : 0;
  double other = run->seconds - run->epoch_mean * run->n_measured;
  double grown = MAX (other, 0) * epochs / run->epochs;
  Seconds seconds;

  if (run->n_measured == 0)
    {
      /* Only the whole is known: it may all be start, or all grow. */
      grown = run->seconds * epochs / run->epochs * scale;
      return (Seconds) { MIN (run->seconds, grown), MAX (run->seconds, grown) };
    }
  if (run->fixed_seconds >= 0)
    {
      double extra = get_extra (run);

      if (run->n_gates == 0)
        gates = 0;
      seconds.low = run->fixed_seconds + epochs * (run->epoch_low * scale + extra) + gates;
      seconds.high = run->fixed_seconds + epochs * (run->epoch_high * scale + extra) + gates;
      return seconds;
    }

  /* All of the rest may be the start, or all may grow with the epochs. */
  other = MAX (other, 0);
  seconds.low = epochs * run->epoch_low * scale + MIN (other, grown);
  seconds.high = epochs * run->epoch_high * scale + MAX (other, grown);

  return seconds;
}

static double
get_scale (const TcPastRun *run,
           const TcRunKind *kind)
{
  if (run->kind->units <= 0 || kind->units <= 0)
    return 1;

  return (double) kind->units / run->kind->units;
}

static void
make_from_history (TcEstimate            *self,
                   const TcEstimateFacts *facts,
                   GPtrArray             *runs,
                   gboolean               is_similar)
{
  Seconds all = { G_MAXDOUBLE, 0 };
  gboolean is_one = runs->len == 1;
  g_autofree char *basis = g_strdup_printf ("history of %u %s%s", runs->len, is_similar ? "similar " : "",
                                            is_one ? "run" : "runs");

  for (guint i = 0; i < runs->len; i++)
    {
      const TcPastRun *run = g_ptr_array_index (runs, i);
      Seconds one = project (run, facts->config->epochs, is_similar ? get_scale (run, facts->kind) : 1);

      all.low = MIN (all.low, one.low);
      all.high = MAX (all.high, one.high);
    }
  tc_estimate_set (self, TC_ESTIMATE_TIME, all.low * (is_one ? ONE_RUN_LESS : MORE_RUNS_LESS) * G_USEC_PER_SEC,
                   all.high * (is_one ? ONE_RUN_MORE : MORE_RUNS_MORE) * G_USEC_PER_SEC, basis);
  if (is_one)
    tc_estimate_assume (self, "One run says little about the next: 10 %% less and 20 %% more than it took are allowed for.");
  if (is_similar)
    tc_estimate_assume (self, "No run did just this; the time of an epoch is taken to grow with its %s.",
                        g_str_equal (facts->kind->corpus, "steps") ? "steps" : "corpus");
  tc_estimate_assume (self, "The machine is as busy as it was then.");
}

static void
make_from_calibration (TcEstimate            *self,
                       const TcEstimateFacts *facts)
{
  const TcCalibration *found = facts->calibration;
  guint epochs = facts->config->epochs;
  guint n_gates = tc_estimate_count_gates (epochs);
  guint n_checkpoints = MAX (epochs / MAX (found->save_every, 1), n_gates);
  double other = found->startup_seconds + epochs * found->validation_seconds + n_checkpoints * found->checkpoint_seconds;
  g_autofree char *gates = tc_estimate_dup_setting (facts->config, "gates");
  gboolean has_gates = g_strcmp0 (gates, "off") != 0;
  gboolean has_gate_time = has_gates && found->gate_low >= 0 && found->gate_high >= 0;
  double low = other + epochs * found->batches * found->batch_low + (has_gate_time ? n_gates * found->gate_low : 0);
  double high = other + epochs * found->batches * found->batch_high + (has_gate_time ? n_gates * found->gate_high : 0);

  tc_estimate_set (self, TC_ESTIMATE_TIME, low * CALIBRATION_LESS * G_USEC_PER_SEC,
                   high * CALIBRATION_MORE * G_USEC_PER_SEC, "calibration");
  tc_estimate_assume (self, "A few batches were timed on this machine; 10 %% less and 25 %% more are allowed for over a "
                      "whole run.");
  if (found->is_busy)
    tc_estimate_assume (self, "The machine was busy with other things while this was measured: it may be as busy all the time, "
                        "or the training may have it alone.");
  if (found->batch_share < 1)
    tc_estimate_assume (self, "A whole batch takes too long to be timed; 1/%.0f of one was, and taken as many times.",
                        1 / found->batch_share);
  if (has_gates && !has_gate_time)
    tc_estimate_assume (self, "The time of the %u gates is not in it: there was none to measure it.", n_gates);
}

/** tc_estimate_make_time: sets how long the session will run */
void
tc_estimate_make_time (TcEstimate            *self,
                       const TcEstimateFacts *facts)
{
  gboolean is_similar;
  g_autoptr(GPtrArray) runs = tc_estimate_choose_past (facts, &is_similar);
  g_autofree char *early_stop = tc_estimate_dup_setting (facts->config, "early-stop");

  if (runs->len > 0)
    make_from_history (self, facts, runs, is_similar);
  else if (facts->calibration != NULL && facts->calibration->problem == NULL)
    make_from_calibration (self, facts);
  else
    {
      tc_estimate_set_unknown (self, TC_ESTIMATE_TIME, facts->no_time != NULL ? facts->no_time
                               : "not known yet: no run of this script on this machine");
      return;
    }
  if (early_stop != NULL)
    tc_estimate_assume (self, "It does not stop early.");
}
