/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the reaper does when asked over the control socket. */

#include <signal.h>
#include <stddef.h>

#include "reaper-private.h"

static const char *
state_name (const TcReaper *reaper)
{
  if (reaper->child_ended)
    return "exited";
  if (reaper->stop.phase != TC_STOP_NONE)
    return "stopping";

  return reaper->stop.paused ? "paused" : "running";
}

static void
reply_status (TcReaper *reaper, TcText *reply)
{
  long long log_bytes;

  (void) tc_run_dir_log_is_partial (&reaper->setup.dir, &log_bytes);
  tc_text_open (reply);
  tc_text_string (reply, "state", state_name (reaper));
  tc_text_int (reply, "child_pid", reaper->identity.child_pid);
  tc_text_int (reply, "pump_pid", reaper->tree.pump);
  tc_text_int (reply, "log_bytes", log_bytes);
  tc_text_int (reply, "dropped_bytes", (int64_t) reaper->shared->dropped_bytes);
  tc_text_bool (reply, "disk_full", reaper->shared->disk_full);
  tc_text_bool (reply, "log_blocked", reaper->shared->blocked_since_ns != 0);
  tc_text_int (reply, "processes", tc_tree_count (&reaper->tree));
  tc_text_string (reply, "stopped_by", reaper->record.stopped_by);
  tc_text_bool (reply, "unkillable", reaper->stop.unkillable);
  tc_text_bool (reply, "adopted", reaper->tree.adopted != 0);
  tc_text_close (reply);
}

/* Who asked first is who stopped it; and whoever asks after the training has
 * ended by itself has stopped nothing but what it left behind. */
static void
remember_asker (TcReaper *reaper, const char *who)
{
  if (!reaper->child_ended && reaper->record.stopped_by == NULL)
    reaper->record.stopped_by = who;
}

/* Stops the training on behalf of who, a constant. */
void
tc_reaper_stop (TcReaper *reaper, const char *who, int64_t grace_seconds)
{
  remember_asker (reaper, who);
  tc_stop_begin (&reaper->stop, &reaper->tree, grace_seconds);
}

static const char *
pause_or_resume (TcReaper *reaper, bool pause)
{
  if (reaper->child_ended)
    return "error: the training has ended";
  if (reaper->stop.phase != TC_STOP_NONE)
    return "error: the training is being stopped";
  if (pause)
    tc_stop_pause (&reaper->stop, &reaper->tree);
  else
    tc_stop_resume (&reaper->stop, &reaper->tree);

  return "ok";
}

/* Handler of the control socket; data is the reaper. */
void
tc_reaper_command (void *data, const TcCommand *command, TcText *reply)
{
  TcReaper *reaper = data;
  const char *answer = "ok";

  switch (command->kind)
    {
    case TC_COMMAND_STATUS:
      reply_status (reaper, reply);
      return;
    case TC_COMMAND_STOP:
      tc_reaper_stop (reaper, command->who, command->grace_seconds);
      break;
    case TC_COMMAND_KILL:
      remember_asker (reaper, command->who);
      /* Nobody who says kill wants to wait for a disk either. */
      reaper->shared->give_up = true;
      tc_stop_kill (&reaper->stop, &reaper->tree);
      break;
    case TC_COMMAND_PAUSE:
    case TC_COMMAND_RESUME:
      answer = pause_or_resume (reaper, command->kind == TC_COMMAND_PAUSE);
      break;
    }
  tc_text_add (reply, answer);
}
