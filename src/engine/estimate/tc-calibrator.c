/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-calibrator.h"
#include "tc-error.h"
#include "tc-file.h"
#include "tc-json.h"
#include "tc-launch.h"
#include "tc-machine.h"
#include "tc-python.h"
#include "tc-script-probe.h"

/* The script keeps its time by itself, as far as single steps let it; loading a
 * large corpus does not. */
#define KILL_AFTER_SECONDS (2 * TC_CALIBRATION_SECONDS + 5)
#define CALIBRATE "--calibrate"

struct _TcCalibrator
{
  GObject      parent_instance;

  TcPaths     *paths;      /* (owned) */
  TcClock     *clock;      /* (owned) */
  char        *cache_path; /* (owned) */
  char        *machine;    /* (owned) */
  GQueue       waiting;    /* (owned) (element-type GTask) the first is under way */
  GSubprocess *process;    /* (owned) (nullable) */
  gboolean     is_stopped; /* what is under way was ended by us */
};

G_DEFINE_FINAL_TYPE (TcCalibrator, tc_calibrator, G_TYPE_OBJECT)

typedef struct
{
  TcSessionConfig *config;  /* (owned) */
  char            *script;  /* (owned) */
  char            *key;     /* (owned) */
  char            *folder;  /* (owned) (nullable) where it runs */
  guint            timeout_id;
} Measure;

static void begin_next (TcCalibrator *self);

static void
measure_free (gpointer data)
{
  Measure *measure = data;

  g_clear_handle_id (&measure->timeout_id, g_source_remove);
  /* The script removes what it writes; were it killed, what is left are files
   * in a folder of ours. */
  if (measure->folder != NULL && g_rmdir (measure->folder) != 0)
    {
      g_autoptr(GSubprocess) sweeper = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", "--",
                                                         measure->folder, NULL);
    }
  tc_session_config_unref (measure->config);
  g_free (measure->script);
  g_free (measure->key);
  g_free (measure->folder);
  g_free (measure);
}

static void
tc_calibrator_dispose (GObject *object)
{
  TcCalibrator *self = TC_CALIBRATOR (object);

  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  g_clear_object (&self->process);
  g_clear_object (&self->paths);
  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_pointer (&self->cache_path, g_free);
  g_clear_pointer (&self->machine, g_free);

  G_OBJECT_CLASS (tc_calibrator_parent_class)->dispose (object);
}

static void
tc_calibrator_class_init (TcCalibratorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_calibrator_dispose;
}

static void
tc_calibrator_init (TcCalibrator *self)
{
  g_queue_init (&self->waiting);
}

/** tc_calibrator_new: Returns: (transfer full): one that remembers in the user's cache */
TcCalibrator *
tc_calibrator_new (TcPaths *paths,
                   TcClock *clock)
{
  TcCalibrator *self = g_object_new (TC_TYPE_CALIBRATOR, NULL);

  self->paths = g_object_ref (paths);
  self->clock = tc_clock_ref (clock);
  self->cache_path = g_build_filename (g_get_user_cache_dir (), "training-center", "calibration.json", NULL);
  self->machine = tc_machine_dup_id ();

  return self;
}

static char *
build_key (TcCalibrator    *self,
           TcSessionConfig *config,
           const TcRunKind *kind)
{
  g_autoptr(GString) text = g_string_new (TC_VERSION);

  g_string_append_printf (text, "|%s|%s|%s|%u|%s|%s", self->machine, kind->script, kind->target, kind->phase,
                          kind->corpus_id, kind->settings);
  if (config->python != NULL)
    g_string_append_printf (text, "|python %s", config->python);
  for (guint i = 0; i < config->environment->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (config->environment, i);

      g_string_append_printf (text, "|%s=%s", setting->key, setting->value);
    }

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, -1);
}

/** tc_calibrator_recall: Returns: (transfer full) (nullable): what was found before, without measuring anything */
TcCalibration *
tc_calibrator_recall (TcCalibrator    *self,
                      TcSessionConfig *config,
                      const TcRunKind *kind)
{
  g_autofree char *key = build_key (self, config, kind);

  return tc_calibration_recall (self->cache_path, key, tc_clock_get_realtime (self->clock));
}

