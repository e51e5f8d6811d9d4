/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-catalogue.h"

/* 2026-11-22T12:00:00Z */
#define TODAY_US (G_GINT64_CONSTANT (1795348800) * G_USEC_PER_SEC)
#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
#define CENT (TC_MONEY_DOLLAR / 100)

typedef struct
{
  char         *folder;    /* (owned) */
  char         *path;      /* (owned) of the user's file */
  char         *cache;     /* (owned) folder of the providers' lists */
  TcClock      *clock;     /* (owned) */
  TcCatalogue  *catalogue; /* (owned) */
  TcModelFacts *facts;     /* (owned) (nullable) the last */
} Fixture;

static void
renew (Fixture *fixture)
{
  g_clear_object (&fixture->catalogue);
  fixture->catalogue = tc_catalogue_new (fixture->path, fixture->clock);
  tc_catalogue_set_cache_dir (fixture->catalogue, fixture->cache);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("tc-catalogue-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "catalogue.json", NULL);
  fixture->cache = g_build_filename (fixture->folder, "cache", "models", NULL);
  fixture->clock = tc_clock_new_fake (TODAY_US);
  renew (fixture);
}

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->facts, tc_model_facts_free);
  g_assert_finalize_object (fixture->catalogue);
  tc_clock_unref (fixture->clock);
  remove_tree (fixture->folder);
  g_assert_false (g_file_test (fixture->folder, G_FILE_TEST_EXISTS));
  g_free (fixture->cache);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static const TcModelFacts *
