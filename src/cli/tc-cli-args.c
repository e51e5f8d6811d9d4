/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-args.h"

#include <string.h>

#include "tc-error.h"
#include "tc-money.h"
#include "tc-text.h"

#define EPOCHS_MAX 500
#define SHOWN_BYTES 120

/**
 * tc_cli_show:
 * @text: anything somebody typed or a script wrote
 *
 * Returns: (transfer full): @text as one harmless line of bounded length
 */
char *
tc_cli_show (const char *text)
{
  return tc_text_sanitize (text, -1, SHOWN_BYTES, TC_TEXT_SINGLE_LINE);
}

static gboolean G_GNUC_PRINTF (2, 3)
usage (GError     **error,
       const char  *format,
       ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (TC_ERROR, TC_ERROR_USAGE, format, args);
  va_end (args);

  return FALSE;
}

/* An id is a plain decimal number; "#17" is how people write it. */
static gboolean
check_id (const char  *text,
          const char  *what,
          GError     **error)
{
  g_autofree char *shown = NULL;
  guint64 id;

  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL))
    return TRUE;

  shown = tc_cli_show (text);
  return usage (error, "%s must be the number of a session, not “%s”; see “trainctl queue list”",
                what, shown);
}

/**
 * tc_cli_parse_epochs:
 * @text: "200,200,50"
 * @epochs: (out): the three numbers
 *
 * Returns: whether @text is three numbers from 1 to 500
 */
gboolean
tc_cli_parse_epochs (const char *text,
                     guint       epochs[3])
{
  g_auto(GStrv) parts = g_strsplit (text, ",", -1);

  if (g_strv_length (parts) != 3)
    return FALSE;

  for (guint i = 0; i < 3; i++)
    {
      guint64 number;

      if (!g_ascii_string_to_unsigned (parts[i], 10, 1, EPOCHS_MAX, &number, NULL))
        return FALSE;
      epochs[i] = number;
    }

  return TRUE;
}

static gboolean
is_choice (const char *choices,
           const char *value)
{
  g_auto(GStrv) words = g_strsplit (choices, " ", -1);

  return g_strv_contains ((const char * const *) words, value);
}

static gboolean
check_number (const TcCliOption  *option,
              const char         *value,
              GError            **error)
{
  g_autofree char *shown = NULL;
  gint64 number;

  if (g_ascii_string_to_signed (value, 10, option->minimum, option->maximum, &number, NULL))
    return TRUE;

  shown = tc_cli_show (value);
  return usage (error, "--%s must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", not “%s”",
                option->name, option->minimum, option->maximum, shown);
}

static gboolean
check_text_value (const TcCliOption  *option,
                  const char         *value,
                  GError            **error)
{
  g_autofree char *shown = tc_cli_show (value);
  guint epochs[3];
  TcMoney money;

  if (option->type == TC_CLI_VALUE_EPOCHS && !tc_cli_parse_epochs (value, epochs))
    return usage (error, "--epochs must be three numbers from 1 to %d with commas, such as 200,200,50, not “%s”",
                  EPOCHS_MAX, shown);
  if (option->type == TC_CLI_VALUE_MONEY && (!tc_money_parse (value, &money, NULL) || money < 0))
    return usage (error, "--%s must be an amount of US dollars such as 5.00, not “%s”", option->name, shown);
  if (option->type == TC_CLI_VALUE_PAIR && (strchr (value, '=') == NULL || value[0] == '='))
    return usage (error, "--%s must have the form KEY=VALUE, not “%s”", option->name, shown);
  if (option->type == TC_CLI_VALUE_CHOICE && !is_choice (option->choices, value))
    {
      g_auto(GStrv) words = g_strsplit (option->choices, " ", -1);
      g_autofree char *list = g_strjoinv (", ", words);

      return usage (error, "--%s must be one of %s, not “%s”", option->name, list, shown);
    }
  if (value[0] == '\0' || !g_utf8_validate (value, -1, NULL))
    return usage (error, "--%s needs a value that is valid text and not empty", option->name);

  return TRUE;
}

