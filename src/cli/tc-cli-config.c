/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-config.h"

#include <string.h>

#include "tc-error.h"

static const char *phase_corpora[] = { "english", "hlx", "translation" };
static const guint default_epochs[] = { 200, 200, 50 };

/**
 * tc_cli_json_append_string:
 * @json: where to append
 * @text: valid UTF-8
 *
 * Appends @text as a JSON string, quotes included.
 */
void
tc_cli_json_append_string (GString    *json,
                           const char *text)
{
  g_string_append_c (json, '"');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_printf (json, "\\%c", *c);
      else if ((guchar) *c < 0x20 || *c == 0x7f)
        g_string_append_printf (json, "\\u%04x", (guchar) *c);
      else
        g_string_append_c (json, *c);
    }
  g_string_append_c (json, '"');
}

static void
append_key (GString    *json,
            const char *key)
{
  if (json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  tc_cli_json_append_string (json, key);
  g_string_append_c (json, ':');
}

static void
append_text (GString    *json,
             const char *key,
             const char *value)
{
  if (value == NULL)
    return;
  append_key (json, key);
  tc_cli_json_append_string (json, value);
}

static void
append_number (GString    *json,
               const char *key,
               const char *digits)
{
  gint64 number = 0;

  if (digits == NULL)
    return;
  /* Through a number and back: "+5" and "007" are no JSON. */
  g_ascii_string_to_signed (digits, 10, G_MININT64, G_MAXINT64, &number, NULL);
  append_key (json, key);
  g_string_append_printf (json, "%" G_GINT64_FORMAT, number);
}

/* The engine runs elsewhere: paths become absolute here. */
static void
append_path (GString    *json,
             const char *key,
             const char *path)
{
  g_autofree char *absolute = NULL;

  if (path == NULL)
    return;
  absolute = g_canonicalize_filename (path, NULL);
  append_text (json, key, absolute);
}

/* All values of a KEY=VALUE option as one object; the last of a key wins. */
static gboolean
append_pairs (GString          *json,
              const char       *member,
              const TcCliArgs  *args,
              const char       *option,
              GError          **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!tc_cli_args_has (args, option))
    return TRUE;

  append_key (json, member);
  g_string_append_c (json, '{');
  for (guint i = 0; i < args->given->len; i++)
    {
      TcCliGiven *given = &g_array_index (args->given, TcCliGiven, i);
      const char *equals;
      g_autofree char *key = NULL;

      if (strcmp (given->option->name, option) != 0)
        continue;
      equals = strchr (given->value, '=');
      key = g_strndup (given->value, equals - given->value);
      if (g_hash_table_contains (seen, key))
        {
          g_autofree char *shown = tc_cli_show (key);

          g_set_error (error, TC_ERROR, TC_ERROR_USAGE,
                       "--%s %s=… is given twice; give each key once", option, shown);
          return FALSE;
        }
      append_text (json, key, equals + 1);
      g_hash_table_add (seen, g_steal_pointer (&key));
    }
  g_string_append_c (json, '}');

  return TRUE;
}

static const char *
corpus_of (const char *value)
{
  if (value != NULL && value[0] >= '1' && value[0] <= '3' && value[1] == '\0')
    return phase_corpora[value[0] - '1'];

  return value;
}

static gboolean
append_common (GString          *json,
               const TcCliArgs  *args,
               GError          **error)
{
  append_text (json, "provider", tc_cli_args_get (args, "provider"));
  append_text (json, "model", tc_cli_args_get (args, "model"));
  append_text (json, "key", tc_cli_args_get (args, "key"));
  append_text (json, "policy", tc_cli_args_get (args, "policy"));
  append_number (json, "verdict_every", tc_cli_args_get (args, "verdict-every"));
  append_text (json, "target", tc_cli_args_get (args, "target"));
  append_number (json, "seed", tc_cli_args_get (args, "seed"));
  append_path (json, "script", tc_cli_args_get (args, "script"));
  append_path (json, "python", tc_cli_args_get (args, "python"));
  append_path (json, "corpus_file", tc_cli_args_get (args, "corpus-file"));
  append_text (json, "budget_usd", tc_cli_args_get (args, "budget"));
  if (tc_cli_args_has (args, "auto-stop"))
    {
      append_key (json, "auto_stop");
      g_string_append (json, "true");
    }

  return append_pairs (json, "settings", args, "set", error) &&
         append_pairs (json, "environment", args, "env", error);
}

