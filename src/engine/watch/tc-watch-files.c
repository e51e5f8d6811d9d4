/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-files.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH   4
#define MAX_ENTRIES 4000

typedef struct
{
  guint64 sum;
  guint   n_entries;
} Digest;

/* What the supervisor and the engine write is no sign of the script's life;
 * its output is counted on its own. */
static const char *const own_files[] = {
  "output.log", "output.idx", "output.fifo", "control.sock", "lock",
  "spec.json", "shim.json", "exit.json", ".exit.json.tmp", "shim.log",
  "ballast", "attempts", NULL
};

/* FNV-1a over the facts of one file. */
static guint64
hash_file (const char        *name,
           const struct stat *info)
{
  const guint64 facts[] = {
    (guint64) info->st_ino, (guint64) info->st_size,
    (guint64) info->st_mtim.tv_sec, (guint64) info->st_mtim.tv_nsec,
    g_str_hash (name),
  };
  const guint8 *bytes = (const guint8 *) facts;
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gsize i = 0; i < sizeof facts; i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);

  return hash;
}

/* Takes the descriptor. Sums, so that the order of a folder does not matter. */
static void
digest_dir (Digest *self,
            int     fd,
            int     depth)
{
  DIR *dir = fdopendir (fd);
  struct dirent *entry;

  if (dir == NULL)
    {
      close (fd);
      return;
    }

  while (self->n_entries < MAX_ENTRIES && (entry = readdir (dir)) != NULL)
    {
      struct stat info;
      int child;

      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") ||
          (depth == 0 && g_strv_contains (own_files, entry->d_name)) ||
          fstatat (fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        continue;

      self->n_entries++;
      if (S_ISREG (info.st_mode))
        self->sum += hash_file (entry->d_name, &info);
      if (!S_ISDIR (info.st_mode) || depth >= MAX_DEPTH)
        continue;

      child = openat (fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (child >= 0)
        digest_dir (self, child, depth + 1);
    }

  closedir (dir);
}

/**
 * tc_watch_files_digest:
 * @run_dir: a run folder
 *
 * Returns: a number that differs when a file of the script's has changed; 0
 *   when there are none
 */
guint64
tc_watch_files_digest (const char *run_dir)
{
  Digest digest = { 0, 0 };
  int fd;

  g_return_val_if_fail (run_dir != NULL, 0);

  fd = open (run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0)
    digest_dir (&digest, fd, 0);

  return digest.sum;
}