static gboolean
check_value (const TcCliOption  *option,
             const char         *value,
             GError            **error)
{
  if (option->type == TC_CLI_VALUE_NUMBER)
    return check_number (option, value, error);
  if (option->type == TC_CLI_VALUE_ID)
    {
      g_autofree char *what = g_strconcat ("--", option->name, NULL);

      return check_id (value, what, error);
    }

  return check_text_value (option, value, error);
}

static gboolean
take_option (TcCliArgs          *self,
             const TcCliOption  *option,
             const char         *value,
             GError            **error)
{
  TcCliGiven given = { option, value };

  if (option->type != TC_CLI_VALUE_NONE && !check_value (option, value, error))
    return FALSE;
  if (!option->many && option->type != TC_CLI_VALUE_NONE && tc_cli_args_has (self, option->name))
    return usage (error, "--%s is given twice; give it once", option->name);

  if (strcmp (option->name, "json") == 0)
    self->json = TRUE;
  else if (strcmp (option->name, "help") == 0)
    self->help = TRUE;
  else if (strcmp (option->name, "version") == 0)
    self->version = TRUE;
  else
    g_array_append_val (self->given, given);

  return TRUE;
}

static gboolean
unknown_option (TcCliArgs   *self,
                const char  *word,
                GError     **error)
{
  g_autofree char *shown = tc_cli_show (word);

  if (self->command != NULL)
    return usage (error, "“%s” is no option of “trainctl %s”; see “trainctl help %s”",
                  shown, self->command->name, self->command->name);

  return usage (error, "“%s” is no option of trainctl; see “trainctl help”", shown);
}

/* One word that begins with a dash. @i is moved on when it takes its value
 * from the next word. */
static gboolean
parse_option (TcCliArgs  *self,
              int         argc,
              char      **argv,
              int        *i,
              GError    **error)
{
  const char *word = argv[*i];
  const char *equals = NULL;
  const TcCliOption *option = NULL;

  if (word[1] == '-')
    {
      equals = strchr (word, '=');
      option = tc_cli_command_option (self->command, word + 2,
                                      equals != NULL ? (gsize) (equals - word - 2) : strlen (word + 2));
    }
  else if (word[2] == '\0')
    option = tc_cli_command_letter (self->command, word[1]);

  if (option == NULL)
    return unknown_option (self, word, error);
  if (option->type == TC_CLI_VALUE_NONE)
    {
      if (equals != NULL)
        return usage (error, "--%s takes no value", option->name);
      return take_option (self, option, NULL, error);
    }
  if (equals != NULL)
    return take_option (self, option, equals + 1, error);
  if (*i + 1 >= argc)
    return usage (error, "--%s needs a value: --%s %s", option->name, option->name, option->value_name);

  *i += 1;
  return take_option (self, option, argv[*i], error);
}

/* The command's words come first; only global options may stand before them. */
static gboolean
parse_command (TcCliArgs  *self,
               int         argc,
               char      **argv,
               int        *i,
               GError    **error)
{
  const char *second = *i + 1 < argc ? argv[*i + 1] : NULL;
  g_autofree char *shown = tc_cli_show (argv[*i]);
  guint n_words = 1;

  self->command = tc_cli_command_find (argv[*i], second, &n_words);
  if (self->command != NULL)
    {
      *i += n_words - 1;
      return TRUE;
    }
  if (tc_cli_command_is_group (argv[*i]))
    {
      if (second != NULL && (strcmp (second, "--help") == 0 || strcmp (second, "-h") == 0))
        {
          self->help = TRUE;
          *i = argc;
          return TRUE;
        }
      return usage (error, "“trainctl %s” needs one of its commands; see “trainctl help”", shown);
    }

  return usage (error, "There is no command “%s”; see “trainctl help”", shown);
}

