/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>
#include <sys/statvfs.h>

#include "tc-machine.h"

/* The value of a "name : value" line. */
static char *
dup_line (const char *text,
          const char *name)
{
  const char *line = strstr (text, name);
  const char *colon = line != NULL ? strchr (line, ':') : NULL;

  if (colon == NULL)
    return g_strdup ("");

  return g_strstrip (g_strndup (colon + 1, strcspn (colon + 1, "\n")));
}

/** tc_machine_dup_id: Returns: (transfer full): what tells this machine from another, and from itself after an upgrade */
char *
tc_machine_dup_id (void)
{
  g_autofree char *cpus = NULL;
  g_autofree char *model = NULL;
  g_autofree char *gpus = NULL;

  if (!g_file_get_contents ("/proc/cpuinfo", &cpus, NULL, NULL))
    cpus = g_strdup ("");
  model = dup_line (cpus, "model name");
  if (!g_file_get_contents ("/proc/driver/nvidia/version", &gpus, NULL, NULL))
    gpus = g_strdup ("");

  return g_strdup_printf ("%s|%s|%u|%s", g_get_host_name (), model, g_get_num_processors (), gpus);
}

static gint64
read_limit (const char *path)
{
  g_autofree char *text = NULL;
  guint64 value;

  if (!g_file_get_contents (path, &text, NULL, NULL) ||
      !g_ascii_string_to_unsigned (g_strstrip (text), 10, 0, G_MAXINT64, &value, NULL))
    return G_MAXINT64;

  return (gint64) value;
}

/**
 * tc_machine_get_memory:
 * @proc_dir: "/proc"
 * @cgroup_file: the limit of the cgroup, "/sys/fs/cgroup/memory.max"
 *
 * Returns: bytes a new process could have; -1: not known
 */
gint64
tc_machine_get_memory (const char *proc_dir,
                       const char *cgroup_file)
{
  g_autofree char *path = g_build_filename (proc_dir, "meminfo", NULL);
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  gint64 kilobytes;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return -1;
  line = dup_line (text, "MemAvailable");
  kilobytes = g_ascii_strtoll (line, NULL, 10);
  if (kilobytes <= 0)
    return -1;

  return MIN (kilobytes * 1024, read_limit (cgroup_file));
}

/** tc_machine_get_disk: Returns: bytes free for us where @folder is or will be; -1: not known */
gint64
tc_machine_get_disk (const char *folder)
{
  struct statvfs info;

  if (statvfs (folder, &info) != 0)
    return -1;

  return (gint64) info.f_bavail * (gint64) info.f_frsize;
}
