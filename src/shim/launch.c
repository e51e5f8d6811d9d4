/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Launching: what happens before the shim is a process of its own.
 *
 * The process that was executed opens the folder and takes its lock, so that
 * every refusal comes at once and leaves no trace. It then forks twice around
 * a setsid(), which takes the shim out of the caller's session and process
 * group and leaves it no way back to a terminal; waits until the training
 * runs, passes the report on to --ready-fd, and ends. The caller needs no more
 * than the exit status: it never becomes the parent of anything that lives. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "launch.h"
#include "proctree.h"
#include "reaper.h"
#include "record.h"
#include "text.h"

static int
refuse (const TcOptions *options, int status, int error, const char *why)
{
  TcText text;

  tc_text_clear (&text);
  tc_text_add (&text, "training-center-shim: ");
  tc_text_add (&text, options->run_dir);
  tc_text_add (&text, ": ");
  tc_text_add (&text, why);
  tc_text_add (&text, "\n");
  (void) tc_write_all (2, text.data, text.length);
  if (options->ready_fd >= 0)
    tc_report_error (options->ready_fd, error, why);

  return status;
}

static bool
is_child_alive (const TcRunDir *dir, bool *same_boot)
{
  TcIdentity identity;
  char boot_id[TC_BOOT_ID_SIZE];

  tc_record_boot_id (boot_id);
  if (!tc_record_read_identity (dir, &identity))
    return false;
  *same_boot = strcmp (boot_id, identity.boot_id) == 0;

  return *same_boot && tc_process_is (identity.child_pid, identity.child_start_time);
}

static int
check_start (const TcOptions *options, const TcRunDir *dir)
{
  bool same_boot = true;

  if (tc_run_dir_exists (dir, "exit.json"))
    return refuse (options, TC_LAUNCH_FAILED, EEXIST, "exit.json of an earlier attempt is still there");
  if (is_child_alive (dir, &same_boot) || tc_run_dir_log_in_use (dir))
    return refuse (options, TC_LAUNCH_FAILED, EBUSY, "an earlier attempt is still running; use --adopt");

  return TC_LAUNCH_OK;
}

static int
check_adopt (const TcOptions *options, const TcRunDir *dir)
{
  bool same_boot = true;

  if (tc_run_dir_exists (dir, "exit.json"))
    return refuse (options, TC_LAUNCH_GONE, EEXIST, "the run has ended, exit.json is there");
  if (!is_child_alive (dir, &same_boot))
    return refuse (options, TC_LAUNCH_GONE, ESRCH,
                   same_boot ? "no living training to adopt" : "the host was restarted since");

  return TC_LAUNCH_OK;
}

static int
prepare (const TcOptions *options, TcRunDir *dir)
{
  int error = tc_run_dir_open (dir, options->run_dir);

  if (error != 0)
    return refuse (options, TC_LAUNCH_FAILED, error, "cannot open the run folder");
  error = tc_run_dir_lock (dir);
  if (error == EWOULDBLOCK)
    return refuse (options, TC_LAUNCH_LOCKED, error, "another shim holds the lock");
  if (error != 0)
    return refuse (options, TC_LAUNCH_FAILED, error, "cannot take the lock");

  return options->adopt ? check_adopt (options, dir) : check_start (options, dir);
}

/* Runs in the first fork. */
_Noreturn static void
detach (TcReaperSetup *setup, int reading_fd)
{
  close (reading_fd);
  setsid ();
  if (fork () != 0)
    _exit (0);
  if (setup->options->ready_fd >= 0)
    close (setup->options->ready_fd);
  tc_std_to_null ();
  _exit (tc_reaper_run (setup));
}

/* The report is short enough to come in one piece, but may come in several. */
static int
relay_report (const TcOptions *options, int fd)
{
  char report[2048];
  const char *words;
  size_t length = 0;
  ssize_t n;

  while (length < sizeof report - 1 && (n = read (fd, report + length, sizeof report - 1 - length)) != 0)
    if (n > 0)
      length += (size_t) n;
    else if (errno != EINTR)
      break;
  report[length] = '\0';
  if (length == 0)
    return refuse (options, TC_LAUNCH_FAILED, EPIPE, "the shim died at its start");
  if (options->ready_fd >= 0)
    (void) tc_write_all (options->ready_fd, report, length);
  if (report[0] == 'R')
    return TC_LAUNCH_OK;
  (void) tc_write_all (2, "training-center-shim:", 21);
  /* People need the words, not the number before them. */
  words = report + strcspn (report, " ");
  (void) tc_write_all (2, words, strlen (words));
  (void) tc_write_all (2, "\n", 1);

  return TC_LAUNCH_FAILED;
}

/* Starts the shim that options ask for.
 *
 * Returns the exit status of the launching process, one of TC_LAUNCH_. */
int
tc_launch (const TcOptions *options)
{
  TcReaperSetup setup = { .options = options, .umask = umask (077) };
  int report[2], status;
  pid_t pid;

  tc_close_others (options->ready_fd, -1);
  /* A caller that has gone away must not end a run that has begun. */
  signal (SIGPIPE, SIG_IGN);
  status = prepare (options, &setup.dir);
  if (status != TC_LAUNCH_OK)
    return status;
  setup.cwd_fd = options->adopt ? -1 : open (".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (pipe2 (report, O_CLOEXEC) != 0)
    return refuse (options, TC_LAUNCH_FAILED, errno, "cannot make a pipe");
  setup.report_fd = report[1];
  pid = fork ();
  if (pid < 0)
    return refuse (options, TC_LAUNCH_FAILED, errno, "cannot fork");
  if (pid == 0)
    detach (&setup, report[0]);
  close (report[1]);
  close (setup.dir.lock_fd);
  waitpid (pid, NULL, 0);

  return relay_report (options, report[0]);
}