static gboolean
check_words (TcCliArgs  *self,
             GError    **error)
{
  const TcCliCommand *command = self->command;

  if (command == NULL || self->help)
    return TRUE;
  if (self->words->len < command->min_arguments || self->words->len > command->max_arguments)
    return usage (error, "“trainctl %s” takes %s; see “trainctl help %s”", command->name,
                  command->arguments[0] != '\0' ? command->arguments : "no further words", command->name);

  /* Words behind "--" are a command, the only use of words in "queue add". */
  if (command->max_arguments == G_MAXUINT && command->n_ids == 0 && self->words->len > 0 && !self->has_rest)
    {
      g_autofree char *shown = tc_cli_show (g_ptr_array_index (self->words, 0));

      return usage (error, "“%s” is no option of “trainctl %s”; a command to run goes behind “--”",
                    shown, command->name);
    }

  for (guint i = 0; i < self->words->len && i < command->n_ids; i++)
    {
      const char *word = g_ptr_array_index (self->words, i);

      /* "#17" is how the tables show it. */
      if (word[0] == '#')
        self->words->pdata[i] = (char *) ++word;
      if (!check_id (word, "ID", error))
        return FALSE;
    }

  return TRUE;
}

/**
 * tc_cli_args_parse:
 * @argc: as main() got it
 * @argv: as main() got it; must outlive the result
 * @error: TC_ERROR_USAGE
 *
 * Returns: (transfer full) (nullable): the command line, checked
 */
TcCliArgs *
tc_cli_args_parse (int       argc,
                   char    **argv,
                   GError  **error)
{
  g_autoptr(TcCliArgs) self = g_new0 (TcCliArgs, 1);

  self->given = g_array_new (FALSE, FALSE, sizeof (TcCliGiven));
  self->words = g_ptr_array_new ();

  for (int i = 1; i < argc; i++)
    {
      const char *word = argv[i];

      if (self->has_rest)
        g_ptr_array_add (self->words, argv[i]);
      else if (strcmp (word, "--") == 0)
        self->has_rest = TRUE;
      else if (word[0] == '-' && word[1] != '\0')
        {
          if (!parse_option (self, argc, argv, &i, error))
            return NULL;
        }
      else if (self->command == NULL)
        {
          if (!parse_command (self, argc, argv, &i, error))
            return NULL;
        }
      else
        g_ptr_array_add (self->words, argv[i]);
    }

  if (!check_words (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * tc_cli_args_free:
 * @self: (transfer full): a command line
 */
void
tc_cli_args_free (TcCliArgs *self)
{
  g_array_unref (self->given);
  g_ptr_array_unref (self->words);
  g_free (self);
}

/**
 * tc_cli_args_get:
 * @self: a command line
 * @name: an option's name
 *
 * Returns: (nullable): its value, or NULL if it was not given
 */
const char *
tc_cli_args_get (const TcCliArgs *self,
                 const char      *name)
{
  for (guint i = 0; i < self->given->len; i++)
    {
      TcCliGiven *given = &g_array_index (self->given, TcCliGiven, i);

      if (strcmp (given->option->name, name) == 0)
        return given->value;
    }

  return NULL;
}

/**
 * tc_cli_args_has:
 * @self: a command line
 * @name: an option's name
 *
 * Returns: whether it was given
 */
gboolean
tc_cli_args_has (const TcCliArgs *self,
                 const char      *name)
{
  for (guint i = 0; i < self->given->len; i++)
    {
      if (strcmp (g_array_index (self->given, TcCliGiven, i).option->name, name) == 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * tc_cli_args_get_word:
 * @self: a command line
 * @index: which argument
 *
 * Returns: (nullable): the argument, or NULL if there are not so many
 */
const char *
tc_cli_args_get_word (const TcCliArgs *self,
                      guint            index)
{
  return index < self->words->len ? g_ptr_array_index (self->words, index) : NULL;
}
