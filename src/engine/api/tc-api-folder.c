/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What lies in a session's run folder: what was started, how its attempts went,
 * and the reports of its gates. The folder is the script's as well, so that all
 * of it is read as a stranger's, in a thread, and only so much of it is told. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-clock.h"
#include "tc-error.h"
#include "tc-exit-record.h"
#include "tc-json.h"
#include "tc-redactor.h"
#include "tc-supervise-report.h"
#include "tc-text.h"

#define SPEC_BYTES_MAX (1024 * 1024)
#define ATTEMPTS_MAX 100
#define EPOCH_MAX 1000000
#define REPORT_TESTS_MAX 20
#define REPORT_SAMPLES_MAX 20
#define REPORT_TEXT_BYTES 4000

typedef struct
{
  /* Input arguments. */
  char    *run_dir;   /* (owned) */
  char    *folder;    /* (owned) where the script works */
  guint64  id;
  guint    n_attempts;
  guint    epoch;     /* of the gate */
} FolderRead;

static void
folder_read_free (FolderRead *self)
{
  g_free (self->run_dir);
  g_free (self->folder);
  g_free (self);
}

/* ---- What was started ---- */

static void
set_time (JsonObject *object,
          const char *member,
          gint64      at_us)
{
  g_autofree char *text = at_us > 0 ? tc_clock_format_iso8601 (at_us) : NULL;

  json_object_set_string_member (object, member, text);
}

/* A key that somebody wrote into a command is not told to whoever looks. */
static void
copy_texts (JsonObject *from,
            JsonObject *to,
            const char *member,
            TcRedactor *redactor)
{
  g_auto(GStrv) texts = tc_json_dup_strv (from, member);
  JsonArray *array = json_array_new ();

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      g_autofree char *masked = tc_redactor_mask_text (redactor, texts[i]);

      json_array_add_string_element (array, masked);
    }
  json_object_set_array_member (to, member, array);
}

static void
copy_environment (JsonObject *from,
                  JsonObject *to,
                  TcRedactor *redactor)
{
  JsonObject *environment = json_object_new ();
  JsonObject *source = tc_json_get_object (from, "environment");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (source != NULL)
    json_object_iter_init (&iter, source);
  while (source != NULL && json_object_iter_next (&iter, &name, &node))
    {
      g_autofree char *value = tc_redactor_mask_text (redactor, tc_json_get_string (source, name, NULL));

      if (value != NULL)
        json_object_set_string_member (environment, name, value);
    }
  json_object_set_object_member (to, "environment", environment);
}

static JsonNode *
copy_machine (JsonObject *from,
              TcRedactor *redactor)
{
  JsonObject *source = tc_json_get_object (from, "machine");
  JsonNode *node = json_node_new (JSON_NODE_NULL);
  JsonObject *machine;

  if (source == NULL)
    return node;
  machine = json_object_new ();
  json_object_set_string_member (machine, "cpu", tc_json_get_string (source, "cpu", NULL));
  json_object_set_int_member (machine, "cpus", tc_json_get_int (source, "cpus", 0));
  json_object_set_int_member (machine, "memory_bytes", tc_json_get_int (source, "memory_bytes", 0));
  copy_texts (source, machine, "gpus", redactor);
  json_node_init_object (node, machine);
  json_object_unref (machine);

  return node;
}

static JsonNode *
copy_python (JsonObject *spec,
             TcRedactor *redactor)
{
  static const char *const members[] = { "program", "version", "torch" };
  JsonObject *source = tc_json_get_object (spec, "python");
  JsonNode *node = json_node_new (JSON_NODE_NULL);
  g_autoptr(JsonObject) python = NULL;

  if (source == NULL)
    return node;
  python = json_object_new ();
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *text = tc_redactor_mask_text (redactor, tc_json_get_string (source, members[i], i < 2 ? "" : NULL));

      json_object_set_string_member (python, members[i], text);
    }
  json_node_init_object (node, python);

  return node;
}

