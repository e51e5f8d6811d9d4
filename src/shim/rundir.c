/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "rundir.h"
#include "text.h"

#define FIFO_BYTES     (1024 * 1024)
#define BALLAST_BYTES  (16 * 1024 * 1024)
#define RECORD_BYTES   4096
#define NOTES_MAXIMUM  (256 * 1024)
#define LOCK_TRIES     10
#define LOCK_EVERY_MS  20

/* Opens the run folder at path, without taking anything in it.
 *
 * Returns 0, or an errno value. */
int
tc_run_dir_open (TcRunDir *dir, const char *path)
{
  dir->lock_fd = -1;
  dir->fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  return dir->fd < 0 ? errno : 0;
}

/* Takes the lock of the run folder. A short wait makes up for a shim that has
 * written its exit record and is just about to end, and for an engine that
 * tries the lock only to see whether somebody has it. The lock belongs to the open file, so it
 * passes on to forked children and is free when the last of them is gone.
 *
 * Returns 0; EWOULDBLOCK when another shim holds it; or another errno value. */
int
tc_run_dir_lock (TcRunDir *dir)
{
  dir->lock_fd = openat (dir->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (dir->lock_fd < 0)
    return errno;

  for (int try = 0; flock (dir->lock_fd, LOCK_EX | LOCK_NB) != 0; try++)
    {
      if (errno != EINTR && (errno != EWOULDBLOCK || try >= LOCK_TRIES))
        return errno;
      poll (NULL, 0, LOCK_EVERY_MS);
    }

  return 0;
}

static int
write_and_sync (int fd, const char *data, size_t length, bool durable)
{
  int error = tc_write_all (fd, data, length);

  /* The temporary file may have been reserved larger than the record. */
  if (error == 0 && ftruncate (fd, (off_t) length) != 0)
    error = errno;
  if (error == 0 && durable && fsync (fd) != 0)
    error = errno;

  return error;
}

/* Replaces the file name by data so that a reader, or a crash at any moment,
 * finds the old content or the new, never a part. With durable it is also on
 * the disk when this returns.
 *
 * Returns 0, or an errno value; the old content then still stands. */
int
tc_run_dir_write_atomic (const TcRunDir *dir, const char *name, const char *tmp_name,
                         const char *data, size_t length, bool durable)
{
  int fd = openat (dir->fd, tmp_name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  int error;

  if (fd < 0)
    return errno;
  error = write_and_sync (fd, data, length, durable);
  if (close (fd) != 0 && error == 0)
    error = errno;
  if (error == 0 && renameat (dir->fd, tmp_name, dir->fd, name) != 0)
    error = errno;
  if (error == 0 && durable && fsync (dir->fd) != 0)
    error = errno;

  return error;
}

/* Makes output.fifo anew. A FIFO of an earlier start is not used again: a
 * process of that start might still hold it.
 *
 * Returns 0, or an errno value. */
int
tc_run_dir_make_fifo (const TcRunDir *dir)
{
  if (unlinkat (dir->fd, "output.fifo", 0) != 0 && errno != ENOENT)
    return errno;

  return mkfifoat (dir->fd, "output.fifo", 0600) != 0 ? errno : 0;
}

/* Opens both ends of output.fifo. Holding them, the reaper keeps what is in
 * the FIFO while no pump is running, and no writer ever meets a broken pipe.
 *
 * Returns the descriptor (owned), or -1 with errno set. */
int
tc_run_dir_open_fifo (const TcRunDir *dir)
{
  struct stat info;
  int fd = openat (dir->fd, "output.fifo", O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);

  if (fd < 0)
    return -1;
  if (fstat (fd, &info) != 0 || !S_ISFIFO (info.st_mode))
    {
      close (fd);
      errno = EINVAL;
      return -1;
    }
  /* Beyond a limit per user the kernel refuses; 64 KiB do as well, only slower. */
  (void) fcntl (fd, F_SETPIPE_SZ, FIFO_BYTES);

  return fd;
}

/* Whether name is in the run folder. */
bool
tc_run_dir_exists (const TcRunDir *dir, const char *name)
{
  return faccessat (dir->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Whether a pump, of whatever shim, is writing output.log at this moment. */
bool
tc_run_dir_log_in_use (const TcRunDir *dir)
{
  bool in_use;
  int fd = openat (dir->fd, "output.log", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (fd < 0)
    return false;
  in_use = flock (fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close (fd);

  return in_use;
}

/* Stores the size of output.log in bytes in size.
 *
 * Returns whether its last line lacks its end. */
bool
tc_run_dir_log_is_partial (const TcRunDir *dir, long long *size)
{
  char last = '\n';
  struct stat info;
  int fd = openat (dir->fd, "output.log", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  *size = 0;
  if (fd < 0)
    return false;
  if (fstat (fd, &info) == 0 && info.st_size > 0)
    {
      *size = info.st_size;
      if (pread (fd, &last, 1, info.st_size - 1) != 1)
        last = '\n';
    }
  close (fd);

  return last != '\n';
}

/* Starts writing output.log to the disk, without waiting for the end of that:
 * the end of a run is to be known at once, however slow the disk. */
void
tc_run_dir_flush_log (const TcRunDir *dir)
{
  int fd = openat (dir->fd, "output.log", O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (fd < 0)
    return;
  (void) sync_file_range (fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  close (fd);
}

/* Reserves the ballast: space that is given up when the disk is full, so that
 * the training can go on writing its last checkpoint and its log.
 *
 * Returns whether the folder now has it. */
bool
tc_run_dir_reserve_ballast (int dir_fd)
{
  bool reserved;
  int fd = openat (dir_fd, "ballast", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return false;
  /* Not posix_fallocate(): where the file system cannot reserve, that writes
   * 16 MiB instead. */
  reserved = fallocate (fd, 0, 0, BALLAST_BYTES) == 0;
  close (fd);
  if (!reserved)
    unlinkat (dir_fd, "ballast", 0);

  return reserved;
}

/* Reserves a block for the exit record, so that a full disk cannot keep the
 * most important file of the run from being written. */
void
tc_run_dir_reserve_record (const TcRunDir *dir)
{
  int fd = openat (dir->fd, TC_EXIT_RECORD_TMP, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return;
  /* Without it the record is written all the same, if there is room then. */
  (void) !fallocate (fd, 0, 0, RECORD_BYTES);
  close (fd);
}

/* Removes what is of use only while the shim lives. */
void
tc_run_dir_tidy (const TcRunDir *dir)
{
  static const char *const names[] = { "control.sock", "output.fifo", "ballast", TC_EXIT_RECORD_TMP };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    unlinkat (dir->fd, names[i], 0);
}

/* Appends a line on something out of the ordinary to shim.log, which exists
 * only then. It must never be in the way: failures are ignored, and the file
 * does not grow without end. */
void
tc_run_dir_note (int dir_fd, const char *what, int number)
{
  TcText text;
  TcStamp now;
  struct stat info;
  int fd = openat (dir_fd, "shim.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

  if (fd < 0)
    return;
  if (fstat (fd, &info) == 0 && info.st_size < NOTES_MAXIMUM)
    {
      tc_clock_stamp (&now);
      tc_text_clear (&text);
      tc_text_add_int (&text, now.realtime_us);
      tc_text_add (&text, " ");
      tc_text_add (&text, what);
      tc_text_add (&text, " ");
      tc_text_add_int (&text, number);
      tc_text_add (&text, "\n");
      (void) tc_write_all (fd, text.data, text.length);
    }
  close (fd);
}
