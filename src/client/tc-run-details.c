/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-run-details.h"

#include <string.h>

#include "tc-json.h"

struct _TcRunDetails
{
  GObject         parent_instance;

  TcClient       *client;       /* (owned) */
  TcSession      *session;      /* (owned) */
  GCancellable   *cancellable;  /* (owned) (nullable) of what is on its way */
  JsonObject     *started;      /* (owned) (nullable) the answer about the start */
  JsonObject     *outcome;      /* (owned) (nullable) the answer about the estimate */
  TcSessionState  state;        /* when it was asked for */
  guint           attempt;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcRunDetails, tc_run_details, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static JsonObject *
finish (GObject      *object,
        GAsyncResult *result,
        gboolean     *is_cancelled)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  *is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (error != NULL && !*is_cancelled)
    g_debug ("No details of a session: %s", error->message);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_dup_object (node) : NULL;
}

static void
on_started_known (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(TcRunDetails) self = user_data;
  gboolean is_cancelled;
  g_autoptr(JsonObject) answer = finish (object, result, &is_cancelled);

  if (is_cancelled || answer == NULL)
    return;
  g_clear_pointer (&self->started, json_object_unref);
  self->started = g_steal_pointer (&answer);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_outcome_known (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(TcRunDetails) self = user_data;
  gboolean is_cancelled;
  g_autoptr(JsonObject) answer = finish (object, result, &is_cancelled);

  if (is_cancelled || answer == NULL)
    return;
  g_clear_pointer (&self->outcome, json_object_unref);
  self->outcome = g_steal_pointer (&answer);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
ask (TcRunDetails        *self,
     const char          *what,
     GAsyncReadyCallback  callback)
{
  g_autofree char *target = g_strdup_printf ("/api/training/%s/%" G_GUINT64_FORMAT, what,
                                             tc_session_get_id (self->session));

  tc_client_request_async (self->client, "GET", target, NULL, self->cancellable, callback,
                           g_object_ref (self));
}

static void
load (TcRunDetails *self)
{
  if (tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    return;
  self->state = tc_session_get_state (self->session);
  self->attempt = tc_session_get_attempt (self->session);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  ask (self, "spec", on_started_known);
  ask (self, "estimate", on_outcome_known);
}

static void
on_session_changed (TcRunDetails *self)
{
  if (tc_session_get_state (self->session) != self->state ||
      tc_session_get_attempt (self->session) != self->attempt)
    load (self);
}

static void
tc_run_details_dispose (GObject *object)
{
  TcRunDetails *self = TC_RUN_DETAILS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->session);
  g_clear_pointer (&self->started, json_object_unref);
  g_clear_pointer (&self->outcome, json_object_unref);

  G_OBJECT_CLASS (tc_run_details_parent_class)->dispose (object);
}

static void
tc_run_details_class_init (TcRunDetailsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_run_details_dispose;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
tc_run_details_init (TcRunDetails *self)
{
}

/**
 * tc_run_details_new:
 *
 * Returns: (transfer full): without anything yet; see ::changed
 */
TcRunDetails *
tc_run_details_new (TcClient  *client,
                    TcSession *session)
{
  TcRunDetails *self = g_object_new (TC_TYPE_RUN_DETAILS, NULL);

  self->client = g_object_ref (client);
  self->session = g_object_ref (session);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, G_CONNECT_SWAPPED);
  load (self);

  return self;
}

/** tc_run_details_get_spec: Returns: (transfer none) (nullable): see the schema "Spec"; NULL before a start */
JsonObject *
tc_run_details_get_spec (TcRunDetails *self)
{
  g_return_val_if_fail (TC_IS_RUN_DETAILS (self), NULL);

  return tc_json_get_object (self->started, "spec");
}

/** tc_run_details_get_attempts: Returns: (transfer none) (nullable): see the schema "Attempt" */
JsonArray *
tc_run_details_get_attempts (TcRunDetails *self)
{
  g_return_val_if_fail (TC_IS_RUN_DETAILS (self), NULL);

  return tc_json_get_array (self->started, "attempts");
}

/** tc_run_details_get_outcome: Returns: (transfer none) (nullable): see the schema "EstimateAndTruth" */
JsonObject *
tc_run_details_get_outcome (TcRunDetails *self)
{
  g_return_val_if_fail (TC_IS_RUN_DETAILS (self), NULL);

  return self->outcome;
}

/**
 * tc_run_details_dup_command:
 *
 * Returns: (transfer full) (nullable): the command as it was started, quoted for
 *   a shell where it has to be
 */
char *
tc_run_details_dup_command (TcRunDetails *self)
{
  static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-+=./:,@%";
  g_auto(GStrv) argv = tc_json_dup_strv (tc_run_details_get_spec (self), "argv");
  GString *line;

  if (argv == NULL || argv[0] == NULL)
    return NULL;
  line = g_string_new (NULL);
  for (guint i = 0; argv[i] != NULL; i++)
    {
      gboolean is_plain = argv[i][0] != '\0' && argv[i][strspn (argv[i], plain)] == '\0';
      g_autofree char *word = is_plain ? g_strdup (argv[i]) : g_shell_quote (argv[i]);

      g_string_append_printf (line, "%s%s", i > 0 ? " " : "", word);
    }

  return g_string_free_and_steal (line);
}
