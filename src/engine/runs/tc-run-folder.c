/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-exit-record.h"
#include "tc-file.h"
#include "tc-json.h"
#include "tc-machine-facts.h"
#include "tc-run-folder.h"

#define SPEC_VERSION 1
#define SPEC_BYTES_MAX (1024 * 1024)
#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"

/* What belongs to one attempt and is put aside before the next; the log, the
 * events and the checkpoints go on. */
static const char *const attempt_files[] = { "spec.json", "shim.json", "exit.json" };

static gboolean
put_aside (const char  *run_dir,
           guint        attempt,
           GError     **error)
{
  g_autofree char *number = g_strdup_printf ("%u", attempt);
  g_autofree char *target = g_build_filename (run_dir, "attempts", number, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (attempt_files); i++)
    {
      g_autofree char *from = g_build_filename (run_dir, attempt_files[i], NULL);
      g_autofree char *to = g_build_filename (target, attempt_files[i], NULL);

      if (!g_file_test (from, G_FILE_TEST_EXISTS))
        continue;
      if (g_mkdir_with_parents (target, 0700) != 0 || g_rename (from, to) != 0)
        {
          tc_error_set_from_errno (error, errno, "%s cannot be put aside", from);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * tc_run_folder_prepare:
 * @attempt: the attempt that is about to start, from 1
 * @error: the errno's code, with a sentence
 *
 * Makes the folder, and puts the records of earlier attempts aside.
 *
 * Returns: whether a run may start in it
 */
gboolean
tc_run_folder_prepare (const char  *run_dir,
                       guint        attempt,
                       GError     **error)
{
  static const char *const folders[] = { "", "checkpoints", "gates" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (run_dir, folders[i], NULL);

      if (g_mkdir_with_parents (path, 0700) != 0)
        {
          tc_error_set_from_errno (error, errno, "The run's folder %s cannot be made", path);
          return FALSE;
        }
    }
  if (tc_run_folder_is_locked (run_dir))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_BUSY,
                   "Another supervisor is at work in %s", run_dir);
      return FALSE;
    }

  return attempt <= 1 || put_aside (run_dir, attempt - 1, error);
}

static JsonArray *
array_from_pointers (GPtrArray *texts)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < texts->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (texts, i));

  return array;
}

static JsonObject *
object_from_environment (GStrv environment)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; environment[i] != NULL; i++)
    {
      const char *equals = strchr (environment[i], '=');
      g_autofree char *name = g_strndup (environment[i], equals - environment[i]);

      if (g_utf8_validate (environment[i], -1, NULL) && !tc_environment_is_secret (name))
        json_object_set_string_member (object, name, equals + 1);
    }

  return object;
}

static void
set_python (JsonObject          *object,
            const TcPythonFacts *python)
{
  JsonObject *facts = NULL;

  if (python == NULL)
    {
      json_object_set_null_member (object, "python");
      return;
    }
  facts = json_object_new ();
  json_object_set_string_member (facts, "program", python->program);
  json_object_set_string_member (facts, "version", python->version);
  json_object_set_string_member (facts, "torch", python->torch);
  json_object_set_object_member (object, "python", facts);
}

/**
 * tc_run_folder_write_spec:
 * @launch: the bare command, before any layer
 * @script_sha256: (nullable): hash of the script, hexadecimal
 *
 * Freezes what is about to run in spec.json. Does not wait for the disk: after
 * a power cut the store still has the configuration, and nothing ran.
 *
 * Returns: whether it is written
 */
gboolean
tc_run_folder_write_spec (const char  *run_dir,
                          TcSession   *session,
                          TcLaunch    *launch,
                          const char  *script_sha256,
                          GError     **error)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (session));
  g_autofree char *path = g_build_filename (run_dir, "spec.json", NULL);
  g_autofree char *text = NULL;
  TcSessionConfig *config = tc_session_get_config (session);
  JsonObject *object = json_object_new ();

  json_node_take_object (node, object);
  json_object_set_int_member (object, "version", SPEC_VERSION);
  json_object_set_string_member (object, "session_id", id);
  json_object_set_int_member (object, "attempt", tc_session_get_attempt (session));
  json_object_set_array_member (object, "argv", array_from_pointers (launch->argv));
  json_object_set_string_member (object, "cwd", launch->cwd);
  json_object_set_object_member (object, "environment",
                                 object_from_environment (launch->environment));
  json_object_set_string_member (object, "script_sha256", script_sha256);
  json_object_set_array_member (object, "left_out", array_from_pointers (launch->left_out));
  json_object_set_int_member (object, "grace_seconds", config->grace_seconds);
  json_object_set_object_member (object, "machine", tc_machine_facts_new ("/proc"));
  set_python (object, launch->python);
  json_object_set_member (object, "config", tc_session_config_to_json (config));

  text = tc_json_to_string (node, TRUE);

  return tc_file_write (path, text, -1, TC_FILE_DEFAULT, error);
}

/**
 * tc_run_folder_is_locked:
 *
 * Returns: whether a supervisor lives there
 */
