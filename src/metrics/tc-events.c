/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-events.h"

#include <math.h>
#include <string.h>

#include "tc-dialect-pairs.h"
#include "tc-json-scanner.h"
#include "tc-text.h"

#define MAX_FIELDS    48
#define MAX_TEXT_SIZE 4096

/* A member of the object whose value is a scalar. */
typedef struct
{
  const char  *key;
  gsize        key_length;
  TcJsonToken  token;
  const char  *text;
  gsize        length;
  gboolean     has_escapes;
  double       number;
  gint64       integer;
} Field;

typedef struct
{
  TcDialectContext *context;
  gint64            offset;
  guint             length;
  Field             fields[MAX_FIELDS];
} Event;

/* --- reading the object --- */

static gboolean
add_field (Event         *event,
           TcJsonScanner *scanner)
{
  Field *field = &event->fields[MIN (event->length, MAX_FIELDS - 1)];

  field->key = scanner->text;
  field->key_length = scanner->length;
  field->token = tc_json_scanner_next (scanner);
  field->text = scanner->text;
  field->length = scanner->length;
  field->has_escapes = scanner->has_escapes;
  field->number = scanner->double_value;
  field->integer = scanner->int_value;

  if (!tc_json_scanner_skip (scanner, field->token))
    return FALSE;

  /* Objects and arrays inside mean nothing here. */
  if (event->length < MAX_FIELDS && field->token >= TC_JSON_TOKEN_STRING)
    event->length++;

  return TRUE;
}

/* Reads the whole line first: a half-written object says nothing. */
static gboolean
read_event (Event      *event,
            const char *text,
            gsize       length)
{
  TcJsonScanner scanner;
  TcJsonToken token;

  tc_json_scanner_init (&scanner, text, length, TRUE);
  if (tc_json_scanner_next (&scanner) != TC_JSON_TOKEN_OBJECT_BEGIN)
    return FALSE;

  while ((token = tc_json_scanner_next (&scanner)) == TC_JSON_TOKEN_KEY)
    {
      if (!add_field (event, &scanner))
        return FALSE;
    }

  return token == TC_JSON_TOKEN_OBJECT_END &&
         tc_json_scanner_next (&scanner) == TC_JSON_TOKEN_END;
}

static gboolean
is_key (const Field *field,
        const char  *key)
{
  return field->key_length == strlen (key) && memcmp (field->key, key, field->key_length) == 0;
}

/* The last member of that name, as in every JSON of ours. */
static const Field *
find (const Event *event,
      const char  *key)
{
  for (guint i = event->length; i > 0; i--)
    {
      if (is_key (&event->fields[i - 1], key))
        return &event->fields[i - 1];
    }

  return NULL;
}

static gboolean
is_number (const Field *field)
{
  return field != NULL &&
         (field->token == TC_JSON_TOKEN_INT || field->token == TC_JSON_TOKEN_DOUBLE);
}

static double
get_number (const Event *event,
            const char  *key)
{
  const Field *field = find (event, key);

  return is_number (field) ? field->number : NAN;
}

/* A count from 0 to G_MAXINT; anything else is 0. */
static int
get_count (const Event *event,
           const char  *key)
{
  double value = get_number (event, key);

  return value >= 0 && value <= G_MAXINT ? (int) value : 0;
}

static gboolean
get_boolean (const Event *event,
             const char  *key)
{
  const Field *field = find (event, key);

  return field != NULL && field->token == TC_JSON_TOKEN_BOOLEAN && field->integer != 0;
}

/* An escape sequence can hide in JSON as \\u001b. */
static void
make_harmless (char  *buffer,
               gsize  length)
{
  g_autofree char *clean = NULL;

  clean = tc_text_sanitize (buffer, (gssize) length, MAX_TEXT_SIZE - 1, TC_TEXT_SINGLE_LINE);
  g_strlcpy (buffer, clean, MAX_TEXT_SIZE);
}

