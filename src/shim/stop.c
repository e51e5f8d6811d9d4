/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Stopping: SIGTERM to every process of the training, a grace period in which
 * it may save a checkpoint, SIGKILL to those who are left. A process stuck in
 * the kernel survives even that for as long as it is stuck; after a while it
 * is called unkillable, so that the queue behind it need not wait for it. */

#include <signal.h>

#include "clock.h"
#include "stop.h"

#define LOOK_EVERY_NS    (200 * TC_NS_PER_MS)
#define UNKILLABLE_AFTER (10 * TC_NS_PER_SECOND)

/* Asks all processes to end, and kills them after grace_seconds. Asked again,
 * it can only bring the end nearer: a training that is saving its checkpoint
 * must not get a second SIGTERM. */
void
tc_stop_begin (TcStop *stop, const TcTree *tree, int64_t grace_seconds)
{
  int64_t kill_at_ns = tc_clock_monotonic_ns () + grace_seconds * TC_NS_PER_SECOND;

  if (stop->phase == TC_STOP_KILLED)
    return;
  if (stop->phase == TC_STOP_ASKED)
    {
      if (kill_at_ns < stop->kill_at_ns)
        stop->kill_at_ns = kill_at_ns;
      return;
    }
  /* A stopped process would get SIGTERM only when continued. */
  tc_stop_resume (stop, tree);
  stop->phase = TC_STOP_ASKED;
  stop->kill_at_ns = kill_at_ns;
  tc_tree_signal (tree, SIGTERM, false);
}

/* Kills all processes at once. */
void
tc_stop_kill (TcStop *stop, const TcTree *tree)
{
  if (stop->phase == TC_STOP_KILLED)
    return;
  stop->phase = TC_STOP_KILLED;
  stop->paused = false;
  stop->killed_at_ns = tc_clock_monotonic_ns ();
  stop->look_at_ns = stop->killed_at_ns + LOOK_EVERY_NS;
  tc_tree_signal (tree, SIGKILL, false);
}

/* Stops all processes where they are. */
void
tc_stop_pause (TcStop *stop, const TcTree *tree)
{
  stop->paused = true;
  tc_tree_signal (tree, SIGSTOP, false);
}

/* Lets all processes go on. */
void
tc_stop_resume (TcStop *stop, const TcTree *tree)
{
  if (!stop->paused)
    return;
  stop->paused = false;
  tc_tree_signal (tree, SIGCONT, false);
}

/* Takes the next step if its time has come. */
void
tc_stop_advance (TcStop *stop, const TcTree *tree)
{
  int64_t now_ns = tc_clock_monotonic_ns ();

  if (stop->phase == TC_STOP_ASKED && now_ns >= stop->kill_at_ns)
    {
      stop->killed_after_grace = true;
      tc_stop_kill (stop, tree);
    }
  if (stop->phase != TC_STOP_KILLED || stop->unkillable || now_ns < stop->look_at_ns)
    return;
  /* Only those born since: everybody else has had it. */
  tc_tree_signal (tree, SIGKILL, true);
  stop->look_at_ns = now_ns + LOOK_EVERY_NS;
  stop->unkillable = now_ns - stop->killed_at_ns >= UNKILLABLE_AFTER && tc_tree_count (tree) > 0;
}

/* Returns when tc_stop_advance() has something to do next, on the monotonic
 * clock in nanoseconds; INT64_MAX = never. */
int64_t
tc_stop_deadline (const TcStop *stop)
{
  if (stop->phase == TC_STOP_ASKED)
    return stop->kill_at_ns;

  return stop->phase == TC_STOP_KILLED && !stop->unkillable ? stop->look_at_ns : INT64_MAX;
}
