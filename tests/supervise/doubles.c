/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "doubles.h"
#include "tc-error.h"

/* ---- The gateway ---- */

struct _TcGateway
{
  GObject    parent_instance;

  GQueue     answers; /* (element-type FakeAnswer) */
  GPtrArray *calls;   /* (owned) (element-type FakeCall) */
};

G_DEFINE_FINAL_TYPE (TcGateway, tc_gateway, G_TYPE_OBJECT)

static void
fake_answer_free (FakeAnswer *answer)
{
  g_free (answer->answer);
  g_clear_error (&answer->error);
  g_free (answer);
}

static void
fake_call_free (FakeCall *call)
{
  g_free (call->text);
  g_free (call->system);
  g_free (call->model);
  g_free (call);
}

static void
tc_gateway_finalize (GObject *object)
{
  TcGateway *self = TC_GATEWAY (object);

  g_queue_clear_full (&self->answers, (GDestroyNotify) fake_answer_free);
  g_ptr_array_unref (self->calls);

  G_OBJECT_CLASS (tc_gateway_parent_class)->finalize (object);
}

static void
tc_gateway_class_init (TcGatewayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_gateway_finalize;
}

static void
tc_gateway_init (TcGateway *self)
{
  g_queue_init (&self->answers);
  self->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) fake_call_free);
}

TcGateway *
fake_gateway_new (void)
{
  return g_object_new (TC_TYPE_GATEWAY, NULL);
}

GPtrArray *
fake_gateway_get_calls (TcGateway *self)
{
  return self->calls;
}

void
fake_gateway_push (TcGateway  *self,
                   const char *answer,
                   TcMoney     cost)
{
  FakeAnswer *fake = g_new0 (FakeAnswer, 1);

  fake->answer = g_strdup (answer);
  fake->finish = TC_FINISH_STOP;
  fake->cost = cost;
  g_queue_push_tail (&self->answers, fake);
}

void
fake_gateway_push_finish (TcGateway  *self,
                          const char *answer,
                          TcFinish    finish)
{
  fake_gateway_push (self, answer, 5);
  ((FakeAnswer *) g_queue_peek_tail (&self->answers))->finish = finish;
}

void
fake_gateway_push_error (TcGateway  *self,
                         int         code,
                         const char *message)
{
  FakeAnswer *fake = g_new0 (FakeAnswer, 1);

  fake->error = g_error_new_literal (TC_ERROR, code, message);
  g_queue_push_tail (&self->answers, fake);
}

void
fake_gateway_push_slow (TcGateway  *self,
                        const char *answer,
                        guint       delay_ms)
{
  fake_gateway_push (self, answer, 1);
  ((FakeAnswer *) g_queue_peek_tail (&self->answers))->delay_ms = delay_ms;
}

void
fake_gateway_push_hang (TcGateway *self)
{
  FakeAnswer *fake = g_new0 (FakeAnswer, 1);

  fake->hangs = TRUE;
  g_queue_push_tail (&self->answers, fake);
}

static void
remember_call (TcGateway           *self,
               const TcChatRequest *request)
{
  FakeCall *call = g_new0 (FakeCall, 1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < request->messages->len; i++)
    {
      TcChatMessage *message = g_ptr_array_index (request->messages, i);

      for (guint k = 0; k < message->parts->len; k++)
        g_string_append_printf (text, "%s: %s\n", message->role == TC_CHAT_USER ? "user" : "assistant",
                                ((TcChatPart *) g_ptr_array_index (message->parts, k))->text);
    }
  call->text = g_string_free (text, FALSE);
  call->system = g_strdup (request->system);
  call->model = g_strdup (request->model);
  call->format = request->format;
  call->n_messages = request->messages->len;
  call->max_tokens = request->max_tokens;
  g_ptr_array_add (self->calls, call);
}