/* Copies a string, made harmless to show, into a buffer of MAX_TEXT_SIZE; NULL if there is none. */
static const char *
get_text (const Event *event,
          const char  *key,
          char        *buffer)
{
  const Field *field = find (event, key);
  TcJsonScanner scanner = { 0 };
  gsize length;

  if (field == NULL || field->token != TC_JSON_TOKEN_STRING)
    return NULL;

  scanner.text = field->text;
  scanner.length = field->length;
  length = tc_json_scanner_copy (&scanner, buffer, MAX_TEXT_SIZE);

  for (gsize i = 0; i < length; i++)
    {
      if ((guchar) buffer[i] < 0x20 || (guchar) buffer[i] >= 0x7f)
        {
          make_harmless (buffer, length);
          break;
        }
    }

  return buffer;
}

/* --- what the kinds of objects say --- */

static void
put_number (const Event *event,
            const char  *key,
            guint        series,
            double       x)
{
  const Field *field = find (event, key);

  if (is_number (field))
    tc_dialect_point (event->context, series, x, field->number, event->offset);
}

static void
put_common (const Event *event,
            double       x)
{
  put_number (event, "lr", TC_SERIES_LR, x);
  put_number (event, "grad_norm", TC_SERIES_GRAD_NORM, x);
  put_number (event, "tokens_per_second", TC_SERIES_TOKENS_PER_SECOND, x);
  put_number (event, "accuracy", TC_SERIES_ACCURACY, x);
  put_number (event, "perplexity", TC_SERIES_PERPLEXITY, x);
}

static void
parse_batch (const Event *event)
{
  TcDialectContext *context = event->context;
  int epoch = get_count (event, "epoch");
  int batch = get_count (event, "batch");
  int batches = get_count (event, "batches");
  double x;

  if (epoch > 0)
    tc_dialect_epoch (context, epoch, get_count (event, "total_epochs"), event->offset);
  if (batch > 0 || batches > 0)
    tc_dialect_batch (context, batch, batches, event->offset);
  if (context->state.epoch == 0)
    context->state.step = context->state.batch;

  x = tc_dialect_get_x (context);
  put_number (event, "loss", TC_SERIES_BATCH_LOSS, x);
  put_common (event, x);
}

static void
parse_epoch (const Event *event)
{
  int epoch = get_count (event, "epoch");

  if (epoch == 0)
    return;

  tc_dialect_epoch (event->context, epoch, get_count (event, "total_epochs"), event->offset);
  put_number (event, "train_loss", TC_SERIES_TRAIN_LOSS, epoch);
  put_number (event, "val_loss", TC_SERIES_VAL_LOSS, epoch);
  put_number (event, "seconds", TC_SERIES_EPOCH_SECONDS, epoch);
  put_number (event, "eta_seconds", TC_SERIES_ETA_SECONDS, epoch);
  put_common (event, epoch);
}

static void
parse_metric (const Event *event)
{
  TcDialectContext *context = event->context;
  char buffer[MAX_TEXT_SIZE];
  const char *name = get_text (event, "name", buffer);
  double x = get_number (event, "x");

  if (name == NULL)
    return;
  if (!isfinite (x))
    x = tc_dialect_get_x (context);

  put_number (event, "value", tc_series_table_intern (context->table, name, strlen (name)), x);
}

static void
parse_model (const Event *event)
{
  TcDialectContext *context = event->context;
  const Field *parameters = find (event, "parameters");
  char buffer[MAX_TEXT_SIZE];

  if (context->sink->model != NULL && parameters != NULL &&
      parameters->token == TC_JSON_TOKEN_INT && parameters->integer >= 0)
    context->sink->model (parameters->integer, get_text (event, "target", buffer),
                          event->offset, context->user_data);
}