gboolean
tc_run_folder_is_locked (const char *run_dir)
{
  g_autofree char *path = g_build_filename (run_dir, "lock", NULL);
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  /* A shared lock is enough to see an exclusive one, and two engines that look
   * at the same moment do not take each other for a supervisor. */
  if (fd < 0 || flock (fd, LOCK_SH | LOCK_NB) == 0)
    return FALSE;

  return errno == EWOULDBLOCK;
}

static gboolean
is_this_boot (const TcShimRecord *record)
{
  const char *path = g_getenv ("TC_BOOT_ID_FILE");
  g_autofree char *boot_id = NULL;

  if (!g_file_get_contents (path != NULL ? path : BOOT_ID_FILE, &boot_id, NULL, NULL))
    return TRUE;

  return g_strcmp0 (g_strstrip (boot_id), record->boot_id) == 0;
}

/* Field 22 of /proc/PID/stat, which follows the last ')' of the name. */
static gint64
get_start_time (gint64 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
  g_autofree char *text = NULL;
  g_auto(GStrv) fields = NULL;
  const char *end;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (end = strrchr (text, ')')) == NULL)
    return 0;

  fields = g_strsplit (end + 2, " ", -1);
  if (g_strv_length (fields) < 20 || g_str_equal (fields[0], "Z"))
    return 0;

  return g_ascii_strtoll (fields[19], NULL, 10);
}

/**
 * tc_run_folder_child_is_alive:
 *
 * Returns: whether the very process that the shim started is still there; a
 *   number that was given to another process since does not count
 */
gboolean
tc_run_folder_child_is_alive (const char *run_dir)
{
  g_autoptr(TcShimRecord) record = tc_shim_record_load (run_dir, NULL);

  if (record == NULL || record->child_pid <= 1 || record->child_start_time <= 0 ||
      !is_this_boot (record))
    return FALSE;

  return get_start_time (record->child_pid) == record->child_start_time;
}

/**
 * tc_run_folder_get_liveness:
 *
 * Returns: what the folder says about its run; never a guess
 */
TcRunLiveness
tc_run_folder_get_liveness (const char *run_dir)
{
  g_autofree char *exit_record = g_build_filename (run_dir, "exit.json", NULL);
  g_autoptr(TcShimRecord) record = NULL;

  if (tc_run_folder_is_locked (run_dir))
    return TC_RUN_ALIVE;
  if (g_file_test (exit_record, G_FILE_TEST_IS_REGULAR))
    return TC_RUN_ENDED;
  record = tc_shim_record_load (run_dir, NULL);
  if (record == NULL)
    return TC_RUN_NEVER_STARTED;

  return is_this_boot (record) ? TC_RUN_SUPERVISOR_LOST : TC_RUN_HOST_RESTARTED;
}

/**
 * tc_run_folder_load_session:
 *
 * Makes a session again from spec.json, for an engine whose database was lost.
 *
 * Returns: (transfer full) (nullable): the session, queued, with its attempt
 */
TcSession *
tc_run_folder_load_session (const char  *run_dir,
                            GError     **error)
{
  g_autofree char *path = g_build_filename (run_dir, "spec.json", NULL);
  g_autoptr(JsonObject) object = tc_json_load (path, SPEC_BYTES_MAX, TC_JSON_DEFAULT, error);
  g_autoptr(TcSessionConfig) config = NULL;
  g_autoptr(TcShimRecord) record = tc_shim_record_load (run_dir, NULL);
  TcSession *session;
  guint64 id;
  gint64 attempt;

  if (object == NULL)
    return NULL;
  if (!g_ascii_string_to_unsigned (tc_json_get_string (object, "session_id", ""), 10, 1,
                                   G_MAXINT64, &id, error))
    return NULL;
  if (tc_json_get_int (object, "version", 1) > SPEC_VERSION)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_NEWER, "%s was written by a newer version", path);
      return NULL;
    }
  if (tc_json_get_object (object, "config") == NULL)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "%s has no configuration", path);
      return NULL;
    }
  config = tc_session_config_from_json (tc_json_get_object (object, "config"), error);
  if (config == NULL)
    return NULL;

  session = tc_session_new (id, config);
  attempt = CLAMP (tc_json_get_int (object, "attempt", 1), 1, 1000);
  for (gint64 i = 0; i < attempt; i++)
    tc_session_begin_attempt (session, record != NULL ? record->started_at_us : 0);

  return session;
}

/**
 * tc_run_folder_list_ids:
 * @runs_dir: the folder of all runs
 *
 * Returns: (transfer full) (element-type guint64): the ids of all run folders,
 *   in no order
 */
GArray *
tc_run_folder_list_ids (const char *runs_dir)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr(GDir) dir = g_dir_open (runs_dir, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      guint64 id;

      if (g_ascii_string_to_unsigned (name, 10, 1, G_MAXINT64, &id, NULL))
        g_array_append_val (ids, id);
    }

  return ids;
}
