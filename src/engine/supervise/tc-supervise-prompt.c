/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-json.h"
#include "tc-supervise-prompt.h"

#define PROMPT_FILE "prompt.md"
#define SCHEMA_FILE "verdict.schema.json"
#define MAX_FILE_BYTES (64 * 1024)
#define N_PARTS 3

/* ---- The files ---- */

/* @where: (out): the file that was found */
static char *
load_file (const char  *user_dir,
           const char  *data_dir,
           const char  *name,
           char       **where,
           GError     **error)
{
  *where = g_build_filename (user_dir, name, NULL);
  if (!g_file_test (*where, G_FILE_TEST_EXISTS))
    {
      g_free (*where);
      *where = g_build_filename (data_dir, name, NULL);
    }

  return tc_file_read (*where, MAX_FILE_BYTES, NULL, error);
}

/* Notes to whoever edits the file are not for the model. */
static void
remove_comments (GString *text)
{
  char *start;

  while ((start = strstr (text->str, "<!--")) != NULL)
    {
      char *end = strstr (start, "-->");
      gssize length = end != NULL ? end + strlen ("-->") - start : -1;

      g_string_erase (text, start - text->str, length);
    }
}

static gboolean
split_prompt (TcSupervisePrompt  *self,
              const char         *bytes,
              const char         *where,
              GError            **error)
{
  g_autoptr(GString) text = g_string_new (bytes);
  g_auto(GStrv) parts = NULL;
  char **const targets[N_PARTS] = { &self->instructions, &self->question, &self->repair };

  remove_comments (text);
  parts = g_strsplit (text->str, "\n---\n", -1);
  if (g_strv_length (parts) != N_PARTS || !g_utf8_validate (text->str, -1, NULL))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "“%s” must be UTF-8 text in three parts, with a line of --- between them", where);
      return FALSE;
    }
  for (guint i = 0; i < N_PARTS; i++)
    *targets[i] = g_strdup (g_strstrip (parts[i]));

  return TRUE;
}

static gboolean
take_schema (TcSupervisePrompt  *self,
             const char         *bytes,
             const char         *where,
             GError            **error)
{
  self->schema = tc_json_parse (bytes, -1, TC_JSON_DEFAULT, error);
  if (self->schema != NULL && JSON_NODE_HOLDS_OBJECT (self->schema))
    {
      self->schema_text = tc_json_to_string (self->schema, FALSE);
      return TRUE;
    }
  g_clear_error (error);
  g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” is not a JSON object", where);

  return FALSE;
}

/**
 * tc_supervise_prompt_load:
 * @user_dir: looked into first, for each file; need not exist
 * @data_dir: has both files
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (nullable): what to ask
 */
TcSupervisePrompt *
tc_supervise_prompt_load (const char  *user_dir,
                          const char  *data_dir,
                          GError     **error)
{
  g_autoptr(TcSupervisePrompt) self = g_new0 (TcSupervisePrompt, 1);
  g_autofree char *prompt_file = NULL;
  g_autofree char *schema_file = NULL;
  g_autofree char *prompt = load_file (user_dir, data_dir, PROMPT_FILE, &prompt_file, error);
  g_autofree char *schema = NULL;

  if (prompt == NULL || !split_prompt (self, prompt, prompt_file, error))
    return NULL;
  schema = load_file (user_dir, data_dir, SCHEMA_FILE, &schema_file, error);
  if (schema == NULL || !take_schema (self, schema, schema_file, error))
    return NULL;

  return g_steal_pointer (&self);
}

/** tc_supervise_prompt_free: */
void
tc_supervise_prompt_free (TcSupervisePrompt *self)
{
  g_free (self->instructions);
  g_free (self->question);
  g_free (self->repair);
  g_free (self->schema_text);
  g_clear_pointer (&self->schema, json_node_unref);
  g_free (self);
}

/* ---- Filling in ---- */

static const TcPromptValue *
find_value (const char          *name,
            gsize                length,
            const TcPromptValue *values,
            guint                n_values)
{
  for (guint i = 0; i < n_values; i++)
    {
      if (strlen (values[i].name) == length && strncmp (values[i].name, name, length) == 0)
        return &values[i];
    }

  return NULL;
}

/**
 * tc_supervise_prompt_fill:
 * @text: with placeholders, {{report}}
 * @values: what there is to put in
 *
 * What was put in is not looked at again, so that a report cannot bring
 * placeholders of its own. Unknown ones stay as they are.
 *
 * Returns: (transfer full): the text
 */
char *
tc_supervise_prompt_fill (const char          *text,
                          const TcPromptValue *values,
                          guint                n_values)
{
  GString *out = g_string_new (NULL);
  const char *start;

  while ((start = strstr (text, "{{")) != NULL)
    {
      const char *end = strstr (start, "}}");
      const TcPromptValue *value = end != NULL
        ? find_value (start + 2, (gsize) (end - start) - 2, values, n_values) : NULL;

      g_string_append_len (out, text, start - text);
      if (value != NULL)
        {
          g_string_append (out, value->value);
          text = end + 2;
        }
      else
        {
          g_string_append (out, "{{");
          text = start + 2;
        }
    }
  g_string_append (out, text);

  return g_string_free (out, FALSE);
}