static void
parse_checkpoint (const Event *event)
{
  TcDialectContext *context = event->context;
  const Field *bytes = find (event, "bytes");
  char path[MAX_TEXT_SIZE];
  char sha256[MAX_TEXT_SIZE];
  TcParsedCheckpoint checkpoint = {
    .path = get_text (event, "path", path),
    .epoch = get_count (event, "epoch"),
    .best = get_boolean (event, "best"),
    .bytes = -1,
    .sha256 = get_text (event, "sha256", sha256),
    .val_loss = get_number (event, "val_loss"),
    .offset = event->offset,
  };

  if (bytes != NULL && bytes->token == TC_JSON_TOKEN_INT && bytes->integer >= 0)
    checkpoint.bytes = bytes->integer;
  if (context->sink->checkpoint != NULL && checkpoint.path != NULL && *path != '\0')
    context->sink->checkpoint (&checkpoint, context->user_data);
}

static const char *
one_of (const char        *text,
        const char *const *words)
{
  for (gsize i = 0; text != NULL && words[i] != NULL; i++)
    {
      if (g_str_equal (text, words[i]))
        return words[i];
    }

  return NULL;
}

static void
parse_gate (const Event *event)
{
  static const char *const results[] = { "pass", "warn", "fail", "skipped", NULL };
  TcDialectContext *context = event->context;
  char result[MAX_TEXT_SIZE];
  char text[MAX_TEXT_SIZE];
  char report[MAX_TEXT_SIZE];
  TcParsedGate gate = {
    .epoch = get_count (event, "epoch"),
    .result = one_of (get_text (event, "result", result), results),
    .text = get_text (event, "text", text),
    .report = get_text (event, "report", report),
    .offset = event->offset,
  };

  if (gate.result != NULL && context->sink->gate != NULL)
    context->sink->gate (&gate, context->user_data);
}

static void
parse_message (const Event *event)
{
  static const char *const severities[] = { "info", "warning", "error", NULL };
  char severity[MAX_TEXT_SIZE];
  char text[MAX_TEXT_SIZE];
  const char *known = one_of (get_text (event, "severity", severity), severities);

  if (get_text (event, "text", text) != NULL)
    tc_dialect_message (event->context, known != NULL ? known : "info",
                        text, strlen (text), event->offset);
}

static void
tell_end (const Event *event,
          const char  *status,
          const char  *text)
{
  TcDialectLine line = { text != NULL ? text : "", text != NULL ? strlen (text) : 0, 0,
                         event->offset };
  TcCursor cursor = tc_dialect_cursor (&line);
  const char *code;

  tc_dialect_end (event->context, status, &line);
  if (line.length == 0 || g_str_equal (status, "completed") ||
      g_str_equal (status, "interrupted"))
    return;

  code = g_str_equal (status, "quality_failed") ? "gate" : tc_dialect_guess_code (&cursor);
  tc_dialect_reason (event->context, code, 95, &line, "%s", text);
}

static void
parse_end (const Event *event)
{
  static const char *const statuses[] = {
    "completed", "aborted", "quality_failed", "interrupted", NULL
  };
  char status[MAX_TEXT_SIZE];
  char reason[MAX_TEXT_SIZE];
  const char *known = one_of (get_text (event, "status", status), statuses);

  if (known != NULL)
    tell_end (event, known, get_text (event, "reason", reason));
}

static const struct
{
  const char *type;
  void      (*parse) (const Event *event);
} types[] = {
  { "batch", parse_batch },
  { "epoch", parse_epoch },
  { "metric", parse_metric },
  { "model", parse_model },
  { "checkpoint", parse_checkpoint },
  { "gate", parse_gate },
  { "message", parse_message },
  { "end", parse_end },
};

/* --- objects without a type: the status WebSocket's, LLaMA-Factory's --- */

/* Members that say where, not what. */
static const char *const places[] = {
  "epoch", "total_epochs", "step", "steps", "global_step", "iter", "current_steps",
  "total_steps", "percentage", "progress_pct", "session_id", "timestamp", "eta_hours",
  "elapsed_seconds", NULL
};

