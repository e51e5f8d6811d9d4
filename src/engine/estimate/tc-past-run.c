/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "tc-corpus-probe.h"
#include "tc-json.h"
#include "tc-past-run.h"

#define VERSION 1
/* A run is looked at in as many parts: how much its pace wavers. */
#define N_PARTS 4

/* Settings that do not change how long the work of an epoch takes, or change
 * only how much work that is, which is counted apart. Of any other, nobody
 * knows. */
static const char *const neutral_settings[] = {
  "lr", "learning-rate", "seed", "early-stop", "gate-policy", "checkpoint-dir", "status-file",
  "weight-decay", "dropout", "warmup", "warmup-steps", "steps-per-epoch", "blocks",
};

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_neutral (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (neutral_settings); i++)
    {
      if (g_str_equal (neutral_settings[i], key))
        return TRUE;
    }

  return FALSE;
}

/* "KEY=VALUE" lines in alphabetic order, so that the order they were given in
 * does not matter. */
static char *
canonical_settings (TcSessionConfig *config,
                    gboolean         pace_only)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_null_terminated (0, g_free, TRUE);

  for (guint i = 0; i < config->settings->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (config->settings, i);
      g_autofree char *key = g_strdelimit (g_strdup (setting->key), "_", '-');

      if (!pace_only || !is_neutral (key))
        g_ptr_array_add (lines, g_strdup_printf ("%s=%s", key, setting->value));
    }
  if (lines->len == 0)
    return g_strdup ("");
  g_ptr_array_sort (lines, compare_texts);

  return g_strjoinv ("\n", (char **) lines->pdata);
}

static gint64
find_number (TcSessionConfig *config,
             const char      *key,
             gint64           fallback)
{
  for (guint i = 0; i < config->settings->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (config->settings, i);
      g_autofree char *name = g_strdelimit (g_strdup (setting->key), "_", '-');
      guint64 value;

      if (g_str_equal (name, key) && g_ascii_string_to_unsigned (setting->value, 10, 1, G_MAXINT32, &value, NULL))
        return (gint64) value;
    }

  return fallback;
}

/* What an epoch is counted in. */
static void
measure_corpus (TcRunKind       *self,
                TcSessionConfig *config,
                gboolean         is_command)
{
  gint64 blocks = find_number (config, "blocks", TC_BUNDLED_BLOCKS);
  struct stat info;

  self->units = find_number (config, "steps-per-epoch", 0);
  if (config->corpus_file != NULL && stat (config->corpus_file, &info) == 0)
    {
      self->corpus_id = g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, config->corpus_file,
                                         (gint64) info.st_size, (gint64) info.st_mtime);
      self->corpus = g_strdup (self->units > 0 ? "steps" : "file");
      self->units = self->units > 0 ? self->units : info.st_size;
    }
  else if (is_command)
    {
      self->corpus_id = g_strdup ("");
      self->corpus = g_strdup ("unknown");
    }
  else
    {
      self->corpus_id = g_strdup_printf ("bundled %" G_GINT64_FORMAT, blocks);
      self->corpus = g_strdup (self->units > 0 ? "steps" : "bundled");
      self->units = self->units > 0 ? self->units : blocks;
    }
}

/**
 * tc_run_kind_new:
 * @script_hash: (nullable): of the script's bytes; NULL: the command counts
 * @script_path: (nullable)
 *
 * Returns: (transfer full): what decides how long a session takes
 */
TcRunKind *
tc_run_kind_new (TcSessionConfig *config,
                 const char      *script_hash,
                 const char      *script_path)
{
  TcRunKind *self = g_new0 (TcRunKind, 1);

  self->script = g_strdup (script_hash != NULL ? script_hash : config->command != NULL ? config->command : "");
  self->path = g_strdup (script_path);
  self->target = g_strdup (config->target);
  self->phase = tc_session_config_get_phase (config);
  self->settings = canonical_settings (config, FALSE);
  self->pace = canonical_settings (config, TRUE);
  measure_corpus (self, config, config->command != NULL);

  return self;
}

