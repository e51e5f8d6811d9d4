/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <endian.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "index.h"

_Static_assert (sizeof (TcIndexRecord) == 32, "the record is part of the file format");

/* Opens output.idx in the run folder and cuts off a record that a full disk or
 * a crash left half written, so that the file stays an array of records.
 *
 * Returns the descriptor (owned), or -1. */
int
tc_index_open (int dir_fd)
{
  struct stat info;
  int fd = openat (dir_fd, "output.idx", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return -1;
  if (fstat (fd, &info) == 0 && info.st_size % (off_t) sizeof (TcIndexRecord) != 0 &&
      ftruncate (fd, info.st_size - info.st_size % (off_t) sizeof (TcIndexRecord)) != 0)
    {
      close (fd);
      return -1;
    }

  return fd;
}

static bool
append (int fd, uint64_t log_offset, int64_t realtime, int64_t boottime, int64_t monotonic)
{
  TcIndexRecord record = {
    .log_offset = htole64 (log_offset),
    .realtime_us = (int64_t) htole64 ((uint64_t) realtime),
    .boottime_us = (int64_t) htole64 ((uint64_t) boottime),
    .monotonic_us = (int64_t) htole64 ((uint64_t) monotonic),
  };
  off_t end = lseek (fd, 0, SEEK_END);
  ssize_t n;

  if (end < 0)
    return false;
  n = pwrite (fd, &record, sizeof record, end);
  if (n == (ssize_t) sizeof record)
    return true;
  /* A short record would shift every later one. */
  if (n > 0 && ftruncate (fd, end) != 0)
    return false;

  return false;
}

/* Appends: bytes from log_offset on arrived at stamp.
 *
 * Returns false when the disk did not take it; the log is then merely indexed
 * more coarsely. */
bool
tc_index_add (int fd, uint64_t log_offset, const TcStamp *stamp)
{
  return append (fd, log_offset, stamp->realtime_us, stamp->boottime_us, stamp->monotonic_us);
}

/* Appends: at log_offset, dropped bytes are missing.
 *
 * Returns false when the disk did not take it; the caller tries again. */
bool
tc_index_add_gap (int fd, uint64_t log_offset, const TcStamp *stamp, uint64_t dropped)
{
  return append (fd, log_offset | TC_INDEX_GAP, stamp->realtime_us, (int64_t) dropped, stamp->monotonic_us);
}
