/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Was the training killed because memory ran out?
 *
 * Its memory cgroup knows: memory.events on cgroup v2, memory.oom_control on
 * v1, field oom_kill. Without one, /proc/vmstat counts for the whole system,
 * which tells only that somebody was killed. TC_CGROUP_ROOT names another root
 * folder than /sys/fs/cgroup; the counters may also lie in it directly. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "oom.h"
#include "text.h"

/* Finds "name NUMBER" at the beginning of a line. */
static int64_t
read_counter (const char *path, const char *name)
{
  static char content[32768]; /* vmstat is long */
  size_t length = strlen (name);
  int64_t value;

  tc_read_file (AT_FDCWD, path, content, sizeof content);
  for (const char *line = content; line != NULL && *line != '\0';)
    {
      const char *end = strchr (line, '\n');

      if (strncmp (line, name, length) == 0 && line[length] == ' ' &&
          tc_parse_int (line + length + 1, strspn (line + length + 1, "0123456789"), INT64_MAX, &value))
        return value;
      line = end != NULL ? end + 1 : NULL;
    }

  return -1;
}

static bool
try_file (TcOom *oom, const char *root, const char *middle, const char *path, const char *file)
{
  TcText text;

  tc_text_clear (&text);
  tc_text_add (&text, root);
  tc_text_add (&text, middle);
  tc_text_add (&text, path);
  tc_text_add (&text, file);
  if (text.overflow || text.length >= sizeof oom->cgroup_file || read_counter (text.data, "oom_kill") < 0)
    return false;
  memcpy (oom->cgroup_file, text.data, text.length + 1);

  return true;
}

/* line is one of /proc/self/cgroup: "ID:CONTROLLERS:PATH". */
static bool
try_line (TcOom *oom, const char *root, char *line)
{
  char *controllers = strchr (line, ':');
  char *path = controllers != NULL ? strchr (controllers + 1, ':') : NULL;

  if (path == NULL)
    return false;
  *controllers++ = *path++ = '\0';
  if (strcmp (line, "0") == 0 && controllers[0] == '\0')
    return try_file (oom, root, "", path, "/memory.events") ||
           try_file (oom, root, "/unified", path, "/memory.events");
  if (strcmp (controllers, "memory") == 0)
    return try_file (oom, root, "/memory", path, "/memory.oom_control");

  return false;
}

static void
find_cgroup (TcOom *oom)
{
  char lines[4096];
  const char *injected = getenv ("TC_CGROUP_ROOT");
  const char *root = injected != NULL ? injected : "/sys/fs/cgroup";

  if (injected != NULL && (try_file (oom, root, "", "", "/memory.events") ||
                           try_file (oom, root, "", "", "/memory.oom_control")))
    return;
  tc_read_file (AT_FDCWD, "/proc/self/cgroup", lines, sizeof lines);
  for (char *line = lines, *end; line != NULL && *line != '\0'; line = end)
    {
      end = strchr (line, '\n');
      if (end != NULL)
        *end++ = '\0';
      if (try_line (oom, root, line))
        return;
    }
}

/* Reads the counters before the training starts. */
void
tc_oom_begin (TcOom *oom)
{
  oom->cgroup_file[0] = '\0';
  find_cgroup (oom);
  oom->cgroup_kills = oom->cgroup_file[0] != '\0' ? read_counter (oom->cgroup_file, "oom_kill") : -1;
  oom->system_kills = read_counter ("/proc/vmstat", "oom_kill");
}

/* Reads the counters again after the end. failed: the training ended otherwise
 * than with 0, and not because we wanted it to. foreign_sigkill: it ended by a
 * SIGKILL that was not ours. A kill in its own cgroup explains every failure, also
 * that of a parent whose worker was killed; a kill somewhere on the system
 * only makes a foreign SIGKILL suspicious, and certain says so. */
void
tc_oom_judge (const TcOom *oom, bool failed, bool foreign_sigkill, bool *killed, bool *certain)
{
  bool in_cgroup = oom->cgroup_kills >= 0 &&
                   read_counter (oom->cgroup_file, "oom_kill") > oom->cgroup_kills;
  bool in_system = oom->system_kills >= 0 &&
                   read_counter ("/proc/vmstat", "oom_kill") > oom->system_kills;

  *certain = failed && in_cgroup;
  *killed = *certain || (foreign_sigkill && in_system);
}
