/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A real scheduler, store and shim; what runs need from outside is a double. */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-error.h"
#include "tc-scheduler-private.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)
#define TOKEN "token-of-the-run-0123456789"
#define SENTENCE "Waiting for a valid key: add one."

/* ---- The double ---- */

typedef struct
{
  GObject   parent_instance;

  gboolean  has_obstacle;  /* for those with a provider */
  gboolean  is_available;
  gboolean  is_slow;       /* keeps the next task until it is released */
  GTask    *kept;          /* (owned) (nullable) */
  guint     n_opened;
  guint     n_closed;
  guint     n_resumed;
} FakeAccess;

typedef GObjectClass FakeAccessClass;

static GType fake_access_get_type (void);
static void fake_access_iface_init (TcAccessInterface *iface);

G_DEFINE_TYPE_WITH_CODE (FakeAccess, fake_access, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (TC_TYPE_ACCESS, fake_access_iface_init))

static gboolean
needs_nothing (TcSession *session)
{
  return g_str_equal (tc_session_get_config (session)->provider, "none");
}

static char *
fake_dup_obstacle (TcAccess  *access,
                   TcSession *session)
{
  FakeAccess *self = (FakeAccess *) access;

  return self->has_obstacle && !needs_nothing (session) ? g_strdup (SENTENCE) : NULL;
}

static void
answer (FakeAccess *self,
        GTask      *task)
{
  const char *variables[] = { "TEST_ACCESS=" TOKEN, "OPENAI_API_KEY=" TOKEN, NULL };

  if (self->is_available)
    g_task_return_pointer (task, g_strdupv ((char **) variables), (GDestroyNotify) g_strfreev);
  else
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE, "%s", SENTENCE);
}

static void
fake_open_async (TcAccess            *access,
                 TcSession           *session,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  FakeAccess *self = (FakeAccess *) access;
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fake_open_async);
  g_task_set_check_cancellable (task, FALSE);
  if (needs_nothing (session))
    {
      g_task_return_pointer (task, g_new0 (char *, 1), (GDestroyNotify) g_strfreev);
      return;
    }
  self->n_opened++;
  if (self->is_slow)
    self->kept = g_steal_pointer (&task);
  else
    answer (self, task);
}

