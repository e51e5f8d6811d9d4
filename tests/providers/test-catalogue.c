/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-catalogue.h"
#include "tc-error.h"
#include "tc-json.h"

/* 2026-11-22T12:00:00Z */
#define TODAY_US (G_GINT64_CONSTANT (1795348800) * G_USEC_PER_SEC)
#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

typedef struct
{
  char        *folder;    /* (owned) */
  char        *path;      /* (owned) of the user's file */
  TcClock     *clock;     /* (owned) */
  TcCatalogue *catalogue; /* (owned) */
  JsonNode    *answer;    /* (owned) (nullable) the last */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("tc-catalogue-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "catalogue.json", NULL);
  fixture->clock = tc_clock_new_fake (TODAY_US);
  fixture->catalogue = tc_catalogue_new (fixture->path, fixture->clock);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->answer, json_node_unref);
  g_assert_finalize_object (fixture->catalogue);
  tc_clock_unref (fixture->clock);
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* Asks anew; (transfer none) (nullable): the model, valid until the next */
static JsonObject *
find (Fixture    *fixture,
      const char *provider,
      const char *id)
{
  JsonArray *models;
  JsonObject *found = NULL;

  g_clear_pointer (&fixture->answer, json_node_unref);
  fixture->answer = tc_catalogue_to_json (fixture->catalogue, tc_provider_find (provider));
  models = json_array_get_object_element (tc_json_get_array (json_node_get_object (fixture->answer), "providers"), 0)
           != NULL ? tc_json_get_array (json_array_get_object_element (
                       tc_json_get_array (json_node_get_object (fixture->answer), "providers"), 0), "models") : NULL;
  for (guint i = 0; i < json_array_get_length (models); i++)
    {
      JsonObject *model = json_array_get_object_element (models, i);

      if (strcmp (tc_json_get_string (model, "id", ""), id) != 0)
        continue;
      g_assert_null (found);
      found = model;
    }

  return found;
}

static void
check (Fixture    *fixture,
       const char *provider,
       const char *id,
       const char *state,
       const char *tier,
       const char *words)
{
  JsonObject *model = find (fixture, provider, id);

  g_test_message ("%s: %s", id, tc_json_get_string (model, "text", "no text"));
  g_assert_nonnull (model);
  g_assert_cmpstr (tc_json_get_string (model, "state", NULL), ==, state);
  g_assert_cmpstr (tc_json_get_string (model, "tier", NULL), ==, tier);
  if (words == NULL)
    g_assert_null (tc_json_get_string (model, "text", NULL));
  else
    g_assert_nonnull (strstr (tc_json_get_string (model, "text", ""), words));
}

static void
test_known (Fixture       *fixture,
            gconstpointer  data)
{
  check (fixture, "claude", "claude-sonnet-4-5", "deprecated", "$$", "Retires on 2026-11-30. Use claude-sonnet-5-5");
  check (fixture, "claude", "claude-opus-4-1", "retired", "$$$", "Retired on 2026-08-05.");
  check (fixture, "claude", "claude-haiku-4-5", "active", "$", NULL);
  check (fixture, "openai", "gpt-5.1", "deprecated", "$$", "2027-04-01");
  check (fixture, "openai", "gpt-4o", "deprecated", "$$", "2027-01-14");
  check (fixture, "openai", "gpt-5.6-sol", "active", "unknown", "not known");
  check (fixture, "xai", "grok-4.1", "never-existed", "unknown", "Use grok-4.3 instead");
  check (fixture, "xai", "grok-4-1-fast-reasoning", "retired", "$", "Retired on 2026-05-15.");
  check (fixture, "xai", "grok-4.7", "active", "$$", NULL);
  check (fixture, "qwen", "qwen3:8b", "active", "FREE", NULL);
  g_assert_cmpstr (tc_json_get_string (find (fixture, "qwen", "qwen3:4b"), "specialty", NULL), ==, "Free Distillation");
  g_assert_true (json_object_get_null_member (find (fixture, "openai", "gpt-5.6-sol"), "price"));

  tc_clock_fake_step_realtime (fixture->clock, 9 * DAY_US);
  check (fixture, "claude", "claude-sonnet-4-5", "retired", "$$", "Retired on 2026-11-30.");
}

static void
test_tiers (void)
{
  g_assert_cmpstr (tc_catalogue_get_tier (0, 0), ==, "FREE");
  g_assert_cmpstr (tc_catalogue_get_tier (0, 1), ==, "$");
  g_assert_cmpstr (tc_catalogue_get_tier (1 * TC_MONEY_DOLLAR, 5 * TC_MONEY_DOLLAR), ==, "$");
  g_assert_cmpstr (tc_catalogue_get_tier (1 * TC_MONEY_DOLLAR, 5 * TC_MONEY_DOLLAR + 4), ==, "$$");
  g_assert_cmpstr (tc_catalogue_get_tier (4 * TC_MONEY_DOLLAR, 20 * TC_MONEY_DOLLAR), ==, "$$");
  g_assert_cmpstr (tc_catalogue_get_tier (5 * TC_MONEY_DOLLAR, 25 * TC_MONEY_DOLLAR), ==, "$$$");
}

static void
take (Fixture    *fixture,
      const char *provider,
      const char *body)
{
  g_autoptr(GError) error = NULL;

  tc_catalogue_take_list (fixture->catalogue, tc_provider_find (provider), body, strlen (body), &error);
  g_assert_no_error (error);
}

static void
test_live (Fixture       *fixture,
           gconstpointer  data)
{
  take (fixture, "claude",
        "{\"data\":[{\"id\":\"claude-haiku-4-5-20251001\",\"type\":\"model\",\"display_name\":\"Claude Haiku 4.5\"},"
        "{\"id\":\"claude-next\",\"display_name\":\"Claude Next\",\"max_input_tokens\":2000000,\"max_tokens\":1000,"
        "\"lifecycle\":\"active\",\"retires_at\":null},{\"id\":\"claude-opus-5\",\"lifecycle\":\"deprecated\","
        "\"retires_at\":\"2027-02-03T00:00:00Z\"},{\"id\":\"bad\\u001b[31m\"},7,{}],\"has_more\":false}");
  check (fixture, "claude", "claude-haiku-4-5", "active", "$", NULL);
  g_assert_null (find (fixture, "claude", "claude-haiku-4-5-20251001"));
  check (fixture, "claude", "claude-next", "active", "unknown", NULL);
  g_assert_cmpint (tc_json_get_int (find (fixture, "claude", "claude-next"), "context", 0), ==, 2000000);
  check (fixture, "claude", "claude-opus-5", "deprecated", "$$$", "2027-02-03");
  check (fixture, "claude", "claude-fable-5", "not-offered", "$$$", "does not offer");

  take (fixture, "openai",
        "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-5.5\",\"object\":\"model\",\"shutdown_date\":\"2027-06-01\"},"
        "{\"id\":\"gpt-4o-audio\"},{\"id\":\"text-embedding-3\"}]}");
  check (fixture, "openai", "gpt-5.5", "deprecated", "$$$", "2027-06-01");
  g_assert_null (find (fixture, "openai", "gpt-4o-audio"));
  g_assert_null (find (fixture, "openai", "text-embedding-3"));

  take (fixture, "xai",
        "{\"models\":[{\"id\":\"grok-4.7\",\"prompt_text_token_price\":30000,\"cached_prompt_text_token_price\":5000,"
        "\"completion_text_token_price\":150000}]}");
  g_assert_cmpstr (tc_json_get_string (tc_json_get_object (find (fixture, "xai", "grok-4.7"), "price"), "input", ""),
                   ==, "3.00");
  check (fixture, "xai", "grok-4.7", "active", "$$", NULL);

  take (fixture, "qwen",
        "{\"models\":[{\"name\":\"qwen3:8b\",\"size\":5225388164,\"details\":{\"context_length\":40960}},"
        "{\"name\":\"mine:latest\",\"size\":7,\"details\":{}},"
        "{\"name\":\"big:cloud\",\"remote_host\":\"https://ollama.com\"}]}");
  check (fixture, "qwen", "qwen3:8b", "active", "FREE", NULL);
  check (fixture, "qwen", "mine:latest", "active", "FREE", NULL);
  check (fixture, "qwen", "big:cloud", "active", "unknown", "cloud");
  check (fixture, "qwen", "qwen3:1.7b", "not-pulled", "FREE", "trainctl models pull qwen3:1.7b");

  take (fixture, "compatible", "{\"object\":\"list\",\"data\":null}");
  take (fixture, "compatible", "{\"object\":\"list\",\"data\":[{\"id\":\"local\",\"max_model_len\":4096}]}");
  check (fixture, "compatible", "local", "active", "unknown", NULL);
}

static void
test_damaged_lists (Fixture       *fixture,
                    gconstpointer  data)
{
  static const char *const bodies[] = { "", "[]", "{}", "null", "{\"error\":\"x\"}", "<html>", "{\"data\":" };

  take (fixture, "openai", "{\"data\":[{\"id\":\"gpt-5.5\"}]}");
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (tc_catalogue_take_list (fixture->catalogue, tc_provider_find ("openai"), bodies[i],
                                              strlen (bodies[i]), &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
    }
  /* What was known stays. */
  g_assert_true (tc_json_get_boolean (find (fixture, "openai", "gpt-5.5"), "live", FALSE));
}

static void
test_overrides (Fixture       *fixture,
                gconstpointer  data)
{
  g_assert_true (g_file_set_contents (fixture->path,
    "{\"providers\":{\"openai\":[{\"id\":\"gpt-5.6-sol\",\"prices\":[{\"valid_from\":\"2026-01-01\",\"input\":\"1\","
    "\"output\":\"1\"},{\"valid_from\":\"2026-11-01\",\"input\":\"4\",\"output\":\"20\"},"
    "{\"valid_from\":\"2030-01-01\",\"input\":\"90\",\"output\":\"90\"}]}],"
    "\"compatible\":[{\"id\":\"house\",\"name\":\"House\",\"specialty\":\"Ours\"}],"
    "\"xai\":[{\"id\":\"grok-4.7\",\"prices\":[{\"valid_from\":\"2026-01-01\",\"input\":\"9\",\"output\":\"9\"}]}]}}",
    -1, NULL));
  check (fixture, "openai", "gpt-5.6-sol", "active", "$$", "not known");
  g_assert_cmpint (tc_json_get_int (find (fixture, "openai", "gpt-5.6-sol"), "context", 0), ==, 1050000);
  check (fixture, "compatible", "house", "active", "unknown", NULL);
  /* The user's price also goes before the provider's. */
  take (fixture, "xai", "{\"models\":[{\"id\":\"grok-4.7\",\"prompt_text_token_price\":1,"
        "\"completion_text_token_price\":1}]}");
  check (fixture, "xai", "grok-4.7", "active", "$$$", NULL);

  g_assert_true (g_file_set_contents (fixture->path, "{\"providers\":", -1, NULL));
  check (fixture, "openai", "gpt-5.6-sol", "active", "unknown", "not known");
  g_assert_nonnull (tc_json_get_string (json_node_get_object (fixture->answer), "problem", NULL));
}

/* Each row of the bundled file can be read, and says where it is from. */
static void
test_bundled (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(JsonNode) answer = tc_catalogue_to_json (fixture->catalogue, NULL);
  JsonArray *providers = tc_json_get_array (json_node_get_object (answer), "providers");
  guint n = 0;

  g_assert_cmpuint (json_array_get_length (providers), ==, TC_PROVIDER_N);
  g_assert_null (tc_json_get_string (json_node_get_object (answer), "problem", NULL));
  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      JsonArray *models = tc_json_get_array (json_array_get_object_element (providers, i), "models");

      for (guint j = 0; j < json_array_get_length (models); j++, n++)
        {
          JsonObject *model = json_array_get_object_element (models, j);
          JsonObject *price = tc_json_get_object (model, "price");

          g_test_message ("%s", tc_json_get_string (model, "id", "no id"));
          g_assert_nonnull (tc_json_get_string (model, "specialty", NULL));
          g_assert_cmpint (price == NULL, ==, strcmp (tc_json_get_string (model, "tier", ""), "unknown") == 0);
          if (price != NULL)
            g_assert_nonnull (tc_json_get_string (price, "source", NULL));
        }
    }
  g_assert_cmpuint (n, >, 40);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/catalogue/known", test_known);
  g_test_add_func ("/catalogue/tiers", test_tiers);
  ADD ("/catalogue/live", test_live);
  ADD ("/catalogue/damaged-lists", test_damaged_lists);
  ADD ("/catalogue/overrides", test_overrides);
  ADD ("/catalogue/bundled", test_bundled);

  return g_test_run ();
}
