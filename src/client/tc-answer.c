/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-answer.h"

#include "tc-error.h"
#include "tc-json.h"

struct _TcAnswer
{
  GObject       parent_instance;

  TcClient     *client;       /* (owned) */
  const char   *target;
  const char   *member;
  GCancellable *cancellable;  /* (owned) (nullable) of the question under way */
  gboolean      has_asked;
  char         *path;         /* (owned) (nullable) what was asked about */
  JsonObject   *facts;        /* (owned) (nullable) */
  char         *problem;      /* (owned) (nullable) the engine's sentence */
};

G_DEFINE_FINAL_TYPE (TcAnswer, tc_answer, G_TYPE_OBJECT)

static guint changed_signal;

static void
on_answer (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcAnswer) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;
  JsonObject *answer = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* An engine that cannot be asked says nothing about the file. */
  if (error != NULL && !g_error_matches (error, TC_ERROR, TC_ERROR_INVALID))
    {
      self->has_asked = FALSE;
      return;
    }
  g_set_str (&self->problem, error != NULL ? error->message : NULL);
  g_clear_pointer (&self->facts, json_object_unref);
  self->facts = answer != NULL ? json_object_ref (answer) : NULL;
  g_signal_emit (self, changed_signal, 0);
}

static void
tc_answer_dispose (GObject *object)
{
  TcAnswer *self = TC_ANSWER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_answer_parent_class)->dispose (object);
}

static void
tc_answer_finalize (GObject *object)
{
  TcAnswer *self = TC_ANSWER (object);

  g_free (self->path);
  g_clear_pointer (&self->facts, json_object_unref);
  g_free (self->problem);

  G_OBJECT_CLASS (tc_answer_parent_class)->finalize (object);
}

static void
tc_answer_class_init (TcAnswerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_answer_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_answer_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_answer_init (TcAnswer *self)
{
}

/**
 * tc_answer_new:
 * @target: (transfer none): static: where to ask
 * @member: (transfer none): static: what the question calls the file
 *
 * Returns: (transfer full): that nothing was asked of yet
 */
TcAnswer *
tc_answer_new (TcClient   *client,
               const char *target,
               const char *member)
{
  TcAnswer *self = g_object_new (TC_TYPE_ANSWER, NULL);

  self->client = g_object_ref (client);
  self->target = target;
  self->member = member;

  return self;
}

/** tc_answer_ask: @path: (nullable): absolute; NULL: what is taken without one */
void
tc_answer_ask (TcAnswer   *self,
               const char *path)
{
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *question = json_object_new ();

  g_return_if_fail (TC_IS_ANSWER (self));

  g_set_str (&self->path, path);
  g_clear_pointer (&self->facts, json_object_unref);
  g_clear_pointer (&self->problem, g_free);
  self->has_asked = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  json_object_set_string_member (question, self->member, path);
  json_node_take_object (body, question);
  tc_client_request_async (self->client, "POST", self->target, body, self->cancellable, on_answer,
                           g_object_ref (self));
}

/** tc_answer_is_of: Returns: whether @path is what was asked about last */
gboolean
tc_answer_is_of (TcAnswer   *self,
                 const char *path)
{
  g_return_val_if_fail (TC_IS_ANSWER (self), FALSE);

  return self->has_asked && g_strcmp0 (self->path, path) == 0;
}

/** tc_answer_get_facts: Returns: (transfer none) (nullable): what the engine found out */
JsonObject *
tc_answer_get_facts (TcAnswer *self)
{
  g_return_val_if_fail (TC_IS_ANSWER (self), NULL);

  return self->facts;
}

/** tc_answer_get_problem: Returns: (transfer none) (nullable): why it cannot be used, and what to do */
const char *
tc_answer_get_problem (TcAnswer *self)
{
  g_return_val_if_fail (TC_IS_ANSWER (self), NULL);

  return self->problem;
}