find (Fixture    *fixture,
      const char *provider,
      const char *model)
{
  g_clear_pointer (&fixture->facts, tc_model_facts_free);
  fixture->facts = tc_catalogue_find (fixture->catalogue, tc_provider_find (provider), model);

  return fixture->facts;
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
test_names (Fixture       *fixture,
            gconstpointer  data)
{
  static const struct { const char *provider, *asked, *id; gboolean is_listed; } cases[] = {
    { "openai", "gpt-5.1", "gpt-5.1", TRUE },
    { "openai", "gpt-5.1-2025-11-13", "gpt-5.1", TRUE },
    { "openai", "gpt-5.4-2026-03-05", "gpt-5.4", TRUE },
    { "openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13", TRUE },
    { "openai", "gpt-5.1-2025-11-1", "gpt-5.1-2025-11-1", FALSE },
    { "openai", "-2025-11-13", "-2025-11-13", FALSE },
    { "openai", "", "", FALSE },
    { "claude", "claude-haiku-4-5-20251001", "claude-haiku-4-5", TRUE },
    { "claude", "claude-opus-4-5-20251101", "claude-opus-4-5", TRUE },
    { "claude", "claude-opus-4-20250514", "claude-opus-4-20250514", FALSE },
    { "xai", "grok-4.7-latest", "grok-4.7", TRUE },
    { "xai", "grok-4-1-fast", "grok-4-1-fast-reasoning", TRUE },
    { "claude", "gpt-5.1", "gpt-5.1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const TcModelFacts *facts = find (fixture, cases[i].provider, cases[i].asked);

      g_test_message ("%s", cases[i].asked);
      g_assert_cmpstr (facts->id, ==, cases[i].id);
      g_assert_cmpint (facts->is_listed, ==, cases[i].is_listed);
      g_assert_cmpint (facts->price.input != TC_MONEY_UNKNOWN, ==,
                       cases[i].is_listed && strcmp (cases[i].id, "gpt-4o-2024-05-13") != 0);
      g_assert_nonnull (facts->name);
      g_assert_nonnull (facts->aliases);
    }
  g_assert_cmpint (find (fixture, "claude", "claude-haiku-4-5-20251001")->context, ==, 200000);
  g_assert_cmpint (fixture->facts->max_output, ==, 64000);
  g_assert_cmpstr (fixture->facts->name, ==, "Claude Haiku 4.5");
  g_assert_cmpstr (fixture->facts->aliases[0], ==, "claude-haiku-4-5-20251001");
}

static void
test_prices (Fixture       *fixture,
             gconstpointer  data)
{
  const TcPrice *price = &find (fixture, "claude", "claude-haiku-5-5")->price;

  g_assert_cmpint (price->input, ==, 10 * CENT);
  g_assert_cmpint (price->output, ==, 50 * CENT);
  g_assert_cmpint (price->cache_read, ==, CENT);
  g_assert_cmpint (price->cache_write, ==, 125000);
  /* "above 100K tokens": the cache is as much dearer as what is read. */
  g_assert_cmpint (price->long_from, ==, 100000);
  g_assert_cmpint (price->long_input, ==, 50 * CENT);
  g_assert_cmpint (price->long_output, ==, 250 * CENT);
  g_assert_cmpint (price->long_cache_read, ==, 5 * CENT);
  g_assert_cmpint (price->long_cache_write, ==, 625000);

  price = &find (fixture, "xai", "grok-4.7")->price;
  g_assert_cmpint (price->long_from, ==, 199999);
  g_assert_cmpint (price->long_cache_read, ==, 100 * CENT);
  g_assert_cmpint (price->cache_write, ==, TC_MONEY_UNKNOWN);
  g_assert_cmpint (price->long_cache_write, ==, TC_MONEY_UNKNOWN);

  price = &find (fixture, "openai", "gpt-5.1")->price;
  g_assert_cmpint (price->input, ==, 125 * CENT);
  g_assert_cmpint (price->long_from, ==, 0);
  g_assert_cmpint (find (fixture, "openai", "gpt-5.6-sol")->price.input, ==, TC_MONEY_UNKNOWN);
  g_assert_true (fixture->facts->is_listed);
}

static void
test_unusable (Fixture       *fixture,
               gconstpointer  data)
{
  g_assert_cmpstr (find (fixture, "claude", "claude-opus-4-1-20250805")->unusable, ==,
                   "The model “claude-opus-4-1” cannot be used. Retired on 2026-08-05. Use claude-opus-5-5 instead.");
  g_assert_nonnull (strstr (find (fixture, "xai", "grok-4.1")->unusable, "never was"));
  g_assert_nonnull (strstr (fixture->facts->unusable, "Use grok-4.3"));
  g_assert_null (find (fixture, "claude", "claude-sonnet-4-5")->unusable);
  g_assert_null (find (fixture, "claude", "claude-next")->unusable);

  tc_clock_fake_step_realtime (fixture->clock, 8 * DAY_US);
  g_assert_nonnull (strstr (find (fixture, "claude", "claude-sonnet-4-5")->unusable, "2026-11-30"));

  /* The provider knows better, as of the day it was asked. */
  take (fixture, "claude", "{\"data\":[{\"id\":\"claude-sonnet-4-5-20250929\",\"lifecycle\":\"deprecated\","
        "\"retires_at\":\"2026-11-30T00:00:00Z\"},{\"id\":\"claude-opus-5\",\"lifecycle\":\"deprecated\","
        "\"retires_at\":\"2026-12-03T00:00:00Z\"},{\"id\":\"claude-opus-4-1\"},"
        "{\"id\":\"claude-old\",\"lifecycle\":\"retired\"}]}");
  g_assert_null (find (fixture, "claude", "claude-sonnet-4-5")->unusable);
  g_assert_null (find (fixture, "claude", "claude-opus-5")->unusable);
  g_assert_null (find (fixture, "claude", "claude-opus-4-1")->unusable);
  g_assert_nonnull (find (fixture, "claude", "claude-old")->unusable);
  tc_clock_fake_step_realtime (fixture->clock, 3 * DAY_US);
  g_assert_nonnull (strstr (find (fixture, "claude", "claude-opus-5")->unusable, "2026-12-03"));
  g_assert_null (find (fixture, "claude", "claude-sonnet-4-5")->unusable);
}

static void
test_ollama (Fixture       *fixture,
             gconstpointer  data)
{
  g_assert_cmpint (find (fixture, "qwen", "qwen3:8b")->price.output, ==, 0);
  g_assert_cmpint (find (fixture, "qwen", "mine")->price.input, ==, 0);
  g_assert_false (fixture->facts->is_listed);
  g_assert_cmpint (find (fixture, "qwen", "gpt-oss:120b-cloud")->price.input, ==, TC_MONEY_UNKNOWN);
  g_assert_cmpint (find (fixture, "qwen", "qwen3-coder:cloud")->price.input, ==, TC_MONEY_UNKNOWN);

  take (fixture, "qwen", "{\"models\":[{\"name\":\"mine:latest\",\"details\":{\"context_length\":4096}},"
        "{\"name\":\"far:latest\",\"remote_host\":\"https://ollama.com\"},"
        "{\"name\":\"qwen3:8b\",\"remote_host\":\"https://ollama.com\"}]}");
  g_assert_cmpstr (find (fixture, "qwen", "mine")->id, ==, "mine:latest");
  g_assert_cmpint (fixture->facts->price.input, ==, 0);
  g_assert_cmpint (fixture->facts->context, ==, 4096);
  g_assert_true (fixture->facts->is_listed);
  g_assert_cmpint (find (fixture, "qwen", "far")->price.input, ==, TC_MONEY_UNKNOWN);
  g_assert_cmpint (find (fixture, "qwen", "qwen3:8b")->price.input, ==, TC_MONEY_UNKNOWN);
}

static void
test_live_prices (Fixture       *fixture,
                  gconstpointer  data)
{
  const TcPrice *price;

  /* Cents for 100 million tokens; half as dear again as the bundled 2 / 6. */
  take (fixture, "xai", "{\"models\":[{\"id\":\"grok-4.7\",\"prompt_text_token_price\":30000,"
        "\"cached_prompt_text_token_price\":6000,\"completion_text_token_price\":90000},"
        "{\"id\":\"grok-5\",\"prompt_text_token_price\":1,\"completion_text_token_price\":7,"
        "\"long_context_threshold\":128000,\"prompt_text_token_price_long_context\":2,"
        "\"completion_text_token_price_long_context\":0},{\"id\":\"grok-odd\",\"prompt_text_token_price\":-5,"
        "\"completion_text_token_price\":7}]}");
  price = &find (fixture, "xai", "grok-4.7")->price;
  g_assert_cmpint (price->input, ==, 300 * CENT);
  g_assert_cmpint (price->output, ==, 900 * CENT);
  g_assert_cmpint (price->cache_read, ==, 60 * CENT);
  g_assert_cmpint (price->long_from, ==, 199999);
  g_assert_cmpint (price->long_input, ==, 600 * CENT);
  g_assert_cmpint (price->long_output, ==, 1800 * CENT);
  g_assert_cmpint (price->long_cache_read, ==, 120 * CENT);

  price = &find (fixture, "xai", "grok-5")->price;
  g_assert_cmpint (price->input, ==, 100);
  g_assert_cmpint (price->output, ==, 700);
  g_assert_cmpint (price->long_from, ==, 127999);
  g_assert_cmpint (price->long_input, ==, 200);
  g_assert_cmpint (price->long_output, ==, 700);
  g_assert_cmpint (find (fixture, "xai", "grok-odd")->price.input, ==, TC_MONEY_UNKNOWN);
  g_assert_true (fixture->facts->is_listed);

  /* An own server may say what it likes of money. */
  take (fixture, "compatible", "{\"data\":[{\"id\":\"local\",\"input\":\"1\",\"output\":\"1\",\"max_model_len\":4096}]}");
  g_assert_cmpint (find (fixture, "compatible", "local")->price.input, ==, TC_MONEY_UNKNOWN);
  g_assert_cmpint (fixture->facts->context, ==, 4096);
}

static void
test_user (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_cmpint (find (fixture, "compatible", "house")->price.input, ==, TC_MONEY_UNKNOWN);
  g_assert_true (g_file_set_contents (fixture->path,
    "{\"providers\":{\"compatible\":[{\"id\":\"house\",\"aliases\":[\"home\"],\"prices\":[{\"valid_from\":\"\","
    "\"input\":\"0\",\"output\":\"0\"}]}],\"xai\":[{\"id\":\"grok-4.7\",\"prices\":[{\"valid_from\":\"2026-11-23\","
    "\"input\":\"9\",\"output\":\"9\"}]}]}}", -1, NULL));
  g_assert_cmpint (find (fixture, "compatible", "home")->price.input, ==, 0);
  g_assert_cmpstr (fixture->facts->id, ==, "house");
  g_assert_true (fixture->facts->is_listed);
  /* The user's rows are all there is of a price, and this one holds tomorrow. */
  take (fixture, "xai", "{\"models\":[{\"id\":\"grok-4.7\",\"prompt_text_token_price\":1,"
        "\"completion_text_token_price\":1}]}");
  g_assert_cmpint (find (fixture, "xai", "grok-4.7")->price.input, ==, TC_MONEY_UNKNOWN);
  tc_clock_fake_step_realtime (fixture->clock, DAY_US);
  g_assert_cmpint (find (fixture, "xai", "grok-4.7")->price.input, ==, 900 * CENT);
  g_assert_true (g_remove (fixture->path) == 0);
  g_assert_cmpint (find (fixture, "compatible", "house")->price.input, ==, TC_MONEY_UNKNOWN);
}

static void
test_cache (Fixture       *fixture,
            gconstpointer  data)
{
  static const char *const damaged[] = {
    "", "{", "{}", "[]", "{\"version\":1,\"fetched_at\":\"x\",\"models\":{\"grok-5\":{}}}",
    "{\"version\":2,\"fetched_at\":\"2026-11-22T12:00:00Z\",\"models\":{\"grok-5\":{}}}",
    "{\"version\":1,\"fetched_at\":\"2026-11-22T12:00:00Z\",\"models\":[]}",
    "{\"version\":1,\"fetched_at\":\"2026-11-22T12:00:00Z\",\"models\":{\"grok\\u001b[1m\":{},\"grok-5\":7}}",
  };
  const TcProvider *xai = tc_provider_find ("xai");
  g_autofree char *path = g_build_filename (fixture->cache, "xai.json", NULL);

  g_assert_false (tc_catalogue_is_list_fresh (fixture->catalogue, xai, DAY_US));
  take (fixture, "xai", "{\"models\":[{\"id\":\"grok-5\",\"prompt_text_token_price\":10000,"
        "\"completion_text_token_price\":20000}]}");
  g_assert_true (tc_catalogue_is_list_fresh (fixture->catalogue, xai, DAY_US));
  renew (fixture);
  g_assert_cmpint (find (fixture, "xai", "grok-5")->price.input, ==, 100 * CENT);
  g_assert_true (tc_catalogue_is_list_fresh (fixture->catalogue, xai, DAY_US));
  tc_clock_fake_step_realtime (fixture->clock, DAY_US);
  g_assert_false (tc_catalogue_is_list_fresh (fixture->catalogue, xai, DAY_US));
  tc_clock_fake_step_realtime (fixture->clock, -2 * DAY_US);
  g_assert_false (tc_catalogue_is_list_fresh (fixture->catalogue, xai, DAY_US));

  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_test_message ("%s", damaged[i]);
      g_assert_true (g_file_set_contents (path, damaged[i], -1, NULL));
      renew (fixture);
      g_assert_false (find (fixture, "xai", "grok-5")->is_listed);
    }
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/catalogue/find/names", test_names);
  ADD ("/catalogue/find/prices", test_prices);
  ADD ("/catalogue/find/unusable", test_unusable);
  ADD ("/catalogue/find/ollama", test_ollama);
  ADD ("/catalogue/find/live-prices", test_live_prices);
  ADD ("/catalogue/find/user", test_user);
  ADD ("/catalogue/find/cache", test_cache);

  return g_test_run ();
}
