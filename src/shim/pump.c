/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The pump: moves bytes from output.fifo to output.log, in a process of its own.
 *
 * splice() is what makes it safe to kill at any moment: the kernel takes bytes
 * out of the FIFO only after it has put them into the file, within one call
 * that SIGKILL does not tear apart, and when the disk is full takes none. With
 * read() and write() whatever is between the two dies with the process. The
 * next pump goes on at the end of the file, so the file is its whole memory.
 * The log is locked by the pump that writes it: two pumps never write at once.
 *
 * It leaves when the reaper says that all writers are gone and the FIFO is
 * empty. When the reaper dies (the lifeline hangs up) it goes on alone until
 * the last writer has closed the FIFO. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "clock.h"
#include "descriptors.h"
#include "index.h"
#include "pump.h"
#include "rundir.h"

#define CHUNK_BYTES      (1024 * 1024)
#define DROP_BYTES       (64 * 1024)
#define RETRY_MS         200
#define REST_MS          50
#define INDEX_EVERY_NS   (TC_NS_PER_SECOND / 4)
#define BALLAST_EVERY_NS (10 * TC_NS_PER_SECOND)
#define BALLAST_FREE     (64ULL * 1024 * 1024)
#define LAST_GAP_TRIES   25

typedef struct
{
  int       dir_fd;
  int       lifeline_fd; /* -1 once the reaper is dead */
  int       fifo_fd;
  int       log_fd;
  int       index_fd;    /* -1 = the log goes without an index */
  off64_t   offset;      /* size of the log */
  int64_t   moved_ns;    /* when bytes were moved last, CLOCK_MONOTONIC */
  ssize_t   rest_below;  /* bytes: a quarter of what the FIFO holds, which a user's limit may have made little */
  int64_t   drop_after_ns;
  int       gap_tries;
  TcShared *shared;      /* (not owned) */
} Pump;

