/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-proc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_STAT_BYTES 4096

/* The fields of /proc/PID/stat that matter here. */
typedef struct
{
  GPid    pid;
  GPid    parent;
  GPid    session;
  char    state;
  guint64 ticks;      /* CPU time, its own and of children it waited for */
  gint64  start_time;
} Process;

/* What a process had used when we last looked. */
typedef struct
{
  gint64  start_time; /* tells a reused pid from the same process */
  guint64 ticks;
  guint64 io_bytes;
} Usage;

struct _TcWatchProc
{
  char       *root;        /* (owned) */
  GPid        child;
  gint64      start_time;
  GPid        session;     /* 0: not known yet, or shared with us */
  GHashTable *usage;       /* (owned) (element-type gint Usage) of the last look */
  GArray     *pids;        /* (owned) (element-type GPid) */
  guint64     cpu_us;
  guint64     io_bytes;
};

/* ---- /proc ---- */

/* Small files of /proc only: they are there at once or not at all. */
static gboolean
read_small (const TcWatchProc *self,
            const char        *pid,
            const char        *name,
            char               buffer[MAX_STAT_BYTES])
{
  g_autofree char *path = g_build_filename (self->root, pid, name, NULL);
  FILE *file = fopen (path, "re");
  gsize length;

  if (file == NULL)
    return FALSE;

  length = fread (buffer, 1, MAX_STAT_BYTES - 1, file);
  fclose (file);
  buffer[length] = '\0';

  return length > 0;
}

/* The name of a process may hold blanks and parentheses, so the fields are
 * counted from the last parenthesis. */
static gboolean
read_process (const TcWatchProc *self,
              const char        *pid,
              Process           *process)
{
  char buffer[MAX_STAT_BYTES];
  const char *rest;
  guint64 used[4];
  int parent;
  int session;

  if (!read_small (self, pid, "stat", buffer))
    return FALSE;

  rest = strrchr (buffer, ')');
  if (rest == NULL ||
      sscanf (rest + 1,
              " %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u "
              "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
              " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
              " %*d %*d %*d %*d %" G_GINT64_FORMAT,
              &process->state, &parent, &session, &used[0], &used[1],
              &used[2], &used[3], &process->start_time) != 8)
    return FALSE;

  process->pid = (GPid) g_ascii_strtoll (pid, NULL, 10);
  process->parent = parent;
  process->session = session;
  process->ticks = used[0] + used[1] + used[2] + used[3];

  return TRUE;
}

static guint64
find_number (const char *text,
             const char *label)
{
  const char *at = strstr (text, label);

  return at != NULL ? g_ascii_strtoull (at + strlen (label), NULL, 10) : 0;
}

/* Bytes through read() and write(), also those the page cache took. Not
 * allowed for foreign processes: then there are none. */
static guint64
read_io (const TcWatchProc *self,
         GPid               pid)
{
  char buffer[MAX_STAT_BYTES];
  char name[16];

  g_snprintf (name, sizeof name, "%d", pid);
  if (!read_small (self, name, "io", buffer))
    return 0;

  return find_number (buffer, "rchar: ") + find_number (buffer, "wchar: ");
}

static GArray *
list_processes (const TcWatchProc *self)
{
  GArray *processes = g_array_new (FALSE, FALSE, sizeof (Process));
  g_autoptr(GDir) dir = g_dir_open (self->root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      Process process;

      if (g_ascii_isdigit (name[0]) && read_process (self, name, &process))
        g_array_append_val (processes, process);
    }

  return processes;
}

/* ---- the tree ---- */

/* The session of the child, unless it is that of this process: then it says
 * nothing about who belongs to the run. */
static void
learn_session (TcWatchProc   *self,
               const Process *child)
{
  Process own = { 0 };

  if (self->session != 0 || (read_process (self, "self", &own) && own.session == child->session))
    return;

  self->session = child->session;
}

static gboolean
belongs (const TcWatchProc *self,
         const Process     *process,
         GHashTable        *members)
{
  if (process->pid == self->child)
    return self->start_time == 0 || process->start_time == self->start_time;

  return (self->session != 0 && process->session == self->session) ||
         g_hash_table_contains (members, GINT_TO_POINTER (process->parent));
}

static gboolean
add_member (TcWatchProc   *self,
            const Process *process,
            GHashTable    *members)
{
  if (g_hash_table_contains (members, GINT_TO_POINTER (process->pid)) ||
      !belongs (self, process, members))
    return FALSE;

  if (process->pid == self->child)
    learn_session (self, process);

  return g_hash_table_add (members, GINT_TO_POINTER (process->pid));
}

