/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-python-answer.h"

#include "tc-error.h"
#include "tc-json.h"

struct _TcPythonAnswer
{
  GObject       parent_instance;

  TcClient     *client;       /* (owned) */
  GCancellable *cancellable;  /* (owned) (nullable) of the question under way */
  gboolean      has_asked;
  char         *python;       /* (owned) (nullable) what was asked; NULL: the system's */
  char         *version;      /* (owned) (nullable) */
  char         *torch;        /* (owned) (nullable) */
  char         *problem;      /* (owned) (nullable) the engine's sentence */
};

G_DEFINE_FINAL_TYPE (TcPythonAnswer, tc_python_answer, G_TYPE_OBJECT)

static guint changed_signal;

static void
on_answer (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcPythonAnswer) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;
  JsonObject *answer = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* An engine that cannot be asked says nothing about the Python. */
  if (error != NULL && !g_error_matches (error, TC_ERROR, TC_ERROR_INVALID))
    {
      self->has_asked = FALSE;
      return;
    }
  g_set_str (&self->problem, error != NULL ? error->message : NULL);
  g_set_str (&self->version, tc_json_get_string (answer, "version", NULL));
  g_set_str (&self->torch, tc_json_get_string (answer, "torch", NULL));
  g_signal_emit (self, changed_signal, 0);
}

static void
tc_python_answer_dispose (GObject *object)
{
  TcPythonAnswer *self = TC_PYTHON_ANSWER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_python_answer_parent_class)->dispose (object);
}

static void
tc_python_answer_finalize (GObject *object)
{
  TcPythonAnswer *self = TC_PYTHON_ANSWER (object);

  g_free (self->python);
  g_free (self->version);
  g_free (self->torch);
  g_free (self->problem);

  G_OBJECT_CLASS (tc_python_answer_parent_class)->finalize (object);
}

static void
tc_python_answer_class_init (TcPythonAnswerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_python_answer_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_python_answer_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_python_answer_init (TcPythonAnswer *self)
{
}

/** tc_python_answer_new: Returns: (transfer full): that nothing was asked of yet */
TcPythonAnswer *
tc_python_answer_new (TcClient *client)
{
  TcPythonAnswer *self = g_object_new (TC_TYPE_PYTHON_ANSWER, NULL);

  self->client = g_object_ref (client);

  return self;
}

/** tc_python_answer_ask: @python: (nullable): a program or a virtual environment's folder; NULL: the system's */
void
tc_python_answer_ask (TcPythonAnswer *self,
                      const char     *python)
{
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *question = json_object_new ();

  g_return_if_fail (TC_IS_PYTHON_ANSWER (self));

  g_set_str (&self->python, python);
  g_clear_pointer (&self->version, g_free);
  g_clear_pointer (&self->torch, g_free);
  g_clear_pointer (&self->problem, g_free);
  self->has_asked = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  json_object_set_string_member (question, "python", python);
  json_node_take_object (body, question);
  tc_client_request_async (self->client, "POST", "/api/python", body, self->cancellable, on_answer,
                           g_object_ref (self));
}

/** tc_python_answer_is_of: Returns: whether @python is what was asked about last */
gboolean
tc_python_answer_is_of (TcPythonAnswer *self,
                        const char     *python)
{
  g_return_val_if_fail (TC_IS_PYTHON_ANSWER (self), FALSE);

  return self->has_asked && g_strcmp0 (self->python, python) == 0;
}

/** tc_python_answer_get_version: Returns: (transfer none) (nullable): "3.11.2"; NULL if it is not known */
const char *
tc_python_answer_get_version (TcPythonAnswer *self)
{
  g_return_val_if_fail (TC_IS_PYTHON_ANSWER (self), NULL);

  return self->version;
}

/** tc_python_answer_get_torch: Returns: (transfer none) (nullable): the version of its PyTorch */
const char *
tc_python_answer_get_torch (TcPythonAnswer *self)
{
  g_return_val_if_fail (TC_IS_PYTHON_ANSWER (self), NULL);

  return self->torch;
}

/** tc_python_answer_get_problem: Returns: (transfer none) (nullable): why it is none, and what to do */
const char *
tc_python_answer_get_problem (TcPythonAnswer *self)
{
  g_return_val_if_fail (TC_IS_PYTHON_ANSWER (self), NULL);

  return self->problem;
}
