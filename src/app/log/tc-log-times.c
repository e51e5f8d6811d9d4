/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-log-times.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The supervisor knows no GLib; what it writes is a file format, not a type. */
#define RECORD_BYTES 32
#define GAP (G_GUINT64_CONSTANT (1) << 63)

typedef struct
{
  guint64 log_offset;
  gint64  realtime_us;
} Stamp;

static gboolean
read_stamp (int     fd,
            gint64  index,
            Stamp  *stamp)
{
  guint64 words[2];
  gssize n;

  do
    n = pread (fd, words, sizeof words, index * RECORD_BYTES);
  while (n < 0 && errno == EINTR);
  stamp->log_offset = GUINT64_FROM_LE (words[0]) & ~GAP;
  stamp->realtime_us = (gint64) GUINT64_FROM_LE (words[1]);

  return n == (gssize) sizeof words;
}

/* Returns: of the last record at or before @offset; 0 if there is none */
static gint64
search (int     fd,
        gint64  n,
        guint64 offset)
{
  gint64 low = 0;
  gint64 found_us = 0;

  while (low < n)
    {
      gint64 middle = low + (n - low) / 2;
      Stamp stamp;

      if (!read_stamp (fd, middle, &stamp))
        return 0;
      if (stamp.log_offset > offset)
        {
          n = middle;
          continue;
        }
      low = middle + 1;
      found_us = stamp.realtime_us;
    }

  return found_us;
}

/**
 * tc_log_times_lookup:
 * @path: the index, output.idx
 * @offset: where in the log, in bytes
 *
 * Returns: when it was written (UTC, µs); 0 if nobody noted it
 */
gint64
tc_log_times_lookup (const char *path,
                     gint64      offset)
{
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  struct stat info;

  if (fd < 0 || offset < 0 || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    return 0;

  return search (fd, info.st_size / RECORD_BYTES, (guint64) offset);
}
