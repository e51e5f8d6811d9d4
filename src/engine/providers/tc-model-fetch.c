/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-model-fetch.h"
#include "tc-ollama.h"
#include "tc-provider-request.h"
#include "tc-provider-verdict.h"

/* A thousand models each; no provider has that many. */
#define PAGES_MAX 10

typedef struct
{
  const TcProvider *provider;
  char             *base_url; /* (owned) (nullable) */
  char             *secret;   /* (owned) (nullable) wiped */
  char             *after;    /* (owned) (nullable) the last id of the page before */
  JsonArray        *entries;  /* (owned) of all pages */
  guint             n_pages;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *self = data;

  if (self->secret != NULL)
    explicit_bzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_free (self->base_url);
  g_free (self->after);
  json_array_unref (self->entries);
  g_free (self);
}

static void on_answered (GObject      *object,
                         GAsyncResult *result,
                         gpointer      user_data);

/* @task: (transfer full) */
static void
ask (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);
  g_autofree char *url = tc_provider_build_url (fetch->provider, fetch->base_url, fetch->provider->models_path);

  if (fetch->after != NULL)
    {
      g_autofree char *first = g_steal_pointer (&url);
      g_autofree char *after = g_uri_escape_string (fetch->after, NULL, FALSE);

      url = g_strdup_printf ("%s%safter_id=%s", first, strchr (first, '?') != NULL ? "&" : "?", after);
    }
  tc_provider_request_async (g_task_get_source_object (task), fetch->provider, url, fetch->secret,
                             g_task_get_cancellable (task), on_answered, task);
}

/* Whether there is another page. A server that gives the same page again and
 * again would be asked for ever. */
static gboolean
take_page (Fetch      *fetch,
           JsonObject *root)
{
  JsonArray *data = tc_json_get_array (root, "data");
  const char *last = tc_json_get_string (root, "last_id", NULL);

  for (guint i = 0; data != NULL && i < json_array_get_length (data); i++)
    json_array_add_element (fetch->entries, json_node_copy (json_array_get_element (data, i)));
  if (++fetch->n_pages >= PAGES_MAX || last == NULL || !tc_json_get_boolean (root, "has_more", FALSE) ||
      g_strcmp0 (last, fetch->after) == 0)
    return FALSE;
  g_set_str (&fetch->after, last);

  return TRUE;
}

static void
give_pages (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);
  TcHttpAnswer *answer = g_new0 (TcHttpAnswer, 1);
  g_autoptr(JsonObject) root = json_object_new ();

  json_object_set_array_member (root, "data", json_array_ref (fetch->entries));
  answer->status = 200;
  answer->body = tc_json_object_to_string (root, FALSE);
  answer->length = strlen (answer->body);
  g_task_return_pointer (task, answer, (GDestroyNotify) tc_http_answer_free);
}

/* @reason: (transfer full): Ollama that does not answer has a remedy of its own */
static void
fail (GTask  *task,
      GError *reason)
{
  Fetch *fetch = g_task_get_task_data (task);
  g_autofree char *absence = NULL;

  if (fetch->provider->id == TC_PROVIDER_QWEN && g_error_matches (reason, TC_ERROR, TC_ERROR_UNAVAILABLE))
    {
      absence = tc_ollama_dup_absence (fetch->base_url, reason);
      g_set_str (&reason->message, absence);
    }
  g_task_return_error (task, reason);
}

static void
on_answered (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(TcHttpAnswer) answer = tc_http_get_finish (TC_HTTP (object), result, &error);
  g_autoptr(JsonObject) root = NULL;

  if (answer == NULL)
    {
      fail (task, error);
      return;
    }
  if (answer->status != 200)
    {
      g_autoptr(TcKeyVerdict) verdict =
        tc_key_verdict_for_answer (fetch->provider, answer->status >= 300 ? answer->status : 400, answer->body,
                                   answer->length, fetch->secret);

      g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE, "%s", verdict->text);
      return;
    }
  root = tc_json_parse_object (answer->body, (gssize) answer->length, TC_JSON_DEFAULT, NULL);
  /* One page, in whatever shape: as it came, for the reader of lists to judge. */
  if (fetch->n_pages == 0 && !tc_json_get_boolean (root, "has_more", FALSE))
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) tc_http_answer_free);
  else if (take_page (fetch, root))
    ask (g_steal_pointer (&task));
  else
    give_pages (task);
}

/**
 * tc_model_fetch_async:
 * @base_url: (nullable): NULL for the provider's own
 * @secret: (nullable): copied, and the copy is wiped
 *
 * Asks a provider for its list of models; costs no tokens.
 */
void
tc_model_fetch_async (TcHttp              *http,
                      const TcProvider    *provider,
                      const char          *base_url,
                      const char          *secret,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GTask *task = g_task_new (http, cancellable, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);

  g_task_set_source_tag (task, tc_model_fetch_async);
  g_task_set_task_data (task, fetch, fetch_free);
  fetch->provider = provider;
  fetch->base_url = g_strdup (base_url);
  fetch->secret = g_strdup (secret);
  fetch->entries = json_array_new ();
  ask (task);
}

/**
 * tc_model_fetch_finish:
 * @error: TC_ERROR_UNAVAILABLE with a sentence, and those of tc_http_get_finish()
 *
 * Returns: (transfer full) (nullable): a success, all pages in one
 */
TcHttpAnswer *
tc_model_fetch_finish (TcHttp        *http,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, http), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
