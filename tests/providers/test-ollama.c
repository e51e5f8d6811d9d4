/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-model-fetch.h"
#include "tc-ollama.h"

typedef struct
{
  const char *path;   /* with its query */
  guint       status;
  const char *body;
} Answer;

typedef struct
{
  SoupServer   *server;  /* (owned) */
  TcHttp       *http;    /* (owned) */
  char         *url;     /* (owned) */
  const Answer *answers; /* ends with a NULL path */
  GString      *asked;   /* (owned) paths and queries, a line each */
  char         *key;     /* (owned) (nullable) of the last request */
  GAsyncResult *result;  /* (owned) (nullable) */
} Fixture;

static void
on_request (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  Fixture *fixture = user_data;
  GUri *uri = soup_server_message_get_uri (message);
  g_autofree char *full = g_uri_get_query (uri) == NULL ? g_strdup (path)
                          : g_strdup_printf ("%s?%s", path, g_uri_get_query (uri));

  g_string_append_printf (fixture->asked, "%s\n", full);
  g_set_str (&fixture->key, soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                          "x-api-key"));
  soup_server_message_set_status (message, 404, NULL);
  for (guint i = 0; fixture->answers[i].path != NULL; i++)
    {
      if (strcmp (fixture->answers[i].path, full) != 0)
        continue;
      soup_server_message_set_status (message, fixture->answers[i].status, NULL);
      soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, fixture->answers[i].body,
                                        strlen (fixture->answers[i].body));
    }
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  GSList *uris;

  fixture->server = soup_server_new (NULL, NULL);
  fixture->http = tc_http_new (5000, 65536);
  fixture->asked = g_string_new (NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  g_assert_true (soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (fixture->server);
  fixture->url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_object (&fixture->result);
  g_object_unref (fixture->http);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_string_free (fixture->asked, TRUE);
  g_free (fixture->key);
  g_free (fixture->url);
}

static void
on_result (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_set_object (&fixture->result, result);
}

static void
wait_for_result (Fixture *fixture)
{
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
check_probe (Fixture       *fixture,
             const Answer  *answers,
             const char    *model,
             TcOllamaState  state,
             const char    *words)
{
  g_autoptr(TcOllamaProbe) probe = NULL;
  g_autoptr(GError) error = NULL;

  fixture->answers = answers;
  g_clear_object (&fixture->result);
  tc_ollama_probe_async (fixture->http, fixture->url, NULL, model, NULL, on_result, fixture);
  wait_for_result (fixture);
  probe = tc_ollama_probe_finish (fixture->http, fixture->result, &error);
  g_assert_no_error (error);
  g_test_message ("%s", probe->text);
  g_assert_cmpint (probe->state, ==, state);
  g_assert_nonnull (strstr (probe->text, words));
  g_assert_cmpint (probe->is_remote, ==, model != NULL && strstr (model, "far") != NULL);
}

#define VERSION { "/api/version", 200, "{\"version\":\"0.33.0\"}" }
#define TAGS(body) { "/api/tags", 200, body }
#define END { NULL }

static void
test_probe (Fixture       *fixture,
            gconstpointer  data)
{
  const Answer good[] = {
    VERSION, TAGS ("{\"models\":[7,{\"name\":\"qwen3:8b\"},{\"name\":\"Mine:latest\"},"
                   "{\"name\":\"far:latest\",\"remote_host\":\"https://ollama.com\"}]}"), END
  };
  const Answer empty[] = { VERSION, TAGS ("{\"models\":null}"), END };
  const Answer other[] = { { "/api/version", 200, "{\"hello\":1}" }, END };
  const Answer page[] = { { "/api/version", 200, "<html>" }, END };
  const Answer nothing[] = { END };
  const Answer sick[] = { { "/api/version", 500, "{\"error\":\"x\"}" }, END };
  const Answer locked[] = { { "/api/version", 401, "{}" }, END };
  const Answer half[] = { VERSION, TAGS ("[]"), END };

  check_probe (fixture, good, NULL, TC_OLLAMA_READY, "runs");
  check_probe (fixture, good, "qwen3:8b", TC_OLLAMA_READY, "has qwen3:8b");
  check_probe (fixture, good, "mine", TC_OLLAMA_READY, "has mine");
  check_probe (fixture, good, "far", TC_OLLAMA_READY, "has far");
  check_probe (fixture, good, "qwen3", TC_OLLAMA_MODEL_MISSING, "trainctl models pull qwen3");
  check_probe (fixture, good, "qwen3:8", TC_OLLAMA_MODEL_MISSING, "qwen3:8");
  check_probe (fixture, good, "qwen3:8bb", TC_OLLAMA_MODEL_MISSING, "qwen3:8bb");
  check_probe (fixture, empty, "qwen3:8b", TC_OLLAMA_MODEL_MISSING, "qwen3:8b");
  check_probe (fixture, other, "qwen3:8b", TC_OLLAMA_NOT_OLLAMA, "not Ollama");
  check_probe (fixture, page, "qwen3:8b", TC_OLLAMA_NOT_OLLAMA, "not Ollama");
  check_probe (fixture, nothing, "qwen3:8b", TC_OLLAMA_NOT_OLLAMA, "not Ollama");
  check_probe (fixture, half, "qwen3:8b", TC_OLLAMA_NOT_OLLAMA, "not Ollama");
  check_probe (fixture, locked, "qwen3:8b", TC_OLLAMA_NOT_OLLAMA, "right key");
  check_probe (fixture, sick, "qwen3:8b", TC_OLLAMA_ABSENT, "500");
}

static void
test_absent (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *bin = g_dir_make_tmp ("tc-ollama-XXXXXX", NULL);
  g_autofree char *program = g_build_filename (bin, "ollama", NULL);
  g_autofree char *path = g_strdup (g_getenv ("PATH"));
  g_autoptr(GError) reason = g_error_new_literal (TC_ERROR, TC_ERROR_UNAVAILABLE, "Nobody listens at far.");
  g_autofree char *far = tc_ollama_dup_absence ("http://far.lan:11434", reason);

  soup_server_disconnect (fixture->server);
  g_setenv ("PATH", bin, TRUE);
  check_probe (fixture, NULL, "qwen3:8b", TC_OLLAMA_ABSENT, "is not installed here");
  g_assert_true (g_file_set_contents_full (program, "#!/bin/sh\n", -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  check_probe (fixture, NULL, "qwen3:8b", TC_OLLAMA_ABSENT, "ollama serve");
  g_setenv ("PATH", path, TRUE);
  g_remove (program);
  g_rmdir (bin);
  g_assert_nonnull (strstr (far, "http://far.lan:11434"));
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  tc_ollama_probe_async (fixture->http, fixture->url, NULL, NULL, cancellable, on_result, fixture);
  wait_for_result (fixture);
  g_assert_null (tc_ollama_probe_finish (fixture->http, fixture->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The list of a provider, all pages in one; "" when there is none. */
static char *
fetch (Fixture      *fixture,
       const Answer *answers)
{
  g_autoptr(TcHttpAnswer) answer = NULL;
  g_autoptr(GError) error = NULL;

  fixture->answers = answers;
  g_string_truncate (fixture->asked, 0);
  g_clear_object (&fixture->result);
  tc_model_fetch_async (fixture->http, tc_provider_get (TC_PROVIDER_CLAUDE), fixture->url, "sk-ant-1", NULL,
                        on_result, fixture);
  wait_for_result (fixture);
  answer = tc_model_fetch_finish (fixture->http, fixture->result, &error);
  g_assert_cmpstr (fixture->key, ==, "sk-ant-1");
  if (answer == NULL)
    {
      g_test_message ("%s", error->message);
      g_assert_error (error, TC_ERROR, TC_ERROR_UNAVAILABLE);
      return g_strdup ("");
    }

  return g_strdup (answer->body);
}

static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  const Answer two[] = {
    { "/v1/models?limit=1000", 200, "{\"data\":[{\"id\":\"a\"}],\"has_more\":true,\"last_id\":\"a&b/c\"}" },
    { "/v1/models?limit=1000&after_id=a%26b%2Fc", 200, "{\"data\":[{\"id\":\"d\"}],\"has_more\":false}" }, END
  };
  const Answer endless[] = {
    { "/v1/models?limit=1000", 200, "{\"data\":[{\"id\":\"a\"}],\"has_more\":true,\"last_id\":\"a\"}" },
    { "/v1/models?limit=1000&after_id=a", 200, "{\"data\":[{\"id\":\"b\"}],\"has_more\":true,\"last_id\":\"a\"}" },
    END
  };
  const Answer odd[] = { { "/v1/models?limit=1000", 200, "{\"data\":[1],\"has_more\":true}" }, END };
  const Answer second_fails[] = {
    { "/v1/models?limit=1000", 200, "{\"data\":[{\"id\":\"a\"}],\"has_more\":true,\"last_id\":\"a\"}" },
    { "/v1/models?limit=1000&after_id=a", 529, "{}" }, END
  };
  g_autofree char *both = fetch (fixture, two);
  g_autofree char *again = NULL;
  g_autofree char *one = NULL;
  g_autofree char *none = NULL;

  g_assert_cmpstr (both, ==, "{\"data\":[{\"id\":\"a\"},{\"id\":\"d\"}]}");
  g_assert_cmpstr (fixture->asked->str, ==, "/v1/models?limit=1000\n/v1/models?limit=1000&after_id=a%26b%2Fc\n");
  again = fetch (fixture, endless);
  g_assert_cmpstr (again, ==, "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}");
  one = fetch (fixture, odd);
  g_assert_cmpstr (one, ==, "{\"data\":[1]}");
  /* Half a list would make the other half “not offered”. */
  none = fetch (fixture, second_fails);
  g_assert_cmpstr (none, ==, "");
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/ollama/probe", test_probe);
  ADD ("/ollama/absent", test_absent);
  ADD ("/ollama/cancel", test_cancel);
  ADD ("/models/pages", test_pages);

  return g_test_run ();
}
