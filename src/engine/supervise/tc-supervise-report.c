/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-supervise-report.h"
#include "tc-text.h"
#include "tc-verdict.h"

#define GATE_REPORT_MAX_BYTES (256 * 1024)
/* Enough to tell 3.0961 from 3.0962, and no more to read. */
#define FIGURES 6

/* How much of everything; a report that is too long is built again with less. */
typedef struct
{
  guint points;   /* of a series */
  guint records;  /* gates, verdicts */
  guint tests;
  guint samples;
  gsize text;     /* bytes of a text */
} Limits;

static const Limits levels[] = {
  { 40, 20, 12, 12, 240 },
  { 40, 12, 12, 8, 160 },
  { 30, 8, 8, 6, 120 },
  { 20, 5, 6, 3, 80 },
  { 10, 3, 5, 1, 40 },
};

/* ---- Small things ---- */

static void
set_text (JsonObject   *object,
          const char   *member,
          const char   *text,
          const Limits *limits)
{
  g_autofree char *clean = NULL;

  if (text == NULL)
    return;
  clean = tc_text_sanitize (text, -1, limits->text, TC_TEXT_DEFAULT);
  json_object_set_string_member (object, member, clean);
}

static JsonNode *
new_figure (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  JsonNode *node = json_node_alloc ();

  if (!isfinite (value))
    return json_node_init_string (node, isnan (value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
  g_ascii_formatd (text, sizeof text, "%." G_STRINGIFY (FIGURES) "g", value);

  return json_node_init_double (node, g_ascii_strtod (text, NULL));
}

static JsonArray *
get_records (JsonNode   *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
get_record (JsonArray *records,
            guint      index)
{
  JsonNode *node = json_array_get_element (records, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* ---- Series ---- */

static double
get_x (JsonNode *point)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (point) ? json_node_get_array (point) : NULL;

  return pair != NULL && json_array_get_length (pair) == 2
         ? json_array_get_double_element (pair, 0) : NAN;
}

static JsonNode *
copy_point (JsonNode *point)
{
  JsonArray *pair = json_node_get_array (point);
  JsonNode *value = json_array_get_element (pair, 1);
  JsonArray *copy = json_array_sized_new (2);
  JsonNode *node = json_node_alloc ();

  json_array_add_element (copy, new_figure (json_array_get_double_element (pair, 0)));
  if (json_node_get_value_type (value) == G_TYPE_STRING)
    json_array_add_element (copy, json_node_copy (value));
  else
    json_array_add_element (copy, new_figure (json_node_get_double (value)));

  json_node_take_array (json_node_init (node, JSON_NODE_ARRAY), copy);

  return node;
}

/* The points up to the checkpoint, in even steps when there are too many; the
 * last one is always among them. The store has kept the spikes already. */
static void
add_series (JsonObject          *report,
            const char          *name,
            const TcReportFacts *facts,
            const Limits        *limits)
{
  JsonObject *all = facts->metrics != NULL
    ? tc_json_get_object (json_node_get_object (facts->metrics), "series") : NULL;
  JsonArray *points = tc_json_get_array (all, name);
  guint length = points != NULL ? json_array_get_length (points) : 0;
  JsonArray *some;

  while (length > 0 && !(get_x (json_array_get_element (points, length - 1)) <= facts->epoch))
    length--;
  if (length == 0)
    return;

  some = json_array_new ();
  for (guint i = 0, n = MIN (length, limits->points); i < n; i++)
    {
      guint index = n > 1 ? (guint) ((guint64) i * (length - 1) / (n - 1)) : length - 1;

      json_array_add_element (some, copy_point (json_array_get_element (points, index)));
    }
  json_object_set_array_member (report, name, some);
}

/* ---- The run ---- */

static JsonObject *
describe_run (const TcReportFacts *facts,
              const Limits        *limits)
{
  TcSessionConfig *config = tc_session_get_config (facts->session);
  const TcProgress *progress = tc_session_get_progress (facts->session);
  JsonObject *run = json_object_new ();

  set_text (run, "corpus", config->corpus, limits);
  set_text (run, "target", config->target, limits);
  json_object_set_int_member (run, "phase", tc_session_config_get_phase (config));
  json_object_set_int_member (run, "attempt", tc_session_get_attempt (facts->session));
  json_object_set_int_member (run, "epoch", facts->epoch);
  json_object_set_int_member (run, "planned_epochs",
                              progress->total_epochs > 0 ? progress->total_epochs : config->epochs);
  if (progress->parameters > 0)
    json_object_set_int_member (run, "parameters", progress->parameters);
  json_object_set_int_member (run, "seconds", (gint64) progress->elapsed_seconds);
  if (progress->tokens_per_second > 0)
    json_object_set_member (run, "tokens_per_second", new_figure (progress->tokens_per_second));
  if (isfinite (progress->best_val_loss) && progress->best_epoch > 0)
    {
      json_object_set_member (run, "best_val_loss", new_figure (progress->best_val_loss));
      json_object_set_int_member (run, "best_epoch", progress->best_epoch);
    }

  return run;
}

/* ---- Gates and verdicts before this one ---- */

/* Copies a member that is a number or a short word. */
static void
copy_member (JsonObject   *from,
             JsonObject   *to,
             const char   *member,
             const Limits *limits)
{
  JsonNode *node = tc_json_has (from, member) ? json_object_get_member (from, member) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    set_text (to, member, json_node_get_string (node), limits);
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    json_object_set_member (to, member, new_figure (json_node_get_double (node)));
  else
    json_object_set_member (to, member, json_node_copy (node));
}

static void
add_records (JsonObject          *report,
             const char          *name,
             JsonNode            *node,
             const char *const   *members,
             const TcReportFacts *facts,
             const Limits        *limits)
{
  JsonArray *records = get_records (node);
  guint length = records != NULL ? json_array_get_length (records) : 0;
  JsonArray *some = json_array_new ();

  for (guint i = length > limits->records ? length - limits->records : 0; i < length; i++)
    {
      JsonObject *record = get_record (records, i);
      JsonObject *copy;

      if (record == NULL || tc_json_has (record, "error") ||
          tc_json_get_int (record, "epoch", 0) > facts->epoch)
        continue;
      copy = json_object_new ();
      for (guint k = 0; members[k] != NULL; k++)
        copy_member (record, copy, members[k], limits);
      json_array_add_object_element (some, copy);
    }

  if (json_array_get_length (some) > 0)
    json_object_set_array_member (report, name, some);
  else
    json_array_unref (some);
}

/* ---- The validator's report ---- */

static void
add_objects (JsonObject        *to,
             const char        *name,
             JsonObject        *from,
             guint              most,
             const char *const *members,
             const Limits      *limits)
{
  JsonArray *all = tc_json_get_array (from, name);
  guint length = all != NULL ? MIN (json_array_get_length (all), most) : 0;
  JsonArray *some;

  if (length == 0)
    return;
  some = json_array_new ();
  for (guint i = 0; i < length; i++)
    {
      JsonObject *object = get_record (all, i);
      JsonObject *copy = json_object_new ();

      for (guint k = 0; object != NULL && members[k] != NULL; k++)
        copy_member (object, copy, members[k], limits);
      json_array_add_object_element (some, copy);
    }
  json_object_set_array_member (to, name, some);
}

static void
add_gate_report (JsonObject          *report,
                 const TcReportFacts *facts,
                 const Limits        *limits)
{
  static const char *const tests[] = { "name", "status", "details", NULL };
  static const char *const samples[] = { "prompt", "format", "expected", "answer", NULL };
  static const char *const figures[] = {
    "held_out_loss", "seen_loss", "byte_frequency_loss", "echo_rate", "perplexity", NULL
  };
  JsonObject *source = tc_json_get_object (facts->gate_report, "figures");
  JsonObject *gate;

  if (facts->gate_report == NULL)
    return;
  gate = json_object_new ();
  copy_member (facts->gate_report, gate, "status", limits);
  add_objects (gate, "tests", facts->gate_report, limits->tests, tests, limits);
  for (guint i = 0; source != NULL && figures[i] != NULL; i++)
    copy_member (source, gate, figures[i], limits);
  add_objects (gate, "samples", facts->gate_report, limits->samples, samples, limits);
  json_object_set_object_member (report, "gate_report", gate);
}

static char *
build_with (const TcReportFacts *facts,
            const Limits        *limits)
{
  static const char *const gates[] = { "epoch", "result", "text", NULL };
  static const char *const verdicts[] = { "epoch", "score", "grade", "status", NULL };
  g_autoptr(JsonObject) report = json_object_new ();

  json_object_set_object_member (report, "run", describe_run (facts, limits));
  add_series (report, "train_loss", facts, limits);
  add_series (report, "val_loss", facts, limits);
  add_series (report, "lr", facts, limits);
  add_records (report, "gates", facts->gates, gates, facts, limits);
  add_gate_report (report, facts, limits);
  add_records (report, "earlier_verdicts", facts->verdicts, verdicts, facts, limits);

  return tc_json_object_to_string (report, FALSE);
}

/**
 * tc_report_build:
 *
 * Returns: (transfer full): the report as JSON, of at most TC_REPORT_MAX_BYTES
 */
char *
tc_report_build (const TcReportFacts *facts)
{
  char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      g_free (text);
      text = build_with (facts, &levels[i]);
      if (strlen (text) <= TC_REPORT_MAX_BYTES)
        break;
    }

  return text;
}

/**
 * tc_report_load_gate:
 * @folder: where the run works
 * @epoch: of the gate
 * @error: TC_ERROR; NOT_FOUND when there is no such report
 *
 * Reads gates/gate_epochN.json. The script owns the folder, so neither it nor
 * the file may be a link, and only so much is read.
 *
 * Returns: (transfer full) (nullable): the report
 */
JsonObject *
tc_report_load_gate (const char  *folder,
                     guint        epoch,
                     GError     **error)
{
  g_autofree char *gates = g_build_filename (folder, "gates", NULL);
  g_autofree char *file = NULL;
  g_autofd int fd = open (gates, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0)
    {
      tc_error_set_from_errno (error, errno, "The reports in “%s” cannot be read", gates);
      return NULL;
    }
  file = g_strdup_printf ("/proc/self/fd/%d/gate_epoch%u.json", fd, epoch);

  return tc_json_load (file, GATE_REPORT_MAX_BYTES, TC_JSON_ALLOW_NON_FINITE, error);
}
