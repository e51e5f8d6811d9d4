/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-log-parser.h"

#include <string.h>

#include "tc-dialect.h"
#include "tc-error.h"
#include "tc-line-splitter.h"
#include "tc-log-state.h"
#include "tc-text.h"
#include "tc-user-regex.h"

/* A user's regex may be slow; a line this long is no line of metrics. */
#define MAX_REGEX_LINE 4096

/* In the order they are asked. */
static const TcDialect *const dialects[] = {
  &tc_dialect_helix,
  &tc_dialect_user_scripts,
  &tc_dialect_json_lines,
  &tc_dialect_hf_trainer,
  &tc_dialect_keras,
  &tc_dialect_nanogpt,
  &tc_dialect_llm_c,
  &tc_dialect_failures,
};

struct _TcLogParser
{
  TcLineSplitter   *splitter;      /* (owned) */
  TcSeriesTable    *table;         /* (owned) */
  TcUserRegex      *regex;         /* (owned) (nullable) */
  TcDialectContext  context;
  const TcDialect  *dialect;       /* the last one that took a line */

  TcTextSanitizer  *sanitizer;     /* (owned) for lines with escapes */
  GString          *clean;         /* (owned) such a line without them */
  gboolean          has_begun;     /* the first push() says where the log begins */

  /* Bit n of wanted[c]: dialects[n] wants to see lines that start with c. */
  guint16           wanted[256];
};

G_STATIC_ASSERT (G_N_ELEMENTS (dialects) <= 16);

static void
fill_wanted (TcLogParser *self)
{
  for (guint n = 0; n < G_N_ELEMENTS (dialects); n++)
    {
      const char *first = dialects[n]->first;

      for (guint c = 1; c < 256; c++)
        {
          if (first != NULL ? strchr (first, (int) c) != NULL
                            : g_ascii_isalpha ((char) c))
            self->wanted[c] |= (guint16) (1 << n);
        }
    }
}

/**
 * tc_log_parser_new:
 * @user_regex: (nullable): a regular expression with named groups for lines no
 *   dialect knows: epoch, total, batch, batches, step and loss mean what they
 *   say, any other group is a series of its name
 * @error: return location
 *
 * Returns: (transfer full): a parser at offset 0, or NULL if @user_regex does
 *   not compile or has no named group (TC_ERROR_USAGE)
 */
TcLogParser *
tc_log_parser_new (const char  *user_regex,
                   GError     **error)
{
  TcUserRegex *regex = NULL;
  TcLogParser *self;

  if (user_regex != NULL)
    {
      regex = tc_user_regex_new (user_regex, error);
      if (regex == NULL)
        return NULL;
    }

  self = g_new0 (TcLogParser, 1);
  self->splitter = tc_line_splitter_new (TC_LINE_SPLITTER_DEFAULT, 0);
  self->table = tc_series_table_new ();
  self->regex = regex;
  self->sanitizer = tc_text_sanitizer_new (TC_TEXT_SINGLE_LINE);
  self->clean = g_string_new (NULL);
  self->context.table = self->table;
  fill_wanted (self);

  return self;
}

/**
 * tc_log_parser_free:
 * @self: (transfer full): a parser
 */
void
tc_log_parser_free (TcLogParser *self)
{
  g_return_if_fail (self != NULL);

  if (self->context.gate_text != NULL)
    g_string_free (self->context.gate_text, TRUE);
  g_clear_pointer (&self->regex, tc_user_regex_free);
  tc_text_sanitizer_free (self->sanitizer);
  g_string_free (self->clean, TRUE);
  tc_series_table_free (self->table);
  tc_line_splitter_free (self->splitter);
  g_free (self);
}

/* Colours and cursor movements of bars; the text between them is what counts. */
static void
remove_escapes (TcLogParser   *self,
                TcDialectLine *line)
{
  if (memchr (line->text, 0x1b, line->length) == NULL)
    return;

  g_string_truncate (self->clean, 0);
  tc_text_sanitizer_push (self->sanitizer, line->text, line->length, self->clean);
  tc_text_sanitizer_finish (self->sanitizer, self->clean);
  line->text = self->clean->str;
  line->length = self->clean->len;
}

/* Blanks, and the backspaces with which Keras goes back to the line's start. */
static void
trim (TcDialectLine *line)
{
  while (line->length > 0 && (guchar) *line->text <= ' ')
    {
      line->text++;
      line->length--;
      line->indent++;
    }
  while (line->length > 0 && (guchar) line->text[line->length - 1] <= ' ')
    line->length--;
}

/* "[rank0]: ", "[2025-12-18 12:00:00] " */
static gboolean
take_bracket_prefix (TcCursor *cursor)
{
  if (memchr (cursor->at, ']', MIN (tc_cursor_left (cursor), 64)) == NULL)
    return FALSE;

  tc_cursor_find (cursor, "]");
  tc_cursor_take (cursor, ":");

  return TRUE;
}

