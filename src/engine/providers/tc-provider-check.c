/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-ollama.h"
#include "tc-provider-check.h"
#include "tc-provider-request.h"

typedef struct
{
  const TcProvider *provider;
  char             *base_url; /* (owned) (nullable) */
  char             *secret;   /* (owned) (nullable) wiped */
} Check;

static void
check_free (gpointer data)
{
  Check *self = data;

  if (self->secret != NULL)
    explicit_bzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_free (self->base_url);
  g_free (self);
}

static void
send_request (GTask               *task,
              const char          *url,
              gboolean             with_secret,
              GAsyncReadyCallback  callback)
{
  Check *check = g_task_get_task_data (task);

  tc_provider_request_async (g_task_get_source_object (task), check->provider, url,
                             with_secret ? check->secret : NULL, g_task_get_cancellable (task),
                             callback, task);
}

static void
give (GTask     *task,
      TcKeyVerdict *verdict)
{
  g_task_return_pointer (task, verdict, (GDestroyNotify) tc_key_verdict_free);
}

static TcKeyVerdict *
judge_silence (Check        *check,
               const GError *error)
{
  g_autofree char *absence = NULL;

  if (check->provider->id != TC_PROVIDER_QWEN)
    return tc_key_verdict_new (TC_KEY_UNREACHABLE, "%s Look at the address and the network; the key is "
                               "checked again later.", error->message);
  absence = tc_ollama_dup_absence (check->base_url, error);

  return tc_key_verdict_new (TC_KEY_UNREACHABLE, "%s", absence);
}

/* A failed exchange is a verdict, unless the caller gave up. */
static TcHttpAnswer *
take_answer (GTask        *task,
             TcHttp       *http,
             GAsyncResult *result)
{
  g_autoptr(GError) error = NULL;
  TcHttpAnswer *answer = tc_http_get_finish (http, result, &error);

  if (answer != NULL)
    return answer;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    give (task, judge_silence (g_task_get_task_data (task), error));

  return NULL;
}

/* llama-server tells its models to everybody, but not its properties. */
static void
on_props (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr(TcHttpAnswer) answer = take_answer (task, TC_HTTP (object), result);

  if (answer == NULL)
    return;
  if (answer->status == 401)
    give (task, tc_key_verdict_for_answer (check->provider, 401, answer->body, answer->length,
                                           check->secret));
  else
    give (task, tc_key_verdict_new (TC_KEY_UNVERIFIED, "The server works, but it lets everybody in: "
                                    "whether the key is right cannot be told."));
}

static void
on_without_key (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr(TcHttpAnswer) answer = take_answer (task, TC_HTTP (object), result);
  g_autofree char *url = NULL;
  g_autoptr(GUri) base = NULL;

  if (answer == NULL)
    return;
  if (answer->status == 401 || answer->status == 403)
    {
      give (task, tc_key_verdict_new (TC_KEY_VALID, "The server accepts the key."));
      return;
    }
  base = g_uri_parse (check->base_url, G_URI_FLAGS_NONE, NULL);
  url = g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (base), NULL, g_uri_get_host (base),
                    g_uri_get_port (base), "/props", NULL, NULL);
  send_request (g_steal_pointer (&task), url, TRUE, on_props);
}

static void
on_checked (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr(TcHttpAnswer) answer = take_answer (task, TC_HTTP (object), result);
  g_autoptr(TcKeyVerdict) verdict = NULL;

  if (answer == NULL)
    return;
  verdict = tc_key_verdict_for_answer (check->provider, answer->status, answer->body, answer->length,
                                       check->secret);
  if (check->provider->id == TC_PROVIDER_COMPATIBLE && verdict->state == TC_KEY_VALID)
    {
      g_autofree char *url = tc_provider_build_url (check->provider, check->base_url,
                                                    check->provider->check_path);

      if (check->secret != NULL)
        {
          send_request (g_steal_pointer (&task), url, FALSE, on_without_key);
          return;
        }
      g_set_str (&verdict->text, "The server answers and asks for no key.");
    }
  give (task, g_steal_pointer (&verdict));
}

/**
 * tc_provider_check_async:
 * @base_url: (nullable): NULL for the provider's own; passed
 *   tc_provider_check_base_url()
 * @secret: (nullable): the key; copied, and the copy is wiped
 *
 * Asks the provider about a key. The verdict comes within the client's time
 * for a request, three times that for a server of unknown kind.
 */
void
tc_provider_check_async (TcHttp              *http,
                         const TcProvider    *provider,
                         const char          *base_url,
                         const char          *secret,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (http, cancellable, callback, user_data);
  Check *check = g_new0 (Check, 1);
  g_autofree char *url = NULL;

  g_task_set_source_tag (task, tc_provider_check_async);
  g_task_set_task_data (task, check, check_free);
  check->provider = provider;
  check->base_url = g_strdup (base_url);
  check->secret = g_strdup (secret);
  url = tc_provider_build_url (provider, base_url, provider->check_path);
  send_request (task, url, TRUE, on_checked);
}

/**
 * tc_provider_check_finish:
 * @error: only when it was cancelled
 *
 * Returns: (transfer full) (nullable): the verdict
 */
TcKeyVerdict *
tc_provider_check_finish (TcHttp        *http,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, http), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