static GStrv
fake_open_finish (TcAccess      *access,
                  GAsyncResult  *result,
                  GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_resume (TcAccess  *access,
             TcSession *session)
{
  ((FakeAccess *) access)->n_resumed++;
}

static void
fake_close (TcAccess  *access,
            TcSession *session)
{
  ((FakeAccess *) access)->n_closed++;
}

static void
fake_access_iface_init (TcAccessInterface *iface)
{
  iface->dup_obstacle = fake_dup_obstacle;
  iface->open_async = fake_open_async;
  iface->open_finish = fake_open_finish;
  iface->resume = fake_resume;
  iface->close = fake_close;
}

static void
fake_access_class_init (FakeAccessClass *klass)
{
}

static void
fake_access_init (FakeAccess *self)
{
  self->is_available = TRUE;
}

/* ---- Fixture ---- */

typedef struct
{
  char        *root;
  TcPaths     *paths;
  TcClock     *clock;
  TcStore     *store;
  TcScheduler *scheduler;
  FakeAccess  *access;
  guint        n_events; /* about access */
} Fixture;

static void
on_record (TcScheduler *scheduler,
           const char  *kind,
           guint64      id,
           JsonNode    *record,
           Fixture     *fixture)
{
  JsonObject *object = json_node_get_object (record);

  if (g_str_equal (kind, "event") &&
      g_strcmp0 (json_object_get_string_member (object, "kind"), "access") == 0)
    fixture->n_events++;
}

static void
on_done (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static void
start_engine (Fixture *fixture)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  fixture->store = tc_store_open (tc_paths_get_database_path (fixture->paths), fixture->clock, &error);
  g_assert_no_error (error);
  fixture->access = g_object_new (fake_access_get_type (), NULL);
  fixture->scheduler = tc_scheduler_new (fixture->store, fixture->paths, fixture->clock);
  g_signal_connect (fixture->scheduler, "record", G_CALLBACK (on_record), fixture);
  tc_scheduler_set_access (fixture->scheduler, TC_ACCESS (fixture->access));
  tc_scheduler_load_async (fixture->scheduler, NULL, on_done, &result);
  wait_for_result (&result);
  g_assert_true (tc_scheduler_load_finish (fixture->scheduler, result, &error));
}

static void
stop_engine (Fixture *fixture)
{
  tc_scheduler_shutdown (fixture->scheduler);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  tc_store_close (fixture->store);
  g_clear_object (&fixture->scheduler);
  g_clear_object (&fixture->access);
  g_clear_object (&fixture->store);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->root = g_dir_make_tmp ("tc-access-XXXXXX", NULL);
  fixture->paths = tc_paths_new_for_root (fixture->root);
  g_assert_true (tc_paths_ensure_dirs (fixture->paths, &error));
  fixture->clock = tc_clock_new_fake (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC);
  start_engine (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", fixture->root);

  stop_engine (fixture);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_clear_object (&fixture->paths);
  tc_clock_unref (fixture->clock);
  g_free (fixture->root);
}

static TcSession *
add (Fixture    *fixture,
     const char *provider,
     const char *command)
{
  g_autoptr(GPtrArray) configs =
    g_ptr_array_new_with_free_func ((GDestroyNotify) tc_session_config_unref);
  g_autoptr(GPtrArray) sessions = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  TcSessionConfig *config = tc_session_config_new ();
  GError *error = NULL;

  g_set_str (&config->provider, provider);
  g_set_str (&config->model, "m");
  g_set_str (&config->command, command);
  g_ptr_array_add (configs, config);
  tc_scheduler_add_async (fixture->scheduler, configs, FALSE, NULL, on_done, &result);
  wait_for_result (&result);
  sessions = tc_scheduler_add_finish (fixture->scheduler, result, &error);
  g_assert_no_error (error);

  return g_ptr_array_index (sessions, 0);
}

static void
command (Fixture *fixture,
         TcVerb   verb,
         guint64  id)
{
  g_autoptr(GAsyncResult) result = NULL;
  GError *error = NULL;

  tc_scheduler_command_async (fixture->scheduler, verb, id, NULL, NULL, on_done, &result);
  wait_for_result (&result);
  tc_scheduler_command_finish (fixture->scheduler, result, &error);
  g_assert_no_error (error);
}

static gboolean
on_late (gpointer user_data)
{
  g_error ("It does not happen");

  return G_SOURCE_REMOVE;
}

static void
wait_for_state (TcSession      *session,
                TcSessionState  state)
{
  guint id = g_timeout_add_seconds (30, on_late, NULL);

  while (tc_session_get_state (session) != state)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

/* Until everything that is to happen now has happened. */
static void
settle (Fixture *fixture)
{
  for (guint i = 0; i < 20; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
}

static char *
read_file (Fixture    *fixture,
           guint64     id,
           const char *name)
{
  g_autofree char *run_dir = tc_scheduler_dup_run_dir (fixture->scheduler, id);
  g_autofree char *path = g_build_filename (run_dir, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return text;
}

/* ---- Tests ---- */

static void
test_obstacle (Fixture       *fixture,
               gconstpointer  data)
{
  TcSession *first;
  TcSession *second;

  fixture->access->has_obstacle = TRUE;
  first = add (fixture, "xai", "true");
  second = add (fixture, "none", "true");
  g_assert_cmpstr (tc_session_get_waiting_for (first), ==, SENTENCE);
  g_assert_cmpuint (fixture->n_events, ==, 0);
  command (fixture, TC_VERB_START, 0);
  wait_for_state (second, TC_SESSION_COMPLETED);

  g_assert_cmpint (tc_session_get_state (first), ==, TC_SESSION_QUEUED);
  g_assert_cmpstr (tc_session_get_waiting_for (first), ==, SENTENCE);
  g_assert_cmpuint (tc_session_get_attempt (first), ==, 0);
  g_assert_cmpuint (fixture->access->n_opened, ==, 0);
  g_assert_cmpuint (fixture->n_events, ==, 1);
  g_assert_true (tc_scheduler_is_waiting (fixture->scheduler));

  fixture->access->has_obstacle = FALSE;
  tc_access_emit_changed (TC_ACCESS (fixture->access));
  wait_for_state (first, TC_SESSION_COMPLETED);
  g_assert_null (tc_session_get_waiting_for (first));
  g_assert_cmpuint (tc_session_get_attempt (first), ==, 1);
  g_assert_cmpuint (fixture->access->n_closed, ==, 2);
  g_assert_false (tc_scheduler_is_waiting (fixture->scheduler));
}

static void
advance (Fixture *fixture,
         gint64   us)
{
  tc_clock_fake_advance (fixture->clock, us);
  tc_scheduler_schedule (fixture->scheduler);
  settle (fixture);
}

static void
test_unavailable (Fixture       *fixture,
                  gconstpointer  data)
{
  FakeAccess *access = fixture->access;
  TcSession *session;
  TcSession *other;

  access->is_available = FALSE;
  session = add (fixture, "xai", "true");
  other = add (fixture, "none", "true");
  command (fixture, TC_VERB_START, 0);
  wait_for_state (other, TC_SESSION_COMPLETED);
  settle (fixture);

  g_assert_cmpint (tc_session_get_state (session), ==, TC_SESSION_QUEUED);
  g_assert_cmpstr (tc_session_get_waiting_for (session), ==, SENTENCE);
  g_assert_cmpuint (tc_session_get_attempt (session), ==, 0);
  g_assert_true (tc_scheduler_is_waiting (fixture->scheduler));
  g_assert_cmpuint (access->n_opened, ==, 1);

  /* After a minute, after two more, and never closer than ten. */
  advance (fixture, MINUTE_US - 1);
  g_assert_cmpuint (access->n_opened, ==, 1);
  advance (fixture, 1);
  g_assert_cmpuint (access->n_opened, ==, 2);
  advance (fixture, 2 * MINUTE_US - 1);
  g_assert_cmpuint (access->n_opened, ==, 2);
  advance (fixture, 1);
  g_assert_cmpuint (access->n_opened, ==, 3);
  for (guint i = 0; i < 4; i++)
    advance (fixture, 10 * MINUTE_US);
  g_assert_cmpuint (access->n_opened, ==, 7);
  advance (fixture, 10 * MINUTE_US - 1);
  g_assert_cmpuint (access->n_opened, ==, 7);
  g_assert_cmpuint (fixture->n_events, ==, 1);

  access->is_available = TRUE;
  advance (fixture, 1);
  wait_for_state (session, TC_SESSION_COMPLETED);
  g_assert_cmpuint (tc_session_get_attempt (session), ==, 1);
}

static void
test_changed (Fixture       *fixture,
              gconstpointer  data)
{
  FakeAccess *access = fixture->access;
  TcSession *session;

  access->is_available = FALSE;
  session = add (fixture, "xai", "true");
  command (fixture, TC_VERB_START, 0);
  settle (fixture);
  g_assert_cmpuint (access->n_opened, ==, 1);

  /* News that each try makes by itself are no reason to try without end. */
  for (guint i = 0; i < 5; i++)
    {
      tc_access_emit_changed (TC_ACCESS (access));
      settle (fixture);
    }
  g_assert_cmpuint (access->n_opened, ==, 1);

  access->is_available = TRUE;
  tc_clock_fake_advance (fixture->clock, 2 * G_USEC_PER_SEC);
  tc_access_emit_changed (TC_ACCESS (access));
  wait_for_state (session, TC_SESSION_COMPLETED);
  g_assert_cmpuint (access->n_opened, ==, 2);
}

static void
test_started_by_hand (Fixture       *fixture,
                      gconstpointer  data)
{
  TcSession *session;

  fixture->access->is_available = FALSE;
  session = add (fixture, "xai", "true");
  command (fixture, TC_VERB_START, 0);
  settle (fixture);
  fixture->access->is_available = TRUE;
  command (fixture, TC_VERB_START, 0);
  wait_for_state (session, TC_SESSION_COMPLETED);
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  FakeAccess *access = fixture->access;
  TcSession *session;

  access->is_slow = TRUE;
  session = add (fixture, "xai", "true");
  command (fixture, TC_VERB_START, 0);
  wait_for_state (session, TC_SESSION_STARTING);
  command (fixture, TC_VERB_CANCEL, tc_session_get_id (session));
  g_assert_cmpint (tc_session_get_state (session), ==, TC_SESSION_CANCELLED);

  /* What was opened for nobody is closed again. */
  answer (access, access->kept);
  g_clear_object (&access->kept);
  settle (fixture);
  g_assert_cmpint (tc_session_get_state (session), ==, TC_SESSION_CANCELLED);
  g_assert_cmpuint (access->n_closed, ==, 1);
}

static void
test_environment (Fixture       *fixture,
                  gconstpointer  data)
{
  TcSession *session = add (fixture, "xai", "sh -c 'echo $TEST_ACCESS $OPENAI_API_KEY > seen'");
  guint64 id = tc_session_get_id (session);
  g_autofree char *seen = NULL;
  g_autofree char *spec = NULL;
  g_autofree char *database = NULL;
  gsize length;

  command (fixture, TC_VERB_START, 0);
  wait_for_state (session, TC_SESSION_COMPLETED);
  seen = read_file (fixture, id, "seen");
  g_assert_cmpstr (g_strchomp (seen), ==, TOKEN " " TOKEN);
  spec = read_file (fixture, id, "spec.json");
  g_assert_null (strstr (spec, TOKEN));
  g_assert_true (g_file_get_contents (tc_paths_get_database_path (fixture->paths), &database, &length,
                                      NULL));
  g_assert_null (memmem (database, length, TOKEN, strlen (TOKEN)));
}

static void
test_no_start (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *program = g_build_filename (fixture->root, "program", NULL);
  TcSession *session;

  g_assert_true (g_file_set_contents_full (program, "#!/bin/sh\n", -1, G_FILE_SET_CONTENTS_NONE, 0700,
                                           NULL));
  session = add (fixture, "xai", program);
  g_assert_cmpint (g_unlink (program), ==, 0);
  command (fixture, TC_VERB_START, 0);
  wait_for_state (session, TC_SESSION_FAILED);
  settle (fixture);
  g_assert_cmpuint (fixture->access->n_closed, ==, 1);
}

static void
test_resume (Fixture       *fixture,
             gconstpointer  data)
{
  TcSession *session = add (fixture, "xai", "sh -c 'while [ ! -e done ]; do sleep 0.05; done'");
  g_autofree char *run_dir = tc_scheduler_dup_run_dir (fixture->scheduler, tc_session_get_id (session));
  g_autofree char *done = g_build_filename (run_dir, "done", NULL);
  guint64 id = tc_session_get_id (session);

  command (fixture, TC_VERB_START, 0);
  wait_for_state (session, TC_SESSION_RUNNING);
  settle (fixture);
  stop_engine (fixture);
  start_engine (fixture);
  g_assert_cmpuint (fixture->access->n_resumed, ==, 1);
  g_assert_cmpuint (fixture->access->n_opened, ==, 0);

  g_assert_true (g_file_set_contents (done, "", 0, NULL));
  session = tc_queue_lookup (tc_scheduler_get_queue (fixture->scheduler), id);
  wait_for_state (session, TC_SESSION_COMPLETED);
  settle (fixture);
  g_assert_cmpuint (fixture->access->n_closed, ==, 1);
}

/* The engine ends while a key is checked: for the next one it never happened. */
static void
test_left_while_opening (Fixture       *fixture,
                         gconstpointer  data)
{
  TcSession *session;
  guint64 id;

  fixture->access->is_slow = TRUE;
  session = add (fixture, "xai", "true");
  id = tc_session_get_id (session);
  command (fixture, TC_VERB_START, 0);
  wait_for_state (session, TC_SESSION_STARTING);
  tc_scheduler_shutdown (fixture->scheduler);
  answer (fixture->access, fixture->access->kept);
  g_clear_object (&fixture->access->kept);
  settle (fixture);
  g_assert_cmpuint (fixture->access->n_closed, ==, 1);
  stop_engine (fixture);

  start_engine (fixture);
  session = tc_queue_lookup (tc_scheduler_get_queue (fixture->scheduler), id);
  wait_for_state (session, TC_SESSION_COMPLETED);
  g_assert_cmpuint (tc_session_get_attempt (session), ==, 1);
}

#define ADD(name, function) \
  g_test_add ("/tc/scheduler/access/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("obstacle", test_obstacle);
  ADD ("unavailable", test_unavailable);
  ADD ("changed", test_changed);
  ADD ("started-by-hand", test_started_by_hand);
  ADD ("cancel", test_cancel);
  ADD ("environment", test_environment);
  ADD ("no-start", test_no_start);
  ADD ("resume", test_resume);
  ADD ("left-while-opening", test_left_while_opening);

  return g_test_run ();
}
