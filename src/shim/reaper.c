/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The reaper: parent of the training and of the pump.
 *
 * Only a parent learns how a process ended. It sleeps in poll() until a child
 * ends, a client says something, or a deadline it has set itself comes; while
 * the training just runs there are no deadlines, and no wake-ups. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reaper-private.h"

#define NAP_MS 200

enum
{
  POLL_SIGNALS,
  POLL_ADOPTED,
  POLL_CONTROL,
  N_POLLS = POLL_CONTROL + TC_CONTROL_POLLS,
};

/* Tells the launching process that the run could not be started: an errno
 * value and what it was about. */
void
tc_report_error (int fd, int error, const char *what)
{
  TcText text;

  tc_text_clear (&text);
  tc_text_add (&text, "E");
  tc_text_add_int (&text, error);
  tc_text_add (&text, " ");
  tc_text_add (&text, what);
  tc_text_add (&text, ": ");
  tc_text_add (&text, strerror (error));
  (void) tc_write_all (fd, text.data, text.length);
}

static void
child_ended (TcReaper *reaper)
{
  reaper->child_ended = true;
  reaper->phase_at_end = reaper->stop.phase;
  tc_clock_stamp (&reaper->record.ended);
}

static void
reap (TcReaper *reaper)
{
  struct rusage usage;
  int status;
  pid_t pid;

  while ((pid = wait4 (-1, &status, WNOHANG, &usage)) > 0)
    {
      if (pid == reaper->tree.pump)
        {
          tc_reaper_pump_ended (reaper, status);
          continue;
        }
      tc_record_add_usage (&reaper->record, &usage);
      if (pid != reaper->identity.child_pid || reaper->tree.adopted != 0)
        continue;
      reaper->record.known = true;
      reaper->record.status = status;
      child_ended (reaper);
    }
}

static void
read_signals (TcReaper *reaper)
{
  struct signalfd_siginfo info;

  while (read (reaper->signal_fd, &info, sizeof info) == (ssize_t) sizeof info)
    if (info.ssi_signo == SIGTERM)
      tc_reaper_stop (reaper, "shutdown", reaper->setup.options->grace_seconds);
  reap (reaper);
}

static int64_t
earlier (int64_t a, int64_t b)
{
  return b != 0 && b < a ? b : a;
}

static int
next_timeout_ms (const TcReaper *reaper)
{
  int64_t now_ns = tc_clock_monotonic_ns ();
  int64_t at_ns = earlier (INT64_MAX, reaper->pump_due_ns);

  at_ns = earlier (at_ns, reaper->look_at_ns);
  at_ns = earlier (at_ns, reaper->control.deaf_until_ns);
  if (!reaper->shared->finishing)
    at_ns = earlier (at_ns, tc_stop_deadline (&reaper->stop));
  if (!reaper->shared->finishing && reaper->stop.phase == TC_STOP_NONE)
    at_ns = earlier (at_ns, reaper->linger_until_ns);
  if (at_ns == INT64_MAX)
    return -1;
  if (at_ns <= now_ns)
    return 0;
  /* Rounded up, or the last fraction of a millisecond would be spun away. */
  at_ns = (at_ns - now_ns + TC_NS_PER_MS - 1) / TC_NS_PER_MS;

  return at_ns < INT32_MAX ? (int) at_ns : INT32_MAX;
}

static void
wait_for_news (TcReaper *reaper)
{
  struct pollfd fds[N_POLLS];
  int64_t now_ns;
  int n;

  fds[POLL_SIGNALS] = (struct pollfd) { .fd = reaper->signal_fd, .events = POLLIN };
  fds[POLL_ADOPTED] = (struct pollfd) { .fd = reaper->child_ended ? -1 : reaper->adopted_fd, .events = POLLIN };
  tc_control_poll_set (&reaper->control, fds + POLL_CONTROL);
  n = poll (fds, N_POLLS, next_timeout_ms (reaper));
  if (n < 0)
    {
      /* No memory, or a limit of descriptors below what we ask for: not to
       * spin is all that can be done, and still to wait for the children. */
      poll (NULL, 0, NAP_MS);
      read_signals (reaper);
    }
  if (n > 0)
    {
      if (fds[POLL_SIGNALS].revents != 0)
        read_signals (reaper);
      if (fds[POLL_ADOPTED].revents != 0)
        child_ended (reaper);
      tc_control_dispatch (&reaper->control, fds + POLL_CONTROL);
    }
  now_ns = tc_clock_monotonic_ns ();
  if (reaper->pump_due_ns != 0 && now_ns >= reaper->pump_due_ns)
    tc_reaper_start_pump (reaper);
  if (reaper->look_at_ns != 0 && now_ns >= reaper->look_at_ns)
    reaper->look_at_ns = 0;
  tc_control_listen_again (&reaper->control);
  tc_stop_advance (&reaper->stop, &reaper->tree);
}

/* Runs the reaper in the calling process, which is in a session of its own and
 * holds the lock, until the run is closed.
 *
 * Returns the exit status of the process. */
int
tc_reaper_run (const TcReaperSetup *setup)
{
  /* Too large for the stack of a process this small, and there is only one. */
  static TcReaper reaper;
  int error;

  reaper.setup = *setup;
  reaper.adopted_fd = -1;
  error = setup->options->adopt ? tc_reaper_adopt (&reaper) : tc_reaper_begin (&reaper);
  if (error != 0)
    {
      tc_report_error (setup->report_fd, error, "cannot start the run");
      return 1;
    }
  close (setup->report_fd);
  while (!tc_reaper_conclude (&reaper))
    wait_for_news (&reaper);

  return 0;
}
