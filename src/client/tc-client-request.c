/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-client-private.h"

#include "tc-engine-launcher.h"

typedef struct
{
  /* Input arguments. */
  char     *method; /* (owned) */
  char     *target; /* (owned) */
  JsonNode *body;   /* (owned) (nullable) */
} RequestJob;

static void
request_job_free (RequestJob *job)
{
  g_free (job->method);
  g_free (job->target);
  g_clear_pointer (&job->body, json_node_unref);
  g_free (job);
}

static void on_request_started (GObject      *object,
                                GAsyncResult *result,
                                gpointer      user_data);
static void on_request_sent    (GObject      *object,
                                GAsyncResult *result,
                                gpointer      user_data);

static void
send_request (GTask *task)
{
  TcClient *self = g_task_get_source_object (task);
  RequestJob *job = g_task_get_task_data (task);

  tc_transport_send_async (tc_client_get_transport (self), job->method, job->target, job->body,
                           g_task_get_cancellable (task), on_request_sent, g_object_ref (task));
}

/**
 * tc_client_request_async:
 * @self: a client
 * @method: such as "GET"
 * @target: path and query
 * @body: (nullable): JSON to send
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Makes any request of the API; starts the engine first if it is not there and
 * the client's flags say so.
 */
void
tc_client_request_async (TcClient            *self,
                         const char          *method,
                         const char          *target,
                         JsonNode            *body,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  RequestJob *job;

  g_return_if_fail (TC_IS_CLIENT (self));

  job = g_new0 (RequestJob, 1);
  job->method = g_strdup (method);
  job->target = g_strdup (target);
  job->body = body != NULL ? json_node_ref (body) : NULL;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tc_client_request_async);
  g_task_set_task_data (task, job, (GDestroyNotify) request_job_free);

  if ((tc_client_get_flags (self) & TC_CLIENT_START_ENGINE) != 0 && !tc_engine_is_listening (tc_client_get_paths (self)))
    tc_engine_start_async (tc_client_get_paths (self), cancellable, on_request_started, g_steal_pointer (&task));
  else
    send_request (task);
}

static void
on_request_started (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (tc_engine_start_finish (result, &error))
    send_request (task);
  else
    g_task_return_error (task, error);
}

static void
on_request_sent (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  TcReply *reply = tc_transport_send_finish (TC_TRANSPORT (object), result, &error);

  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) tc_reply_free);
  else
    g_task_return_error (task, error);
}

/**
 * tc_client_request_finish:
 * @self: a client
 * @result: what the callback got
 * @error: TC_ERROR with the engine's sentence
 *
 * Returns: (transfer full) (nullable): the answer
 */
TcReply *
tc_client_request_finish (TcClient      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * tc_client_command_async:
 * @self: a client
 * @verb: "cancel", "suspend", "resume" or "retry"
 * @session_id: of which session
 * @cancellable: (nullable): to give up
 * @callback: called when the engine has done it
 * @user_data: for @callback
 *
 * Asks for something to be done with a session.
 */
void
tc_client_command_async (TcClient            *self,
                         const char          *verb,
                         guint64              session_id,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autofree char *target = g_strdup_printf ("/api/training/%s/%" G_GUINT64_FORMAT, verb, session_id);

  tc_client_request_async (self, "POST", target, NULL, cancellable, callback, user_data);
}

/**
 * tc_client_command_finish:
 * @self: a client
 * @result: what the callback got
 * @error: TC_ERROR_CONFLICT with a sentence if it does not fit the state
 *
 * Returns: whether it was done
 */
gboolean
tc_client_command_finish (TcClient      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_autoptr(TcReply) reply = tc_client_request_finish (self, result, error);

  return reply != NULL;
}
