/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The process tree of the training.
 *
 * As a child subreaper the shim is, or becomes, an ancestor of every process
 * the training starts, however often that forks and whatever session it makes:
 * the tree is all descendants of the shim but the pump. One pass over /proc
 * finds them; no allocation, so that it works when memory has run out.
 *
 * A shim that took over a run of a dead one is nobody's ancestor. To it belong
 * the training process itself, identified by pid and start time, its session
 * (named by its pid, which the kernel does not use again while the session
 * has a member), all descendants of those, and whoever can write to our FIFO. */

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proctree.h"
#include "text.h"

#define MAX_PROCESSES 16384
#define MAX_SIGNALLED 4096
#define MAX_ROUNDS    20

struct Entry
{
  uint64_t       inode;
  int64_t        offset;
  unsigned short length;
  unsigned char  type;
  char           name[];
};

/* Pages of these that are not needed are never touched, and take no memory. */
static TcProcess processes[MAX_PROCESSES];
static int n_processes;
static struct { pid_t pid; uint64_t start_time; } signalled[MAX_SIGNALLED];
static int n_signalled;

/* Calls visit for every entry of the folder fd that is a number. */
static void
each_number (int fd, bool (*visit) (int fd, const char *name, pid_t number, void *data), void *data)
{
  _Alignas (8) char buffer[4096];
  long n;

  while ((n = syscall (SYS_getdents64, fd, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < n;)
      {
        struct Entry *entry = (struct Entry *) (buffer + at);
        int64_t number;

        if (tc_parse_int (entry->name, strlen (entry->name), INT32_MAX, &number) &&
            !visit (fd, entry->name, (pid_t) number, data))
          return;
        at += entry->length;
      }
}

static const char *
next_field (const char *at, int64_t *value)
{
  size_t length;

  at += strspn (at, " ");
  length = strcspn (at, " \n");
  if (!tc_parse_int (at, length, INT64_MAX, value))
    *value = 0; /* some fields are negative; none that is used here */

  return at + length;
}

/* The name, field 2, may hold any character, blanks and brackets too. */
static bool
parse_stat (const char *stat, TcProcess *process)
{
  int64_t value = 0;
  const char *at = strrchr (stat, ')');

  if (at == NULL || at[1] != ' ' || at[2] == '\0')
    return false;
  process->state = at[2];
  at += 3;
  for (int field = 4; field <= 22; field++)
    {
      at = next_field (at, &value);
      if (field == 4)
        process->parent = (pid_t) value;
      else if (field == 6)
        process->session = (pid_t) value;
      else if (field == 20)
        process->threads = (int) value;
    }
  process->start_time = (uint64_t) value;

  return true;
}

/* Reads what the kernel tells of the process pid.
 *
 * Returns false when there is no such process. */
bool
tc_process_read (pid_t pid, TcProcess *process)
{
  TcText path;
  char stat[768];

  tc_text_clear (&path);
  tc_text_add (&path, "/proc/");
  tc_text_add_int (&path, pid);
  tc_text_add (&path, "/stat");
  *process = (TcProcess) { .pid = pid };

  return tc_read_file (AT_FDCWD, path.data, stat, sizeof stat) > 0 && parse_stat (stat, process);
}

/* A process whose first thread has ended looks like a zombie, but lives on in
 * its other threads. */
static bool
is_dead (const TcProcess *process)
{
  return process->state == 'X' || (process->state == 'Z' && process->threads <= 1);
}

/* Whether pid is still the process that started at start_time, and not dead. */
bool
tc_process_is (pid_t pid, uint64_t start_time)
{
  TcProcess process;

  return pid > 0 && tc_process_read (pid, &process) && process.start_time == start_time &&
         !is_dead (&process);
}

/* Opens a handle to the process that started at start_time and is called pid.
 *
 * Returns a pidfd (owned), which can never come to mean another process; or
 * -1 when that process is gone. */
int
tc_process_open (pid_t pid, uint64_t start_time)
{
  int fd = (int) syscall (SYS_pidfd_open, pid, 0);

  /* In this order: once the handle is open, the pid cannot change hands. */
  if (fd >= 0 && !tc_process_is (pid, start_time))
    {
      close (fd);
      return -1;
    }

  return fd;
}

static bool
collect (int fd, const char *name, pid_t number, void *data)
{
  (void) fd;
  (void) name;
  (void) data;
  if (n_processes == MAX_PROCESSES)
    return false;
  n_processes += tc_process_read (number, &processes[n_processes]);

  return true;
}

typedef struct
{
  const TcTree *tree;
  bool          found;
} FifoSearch;

static bool
find_fifo (int fd, const char *name, pid_t number, void *data)
{
  FifoSearch *search = data;
  struct stat target, link;

  (void) number;
  /* The mode of the link tells whether it was opened for writing. */
  search->found = fstatat (fd, name, &target, 0) == 0 && S_ISFIFO (target.st_mode) &&
                  target.st_ino == search->tree->fifo_inode &&
                  target.st_dev == search->tree->fifo_device &&
                  fstatat (fd, name, &link, AT_SYMLINK_NOFOLLOW) == 0 && (link.st_mode & 0200) != 0;

  return !search->found;
}

static bool
can_write_to_fifo (const TcTree *tree, pid_t pid)
{
  FifoSearch search = { tree, false };
  TcText path;
  int fd;

  tc_text_clear (&path);
  tc_text_add (&path, "/proc/");
  tc_text_add_int (&path, pid);
  tc_text_add (&path, "/fd");
  fd = open (path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return false;
  each_number (fd, find_fifo, &search);
  close (fd);

  return search.found;
}

static bool
is_root (const TcTree *tree, const TcProcess *process, bool adopted_lives)
{
  if (process->pid == getpid () || process->pid == tree->pump)
    return false;
  if (process->parent == getpid ())
    return true;
  if (tree->adopted == 0)
    return false;
  if (adopted_lives && (process->pid == tree->adopted || process->session == tree->adopted))
    return true;

  return can_write_to_fifo (tree, process->pid);
}

static bool
has_member_parent (const TcProcess *process)
{
  for (int i = 0; i < n_processes; i++)
    if (processes[i].member && processes[i].pid == process->parent)
      return true;

  return false;
}

static bool
add_descendants (const TcTree *tree)
{
  bool added = false;

  for (int i = 0; i < n_processes; i++)
    if (!processes[i].member && processes[i].pid != tree->pump && processes[i].pid != getpid () &&
        processes[i].parent > 1 && has_member_parent (&processes[i]))
      added = processes[i].member = true;

  return added;
}

static bool
scan (const TcTree *tree)
{
  bool adopted_lives = tree->adopted != 0 && tc_process_is (tree->adopted, tree->adopted_start_time);
  int fd = open ("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  n_processes = 0;
  if (fd < 0)
    return false;
  each_number (fd, collect, NULL);
  close (fd);
  for (int i = 0; i < n_processes; i++)
    processes[i].member = is_root (tree, &processes[i], adopted_lives);
  while (add_descendants (tree))
    ;

  return true;
}

static bool
is_alive (const TcProcess *process)
{
  return process->member && !is_dead (process);
}

/* Counts the living processes of the training.
 *
 * Returns -1 when that cannot be found out, for want of descriptors. */
int
tc_tree_count (const TcTree *tree)
{
  int count = 0;

  if (!scan (tree))
    return -1;
  for (int i = 0; i < n_processes; i++)
    count += is_alive (&processes[i]);

  return count;
}

static bool
was_signalled (const TcProcess *process)
{
  for (int i = 0; i < n_signalled; i++)
    if (signalled[i].pid == process->pid && signalled[i].start_time == process->start_time)
      return true;

  return false;
}

static void
send (const TcProcess *process, int signal)
{
  int fd = tc_process_open (process->pid, process->start_time);

  if (fd < 0)
    return;
  (void) syscall (SYS_pidfd_send_signal, fd, signal, NULL, 0);
  close (fd);
}

/* Sends signal to every process of the training, to each exactly once. With
 * again, those who got it at the last call are left out.
 *
 * Whoever is born while we look is looked for once more, lest a forking tree
 * outrun us; but not for SIGTERM, on which a training may start a process to
 * save its work.
 *
 * Returns how many processes have got it. */
int
tc_tree_signal (const TcTree *tree, int signal, bool again)
{
  int rounds = signal == SIGTERM ? 1 : MAX_ROUNDS;
  bool found = true;

  if (!again)
    n_signalled = 0;
  for (int round = 0; found && round < rounds; round++)
    {
      found = false;
      (void) scan (tree);
      for (int i = 0; i < n_processes && n_signalled < MAX_SIGNALLED; i++)
        {
          if (!is_alive (&processes[i]) || was_signalled (&processes[i]))
            continue;
          signalled[n_signalled].pid = processes[i].pid;
          signalled[n_signalled++].start_time = processes[i].start_time;
          send (&processes[i], signal);
          found = true;
        }
    }

  return n_signalled;
}
