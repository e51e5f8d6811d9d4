/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The reaper's end: from the death of the training to the exit record.
 *
 * The training has ended when its first process has; the run has when no
 * process of it is left, for what those write belongs in the log. They get a
 * while to end by themselves and are then stopped. When the last is gone, and
 * only then, the FIFO being empty means that nothing more can come. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reaper-private.h"

#define LINGER_NS          (10 * TC_NS_PER_SECOND)
#define LEFTOVER_GRACE     10
#define LOOK_EVERY_NS      (250 * TC_NS_PER_MS)
#define RECORD_EVERY_NS    (200 * TC_NS_PER_MS)
#define RECORD_MAX_TRIES   3000

/* Returns whether the run can be closed; if not, it is seen to that it will be. */
static bool
has_run_ended (TcReaper *reaper)
{
  int64_t now_ns = tc_clock_monotonic_ns ();
  int64_t grace = reaper->setup.options->grace_seconds;
  TcStopPhase before = reaper->stop.phase;
  int count;

  if (reaper->stop.unkillable)
    return true;
  if (!reaper->child_ended)
    return false;
  count = tc_tree_count (&reaper->tree);
  if (count == 0)
    return true;
  if (reaper->linger_until_ns == 0)
    reaper->linger_until_ns = now_ns + LINGER_NS;
  if (count > 0 && before == TC_STOP_NONE && now_ns >= reaper->linger_until_ns)
    {
      reaper->record.leftover_processes = count;
      tc_stop_begin (&reaper->stop, &reaper->tree, grace < LEFTOVER_GRACE ? grace : LEFTOVER_GRACE);
    }
  /* Orphans of an adopted training end without our being told. */
  if (reaper->tree.adopted != 0 || count < 0)
    reaper->look_at_ns = now_ns + LOOK_EVERY_NS;

  return false;
}

static void
begin_draining (TcReaper *reaper)
{
  if (reaper->stop.unkillable)
    reaper->record.leftover_processes = tc_tree_count (&reaper->tree);
  reaper->look_at_ns = 0;
  reaper->shared->finishing = true;
  if (write (reaper->lifeline[1], "F", 1) != 1 && errno != EAGAIN)
    tc_run_dir_note (reaper->setup.dir.fd, "cannot wake the pump, errno", errno);
}

/* The kernel has the last word on whether we have children. */
static bool
has_children (const TcReaper *reaper)
{
  siginfo_t info;

  return !reaper->stop.unkillable && waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void
resume_watch (TcReaper *reaper)
{
  reaper->shared->finishing = false;
  reaper->drained = false;
  tc_reaper_start_pump (reaper);
  reaper->look_at_ns = tc_clock_monotonic_ns () + LOOK_EVERY_NS;
}

/* An end that was asked for needs no other explanation, with one exception: a
 * SIGKILL while we were still waiting for it to end by itself. */
static void
judge_oom (TcReaper *reaper)
{
  TcExitRecord *record = &reaper->record;
  bool killed = WIFSIGNALED (record->status) && WTERMSIG (record->status) == SIGKILL;
  bool foreign = killed && reaper->phase_at_end != TC_STOP_KILLED;
  bool failed = record->status != 0 && reaper->phase_at_end == TC_STOP_NONE;

  tc_oom_judge (&reaper->oom, failed || foreign, foreign, &record->oom_killed, &record->oom_certain);
}

static void
judge (TcReaper *reaper)
{
  TcExitRecord *record = &reaper->record;

  if (record->known)
    judge_oom (reaper);
  record->killed_after_grace = reaper->stop.killed_after_grace;
  record->unkillable = reaper->stop.unkillable;
  record->dropped_bytes = reaper->shared->dropped_bytes;
  if (record->ended.realtime_us == 0)
    tc_clock_stamp (&record->ended);
}

/* Returns whether there is nothing left to do, be the record written or, after
 * many tries, given up. */
static bool
write_record (TcReaper *reaper)
{
  const TcRunDir *dir = &reaper->setup.dir;
  int error;

  if (reaper->record_tries == 0)
    judge (reaper);
  /* Room for the record, if it is room that is wanting. */
  unlinkat (dir->fd, "ballast", 0);
  error = tc_record_write_exit (dir, &reaper->identity, &reaper->record);
  if (error == 0)
    {
      tc_run_dir_tidy (dir);
      tc_run_dir_flush_log (dir);
      return true;
    }
  if (reaper->record_tries++ == 0)
    tc_run_dir_note (dir->fd, "cannot write the exit record, errno", error);
  reaper->look_at_ns = tc_clock_monotonic_ns () + RECORD_EVERY_NS;

  return error == ENOENT || reaper->record_tries >= RECORD_MAX_TRIES;
}

/* Brings the run a step nearer to its end, if it is time for that.
 *
 * Returns whether the run is closed. */
bool
tc_reaper_conclude (TcReaper *reaper)
{
  if (!reaper->shared->finishing)
    {
      if (!has_run_ended (reaper))
        return false;
      begin_draining (reaper);
    }
  if (!reaper->drained)
    return false;
  if (has_children (reaper))
    {
      resume_watch (reaper);
      return false;
    }

  return write_record (reaper);
}