static void
answer_call (GTask *task)
{
  FakeAnswer *fake = g_task_get_task_data (task);
  TcChatReply *reply;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (fake->error != NULL)
    {
      g_task_return_error (task, g_error_copy (fake->error));
      return;
    }
  reply = tc_chat_reply_new ();
  reply->finish = fake->finish;
  if (fake->answer != NULL)
    {
      TcChatPart *part = g_new0 (TcChatPart, 1);

      part->kind = TC_PART_TEXT;
      part->text = g_strdup (fake->answer);
      g_ptr_array_add (reply->parts, part);
    }
  g_task_return_pointer (task, reply, (GDestroyNotify) tc_chat_reply_free);
}

static gboolean
on_answer_due (gpointer user_data)
{
  GTask *task = user_data;
  FakeAnswer *fake = g_task_get_task_data (task);

  if (fake->hangs && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return G_SOURCE_CONTINUE;
  answer_call (task);
  g_object_unref (task);

  return G_SOURCE_REMOVE;
}

void
tc_gateway_chat_async (TcGateway           *self,
                       TcGrant             *grant,
                       const TcChatRequest *request,
                       guint                timeout_ms,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  FakeAnswer *fake = g_queue_pop_head (&self->answers);

  g_task_set_source_tag (task, tc_gateway_chat_async);
  g_assert_nonnull (grant);
  g_assert_cmpuint (timeout_ms, >, 0);
  g_assert_nonnull (fake);
  g_task_set_task_data (task, fake, (GDestroyNotify) fake_answer_free);
  remember_call (self, request);
  g_timeout_add (fake->hangs ? 50 : fake->delay_ms, on_answer_due, task);
}

TcChatReply *
tc_gateway_chat_finish (TcGateway     *self,
                        GAsyncResult  *result,
                        TcMoney       *cost,
                        GError       **error)
{
  *cost = ((FakeAnswer *) g_task_get_task_data (G_TASK (result)))->cost;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- Grants and access ---- */

TcGrant *
tc_grant_new (guint64           session_id,
              guint             attempt,
              const TcProvider *provider)
{
  TcGrant *self = g_new0 (TcGrant, 1);

  self->session_id = session_id;
  self->attempt = attempt;
  self->provider = provider;
  self->models = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_model_facts_free);
  self->limit = TC_MONEY_UNKNOWN;
  g_ref_count_init (&self->ref_count);

  return self;
}

TcGrant *
tc_grant_ref (TcGrant *self)
{
  g_ref_count_inc (&self->ref_count);

  return self;
}

void
tc_grant_unref (TcGrant *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->secret, tc_secret_free);
  g_ptr_array_unref (self->models);
  g_free (self);
}

struct _TcRunAccess
{
  GObject  parent_instance;

  TcGrant *grant; /* (owned) (nullable) */
  gboolean is_resuming;
};

G_DEFINE_FINAL_TYPE (TcRunAccess, tc_run_access, G_TYPE_OBJECT)

static void
tc_run_access_finalize (GObject *object)
{
  fake_run_access_close (TC_RUN_ACCESS (object));

  G_OBJECT_CLASS (tc_run_access_parent_class)->finalize (object);
}