/* Words without anything special stay readable. */
static char *
quote_word (const char *word)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%{}";

  if (word[0] != '\0' && word[strspn (word, plain)] == '\0')
    return g_strdup (word);

  return g_shell_quote (word);
}

/* The words behind "--" as a command template that gives just these words. */
static char *
command_of_words (const TcCliArgs *args)
{
  g_autoptr(GString) command = g_string_new (NULL);

  for (guint i = 0; i < args->words->len; i++)
    {
      g_autofree char *quoted = quote_word (g_ptr_array_index (args->words, i));

      if (i > 0)
        g_string_append_c (command, ' ');
      g_string_append (command, quoted);
    }

  return g_string_free (g_steal_pointer (&command), FALSE);
}

static gboolean
check_queue_add (const TcCliArgs  *args,
                 GError          **error)
{
  gboolean has_command = tc_cli_args_has (args, "command") || args->words->len > 0;
  const char *problem = NULL;

  if (!has_command && !tc_cli_args_has (args, "script") && !tc_cli_args_has (args, "corpus"))
    problem = "Say what to train: --corpus english, hlx or translation, or --script, or --command";
  else if (has_command && tc_cli_args_has (args, "script"))
    problem = "Give either --script or a command, not both";
  else if (tc_cli_args_has (args, "command") && args->words->len > 0)
    problem = "Give the command either with --command or behind “--”, not both";

  for (guint i = 0; problem == NULL && i < args->words->len; i++)
    {
      if (!g_utf8_validate (g_ptr_array_index (args->words, i), -1, NULL))
        problem = "The command behind “--” is not valid UTF-8";
    }
  if (problem == NULL)
    return TRUE;

  g_set_error_literal (error, TC_ERROR, TC_ERROR_USAGE, problem);
  return FALSE;
}

/**
 * tc_cli_config_for_queue_add:
 * @args: a command line of "queue add"
 * @error: TC_ERROR_USAGE
 *
 * Returns: (transfer full) (nullable): the body to post to the queue
 */
char *
tc_cli_config_for_queue_add (const TcCliArgs  *args,
                             GError          **error)
{
  g_autoptr(GString) json = g_string_new ("{");
  const char *after = tc_cli_args_get (args, "after");

  if (!check_queue_add (args, error))
    return NULL;

  append_text (json, "title", tc_cli_args_get (args, "title"));
  append_text (json, "corpus", corpus_of (tc_cli_args_get (args, "corpus")));
  append_number (json, "epochs", tc_cli_args_get (args, "epochs"));
  append_path (json, "workdir", tc_cli_args_get (args, "workdir"));
  append_path (json, "resume_from", tc_cli_args_get (args, "resume-from"));
  append_text (json, "progress_regex", tc_cli_args_get (args, "regex"));
  append_number (json, "grace_seconds", tc_cli_args_get (args, "grace"));
  append_text (json, "command", tc_cli_args_get (args, "command"));
  if (args->words->len > 0)
    {
      g_autofree char *command = command_of_words (args);

      append_text (json, "command", command);
    }
  if (after != NULL)
    append_text (json, "after", after);
  if (!append_common (json, args, error))
    return NULL;
  g_string_append_c (json, '}');

  return g_string_free (g_steal_pointer (&json), FALSE);
}

/**
 * tc_cli_config_for_curriculum:
 * @args: a command line of "curriculum"
 * @error: TC_ERROR_USAGE
 *
 * Returns: (transfer full) (nullable): the body that queues the three phases,
 *   each after the one before it
 */
char *
tc_cli_config_for_curriculum (const TcCliArgs  *args,
                              GError          **error)
{
  g_autoptr(GString) json = g_string_new ("{\"chain\":true,\"sessions\":[");
  const char *given = tc_cli_args_get (args, "epochs");
  guint epochs[3];

  memcpy (epochs, default_epochs, sizeof epochs);
  if (given != NULL)
    tc_cli_parse_epochs (given, epochs);

  for (guint i = 0; i < 3; i++)
    {
      g_string_append (json, i > 0 ? ",{" : "{");
      append_text (json, "corpus", phase_corpora[i]);
      append_key (json, "epochs");
      g_string_append_printf (json, "%u", epochs[i]);
      if (!append_common (json, args, error))
        return NULL;
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]}");

  return g_string_free (g_steal_pointer (&json), FALSE);
}
