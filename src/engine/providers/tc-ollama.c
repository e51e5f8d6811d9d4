/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-ollama.h"
#include "tc-provider-request.h"

typedef struct
{
  char *base_url; /* (owned) (nullable) */
  char *secret;   /* (owned) (nullable) wiped */
  char *model;    /* (owned) (nullable) */
} Probe;

static void
probe_data_free (gpointer data)
{
  Probe *self = data;

  if (self->secret != NULL)
    explicit_bzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_free (self->base_url);
  g_free (self->model);
  g_free (self);
}

static TcOllamaProbe *
probe_new (TcOllamaState  state,
           char          *text)
{
  TcOllamaProbe *self = g_new0 (TcOllamaProbe, 1);

  self->state = state;
  self->text = text;

  return self;
}

/** tc_ollama_probe_free: */
void
tc_ollama_probe_free (TcOllamaProbe *self)
{
  g_free (self->text);
  g_free (self);
}

/* @text: (transfer full) */
static void
give (GTask         *task,
      TcOllamaState  state,
      char          *text)
{
  g_task_return_pointer (task, probe_new (state, text), (GDestroyNotify) tc_ollama_probe_free);
}

/* The place where Ollama is on this machine, under any of its names. */
static gboolean
is_here (const char *base_url)
{
  g_autoptr(GUri) uri = base_url == NULL ? NULL : g_uri_parse (base_url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri == NULL ? NULL : g_uri_get_host (uri);
  g_autoptr(GInetAddress) address = host == NULL ? NULL : g_inet_address_new_from_string (host);

  if (base_url == NULL || g_strcmp0 (host, "localhost") == 0)
    return TRUE;

  return address != NULL && g_inet_address_get_is_loopback (address);
}

/**
 * tc_ollama_dup_absence:
 * @base_url: (nullable): where it was looked for
 * @reason: why there was no answer
 *
 * Returns: (transfer full): what to do when Ollama does not answer: a program
 *   that is installed but not started is another matter than none
 */
char *
tc_ollama_dup_absence (const char   *base_url,
                       const GError *reason)
{
  g_autofree char *program = NULL;

  if (!is_here (base_url))
    return g_strdup_printf ("%s Look at the address (%s), and whether Ollama runs there and listens to "
                            "other machines (OLLAMA_HOST=0.0.0.0).", reason->message, base_url);
  program = g_find_program_in_path ("ollama");
  if (program != NULL)
    return g_strdup ("Ollama does not run. Start it with “ollama serve”.");

  return g_strdup ("Ollama does not run and is not installed here. Install it from https://ollama.com, "
                   "then “trainctl models pull qwen3:8b”.");
}

/* A failed exchange is an answer, unless the caller gave up. */
static TcHttpAnswer *
take_answer (GTask        *task,
             GObject      *http,
             GAsyncResult *result)
{
  Probe *probe = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  TcHttpAnswer *answer = tc_http_get_finish (TC_HTTP (http), result, &error);

  if (answer != NULL)
    return answer;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (g_error_matches (error, TC_ERROR, TC_ERROR_INVALID))
    give (task, TC_OLLAMA_NOT_OLLAMA, g_strdup_printf ("%s It is not Ollama that answers there.", error->message));
  else
    give (task, TC_OLLAMA_ABSENT, tc_ollama_dup_absence (probe->base_url, error));

  return NULL;
}

/* The body of a success that has what Ollama's would; else the answer was
 * given. Other servers have a page for any path. */
static JsonObject *
take_body (GTask        *task,
           TcHttpAnswer *answer,
           const char   *member)
{
  Probe *probe = g_task_get_task_data (task);
  const char *place = probe->base_url != NULL ? probe->base_url : tc_provider_get (TC_PROVIDER_QWEN)->base_url;
  g_autoptr(JsonObject) root = answer->status != 200 ? NULL
                               : tc_json_parse_object (answer->body, (gssize) answer->length, TC_JSON_DEFAULT, NULL);

  if (root != NULL && json_object_has_member (root, member))
    return g_steal_pointer (&root);
  if (answer->status >= 500)
    give (task, TC_OLLAMA_ABSENT,
          g_strdup_printf ("Ollama at %s is not well: it answers with the error %u. Start it again.",
                           place, answer->status));
  else if (answer->status == 401 || answer->status == 403)
    give (task, TC_OLLAMA_NOT_OLLAMA,
          g_strdup_printf ("The server at %s lets nobody in without the right key. Look at the key of this "
                           "provider, and at its address.", place));
  else
    give (task, TC_OLLAMA_NOT_OLLAMA,
          g_strdup_printf ("Something answers at %s, but it is not Ollama. Look at the address, or stop what "
                           "uses the port.", place));

  return NULL;
}

/* To Ollama a name without a tag is the latest of that name, and letters are
 * large or small as you like. */
static gboolean
is_same_model (const char *listed,
               const char *wanted)
{
  gsize length = strlen (wanted);

  if (g_ascii_strcasecmp (listed, wanted) == 0)
    return TRUE;

  return strchr (wanted, ':') == NULL && g_ascii_strncasecmp (listed, wanted, length) == 0 &&
         strcmp (listed + length, ":latest") == 0;
}

static JsonObject *
find_model (JsonObject *root,
            const char *wanted)
{
  JsonArray *models = tc_json_get_array (root, "models");

  for (guint i = 0; models != NULL && i < json_array_get_length (models); i++)
    {
      JsonNode *node = json_array_get_element (models, i);

      if (JSON_NODE_HOLDS_OBJECT (node) &&
          is_same_model (tc_json_get_string (json_node_get_object (node), "name", ""), wanted))
        return json_node_get_object (node);
    }

  return NULL;
}

static void
on_tags (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Probe *probe = g_task_get_task_data (task);
  g_autoptr(TcHttpAnswer) answer = take_answer (task, object, result);
  g_autoptr(JsonObject) root = answer == NULL ? NULL : take_body (task, answer, "models");
  JsonObject *model = root == NULL ? NULL : find_model (root, probe->model);
  TcOllamaProbe *found;

  if (root == NULL)
    return;
  if (model == NULL)
    {
      give (task, TC_OLLAMA_MODEL_MISSING,
            g_strdup_printf ("Ollama runs but does not have %s yet. Get it with “trainctl models pull %s”.",
                             probe->model, probe->model));
      return;
    }
  found = probe_new (TC_OLLAMA_READY, g_strdup_printf ("Ollama runs and has %s.", probe->model));
  found->is_remote = tc_json_get_string (model, "remote_host", "")[0] != '\0';
  g_task_return_pointer (task, found, (GDestroyNotify) tc_ollama_probe_free);
}

static void
ask (GTask               *task,
     const char          *path,
     GAsyncReadyCallback  callback)
{
  const TcProvider *provider = tc_provider_get (TC_PROVIDER_QWEN);
  Probe *probe = g_task_get_task_data (task);
  g_autofree char *url = tc_provider_build_url (provider, probe->base_url, path);

  tc_provider_request_async (g_task_get_source_object (task), provider, url, probe->secret,
                             g_task_get_cancellable (task), callback, task);
}

static void
on_version (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Probe *probe = g_task_get_task_data (task);
  g_autoptr(TcHttpAnswer) answer = take_answer (task, object, result);
  g_autoptr(JsonObject) root = answer == NULL ? NULL : take_body (task, answer, "version");

  if (root == NULL)
    return;
  if (probe->model == NULL)
    give (task, TC_OLLAMA_READY, g_strdup ("Ollama runs."));
  else
    ask (g_steal_pointer (&task), "/api/tags", on_tags);
}

/**
 * tc_ollama_probe_async:
 * @base_url: (nullable): NULL for the usual place
 * @secret: (nullable): what a server before Ollama wants; copied and wiped
 * @model: (nullable): NULL to ask for the server only
 *
 * Finds out whether Ollama runs and has a model; at most two short requests.
 */
void
tc_ollama_probe_async (TcHttp              *http,
                       const char          *base_url,
                       const char          *secret,
                       const char          *model,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = g_task_new (http, cancellable, callback, user_data);
  Probe *probe = g_new0 (Probe, 1);

  g_task_set_source_tag (task, tc_ollama_probe_async);
  g_task_set_task_data (task, probe, probe_data_free);
  probe->base_url = g_strdup (base_url);
  probe->secret = g_strdup (secret);
  probe->model = g_strdup (model);
  ask (task, "/api/version", on_version);
}

/**
 * tc_ollama_probe_finish:
 * @error: only when it was cancelled
 *
 * Returns: (transfer full) (nullable): how it stands
 */
TcOllamaProbe *
tc_ollama_probe_finish (TcHttp        *http,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, http), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
