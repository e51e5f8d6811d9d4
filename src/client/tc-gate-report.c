/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-gate-report.h"

struct _TcGateReport
{
  GObject       parent_instance;

  TcClient     *client;       /* (owned) */
  GCancellable *cancellable;  /* (owned) (nullable) of the question under way */
  JsonObject   *json;         /* (owned) (nullable) */
  char         *problem;      /* (owned) (nullable) */
  guint64       session_id;
  guint         epoch;
};

G_DEFINE_FINAL_TYPE (TcGateReport, tc_gate_report, G_TYPE_OBJECT)

static guint changed_signal;

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcGateReport) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->client == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    self->json = json_object_ref (json_node_get_object (node));
  else
    g_set_str (&self->problem, error != NULL ? error->message : "");
  g_signal_emit (self, changed_signal, 0);
}

/* A report does not change: one that came is not asked for again. */
static void
load (TcGateReport *self)
{
  g_autofree char *target = NULL;

  if (self->json != NULL || tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->problem, g_free);
  self->cancellable = g_cancellable_new ();
  target = g_strdup_printf ("/api/training/gate-report/%" G_GUINT64_FORMAT "?epoch=%u", self->session_id,
                            self->epoch);
  tc_client_request_async (self->client, "GET", target, NULL, self->cancellable, on_loaded,
                           g_object_ref (self));
}

static void
on_state_changed (TcClient     *client,
                  GParamSpec   *pspec,
                  TcGateReport *self)
{
  load (self);
}

static void
tc_gate_report_dispose (GObject *object)
{
  TcGateReport *self = TC_GATE_REPORT (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_gate_report_parent_class)->dispose (object);
}

static void
tc_gate_report_finalize (GObject *object)
{
  TcGateReport *self = TC_GATE_REPORT (object);

  g_clear_pointer (&self->json, json_object_unref);
  g_free (self->problem);

  G_OBJECT_CLASS (tc_gate_report_parent_class)->finalize (object);
}

static void
tc_gate_report_class_init (TcGateReportClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_gate_report_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_gate_report_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
tc_gate_report_init (TcGateReport *self)
{
}

/**
 * tc_gate_report_new:
 * @session_id: of a session the engine knows
 * @epoch: the gate's
 *
 * Returns: (transfer full): without an answer yet; see ::changed
 */
TcGateReport *
tc_gate_report_new (TcClient *client,
                    guint64   session_id,
                    guint     epoch)
{
  TcGateReport *self = g_object_new (TC_TYPE_GATE_REPORT, NULL);

  self->client = g_object_ref (client);
  self->session_id = session_id;
  self->epoch = epoch;
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  load (self);

  return self;
}

/** tc_gate_report_get_epoch: Returns: the gate's */
guint
tc_gate_report_get_epoch (TcGateReport *self)
{
  g_return_val_if_fail (TC_IS_GATE_REPORT (self), 0);

  return self->epoch;
}

/** tc_gate_report_get_json: Returns: (transfer none) (nullable): see the schema "GateReport" */
JsonObject *
tc_gate_report_get_json (TcGateReport *self)
{
  g_return_val_if_fail (TC_IS_GATE_REPORT (self), NULL);

  return self->json;
}

/** tc_gate_report_get_problem: Returns: (nullable): why there is none, in the engine's words */
const char *
tc_gate_report_get_problem (TcGateReport *self)
{
  g_return_val_if_fail (TC_IS_GATE_REPORT (self), NULL);

  return self->problem;
}
