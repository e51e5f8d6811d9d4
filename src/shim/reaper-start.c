/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The reaper's beginning: everything up to the moment the training runs. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pump.h"
#include "reaper-private.h"

#define PUMP_RESTART_NS (20 * TC_NS_PER_MS)
#define PUMP_BRIEF_NS   (2 * TC_NS_PER_MS)
#define PUMP_FORK_NS    (200 * TC_NS_PER_MS)
#define PUMP_DEATH_MS   2000
#define PUMP_MAX_FAILURES 6

/* All signals wait in the descriptor: nothing can interrupt the reaper, and
 * none but SIGKILL can end it. */
static int
open_signals (TcReaper *reaper)
{
  struct sigaction child = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP };
  sigset_t all, wanted;

  /* Were SIGCHLD ignored, as it may have come to us, there would be no status. */
  sigaction (SIGCHLD, &child, NULL);
  sigfillset (&all);
  sigprocmask (SIG_SETMASK, &all, NULL);
  sigemptyset (&wanted);
  sigaddset (&wanted, SIGCHLD);
  sigaddset (&wanted, SIGTERM);
  reaper->signal_fd = signalfd (-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);

  return reaper->signal_fd < 0 ? errno : 0;
}

static int
prepare_process (TcReaper *reaper)
{
  reaper->shared = mmap (NULL, sizeof *reaper->shared, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (reaper->shared == MAP_FAILED || pipe2 (reaper->lifeline, O_CLOEXEC | O_NONBLOCK) != 0 ||
      prctl (PR_SET_CHILD_SUBREAPER, 1) != 0 || fchdir (reaper->setup.dir.fd) != 0)
    return errno;
  prctl (PR_SET_NAME, "tc-shim");

  return open_signals (reaper);
}

static int
open_fifo (TcReaper *reaper)
{
  struct stat info;

  reaper->fifo_fd = tc_run_dir_open_fifo (&reaper->setup.dir);
  if (reaper->fifo_fd < 0 || fstat (reaper->fifo_fd, &info) != 0)
    return errno;
  reaper->tree.fifo_device = info.st_dev;
  reaper->tree.fifo_inode = info.st_ino;

  return 0;
}

static int
prepare_folder (TcReaper *reaper)
{
  const TcRunDir *dir = &reaper->setup.dir;
  int error = reaper->setup.options->adopt ? 0 : tc_run_dir_make_fifo (dir);

  if (error == 0)
    error = open_fifo (reaper);
  if (error != 0)
    return error;
  tc_run_dir_reserve_ballast (dir->fd);
  tc_run_dir_reserve_record (dir);

  return tc_control_listen (&reaper->control, dir->fd, tc_reaper_command, reaper);
}

/* Starts a pump; when that fails, once more a little later. */
void
tc_reaper_start_pump (TcReaper *reaper)
{
  pid_t pid = fork ();
  TcProcess process;

  reaper->pump_started_ns = tc_clock_monotonic_ns ();
  if (pid == 0)
    {
      close (reaper->lifeline[1]);
      tc_pump_run (reaper->setup.dir.fd, reaper->lifeline[0], reaper->shared,
                   reaper->setup.options->drop_after_seconds);
    }
  reaper->pump_due_ns = pid < 0 ? reaper->pump_started_ns + PUMP_FORK_NS : 0;
  if (pid < 0)
    return;
  reaper->tree.pump = pid;
  if (!tc_process_read (pid, &process))
    return;
  reaper->identity.pump_pid = pid;
  reaper->identity.pump_start_time = process.start_time;
  /* Not worth waiting for the disk: after a crash of the machine there is no
   * pump to be found, and a wrong entry is refused when it is checked. */
  if (reaper->identity.child_pid != 0)
    (void) tc_record_write_identity (&reaper->setup.dir, &reaper->identity, false);
}

/* No pump can work, perhaps because the run folder was removed: what is still
 * in the FIFO is counted as lost rather than waited for. */
static void
give_up_draining (TcReaper *reaper)
{
  int queued = 0;

  if (ioctl (reaper->fifo_fd, FIONREAD, &queued) == 0)
    reaper->shared->dropped_bytes += (uint64_t) queued;
  reaper->drained = true;
}

/* Takes note that the pump ended with status, as of wait(). One that ends of
 * itself while finishing has done its work. Any other gets a successor: at
 * once if it was killed in the middle of its work, else after a pause that
 * grows with the number of failures. */
void
tc_reaper_pump_ended (TcReaper *reaper, int status)
{
  int64_t now_ns = tc_clock_monotonic_ns ();

  reaper->tree.pump = 0;
  if (status == 0 && reaper->shared->finishing)
    {
      reaper->drained = true;
      return;
    }
  reaper->pump_failures = WIFEXITED (status) ? reaper->pump_failures + 1 : 0;
  if (reaper->shared->finishing && reaper->pump_failures >= PUMP_MAX_FAILURES)
    give_up_draining (reaper);
  else if (WIFSIGNALED (status) && now_ns - reaper->pump_started_ns >= PUMP_BRIEF_NS)
    tc_reaper_start_pump (reaper);
  else
    reaper->pump_due_ns = now_ns + (PUMP_RESTART_NS << (reaper->pump_failures < PUMP_MAX_FAILURES
                                                          ? reaper->pump_failures : PUMP_MAX_FAILURES));
}

static int
start_child (TcReaper *reaper)
{
  TcChildSetup setup = { reaper->setup.options->command, reaper->setup.cwd_fd, reaper->setup.umask };
  TcChild child;
  TcProcess process;
  int error = tc_child_fork (&child, &setup, &reaper->setup.dir);

  /* Held open, the folder's file system could not be unmounted. */
  if (setup.cwd_fd >= 0)
    close (setup.cwd_fd);
  if (error != 0)
    return error;
  if (!tc_process_read (child.pid, &process))
    return ESRCH;
  reaper->identity.child_pid = child.pid;
  reaper->identity.child_start_time = process.start_time;
  tc_clock_stamp (&reaper->identity.started);
  error = tc_record_write_identity (&reaper->setup.dir, &reaper->identity, true);
  if (error != 0)
    return error;
  error = tc_child_release (&child);
  if (error != 0)
    tc_report_error (reaper->setup.report_fd, error, setup.command[0]);
  else
    (void) tc_write_all (reaper->setup.report_fd, "R", 1);

  return 0;
}

/* Starts a run: makes the folder ready, starts the pump and the training, and
 * reports. That the command cannot be executed is no failure here; it goes
 * into the exit record like any other end.
 *
 * Returns 0, or an errno value when nothing was started. */
int
tc_reaper_begin (TcReaper *reaper)
{
  int error = prepare_process (reaper);

  if (error == 0)
    error = prepare_folder (reaper);
  if (error != 0)
    return error;
  tc_record_boot_id (reaper->identity.boot_id);
  tc_oom_begin (&reaper->oom);
  tc_reaper_start_pump (reaper);
  error = start_child (reaper);
  if (error != 0)
    tc_run_dir_tidy (&reaper->setup.dir);

  return error;
}

/* The pump of the dead shim may have outlived it. It can be killed without
 * loss; were it left alone, ours would wait for it. */
static void
replace_pump (const TcIdentity *identity)
{
  int fd = identity->pump_pid > 0 ? tc_process_open (identity->pump_pid, identity->pump_start_time) : -1;
  struct pollfd death = { .fd = fd, .events = POLLIN };

  if (fd < 0)
    return;
  if (syscall (SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0)
    (void) poll (&death, 1, PUMP_DEATH_MS);
  close (fd);
}

/* Takes over a run whose shim has died while the training lives on. The
 * launching process has found it alive; here it is opened for good.
 *
 * Returns 0, or an errno value: ESRCH when the training has ended meanwhile. */
int
tc_reaper_adopt (TcReaper *reaper)
{
  TcIdentity *identity = &reaper->identity;
  int error;

  if (!tc_record_read_identity (&reaper->setup.dir, identity))
    return ESRCH;
  reaper->adopted_fd = tc_process_open (identity->child_pid, identity->child_start_time);
  if (reaper->adopted_fd < 0)
    return ESRCH;
  reaper->tree.adopted = identity->child_pid;
  reaper->tree.adopted_start_time = identity->child_start_time;
  error = prepare_process (reaper);
  if (error == 0)
    error = prepare_folder (reaper);
  if (error != 0)
    return error;
  replace_pump (identity);
  tc_reaper_start_pump (reaper);
  error = tc_record_write_identity (&reaper->setup.dir, identity, true);
  if (error == 0)
    (void) tc_write_all (reaper->setup.report_fd, "R", 1);

  return error;
}