/** tc_run_kind_free: */
void
tc_run_kind_free (TcRunKind *self)
{
  g_free (self->script);
  g_free (self->path);
  g_free (self->target);
  g_free (self->settings);
  g_free (self->pace);
  g_free (self->corpus);
  g_free (self->corpus_id);
  g_free (self);
}

/** tc_run_kind_is_same: Returns: whether an epoch of both does the same work by the same script */
gboolean
tc_run_kind_is_same (const TcRunKind *self,
                     const TcRunKind *other)
{
  return g_str_equal (self->script, other->script) && g_str_equal (self->target, other->target) &&
         self->phase == other->phase && g_str_equal (self->settings, other->settings) &&
         g_str_equal (self->corpus_id, other->corpus_id);
}

/**
 * tc_run_kind_is_similar:
 *
 * Returns: whether both work alike, so that an epoch's time goes with its
 *   units: the same target, phase and pace settings, and the same script or an
 *   earlier version of it
 */
gboolean
tc_run_kind_is_similar (const TcRunKind *self,
                        const TcRunKind *other)
{
  gboolean is_same_script = g_str_equal (self->script, other->script) ||
                            (self->path != NULL && g_strcmp0 (self->path, other->path) == 0);

  return is_same_script && g_str_equal (self->target, other->target) && self->phase == other->phase &&
         g_str_equal (self->pace, other->pace) && g_str_equal (self->corpus, other->corpus) &&
         (self->units > 0) == (other->units > 0);
}

/** tc_past_run_free: */
void
tc_past_run_free (TcPastRun *self)
{
  g_clear_pointer (&self->kind, tc_run_kind_free);
  g_free (self);
}

/**
 * tc_past_run_take_epochs:
 * @seconds: (array length=n_seconds): what the epochs took, in order
 *
 * Notes the mean, and the means of the fastest and slowest quarter of the run.
 */
void
tc_past_run_take_epochs (TcPastRun    *self,
                         const double *seconds,
                         guint         n_seconds)
{
  guint size = MAX (1, n_seconds / N_PARTS);
  double sum = 0;

  self->n_measured = n_seconds;
  self->epoch_low = G_MAXDOUBLE;
  self->epoch_high = 0;
  for (guint i = 0; i < n_seconds; i++)
    sum += seconds[i];
  for (guint i = 0; i + size <= n_seconds; i += size)
    {
      double part = 0;

      for (guint j = i; j < i + size; j++)
        part += seconds[j] / size;
      self->epoch_low = MIN (self->epoch_low, part);
      self->epoch_high = MAX (self->epoch_high, part);
    }
  self->epoch_mean = n_seconds > 0 ? sum / n_seconds : 0;
  if (n_seconds == 0)
    self->epoch_low = 0;
}

static void
kind_to_json (const TcRunKind *kind,
              JsonObject      *object)
{
  json_object_set_string_member (object, "script", kind->script);
  if (kind->path != NULL)
    json_object_set_string_member (object, "path", kind->path);
  json_object_set_string_member (object, "target", kind->target);
  json_object_set_int_member (object, "phase", kind->phase);
  json_object_set_string_member (object, "settings", kind->settings);
  json_object_set_string_member (object, "pace", kind->pace);
  json_object_set_string_member (object, "corpus", kind->corpus);
  json_object_set_string_member (object, "corpus_id", kind->corpus_id);
  json_object_set_int_member (object, "units", kind->units);
}

static TcRunKind *
kind_from_json (JsonObject *object)
{
  TcRunKind *kind = g_new0 (TcRunKind, 1);

  kind->script = g_strdup (tc_json_get_string (object, "script", ""));
  kind->path = g_strdup (tc_json_get_string (object, "path", NULL));
  kind->target = g_strdup (tc_json_get_string (object, "target", ""));
  kind->phase = (guint) tc_json_get_int (object, "phase", 0);
  kind->settings = g_strdup (tc_json_get_string (object, "settings", ""));
  kind->pace = g_strdup (tc_json_get_string (object, "pace", ""));
  kind->corpus = g_strdup (tc_json_get_string (object, "corpus", ""));
  kind->corpus_id = g_strdup (tc_json_get_string (object, "corpus_id", ""));
  kind->units = tc_json_get_int (object, "units", 0);

  return kind;
}

