/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "text.h"

#define OOM_SCORE_RAISE 300
#define OOM_SCORE_MAX   1000

/* Ignored signals and the mask survive exec; the training must not inherit
 * ours, nor those of whoever started us. */
static void
reset_signals (void)
{
  struct sigaction standard = { .sa_handler = SIG_DFL };
  sigset_t none;

  for (int number = 1; number < NSIG; number++)
    (void) sigaction (number, &standard, NULL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

/* When memory runs out the training is to go rather than its shim, which is
 * needed to tell the tale. Lowering our own score would take privileges. */
static void
raise_oom_score (void)
{
  char content[16];
  int64_t score = 0;
  TcText text;
  size_t length = tc_read_file (AT_FDCWD, "/proc/self/oom_score_adj", content, sizeof content);
  int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (length > 1 && content[0] != '-')
    (void) tc_parse_int (content, length - 1, OOM_SCORE_MAX, &score);
  score += OOM_SCORE_RAISE;
  tc_text_clear (&text);
  tc_text_add_int (&text, score < OOM_SCORE_MAX ? score : OOM_SCORE_MAX);
  (void) tc_write_all (fd, text.data, text.length);
  close (fd);
}

/* All our other descriptors close themselves at exec, and those of whoever
 * started us were closed at launch.
 *
 * Standard output and error are one FIFO, so that their order is kept, opened
 * for reading too: a writer that is itself a reader never gets SIGPIPE, and
 * what it wrote stays in the FIFO when all else has died. */
static int
redirect (const TcRunDir *dir)
{
  int null_fd = open ("/dev/null", O_RDONLY);
  int fifo_fd = openat (dir->fd, "output.fifo", O_RDWR | O_NOFOLLOW);

  if (null_fd < 0 || fifo_fd < 0 || dup2 (null_fd, 0) < 0 || dup2 (fifo_fd, 1) < 0 ||
      dup2 (fifo_fd, 2) < 0)
    return errno;
  close (null_fd);
  close (fifo_fd);

  return 0;
}

_Noreturn static void
run (const TcChildSetup *setup, const TcRunDir *dir, int gate_fd, int result_fd)
{
  char go;
  int error;

  close (dir->lock_fd);
  setsid ();
  prctl (PR_SET_NAME, "tc-child");
  if (read (gate_fd, &go, 1) != 1)
    _exit (126);
  error = redirect (dir);
  raise_oom_score ();
  if (error == 0 && setup->cwd_fd >= 0 && fchdir (setup->cwd_fd) != 0)
    error = errno;
  umask (setup->umask);
  reset_signals ();
  if (error == 0)
    {
      execvp (setup->command[0], setup->command);
      error = errno;
    }
  (void) tc_write_all (result_fd, &error, sizeof error);
  _exit (error == ENOENT ? 127 : 126);
}

/* Forks the training process, which then waits for tc_child_release(): its
 * identity is to be on the disk before it does anything.
 *
 * Returns 0, or an errno value. */
int
tc_child_fork (TcChild *child, const TcChildSetup *setup, const TcRunDir *dir)
{
  int gate[2], result[2];

  if (pipe2 (gate, O_CLOEXEC) != 0)
    return errno;
  if (pipe2 (result, O_CLOEXEC) != 0)
    {
      int error = errno;

      close (gate[0]);
      close (gate[1]);
      return error;
    }
  child->pid = fork ();
  if (child->pid == 0)
    {
      close (gate[1]);
      close (result[0]);
      run (setup, dir, gate[0], result[1]);
    }
  child->gate_fd = gate[1];
  child->result_fd = result[0];
  close (gate[0]);
  close (result[1]);

  return child->pid < 0 ? EAGAIN : 0;
}

/* Lets the training process go, and waits until it has become the command.
 *
 * Returns 0, or the errno value with which it could not. */
int
tc_child_release (TcChild *child)
{
  int error = 0;
  ssize_t n;

  if (write (child->gate_fd, "G", 1) != 1)
    return EPIPE;
  close (child->gate_fd);
  do
    n = read (child->result_fd, &error, sizeof error);
  while (n < 0 && errno == EINTR);
  close (child->result_fd);

  return n == (ssize_t) sizeof error ? error : 0;
}