/* Gives the answer of what is under way, and begins with the next. */
static void
end (TcCalibrator  *self,
     TcCalibration *found,
     GError        *error)
{
  g_autoptr(GTask) task = g_queue_pop_head (&self->waiting);

  g_clear_object (&self->process);
  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify) tc_calibration_free);
  else
    g_task_return_error (task, error);
  begin_next (self);
}

static void
fail (TcCalibrator *self,
      const char   *why)
{
  end (self, NULL, g_error_new (TC_ERROR, TC_ERROR_UNAVAILABLE, "not known yet: %s", why));
}

/* The last line is the answer; a library may have said something before. */
static JsonObject *
parse_answer (char    *output,
              GError **error)
{
  char *line;

  g_strchomp (output);
  line = strrchr (output, '\n');

  return tc_json_parse_object (line != NULL ? line + 1 : output, -1, TC_JSON_DEFAULT, error);
}

static void
take_answer (TcCalibrator *self,
             Measure      *measure,
             char         *output)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = parse_answer (output, &error);
  TcCalibration *found = answer != NULL ? tc_calibration_from_json (answer, &error) : NULL;

  if (found == NULL)
    {
      g_message ("%s %s: %s", measure->script, CALIBRATE, error->message);
      fail (self, "the script could not time itself; see the engine's log");
      return;
    }
  /* What is wrong today may be put right tomorrow. */
  if (found->problem == NULL &&
      !tc_calibration_remember (self->cache_path, measure->key, answer, tc_clock_get_realtime (self->clock), &error))
    g_message ("%s: %s", self->cache_path, error->message);
  end (self, found, NULL);
}

static void
on_measured (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(TcCalibrator) self = user_data;
  GTask *task = g_queue_peek_head (&self->waiting);
  Measure *measure = g_task_get_task_data (task);
  g_autofree char *output = NULL;
  g_autofree char *complaint = NULL;
  gboolean is_timely = measure->timeout_id != 0;

  g_clear_handle_id (&measure->timeout_id, g_source_remove);
  if (!g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, &output, &complaint, NULL))
    output = NULL;
  if (self->is_stopped)
    fail (self, "the measuring was ended, for a training starts");
  else if (!is_timely)
    fail (self, "the script did not time itself in time");
  else if (output == NULL || *output == '\0')
    {
      g_message ("%s %s: %s", measure->script, CALIBRATE, complaint != NULL ? complaint : "no answer");
      fail (self, "the script could not time itself; see the engine's log");
    }
  else
    take_answer (self, measure, output);
}

static gboolean
on_timeout (gpointer user_data)
{
  TcCalibrator *self = user_data;
  Measure *measure = g_task_get_task_data (g_queue_peek_head (&self->waiting));

  measure->timeout_id = 0;
  g_subprocess_force_exit (self->process);

  return G_SOURCE_REMOVE;
}

static void
add_option (GStrvBuilder *argv,
            GHashTable   *known,
            const char   *name,
            const char   *value)
{
  g_autofree char *option = g_strconcat ("--", name, NULL);

  if (!g_hash_table_contains (known, option))
    return;
  g_strv_builder_add (argv, option);
  if (*value != '\0')
    g_strv_builder_add (argv, value);
}

/* As tc_launch_new() has it, but with nothing to go on from. */
static GStrv
build_argv (Measure    *measure,
            GHashTable *known)
{
  g_autoptr(GStrvBuilder) argv = g_strv_builder_new ();
  TcSessionConfig *config = measure->config;
  g_autofree char *phase = g_strdup_printf ("%u", tc_session_config_get_phase (config));
  g_autofree char *epochs = g_strdup_printf ("%u", config->epochs);
  g_autofree char *seconds = g_strdup_printf ("%d", TC_CALIBRATION_SECONDS);
  g_autofree char *program = tc_python_dup_program (config->python);

  if (g_str_has_suffix (measure->script, ".py"))
    g_strv_builder_add (argv, program);
  g_strv_builder_add (argv, measure->script);
  add_option (argv, known, "phase", phase);
  add_option (argv, known, "epochs", epochs);
  add_option (argv, known, "corpus", config->corpus_file != NULL ? config->corpus_file : TC_BUNDLED_CORPUS);
  add_option (argv, known, "target", config->target);
  for (guint i = 0; i < config->settings->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (config->settings, i);

      add_option (argv, known, setting->key, setting->value);
    }
  g_strv_builder_add_many (argv, CALIBRATE, seconds, NULL);

  return g_strv_builder_end (argv);
}