static void
open_files (Pump *pump)
{
  pump->fifo_fd = openat (pump->dir_fd, "output.fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
  /* Not O_APPEND, which splice() refuses. */
  pump->log_fd = openat (pump->dir_fd, "output.log", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  pump->index_fd = tc_index_open (pump->dir_fd);
  if (pump->fifo_fd < 0 || pump->log_fd < 0)
    {
      tc_run_dir_note (pump->dir_fd, "pump cannot open its files, errno", errno);
      _exit (1);
    }
  pump->rest_below = fcntl (pump->fifo_fd, F_GETPIPE_SZ) / 4;
}

static bool
is_drained (Pump *pump)
{
  int queued = 0;

  return ioctl (pump->fifo_fd, FIONREAD, &queued) == 0 && queued == 0;
}

/* Waits until no other pump has the log: one just killed, or one that outlived
 * its reaper and is still at work, in which case there is nothing to hurry for. */
static void
take_log (Pump *pump)
{
  while (flock (pump->log_fd, LOCK_EX | LOCK_NB) != 0 && errno != ENOLCK)
    {
      struct pollfd lifeline = { .fd = pump->lifeline_fd, .events = POLLIN };

      if (poll (&lifeline, 1, RETRY_MS) > 0 && (lifeline.revents & POLLHUP) != 0)
        _exit (0);
      if (pump->shared->finishing && is_drained (pump))
        _exit (0);
    }
  pump->offset = lseek (pump->log_fd, 0, SEEK_END);
}

/* Returns whether no gap is left to be recorded. */
static bool
record_gap (Pump *pump)
{
  TcStamp now;
  uint64_t bytes = pump->shared->gap_bytes;

  if (bytes == 0)
    return true;
  tc_clock_stamp (&now);
  if (pump->index_fd < 0 || !tc_index_add_gap (pump->index_fd, pump->shared->gap_offset, &now, bytes))
    return false;
  pump->shared->gap_bytes = 0;
  tc_run_dir_note (pump->dir_fd, "log goes on after a gap, bytes dropped", (int) bytes);

  return true;
}

static void
retake_ballast (Pump *pump, int64_t now_ns)
{
  struct statvfs info;

  if (!pump->shared->ballast_released || now_ns - pump->shared->ballast_tried_ns < BALLAST_EVERY_NS)
    return;
  pump->shared->ballast_tried_ns = now_ns;
  if (fstatvfs (pump->dir_fd, &info) == 0 && info.f_bavail * info.f_frsize >= BALLAST_FREE &&
      tc_run_dir_reserve_ballast (pump->dir_fd))
    pump->shared->ballast_released = pump->shared->disk_full = false;
}

static void
account (Pump *pump, off64_t before, int64_t now_ns)
{
  TcStamp now;

  pump->shared->blocked_since_ns = 0;
  if (!pump->shared->ballast_released)
    pump->shared->disk_full = false;
  retake_ballast (pump, now_ns);
  /* The record of a gap comes before those of the bytes behind it. */
  if (!record_gap (pump) || pump->index_fd < 0 ||
      now_ns - pump->shared->indexed_at_ns < INDEX_EVERY_NS)
    return;
  tc_clock_stamp (&now);
  if (tc_index_add (pump->index_fd, (uint64_t) before, &now))
    pump->shared->indexed_at_ns = now_ns;
}

/* By read(), not by splice(): that may be what does not work. */
static void
drop (Pump *pump)
{
  static char bytes[DROP_BYTES];
  ssize_t n;

  for (size_t dropped = 0; dropped < CHUNK_BYTES; dropped += (size_t) n)
    {
      n = read (pump->fifo_fd, bytes, sizeof bytes);
      if (n <= 0)
        return;
      pump->shared->gap_offset = (uint64_t) pump->offset;
      pump->shared->gap_bytes += (uint64_t) n;
      pump->shared->dropped_bytes += (uint64_t) n;
    }
}

/* The log did not take the bytes; they are still in the FIFO.
 *
 * Returns whether to try again at once rather than after a while. */
static bool
handle_refusal (Pump *pump, int error)
{
  TcShared *shared = pump->shared;
  int64_t now_ns = tc_clock_monotonic_ns ();

  if (error == ENOSPC || error == EDQUOT)
    {
      shared->disk_full = true;
      if (!shared->ballast_released && unlinkat (pump->dir_fd, "ballast", 0) == 0)
        {
          shared->ballast_released = true;
          shared->ballast_tried_ns = now_ns;
          return true;
        }
    }
  if (shared->blocked_since_ns == 0)
    {
      shared->blocked_since_ns = now_ns;
      tc_run_dir_note (pump->dir_fd, "log cannot be written, errno", error);
    }
  if (shared->give_up ||
      (pump->drop_after_ns > 0 && now_ns - shared->blocked_since_ns >= pump->drop_after_ns))
    drop (pump);

  return false;
}

/* Whether nobody is left who could write. */
static bool
are_writers_gone (Pump *pump)
{
  struct pollfd fifo = { .fd = pump->fifo_fd };

  return pump->shared->finishing || (poll (&fifo, 1, 0) > 0 && (fifo.revents & POLLHUP) != 0);
}

/* The FIFO is empty for good. Leaves, once the last gap is recorded.
 *
 * Returns in how many milliseconds to try again. */
static int
finish (Pump *pump)
{
  if (!record_gap (pump) && !pump->shared->give_up && pump->gap_tries++ < LAST_GAP_TRIES)
    return RETRY_MS;
  _exit (0);
}

/* A script that prints often pays for each wake of the pump, and of the engine
 * behind it, with time of its processor. As long as the FIFO is far from full its
 * lines can wait there for each other.
 *
 * Returns in how many milliseconds to go on by itself; -1 = when there is news. */
static int
rest (Pump *pump, ssize_t moved, int64_t now_ns)
{
  bool is_frequent = now_ns - pump->moved_ns < 2 * REST_MS * TC_NS_PER_MS;

  pump->moved_ns = now_ns;

  return is_frequent && moved < pump->rest_below ? REST_MS : -1;
}

/* Moves what is in the FIFO, at most one chunk. Does not return when the work
 * is done.
 *
 * Returns in how many milliseconds to go on by itself; -1 = when there is news. */
static int
move (Pump *pump)
{
  off64_t before = pump->offset;
  ssize_t n = splice (pump->fifo_fd, NULL, pump->log_fd, &pump->offset, CHUNK_BYTES,
                      SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  int error = n < 0 ? errno : 0;

  if (n > 0)
    {
      int64_t now_ns = tc_clock_monotonic_ns ();

      account (pump, before, now_ns);
      return pump->shared->finishing ? 0 : rest (pump, n, now_ns);
    }
  if (error == EINTR)
    return 0;
  if (error == EAGAIN && !pump->shared->finishing)
    return -1;
  /* A log that does not work at all refuses even nothing. */
  if (error != 0 && !is_drained (pump))
    return error == EAGAIN || handle_refusal (pump, error) ? 0 : RETRY_MS;
  if (error != 0 && !are_writers_gone (pump))
    return RETRY_MS;

  return finish (pump);
}

static void
hear_reaper (Pump *pump, short revents)
{
  char wakes[16];

  if ((revents & POLLIN) != 0 && read (pump->lifeline_fd, wakes, sizeof wakes) > 0)
    return;
  if ((revents & (POLLHUP | POLLERR)) != 0)
    {
      tc_run_dir_note (pump->dir_fd, "the reaper is gone; pumping on alone, pid", getpid ());
      pump->lifeline_fd = -1;
    }
}

/* Runs a pump in the calling process, a fresh child of the reaper. dir_fd: the
 * run folder. lifeline_fd: reading end of a pipe whose writing end is the
 * reaper's alone; a byte in it means "look at shared". drop_after_seconds: how
 * long a log that cannot be written may hold up the training; 0 = for ever. */
_Noreturn void
tc_pump_run (int dir_fd, int lifeline_fd, TcShared *shared, int64_t drop_after_seconds)
{
  Pump pump = {
    .dir_fd = dir_fd,
    .lifeline_fd = lifeline_fd,
    .drop_after_ns = drop_after_seconds * TC_NS_PER_SECOND,
    .shared = shared,
  };
  int wait_ms = 0;

  tc_close_others (dir_fd, lifeline_fd);
  prctl (PR_SET_NAME, "tc-pump");
  open_files (&pump);
  take_log (&pump);
  for (;;)
    {
      /* While the log is blocked, or the pump rests, the FIFO stays readable: not polled, or we spin. */
      struct pollfd fds[] = {
        { .fd = wait_ms > 0 ? -1 : pump.fifo_fd, .events = POLLIN },
        { .fd = pump.lifeline_fd, .events = POLLIN },
      };

      if (poll (fds, 2, wait_ms) < 0 && errno != EINTR)
        _exit (1);
      if (fds[1].revents != 0)
        hear_reaper (&pump, fds[1].revents);
      wait_ms = move (&pump);
    }
}