static const char *const log_levels[] = { "DEBUG", "INFO", "WARNING", "ERROR" };

/* "2025-12-18 12:00:00,123 - INFO - " */
static gboolean
take_dated_prefix (TcCursor *cursor)
{
  const char *text = cursor->at;
  TcCursor head = { text, text + MIN (tc_cursor_left (cursor), 80) };

  if (tc_cursor_left (cursor) <= 20 || text[4] != '-' || text[7] != '-' ||
      !g_ascii_isdigit (text[9]))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (log_levels); i++)
    {
      if (tc_cursor_find (&head, log_levels[i]))
        {
          while (head.at < head.end && strchr (" -:]", *head.at) != NULL)
            head.at++;
          cursor->at = head.at;
          return TRUE;
        }
    }

  return FALSE;
}

/* "INFO:root:" */
static gboolean
take_level_prefix (TcCursor *cursor)
{
  TcCursor head = { cursor->at, cursor->at + MIN (tc_cursor_left (cursor), 80) };

  for (gsize i = 0; i < G_N_ELEMENTS (log_levels); i++)
    {
      if (tc_cursor_take (&head, log_levels[i]))
        {
          if (!tc_cursor_take (&head, ":") || !tc_cursor_find (&head, ":"))
            return FALSE;
          cursor->at = head.at;
          return TRUE;
        }
    }

  return FALSE;
}

/* What torchrun and Python's logging put in front of a line. */
static void
skip_log_prefix (TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);
  gboolean found;

  if (*line->text == '[')
    found = take_bracket_prefix (&cursor);
  else if (g_ascii_isdigit (*line->text))
    found = take_dated_prefix (&cursor);
  else
    found = take_level_prefix (&cursor);
  if (!found)
    return;

  line->text = cursor.at;
  line->length = tc_cursor_left (&cursor);
  line->indent = 0;

  /* One blank parts the prefix from the line, more are the line's own. */
  if (line->length > 0 && *line->text == ' ')
    {
      line->text++;
      line->length--;
    }
  trim (line);
}

static gboolean
may_have_prefix (const TcDialectLine *line)
{
  switch (*line->text)
    {
    case '[':
    case '1':
    case '2':
    case 'D':
    case 'I':
    case 'W':
      return TRUE;
    case 'E':
      return line->length > 6 && memcmp (line->text, "ERROR:", 6) == 0;
    default:
      return FALSE;
    }
}

/* A line below "❌ QUALITY GATE FAILED:". Returns whether it is a reason. */
static gboolean
add_gate_reason (TcDialectContext    *context,
                 const TcDialectLine *line)
{
  g_autofree char *reason = NULL;

  if (line->length < 3 || line->text[0] != '-' || line->text[1] != ' ')
    return FALSE;

  /* The same reason once for each of the samples says no more than once. */
  reason = g_strndup (line->text + 2, MIN (line->length - 2, 300));
  if (context->gate_text->len < 2000 && strstr (context->gate_text->str, reason) == NULL)
    {
      if (context->gate_text->len > 0)
        g_string_append (context->gate_text, "; ");
      g_string_append (context->gate_text, reason);
    }

  return TRUE;
}

static void
ask_dialects (TcLogParser         *self,
              const TcDialectLine *line)
{
  guint wanted = self->wanted[(guchar) *line->text];

  if (tc_dialect_is_bar (line->text, line->length) &&
      tc_dialect_progress_bar.parse (&self->context, line))
    {
      self->dialect = &tc_dialect_progress_bar;
      return;
    }

  for (guint n = 0; wanted != 0; n++, wanted >>= 1)
    {
      if ((wanted & 1) != 0 && dialects[n]->parse (&self->context, line))
        {
          if (dialects[n] != &tc_dialect_failures)
            self->dialect = dialects[n];
          return;
        }
    }
}

/* The user wrote the expression for the line as the script prints it. */
static gboolean
ask_user_regex (TcLogParser         *self,
                const TcDialectLine *whole)
{
  return self->regex != NULL && whole->length <= MAX_REGEX_LINE &&
         tc_user_regex_parse (self->regex, &self->context, whole);
}

static void
on_line (const TcLine *raw,
         gpointer      user_data)
{
  TcLogParser *self = user_data;
  TcDialectContext *context = &self->context;
  TcDialectLine line = { raw->text, raw->length, 0, raw->start };
  TcDialectLine whole;

  remove_escapes (self, &line);
  trim (&line);
  whole = line;
  if (line.length > 0 && may_have_prefix (&line))
    skip_log_prefix (&line);
  if (line.length == 0)
    return;

  if (context->gate_text != NULL)
    {
      if (add_gate_reason (context, &line))
        return;
      tc_dialect_close_gate (context);
    }
  if (context->state.in_traceback && tc_dialect_traceback (context, &line))
    return;
  if (ask_user_regex (self, &whole))
    return;

  ask_dialects (self, &line);
}