/** tc_past_run_to_json: Returns: (transfer full): all of it */
JsonNode *
tc_past_run_to_json (const TcPastRun *self)
{
  JsonNode *node = json_node_alloc ();
  g_autoptr(JsonObject) object = json_object_new ();
  g_autofree char *spent = self->spent != TC_MONEY_UNKNOWN ? tc_money_format (self->spent) : NULL;

  json_object_set_int_member (object, "version", VERSION);
  kind_to_json (self->kind, object);
  json_object_set_int_member (object, "epochs", self->epochs);
  json_object_set_int_member (object, "epochs_measured", self->n_measured);
  json_object_set_double_member (object, "epoch_seconds_low", self->epoch_low);
  json_object_set_double_member (object, "epoch_seconds", self->epoch_mean);
  json_object_set_double_member (object, "epoch_seconds_high", self->epoch_high);
  json_object_set_double_member (object, "seconds", self->seconds);
  json_object_set_double_member (object, "fixed_seconds", self->fixed_seconds);
  json_object_set_double_member (object, "gate_seconds", self->gate_seconds);
  json_object_set_int_member (object, "gates", self->n_gates);
  json_object_set_int_member (object, "disk_bytes", self->disk_bytes);
  json_object_set_int_member (object, "max_rss_bytes", self->max_rss_bytes);
  json_object_set_int_member (object, "parameters", self->parameters);
  if (spent != NULL)
    json_object_set_string_member (object, "spent_usd", spent + 1);
  else
    json_object_set_null_member (object, "spent_usd");
  json_object_set_int_member (object, "calls_of_unknown_price", self->n_unknown);
  json_object_set_boolean_member (object, "complete", self->is_complete);
  json_object_set_boolean_member (object, "one_attempt", self->is_one);

  return json_node_init_object (node, object);
}

/**
 * tc_past_run_from_json:
 *
 * Returns: (transfer full) (nullable): NULL when it is of another version
 */
TcPastRun *
tc_past_run_from_json (JsonObject *object)
{
  const char *spent = tc_json_get_string (object, "spent_usd", NULL);
  TcPastRun *self;

  if (tc_json_get_int (object, "version", 0) != VERSION)
    return NULL;
  self = g_new0 (TcPastRun, 1);
  self->kind = kind_from_json (object);
  self->epochs = (guint) tc_json_get_int (object, "epochs", 0);
  self->n_measured = (guint) tc_json_get_int (object, "epochs_measured", 0);
  self->epoch_low = tc_json_get_double (object, "epoch_seconds_low", 0);
  self->epoch_mean = tc_json_get_double (object, "epoch_seconds", 0);
  self->epoch_high = tc_json_get_double (object, "epoch_seconds_high", 0);
  self->seconds = tc_json_get_double (object, "seconds", 0);
  self->fixed_seconds = tc_json_get_double (object, "fixed_seconds", TC_UNKNOWN_SECONDS);
  self->gate_seconds = tc_json_get_double (object, "gate_seconds", TC_UNKNOWN_SECONDS);
  self->n_gates = (guint) tc_json_get_int (object, "gates", 0);
  self->disk_bytes = tc_json_get_int (object, "disk_bytes", 0);
  self->max_rss_bytes = tc_json_get_int (object, "max_rss_bytes", 0);
  self->parameters = tc_json_get_int (object, "parameters", 0);
  self->spent = TC_MONEY_UNKNOWN;
  if (spent != NULL && !tc_money_parse (spent, &self->spent, NULL))
    self->spent = TC_MONEY_UNKNOWN;
  self->n_unknown = (guint) tc_json_get_int (object, "calls_of_unknown_price", 0);
  self->is_complete = tc_json_get_boolean (object, "complete", FALSE);
  self->is_one = tc_json_get_boolean (object, "one_attempt", FALSE);

  return self;
}
