/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proctree.h"
#include "record.h"
#include "text.h"

/* Reads the id of this boot of the machine; "" when there is none. */
void
tc_record_boot_id (char boot_id[TC_BOOT_ID_SIZE])
{
  tc_read_file (AT_FDCWD, "/proc/sys/kernel/random/boot_id", boot_id, TC_BOOT_ID_SIZE);
  boot_id[strcspn (boot_id, "\n")] = '\0';
}

static bool
find_process (const char *json, const char *pid_key, const char *time_key, pid_t *pid, uint64_t *start_time)
{
  int64_t number, time;

  if (!tc_text_find_int (json, pid_key, &number) || number <= 1 || number > INT32_MAX ||
      !tc_text_find_int (json, time_key, &time) || time <= 0)
    return false;
  *pid = (pid_t) number;
  *start_time = (uint64_t) time;

  return true;
}

/* Reads shim.json of an earlier shim. Nothing in it is believed before the
 * kernel has confirmed it.
 *
 * Returns false when it does not name a training process. */
bool
tc_record_read_identity (const TcRunDir *dir, TcIdentity *identity)
{
  char json[2048];

  *identity = (TcIdentity) { 0 };
  tc_read_file (dir->fd, "shim.json", json, sizeof json);
  /* A run can be adopted without knowing its pump. */
  (void) find_process (json, "pump_pid", "pump_start_time", &identity->pump_pid, &identity->pump_start_time);

  return find_process (json, "child_pid", "child_start_time", &identity->child_pid, &identity->child_start_time) &&
         tc_text_find_string (json, "boot_id", identity->boot_id, sizeof identity->boot_id) &&
         tc_text_find_int (json, "started_at_us", &identity->started.realtime_us) &&
         tc_text_find_int (json, "started_boottime_us", &identity->started.boottime_us) &&
         tc_text_find_int (json, "started_monotonic_us", &identity->started.monotonic_us);
}

static void
add_process (TcText *text, const char *pid_key, const char *time_key, pid_t pid, uint64_t start_time)
{
  if (pid == 0)
    {
      tc_text_null (text, pid_key);
      tc_text_null (text, time_key);
      return;
    }
  tc_text_int (text, pid_key, pid);
  tc_text_int (text, time_key, (int64_t) start_time);
}

/* Writes shim.json; the calling process is the shim it names.
 *
 * Returns 0, or an errno value. */
int
tc_record_write_identity (const TcRunDir *dir, const TcIdentity *identity, bool durable)
{
  TcText text;
  TcProcess self;

  tc_process_read (getpid (), &self);
  tc_text_open (&text);
  tc_text_int (&text, "version", 1);
  add_process (&text, "shim_pid", "shim_start_time", self.pid, self.start_time);
  add_process (&text, "pump_pid", "pump_start_time", identity->pump_pid, identity->pump_start_time);
  add_process (&text, "child_pid", "child_start_time", identity->child_pid, identity->child_start_time);
  tc_text_string (&text, "boot_id", identity->boot_id);
  tc_text_int (&text, "started_at_us", identity->started.realtime_us);
  tc_text_int (&text, "started_boottime_us", identity->started.boottime_us);
  tc_text_int (&text, "started_monotonic_us", identity->started.monotonic_us);
  tc_text_close (&text);
  tc_text_add (&text, "\n");

  return tc_run_dir_write_atomic (dir, "shim.json", ".shim.json.tmp", text.data, text.length, durable);
}

static int64_t
microseconds (struct timeval time)
{
  return (int64_t) time.tv_sec * 1000000 + time.tv_usec;
}

/* Adds what one process of the training used. Times add up; the memory is
 * that of the largest process. */
void
tc_record_add_usage (TcExitRecord *record, const struct rusage *usage)
{
  int64_t rss = (int64_t) usage->ru_maxrss * 1024;

  record->user_us += microseconds (usage->ru_utime);
  record->system_us += microseconds (usage->ru_stime);
  if (rss > record->max_rss_bytes)
    record->max_rss_bytes = rss;
}

static void
add_status (TcText *text, const TcExitRecord *record)
{
  bool exited = record->known && WIFEXITED (record->status);
  bool signaled = record->known && WIFSIGNALED (record->status);

  if (exited)
    tc_text_int (text, "exit_code", WEXITSTATUS (record->status));
  else
    tc_text_null (text, "exit_code");
  if (signaled)
    tc_text_int (text, "signal", WTERMSIG (record->status));
  else
    tc_text_null (text, "signal");
  tc_text_bool (text, "core_dumped", signaled && WCOREDUMP (record->status));
}

/* Writes exit.json. A status that was not learnt is null, never a guess.
 *
 * Returns 0, or an errno value; there is then no exit.json. */
int
tc_record_write_exit (const TcRunDir *dir, const TcIdentity *identity, const TcExitRecord *record)
{
  TcText text;
  long long log_bytes;
  bool partial = tc_run_dir_log_is_partial (dir, &log_bytes);

  tc_text_open (&text);
  tc_text_int (&text, "version", 1);
  add_status (&text, record);
  tc_text_bool (&text, "oom_killed", record->oom_killed);
  tc_text_bool (&text, "oom_certain", record->oom_certain);
  tc_text_string (&text, "stopped_by", record->stopped_by);
  tc_text_bool (&text, "killed_after_grace", record->killed_after_grace);
  tc_text_int (&text, "leftover_processes", record->leftover_processes);
  tc_text_int (&text, "log_bytes", log_bytes);
  tc_text_int (&text, "dropped_bytes", (int64_t) record->dropped_bytes);
  tc_text_bool (&text, "log_ends_partial", partial);
  tc_text_int (&text, "started_at_us", identity->started.realtime_us);
  tc_text_int (&text, "ended_at_us", record->ended.realtime_us);
  tc_text_int (&text, "ended_boottime_us", record->ended.boottime_us);
  tc_text_string (&text, "boot_id", identity->boot_id);
  tc_text_seconds (&text, "user_seconds", record->user_us);
  tc_text_seconds (&text, "system_seconds", record->system_us);
  tc_text_int (&text, "max_rss_bytes", record->max_rss_bytes);
  tc_text_bool (&text, "unkillable", record->unkillable);
  tc_text_close (&text);
  tc_text_add (&text, "\n");

  return tc_run_dir_write_atomic (dir, "exit.json", TC_EXIT_RECORD_TMP, text.data, text.length, true);
}