static void
begin_call (TcLogParser       *self,
            const TcParseSink *sink,
            gpointer           user_data)
{
  self->context.sink = sink;
  self->context.user_data = user_data;
}

/**
 * tc_log_parser_push:
 * @self: a parser
 * @bytes: the next bytes of the log
 * @length: how many
 * @offset: where the first of them stands in the log; if that is not where the
 *   last call ended, there is a gap, and an unfinished line is forgotten
 * @sink: what to call
 * @user_data: for @sink
 *
 * Reads all lines that are complete, and progress updates that end with \r.
 */
void
tc_log_parser_push (TcLogParser       *self,
                    const char        *bytes,
                    gsize              length,
                    gint64             offset,
                    const TcParseSink *sink,
                    gpointer           user_data)
{
  g_return_if_fail (self != NULL && sink != NULL);
  g_return_if_fail (bytes != NULL || length == 0);

  begin_call (self, sink, user_data);

  if (offset != tc_line_splitter_get_offset (self->splitter))
    {
      if (self->has_begun)
        {
          tc_dialect_close_gate (&self->context);
          self->context.state.in_traceback = FALSE;
        }
      tc_line_splitter_reset (self->splitter, offset);
    }
  self->has_begun = TRUE;

  tc_line_splitter_push (self->splitter, bytes, length, on_line, self);
  tc_line_splitter_flush_progress (self->splitter, on_line, self);
}

/**
 * tc_log_parser_finish:
 * @self: a parser
 * @sink: what to call
 * @user_data: for @sink
 *
 * The log has ended: reads a last line that has no end. A later push(), as when
 * a retry appends to the log, begins a new line.
 */
void
tc_log_parser_finish (TcLogParser       *self,
                      const TcParseSink *sink,
                      gpointer           user_data)
{
  g_return_if_fail (self != NULL && sink != NULL);

  begin_call (self, sink, user_data);
  tc_line_splitter_finish (self->splitter, on_line, self);
  tc_dialect_close_gate (&self->context);
  self->context.state.in_traceback = FALSE;
  self->context.state.said_end = FALSE;
}

/**
 * tc_log_parser_get_offset:
 * @self: a parser
 *
 * Returns: from where a new parser with this one's state must be fed: behind
 *   the last line that has been dealt with
 */
gint64
tc_log_parser_get_offset (TcLogParser *self)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->context.gate_text != NULL)
    return self->context.gate_offset;

  return tc_line_splitter_get_line_start (self->splitter);
}

/**
 * tc_log_parser_save_state:
 * @self: a parser
 *
 * Returns: (transfer full): what load_state() needs, a short line of ASCII that
 *   belongs to tc_log_parser_get_offset() of the same moment
 */
char *
tc_log_parser_save_state (TcLogParser *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tc_log_state_to_string (&self->context.state,
                                 self->dialect != NULL ? self->dialect->name : "");
}

static const TcDialect *
find_dialect (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      if (g_str_equal (dialects[i]->name, name))
        return dialects[i];
    }

  return g_str_equal (tc_dialect_progress_bar.name, name) ? &tc_dialect_progress_bar : NULL;
}

/**
 * tc_log_parser_load_state:
 * @self: a parser that has read nothing yet
 * @state: what save_state() gave
 * @error: return location
 *
 * The offset that belongs to @state is told with the next push().
 *
 * Returns: whether @state made sense (TC_ERROR_INVALID, TC_ERROR_NEWER); if
 *   not, the parser is as it was, and the log can be read from its start
 */
gboolean
tc_log_parser_load_state (TcLogParser  *self,
                          const char   *state,
                          GError      **error)
{
  g_autofree char *dialect = NULL;

  g_return_val_if_fail (self != NULL && state != NULL, FALSE);

  if (!tc_log_state_from_string (state, &self->context.state, &dialect, error))
    return FALSE;

  self->dialect = find_dialect (dialect);

  return TRUE;
}

/**
 * tc_log_parser_get_dialect:
 * @self: a parser
 *
 * Returns: (transfer none) (nullable): the name of the dialect the script
 *   speaks, NULL as long as no line was understood
 */
const char *
tc_log_parser_get_dialect (TcLogParser *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->dialect != NULL ? self->dialect->name : NULL;
}

/**
 * tc_log_parser_get_series_table:
 * @self: a parser
 *
 * Returns: (transfer none): the names of the series, for whoever parses the
 *   same run's events file
 */
TcSeriesTable *
tc_log_parser_get_series_table (TcLogParser *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->table;
}
