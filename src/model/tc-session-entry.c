/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-session-entry.h"

#include <math.h>
#include <string.h>

#include "tc-money.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define NAME_MAX_BYTES 64

/* Options of the script, and what the bundled trainer takes. */
static const struct {
  const char *key;
  double      minimum;
  double      maximum;
} options[] = {
  [TC_ENTRY_BATCH_SIZE] = { "batch-size", 1, 4096 },
  [TC_ENTRY_SEQUENCE_LENGTH] = { "seq-length", 16, 256 },
  [TC_ENTRY_LEARNING_RATE] = { "lr", 0, 1 },
  [TC_ENTRY_EARLY_STOP] = { "early-stop", 1, TC_EPOCHS_MAX },
};

/* Epochs that each corpus needs in production. */
static const struct {
  const char *corpus;
  guint       epochs;
} curriculum[] = {
  { "english", 200 }, { "hlx", 200 }, { "translation", 50 },
};

/* "0,001" is what a German types. */
static char *
dup_plain (const char *text)
{
  char *plain = g_strstrip (g_strdup (text));

  if (strchr (plain, '.') == NULL && strchr (plain, ',') == strrchr (plain, ','))
    g_strdelimit (plain, ",", '.');

  return plain;
}

static gboolean
is_ours (TcSessionConfig *config)
{
  return config->script == NULL && config->command == NULL;
}

/* What a script of one's own takes is not known; it says so itself. */
static TcEntryProblem
apply_option (TcSessionConfig *config,
              TcEntry          entry,
              const char      *plain)
{
  gboolean is_whole = entry != TC_ENTRY_LEARNING_RATE;
  char *end = NULL;
  double value = g_ascii_strtod (plain, &end);

  if (is_whole && plain[strspn (plain, "0123456789")] != '\0')
    return TC_ENTRY_NOT_WHOLE;
  if (end == plain || *end != '\0' || !isfinite (value))
    return TC_ENTRY_NOT_A_NUMBER;
  if (value <= 0 || (is_ours (config) && (value < options[entry].minimum || value > options[entry].maximum)))
    return TC_ENTRY_OUT_OF_RANGE;
  tc_session_config_add_setting (config, options[entry].key, plain);

  return TC_ENTRY_FINE;
}

static TcEntryProblem
apply_budget (TcSessionConfig *config,
              const char      *plain)
{
  TcMoney amount = 0;

  if (!tc_money_parse (plain, &amount, NULL) || amount < 0)
    return TC_ENTRY_NOT_MONEY;
  config->budget = amount;

  return TC_ENTRY_FINE;
}

static TcEntryProblem
apply_variable (TcSessionConfig *config,
                const char      *word)
{
  const char *equals = strchr (word, '=');
  g_autofree char *name = equals != NULL ? g_strndup (word, equals - word) : NULL;

  if (name == NULL)
    return TC_ENTRY_NOT_PAIRS;
  if (!g_ascii_isalpha (name[0]) || strlen (name) > NAME_MAX_BYTES || name[strspn (name, NAME_CHARACTERS)] != '\0')
    return TC_ENTRY_NO_NAME;
  tc_session_config_add_environment (config, name, equals + 1);

  return TC_ENTRY_FINE;
}

static TcEntryProblem
apply_environment (TcSessionConfig *config,
                   const char      *text)
{
  g_auto(GStrv) words = NULL;

  if (!g_shell_parse_argv (text, NULL, &words, NULL))
    return TC_ENTRY_NOT_PAIRS;
  for (guint i = 0; words[i] != NULL; i++)
    {
      TcEntryProblem problem = apply_variable (config, words[i]);

      if (problem != TC_ENTRY_FINE)
        return problem;
    }

  return TC_ENTRY_FINE;
}

/**
 * tc_session_entry_apply:
 * @config: not shared yet
 * @text: as typed; nothing typed leaves @config as it is
 *
 * A script of @config has to be set before: its options have other limits.
 *
 * Returns: TC_ENTRY_FINE, or what is wrong with @text
 */