static GStrv
build_environment (TcSessionConfig *config)
{
  GStrv environment = g_get_environ ();
  g_auto(GStrv) names = g_listenv ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (tc_environment_is_secret (names[i]) || g_str_equal (names[i], "TRAINING_CENTER_EVENTS"))
        environment = g_environ_unsetenv (environment, names[i]);
    }
  for (guint i = 0; i < config->environment->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (config->environment, i);

      environment = g_environ_setenv (environment, setting->key, setting->value, TRUE);
    }

  return environment;
}

static void
spawn (TcCalibrator *self,
       Measure      *measure,
       GHashTable   *known)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                                                       G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_auto(GStrv) argv = build_argv (measure, known);
  g_auto(GStrv) environment = build_environment (measure->config);
  g_autofree char *parent = g_path_get_dirname (self->cache_path);
  g_autoptr(GError) error = NULL;

  /* On the file system of the runs: a checkpoint is written to see how long
   * that takes. */
  measure->folder = g_build_filename (tc_paths_get_data_dir (self->paths), "calibrate-XXXXXX", NULL);
  if (!tc_file_make_dir (parent, &error) || g_mkdtemp (measure->folder) == NULL)
    {
      g_clear_pointer (&measure->folder, g_free);
      fail (self, "there is no place to measure in");
      return;
    }
  g_subprocess_launcher_set_cwd (launcher, measure->folder);
  g_subprocess_launcher_set_environ (launcher, environment);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  if (self->process == NULL)
    {
      fail (self, error->message);
      return;
    }
  self->is_stopped = FALSE;
  measure->timeout_id = g_timeout_add_seconds (KILL_AFTER_SECONDS, on_timeout, self);
  g_subprocess_communicate_utf8_async (self->process, NULL, NULL, on_measured, g_object_ref (self));
}

static void
on_probed (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcCalibrator) self = user_data;
  GTask *task = g_queue_peek_head (&self->waiting);
  Measure *measure = g_task_get_task_data (task);
  g_autoptr(TcScriptFacts) facts = tc_script_probe_finish (result, NULL);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    fail (self, "nobody waits for it any more");
  else if (facts == NULL || facts->options == NULL || !g_hash_table_contains (facts->options, CALIBRATE))
    fail (self, "no run of this script on this machine");
  else
    spawn (self, measure, facts->options);
}

static void
begin_next (TcCalibrator *self)
{
  GTask *task = g_queue_peek_head (&self->waiting);
  Measure *measure;
  TcCalibration *found;

  if (task == NULL || self->process != NULL)
    return;
  measure = g_task_get_task_data (task);
  /* Whoever waited may have waited for just this. */
  found = tc_calibration_recall (self->cache_path, measure->key, tc_clock_get_realtime (self->clock));
  if (found != NULL)
    {
      end (self, found, NULL);
      return;
    }
  tc_script_probe_async (measure->script, measure->config->python, tc_paths_get_state_dir (self->paths), NULL, on_probed,
                         g_object_ref (self));
}

/**
 * tc_calibrator_measure_async:
 *
 * Measures, once those who came before are done. A script that does not know
 * --calibrate is not run.
 */
void
tc_calibrator_measure_async (TcCalibrator        *self,
                             TcSessionConfig     *config,
                             const TcRunKind     *kind,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Measure *measure = g_new0 (Measure, 1);

  g_task_set_source_tag (task, tc_calibrator_measure_async);
  g_task_set_check_cancellable (task, FALSE);
  measure->config = tc_session_config_ref (config);
  measure->script = g_strdup (kind->path != NULL ? kind->path : "");
  measure->key = build_key (self, config, kind);
  g_task_set_task_data (task, measure, measure_free);
  g_queue_push_tail (&self->waiting, task);
  if (g_queue_get_length (&self->waiting) == 1)
    begin_next (self);
}

/**
 * tc_calibrator_measure_finish:
 * @error: TC_ERROR_UNAVAILABLE, "not known yet: …"
 *
 * Returns: (transfer full) (nullable): what it found
 */
TcCalibration *
tc_calibrator_measure_finish (TcCalibrator  *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** tc_calibrator_stop: ends what is under way: a training needs the machine */
void
tc_calibrator_stop (TcCalibrator *self)
{
  if (self->process == NULL)
    return;
  self->is_stopped = TRUE;
  g_subprocess_force_exit (self->process);
}