static JsonNode *
read_spec (const char *run_dir)
{
  g_autofree char *path = g_build_filename (run_dir, "spec.json", NULL);
  g_autoptr(JsonObject) spec = tc_json_load (path, SPEC_BYTES_MAX, TC_JSON_DEFAULT, NULL);
  g_autoptr(TcRedactor) redactor = tc_redactor_new ();
  JsonNode *node = json_node_new (JSON_NODE_NULL);
  g_autoptr(JsonObject) answer = NULL;

  if (spec == NULL)
    return node;
  answer = json_object_new ();
  json_object_set_int_member (answer, "attempt", tc_json_get_int (spec, "attempt", 1));
  tc_redactor_add_shapes (redactor);
  copy_texts (spec, answer, "argv", redactor);
  json_object_set_string_member (answer, "cwd", tc_json_get_string (spec, "cwd", ""));
  copy_environment (spec, answer, redactor);
  json_object_set_string_member (answer, "script_sha256", tc_json_get_string (spec, "script_sha256", NULL));
  json_object_set_member (answer, "python", copy_python (spec, redactor));
  copy_texts (spec, answer, "left_out", redactor);
  json_object_set_member (answer, "machine", copy_machine (spec, redactor));
  json_node_init_object (node, answer);

  return node;
}

/* Returns: (nullable): what one attempt left behind; NULL if it never started */
static JsonObject *
read_attempt (const char *folder,
              guint       number)
{
  g_autoptr(TcShimRecord) shim = tc_shim_record_load (folder, NULL);
  g_autoptr(TcExitRecord) end = tc_exit_record_load (folder, NULL);
  JsonObject *attempt;

  if (shim == NULL && end == NULL)
    return NULL;
  attempt = json_object_new ();
  json_object_set_int_member (attempt, "attempt", number);
  set_time (attempt, "started_at", end != NULL && end->started_at_us > 0 ? end->started_at_us
                                   : shim != NULL ? shim->started_at_us : 0);
  set_time (attempt, "ended_at", end != NULL ? end->ended_at_us : 0);
  if (end != NULL && end->has_exit_code)
    json_object_set_int_member (attempt, "exit_code", end->exit_code);
  else
    json_object_set_null_member (attempt, "exit_code");
  if (end != NULL && end->signal > 0)
    json_object_set_int_member (attempt, "signal", end->signal);
  else
    json_object_set_null_member (attempt, "signal");
  json_object_set_string_member (attempt, "stopped_by", end != NULL ? end->stopped_by : NULL);
  json_object_set_double_member (attempt, "cpu_seconds",
                                 end != NULL ? end->user_seconds + end->system_seconds : 0);
  json_object_set_int_member (attempt, "max_rss_bytes", end != NULL ? end->max_rss_bytes : 0);

  return attempt;
}

static void
read_spec_thread (GTask        *task,
                  gpointer      source,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  FolderRead *self = task_data;
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, self->id);
  JsonObject *answer = json_object_new ();
  JsonArray *attempts = json_array_new ();
  guint first = self->n_attempts > ATTEMPTS_MAX ? self->n_attempts - ATTEMPTS_MAX + 1 : 1;

  json_object_set_string_member (answer, "session_id", id);
  json_object_set_member (answer, "spec", read_spec (self->run_dir));
  for (guint i = first; i <= self->n_attempts; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autofree char *folder = i < self->n_attempts
                                  ? g_build_filename (self->run_dir, "attempts", number, NULL)
                                  : g_strdup (self->run_dir);
      JsonObject *attempt = read_attempt (folder, i);

      if (attempt != NULL)
        json_array_add_object_element (attempts, attempt);
    }
  json_object_set_array_member (answer, "attempts", attempts);
  g_task_return_pointer (task, answer, (GDestroyNotify) json_object_unref);
}

/* ---- The report of a gate ---- */

static void
copy_text (JsonObject *from,
           JsonObject *to,
           const char *member)
{
  const char *text = tc_json_get_string (from, member, NULL);
  g_autofree char *clean = text != NULL ? tc_text_sanitize (text, -1, REPORT_TEXT_BYTES, TC_TEXT_DEFAULT)
                                        : NULL;

  json_object_set_string_member (to, member, clean);
}