static void
tc_run_access_class_init (TcRunAccessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_run_access_finalize;

  g_signal_new ("changed", TC_TYPE_RUN_ACCESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_run_access_init (TcRunAccess *self)
{
}

/* Takes the grant. */
TcRunAccess *
fake_run_access_new (TcGrant *grant)
{
  TcRunAccess *self = g_object_new (TC_TYPE_RUN_ACCESS, NULL);

  self->grant = grant;

  return self;
}

void
fake_run_access_close (TcRunAccess *self)
{
  g_clear_pointer (&self->grant, tc_grant_unref);
}

/* Takes the grant, which is found, or not. */
void
fake_run_access_set (TcRunAccess *self,
                     TcGrant     *grant,
                     gboolean     is_resuming)
{
  fake_run_access_close (self);
  self->grant = grant;
  self->is_resuming = is_resuming;
  g_signal_emit_by_name (self, "changed");
}

gboolean
tc_run_access_is_resuming (TcRunAccess *self)
{
  return self->is_resuming;
}

TcGrant *
tc_run_access_get_grant (TcRunAccess *self,
                         guint64      session_id)
{
  return self->grant;
}

/* ---- The scheduler ---- */

struct _TcScheduler
{
  GObject    parent_instance;

  TcQueue   *queue;   /* (owned) */
  GPtrArray *log;     /* (owned) (element-type char) */
  JsonNode  *record;  /* (owned) (nullable) the last one */
};

G_DEFINE_FINAL_TYPE (TcScheduler, tc_scheduler, G_TYPE_OBJECT)

static void
tc_scheduler_finalize (GObject *object)
{
  TcScheduler *self = TC_SCHEDULER (object);

  g_object_unref (self->queue);
  g_ptr_array_unref (self->log);
  g_clear_pointer (&self->record, json_node_unref);

  G_OBJECT_CLASS (tc_scheduler_parent_class)->finalize (object);
}

static void
tc_scheduler_class_init (TcSchedulerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_scheduler_finalize;

  g_signal_new ("session-changed", TC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, TC_TYPE_SESSION);
  g_signal_new ("session-removed", TC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_UINT64);
  g_signal_new ("record", TC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_UINT64, JSON_TYPE_NODE);
}

static void
tc_scheduler_init (TcScheduler *self)
{
  self->queue = tc_queue_new ();
  self->log = g_ptr_array_new_with_free_func (g_free);
}

TcScheduler *
fake_scheduler_new (void)
{
  return g_object_new (TC_TYPE_SCHEDULER, NULL);
}

GPtrArray *
fake_scheduler_get_log (TcScheduler *self)
{
  return self->log;
}

JsonNode *
fake_scheduler_get_record (TcScheduler *self)
{
  return self->record;
}

static void
on_session_changed (TcSession   *session,
                    TcScheduler *self)
{
  g_signal_emit_by_name (self, "session-changed", session);
}

void
fake_scheduler_add (TcScheduler *self,
                    TcSession   *session)
{
  tc_queue_add (self->queue, session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
}

void
fake_scheduler_tell_gate (TcScheduler *self,
                          guint64      id,
                          guint        attempt,
                          guint        epoch)
{
  g_autoptr(JsonNode) node = json_node_alloc ();
  JsonObject *object = json_object_new ();

  json_node_take_object (json_node_init (node, JSON_NODE_OBJECT), object);
  json_object_set_int_member (object, "epoch", epoch);
  json_object_set_int_member (object, "attempt", attempt);
  g_signal_emit_by_name (self, "record", "gate", id, node);
}

TcQueue *
tc_scheduler_get_queue (TcScheduler *self)
{
  return self->queue;
}

void
tc_scheduler_report (TcScheduler *self,
                     guint64      id,
                     TcSeverity   severity,
                     const char  *kind,
                     const char  *text)
{
  g_ptr_array_add (self->log, g_strdup_printf ("%s %s: %s", tc_severity_to_string (severity), kind, text));
}

void
tc_scheduler_emit_record (TcScheduler *self,
                          const char  *kind,
                          guint64      id,
                          JsonNode    *record)
{
  g_clear_pointer (&self->record, json_node_unref);
  self->record = json_node_ref (record);
  g_ptr_array_add (self->log, g_strdup_printf ("record %s %" G_GUINT64_FORMAT, kind, id));
  g_signal_emit_by_name (self, "record", kind, id, record);
}

void
tc_scheduler_command_async (TcScheduler         *self,
                            TcVerb               verb,
                            guint64              id,
                            const char          *argument,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_scheduler_command_async);
  g_assert_cmpint (verb, ==, TC_VERB_SUSPEND);
  g_ptr_array_add (self->log, g_strdup_printf ("suspend %" G_GUINT64_FORMAT, id));
  g_task_return_boolean (task, TRUE);
}

gboolean
tc_scheduler_command_finish (TcScheduler   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
tc_scheduler_stop_async (TcScheduler         *self,
                         guint64              id,
                         const char          *code,
                         const char          *text,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_scheduler_stop_async);
  g_ptr_array_add (self->log, g_strdup_printf ("stop %" G_GUINT64_FORMAT " %s: %s", id, code, text));
  g_task_return_new_error_literal (task, TC_ERROR, TC_ERROR_CONFLICT, "It has ended by itself");
}

gboolean
tc_scheduler_stop_finish (TcScheduler   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