static gboolean
is_place (const Field *field)
{
  for (gsize i = 0; places[i] != NULL; i++)
    {
      if (is_key (field, places[i]))
        return TRUE;
    }

  return FALSE;
}

static double
get_place (const Event *event)
{
  static const char *const keys[] = {
    "epoch", "current_steps", "global_step", "step", "iter", NULL
  };

  for (gsize i = 0; keys[i] != NULL; i++)
    {
      double x = get_number (event, keys[i]);

      if (isfinite (x) && x >= 0 && x <= G_MAXINT)
        return x;
    }

  return NAN;
}

/* Other programs log JSON too: an object is one of ours if a name that we know
 * is among its numbers. */
static gboolean
is_ours (const Event *event)
{
  if (is_number (find (event, "total_epochs")))
    return TRUE;

  for (guint i = 0; i < event->length; i++)
    {
      const Field *field = &event->fields[i];

      if (is_number (field) && !is_place (field) &&
          tc_dialect_series_is_known (field->key, field->key_length))
        return TRUE;
    }

  return FALSE;
}

static void
put_plain (const Event *event,
           double       x)
{
  TcDialectContext *context = event->context;

  for (guint i = 0; i < event->length; i++)
    {
      const Field *field = &event->fields[i];

      if (is_number (field) && !is_place (field))
        tc_dialect_point (context,
                          tc_dialect_series (context, field->key, field->key_length,
                                             TC_SERIES_TRAIN_LOSS),
                          x, field->number, event->offset);
    }
}

static gboolean
parse_plain (const Event *event)
{
  TcDialectContext *context = event->context;
  double x = get_place (event);
  double eta_hours = get_number (event, "eta_hours");

  if (isnan (x) || !is_ours (event))
    return FALSE;

  if (is_number (find (event, "epoch")))
    tc_dialect_epoch (context, MAX (1, (int) ceil (x)), get_count (event, "total_epochs"),
                      event->offset);
  else
    context->state.step = (gint64) x;
  if (is_number (find (event, "current_steps")))
    tc_dialect_batch (context, get_count (event, "current_steps"),
                      get_count (event, "total_steps"), event->offset);

  if (!isnan (eta_hours))
    tc_dialect_point (context, TC_SERIES_ETA_SECONDS, x, eta_hours * 3600, event->offset);
  put_plain (event, x);

  return TRUE;
}

/* Reads one object of a line. Returns whether it meant anything. */
gboolean
tc_dialect_json (TcDialectContext *context,
                 const char       *text,
                 gsize             length,
                 gint64            offset)
{
  Event event;
  char type[MAX_TEXT_SIZE];

  event.context = context;
  event.offset = offset;
  event.length = 0;

  if (!read_event (&event, text, length))
    return FALSE;
  if (get_text (&event, "type", type) == NULL)
    return parse_plain (&event);

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (g_str_equal (types[i].type, type))
        {
          types[i].parse (&event);
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * tc_events_parse_line:
 * @line: one line, with or without its end
 * @length: its length in bytes
 * @offset: where it starts in the file
 * @table: the names of the run's series
 * @sink: what to call
 * @user_data: for @sink
 *
 * Reads one object. What is not whole, not JSON or of no known kind is no
 * error: it says nothing.
 *
 * Returns: whether it meant anything
 */
gboolean
tc_events_parse_line (const char        *line,
                      gsize              length,
                      gint64             offset,
                      TcSeriesTable     *table,
                      const TcParseSink *sink,
                      gpointer           user_data)
{
  TcDialectContext context = { .table = table, .sink = sink, .user_data = user_data };

  g_return_val_if_fail (line != NULL || length == 0, FALSE);
  g_return_val_if_fail (table != NULL && sink != NULL, FALSE);

  return tc_dialect_json (&context, line, length, offset);
}