static JsonArray *
copy_objects (JsonObject        *from,
              const char        *name,
              guint              most,
              const char *const *members)
{
  JsonArray *all = tc_json_get_array (from, name);
  JsonArray *some = json_array_new ();

  for (guint i = 0; all != NULL && i < MIN (json_array_get_length (all), most); i++)
    {
      JsonNode *node = json_array_get_element (all, i);
      JsonObject *copy;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        continue;
      copy = json_object_new ();
      for (guint k = 0; members[k] != NULL; k++)
        copy_text (json_node_get_object (node), copy, members[k]);
      json_array_add_object_element (some, copy);
    }

  return some;
}

static void
read_report_thread (GTask        *task,
                    gpointer      source,
                    gpointer      task_data,
                    GCancellable *cancellable)
{
  static const char *const tests[] = { "name", "status", "details", NULL };
  static const char *const samples[] = { "prompt", "format", "expected", "answer", NULL };
  FolderRead *self = task_data;
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, self->id);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) report = tc_report_load_gate (self->folder, self->epoch, &error);
  JsonObject *answer;

  if (report == NULL)
    {
      g_task_return_new_error (task, error->domain, error->code,
                               g_error_matches (error, TC_ERROR, TC_ERROR_NOT_FOUND)
                                 ? "The validator left no report about epoch %u."
                                 : "The validator's report about epoch %u cannot be read.", self->epoch);
      return;
    }
  answer = json_object_new ();
  json_object_set_string_member (answer, "session_id", id);
  json_object_set_int_member (answer, "epoch", self->epoch);
  copy_text (report, answer, "status");
  json_object_set_array_member (answer, "tests", copy_objects (report, "tests", REPORT_TESTS_MAX, tests));
  json_object_set_array_member (answer, "samples",
                                copy_objects (report, "samples", REPORT_SAMPLES_MAX, samples));
  g_task_return_pointer (task, answer, (GDestroyNotify) json_object_unref);
}

/* ---- The requests ---- */

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr(GError) error = NULL;
  JsonObject *answer = g_task_propagate_pointer (G_TASK (result), &error);

  if (answer == NULL)
    tc_api_request_reply_error (request, error);
  else
    tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

static void
read_folder (TcApiRequest    *request,
             guint            epoch,
             GTaskThreadFunc  function)
{
  TcSession *session = tc_api_request_find_session (request);
  g_autoptr(GTask) task = NULL;
  FolderRead *self;

  if (session == NULL)
    {
      tc_api_request_reply_no_session (request);
      return;
    }
  self = g_new0 (FolderRead, 1);
  self->run_dir = tc_scheduler_dup_run_dir (request->api->scheduler, request->id);
  self->folder = g_strdup (tc_session_get_config (session)->workdir);
  if (self->folder == NULL)
    self->folder = g_strdup (self->run_dir);
  self->id = request->id;
  self->n_attempts = tc_session_get_attempt (session);
  self->epoch = epoch;

  task = g_task_new (NULL, request->cancellable, on_read, request);
  g_task_set_source_tag (task, read_folder);
  g_task_set_task_data (task, self, (GDestroyNotify) folder_read_free);
  g_task_run_in_thread (task, function);
}

/** tc_api_handle_spec: GET /api/training/spec/:id */
void
tc_api_handle_spec (TcApiRequest *request)
{
  read_folder (request, 0, read_spec_thread);
}

/** tc_api_handle_gate_report: GET /api/training/gate-report/:id */
void
tc_api_handle_gate_report (TcApiRequest *request)
{
  guint64 epoch;

  if (!tc_api_request_get_number (request, "epoch", 0, EPOCH_MAX, &epoch) || epoch == 0)
    tc_api_request_reply_fail (request, 400, "usage", "“epoch” is the gate's, a whole number from 1 on.");
  else
    read_folder (request, (guint) epoch, read_report_thread);
}