TcEntryProblem
tc_session_entry_apply (TcSessionConfig *config,
                        TcEntry          entry,
                        const char      *text)
{
  g_autofree char *plain = dup_plain (text);

  if (plain[0] == '\0')
    return TC_ENTRY_FINE;
  switch (entry)
    {
    case TC_ENTRY_BUDGET:
      return apply_budget (config, plain);

    case TC_ENTRY_ENVIRONMENT:
      return apply_environment (config, text);

    case TC_ENTRY_BATCH_SIZE:
    case TC_ENTRY_SEQUENCE_LENGTH:
    case TC_ENTRY_LEARNING_RATE:
    case TC_ENTRY_EARLY_STOP:
    default:
      return apply_option (config, entry, plain);
    }
}

static char *
take_setting (GPtrArray  *settings,
              const char *key)
{
  for (guint i = settings->len; i > 0; i--)
    {
      TcSetting *setting = g_ptr_array_index (settings, i - 1);
      g_autofree char *value = NULL;

      if (!g_str_equal (setting->key, key))
        continue;
      value = g_strdup (setting->value);
      g_ptr_array_remove_index (settings, i - 1);
      return g_steal_pointer (&value);
    }

  return g_strdup ("");
}

static char *
take_environment (GPtrArray *environment)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < environment->len; i++)
    {
      TcSetting *variable = g_ptr_array_index (environment, i);
      g_autofree char *value = strpbrk (variable->value, " \t\n\"'\\$`#") != NULL
                                 ? g_shell_quote (variable->value) : g_strdup (variable->value);

      g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", variable->key, value);
    }
  g_ptr_array_set_size (environment, 0);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * tc_session_entry_take:
 * @config: not shared
 *
 * The other way round: takes out of @config what tc_session_entry_apply() would
 * put there.
 *
 * Returns: (transfer full): what is to be typed for it
 */
char *
tc_session_entry_take (TcSessionConfig *config,
                       TcEntry          entry)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  TcMoney budget = config->budget;

  switch (entry)
    {
    case TC_ENTRY_BUDGET:
      config->budget = TC_BUDGET_NONE;
      return g_strdup (budget == TC_BUDGET_NONE ? ""
                       : g_ascii_formatd (digits, sizeof digits, "%.6g", (double) budget / TC_MONEY_DOLLAR));

    case TC_ENTRY_ENVIRONMENT:
      return take_environment (config->environment);

    case TC_ENTRY_BATCH_SIZE:
    case TC_ENTRY_SEQUENCE_LENGTH:
    case TC_ENTRY_LEARNING_RATE:
    case TC_ENTRY_EARLY_STOP:
    default:
      return take_setting (config->settings, options[entry].key);
    }
}

/**
 * tc_session_entry_get_range:
 * @entry: a batch size, a sequence length or a learning rate
 * @minimum: (out): what the bundled trainer takes
 * @maximum: (out): likewise
 */
void
tc_session_entry_get_range (TcEntry  entry,
                            double  *minimum,
                            double  *maximum)
{
  g_return_if_fail (entry <= TC_ENTRY_EARLY_STOP);

  *minimum = options[entry].minimum;
  *maximum = options[entry].maximum;
}

/** tc_session_entry_get_epochs: Returns: the epochs that the corpus is trained for unless told otherwise */
guint
tc_session_entry_get_epochs (const char *corpus)
{
  for (guint i = 0; i < G_N_ELEMENTS (curriculum); i++)
    {
      if (g_str_equal (curriculum[i].corpus, corpus))
        return curriculum[i].epochs;
    }

  return curriculum[0].epochs;
}

/**
 * tc_session_entry_to_request:
 * @configs: (element-type TcSessionConfig): at least one
 *
 * Returns: (transfer full): what queueing and estimating take; of several each
 *   waits for the one before
 */
JsonNode *
tc_session_entry_to_request (GPtrArray *configs)
{
  g_autoptr(JsonArray) sessions = json_array_new ();
  JsonObject *request = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  for (guint i = 0; i < configs->len; i++)
    json_array_add_element (sessions, tc_session_config_to_json (g_ptr_array_index (configs, i)));
  json_object_set_array_member (request, "sessions", g_steal_pointer (&sessions));
  json_object_set_boolean_member (request, "chain", configs->len > 1);
  json_node_take_object (node, request);

  return node;
}
