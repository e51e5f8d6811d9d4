/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl models: what can be chosen, what it is good at and what it costs. */

#include "config.h"

#include <string.h>

#include "tc-clock.h"
#include "tc-commands.h"
#include "tc-json.h"
#include "tc-text.h"

static const struct
{
  const char *state;
  const char *words;
  TcCliStyle  style;
} looks[] = {
  { "active", "", TC_CLI_PLAIN },
  { "deprecated", "! deprecated", TC_CLI_YELLOW },
  { "retired", "✗ retired", TC_CLI_RED },
  { "never-existed", "✗ no such model", TC_CLI_RED },
  { "not-offered", "✗ not offered", TC_CLI_DIM },
  { "not-pulled", "↓ not pulled", TC_CLI_DIM },
};

static char *
dup_price (JsonObject *price)
{
  if (price == NULL)
    return NULL;

  return g_strdup_printf ("%s / %s", tc_json_get_string (price, "input", "?"),
                          tc_json_get_string (price, "output", "?"));
}

/* Long prompts cost more at some; not to say so would be to hide it. */
static char *
dup_long_price (JsonObject *price)
{
  JsonObject *tier = price == NULL ? NULL : tc_json_get_object (price, "long_prompt");
  g_autofree char *words = dup_price (tier);
  g_autofree char *from = NULL;

  if (tier == NULL)
    return NULL;
  from = tc_cli_format_count ((double) tc_json_get_int (tier, "from_tokens", 0));

  return g_strdup_printf ("%s from %s", words, from);
}

static void
add_state (TcCliGrid  *grid,
           JsonObject *model,
           gboolean    has_key)
{
  const char *state = tc_json_get_string (model, "state", "");

  if (!has_key && (strcmp (state, "active") == 0 || strcmp (state, "not-offered") == 0))
    {
      tc_cli_grid_add (grid, TC_CLI_DIM, "· no key");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      if (strcmp (looks[i].state, state) != 0)
        continue;
      tc_cli_grid_add (grid, looks[i].style, i == 0 && tc_json_get_boolean (model, "live", FALSE)
                       ? "✓ offered" : looks[i].words);
      return;
    }
  tc_cli_grid_add (grid, TC_CLI_PLAIN, state);
}

static void
add_model (TcCliGrid  *grid,
           const char *provider,
           gboolean    has_key,
           JsonObject *model)
{
  const char *tier = tc_json_get_string (model, "tier", "unknown");
  gint64 context = tc_json_get_int (model, "context", 0);

  tc_cli_grid_add (grid, TC_CLI_DIM, provider);
  tc_cli_grid_add (grid, TC_CLI_BOLD, tc_json_get_string (model, "id", ""));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, tc_json_get_string (model, "specialty", NULL));
  tc_cli_grid_add (grid, strcmp (tier, "FREE") == 0 ? TC_CLI_GREEN : TC_CLI_PLAIN,
                   strcmp (tier, "unknown") == 0 ? "?" : tier);
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, dup_price (tc_json_get_object (model, "price")));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, dup_long_price (tc_json_get_object (model, "price")));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, context > 0 ? tc_cli_format_count ((double) context) : NULL);
  add_state (grid, model, has_key);
  tc_cli_grid_add (grid, TC_CLI_PLAIN, tc_json_get_string (model, "text", NULL));
}

/* A list from yesterday may be wrong today. */
static void
add_age (GString    *problems,
         JsonObject *provider)
{
  const char *fetched_at = tc_json_get_string (provider, "fetched_at", NULL);
  g_autofree char *age = NULL;
  gint64 fetched_us;

  if (!tc_clock_parse_iso8601 (fetched_at, &fetched_us))
    return;
  age = tc_cli_format_seconds ((double) MAX ((g_get_real_time () - fetched_us) / G_USEC_PER_SEC, 0));
  g_string_append_printf (problems, "%s: the provider's own list is %s old.\n",
                          tc_json_get_string (provider, "provider", ""), age);
}

static void
add_provider (TcCliGrid  *grid,
              GString    *problems,
              JsonObject *provider)
{
  const char *name = tc_json_get_string (provider, "provider", "");
  const char *problem = tc_json_get_string (provider, "problem", NULL);
  JsonArray *models = tc_json_get_array (provider, "models");

  for (guint i = 0; models != NULL && i < json_array_get_length (models); i++)
    {
      JsonNode *node = json_array_get_element (models, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        add_model (grid, name, tc_json_get_boolean (provider, "has_key", TRUE), json_node_get_object (node));
    }
  add_age (problems, provider);
  if (problem != NULL)
    {
      g_autofree char *shown = tc_text_sanitize (problem, -1, 1000, TC_TEXT_SINGLE_LINE);

      g_string_append_printf (problems, "%s: %s\n", name, shown);
    }
}

static int
print_models (TcCli      *cli,
              JsonObject *answer)
{
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new ("PROVIDER|MODEL|SPECIALTY|COST|>IN / OUT|>LONG PROMPTS|>CONTEXT|STATE|");
  g_autoptr(GString) problems = g_string_new (NULL);
  g_autofree char *legend = NULL;
  JsonArray *providers = tc_json_get_array (answer, "providers");
  const char *problem = tc_json_get_string (answer, "problem", NULL);
  int code;

  for (guint i = 0; providers != NULL && i < json_array_get_length (providers); i++)
    {
      JsonNode *node = json_array_get_element (providers, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        add_provider (grid, problems, json_node_get_object (node));
    }
  if (problem != NULL)
    {
      g_autofree char *shown = tc_text_sanitize (problem, -1, 1000, TC_TEXT_SINGLE_LINE);

      g_string_append_printf (problems, "Your own catalogue: %s\n", shown);
    }
  code = tc_cli_print_grid (cli, grid);
  legend = g_strdup_printf ("\nUS dollars for a million tokens, read / written; bundled list of %s.\n%s",
                            tc_json_get_string (answer, "as_of", "an unknown day"), problems->str);

  return code != TC_CLI_OK ? code : tc_cli_print (legend);
}

int
tc_cmd_models (TcCli *cli)
{
  const char *provider = tc_cli_args_get (cli->args, "provider");
  g_autoptr(GString) target = g_string_new ("/api/models");
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;

  if (tc_cli_args_has (cli->args, "refresh"))
    g_string_append (target, "?refresh=1");
  if (provider != NULL)
    g_string_append_printf (target, "%sprovider=%s", strchr (target->str, '?') != NULL ? "&" : "?", provider);
  answer = tc_cli_call (cli, "GET", target->str, NULL, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  return cli->args->json ? tc_cli_print_json (answer) : print_models (cli, json_node_get_object (answer));
}