/* Parents may come after their children in the list, so it is walked until
 * nothing is added: as often as the tree is deep. */
static GHashTable *
find_members (TcWatchProc *self,
              GArray      *processes)
{
  GHashTable *members = g_hash_table_new (NULL, NULL);
  gboolean grown = TRUE;

  while (grown)
    {
      grown = FALSE;
      for (guint i = 0; i < processes->len; i++)
        grown |= add_member (self, &g_array_index (processes, Process, i), members);
    }

  return members;
}

/* ---- usage ---- */

static guint64
grown_by (guint64 before,
          guint64 now)
{
  return now > before ? now - before : 0;
}

/* Adds what a process has used since the last look; all of it for a new one.
 * A child that was seen and then waited for counts twice: as a sign of life
 * that does no harm, and short-lived ones are seen only that way. */
static void
account (TcWatchProc   *self,
         const Process *process,
         GHashTable    *usage)
{
  Usage *before = g_hash_table_lookup (self->usage, GINT_TO_POINTER (process->pid));
  Usage *now = g_new0 (Usage, 1);
  const gint64 us_per_tick = G_USEC_PER_SEC / MAX (sysconf (_SC_CLK_TCK), 1);
  gboolean is_same = before != NULL && before->start_time == process->start_time;

  now->start_time = process->start_time;
  now->ticks = process->ticks;
  now->io_bytes = read_io (self, process->pid);

  self->cpu_us += grown_by (is_same ? before->ticks : 0, now->ticks) * (guint64) us_per_tick;
  self->io_bytes += grown_by (is_same ? before->io_bytes : 0, now->io_bytes);

  g_hash_table_insert (usage, GINT_TO_POINTER (process->pid), now);
}

/**
 * tc_watch_proc_new:
 * @proc_root: "/proc", or a folder that looks like it
 * @child: the run's first process
 * @child_start_time: field 22 of its stat, so that a reused pid is not taken
 *   for it; 0 when not known
 *
 * Returns: (transfer full): a view of that run's processes
 */
TcWatchProc *
tc_watch_proc_new (const char *proc_root,
                   GPid        child,
                   gint64      child_start_time)
{
  TcWatchProc *self;

  g_return_val_if_fail (proc_root != NULL, NULL);

  self = g_new0 (TcWatchProc, 1);
  self->root = g_strdup (proc_root);
  self->child = child;
  self->start_time = child_start_time;
  self->usage = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->pids = g_array_new (FALSE, FALSE, sizeof (GPid));

  return self;
}

/**
 * tc_watch_proc_free:
 * @self: (transfer full) (nullable): a view
 */
void
tc_watch_proc_free (TcWatchProc *self)
{
  if (self == NULL)
    return;

  g_free (self->root);
  g_hash_table_unref (self->usage);
  g_array_unref (self->pids);
  g_free (self);
}

/**
 * tc_watch_proc_sample:
 * @self: a view
 * @sample: (inout): its cpu_us, io_bytes, n_processes and is_stopped are set
 *
 * Looks at the processes. Blocking, a few milliseconds.
 */
void
tc_watch_proc_sample (TcWatchProc   *self,
                      TcWatchSample *sample)
{
  g_autoptr(GArray) processes = NULL;
  g_autoptr(GHashTable) members = NULL;
  GHashTable *usage;

  g_return_if_fail (self != NULL);
  g_return_if_fail (sample != NULL);

  processes = list_processes (self);
  members = find_members (self, processes);
  usage = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_array_set_size (self->pids, 0);
  sample->is_stopped = FALSE;

  for (guint i = 0; i < processes->len; i++)
    {
      const Process *process = &g_array_index (processes, Process, i);

      if (!g_hash_table_contains (members, GINT_TO_POINTER (process->pid)))
        continue;

      account (self, process, usage);
      g_array_append_val (self->pids, process->pid);
      if (process->pid == self->child)
        sample->is_stopped = process->state == 'T' || process->state == 't';
    }

  g_hash_table_unref (self->usage);
  self->usage = usage;

  sample->cpu_us = self->cpu_us;
  sample->io_bytes = self->io_bytes;
  sample->n_processes = self->pids->len;
}

/**
 * tc_watch_proc_get_pids:
 * @self: a view
 *
 * Returns: (transfer none) (element-type GPid): the run's processes at the last
 *   look
 */
GArray *
tc_watch_proc_get_pids (TcWatchProc *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pids;
}
