/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-engine-gateway.h"

/* Runs of an earlier engine look for the gateway where it was. */
#define PORT_SETTING "gateway.port"

/* The keys of those runs are waited for, but not forever. */
#define PATIENCE_SECONDS 6

#define FULL_PERCENT 100

struct _TcEngineGateway
{
  TcStore      *store;      /* (owned) */
  TcScheduler  *scheduler;  /* (owned) */
  TcLedger     *ledger;     /* (owned) (nullable) */
  TcGateway    *gateway;    /* (owned) (nullable) */
  TcRunAccess  *access;     /* (owned) */
  GCancellable *cancellable; /* (owned) of what is asked of the store */
  guint64       wanted_port; /* 0: any */
  gulong        changed_id;
  guint         patience_id;
};

static void
on_problem (gpointer     source,
            guint64      session_id,
            int          severity,
            const char  *kind,
            const char  *text,
            gpointer     user_data)
{
  TcEngineGateway *self = user_data;

  tc_scheduler_report (self->scheduler, session_id, (TcSeverity) severity, kind, text);
}

static void
on_alert (TcLedger    *ledger,
          const char  *scope,
          int          percent,
          guint64      session_id,
          const char  *text,
          gpointer     user_data)
{
  TcEngineGateway *self = user_data;

  tc_scheduler_report (self->scheduler, session_id,
                       percent >= FULL_PERCENT ? TC_SEVERITY_ERROR : TC_SEVERITY_WARNING, "budget", text);
}

static void
on_recovered (TcLedger   *ledger,
              const char *text,
              gpointer    user_data)
{
  TcEngineGateway *self = user_data;

  tc_scheduler_report (self->scheduler, 0, TC_SEVERITY_ERROR, "ledger", text);
}

/* ---- Opening ---- */

static void
on_port_saved (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_store_set_setting_finish (TC_STORE (object), result, &error))
    g_message ("The gateway's port could not be saved: %s", error->message);
}

static void
save_port (TcEngineGateway *self,
           guint16          port)
{
  g_autofree char *text = g_strdup_printf ("%u", port);

  tc_store_set_setting_async (self->store, PORT_SETTING, text, NULL, on_port_saved, NULL);
}

/* Runs of an earlier engine go on asking where nobody of ours answers now. */
static void
tell_moved (TcEngineGateway *self,
            guint16          port)
{
  TcQueue *queue = tc_scheduler_get_queue (self->scheduler);

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      guint64 id = tc_session_get_id (tc_queue_peek (queue, i));
      g_autofree char *text = NULL;

      if (tc_run_access_get_grant (self->access, id) == NULL)
        continue;
      text = g_strdup_printf ("Another program took port %" G_GUINT64_FORMAT " while the engine was away, so this "
                              "run cannot reach its provider any more: the gateway is on port %u now. What "
                              "needs no provider goes on; cancel and retry the session for the rest.",
                              self->wanted_port, port);
      tc_scheduler_report (self->scheduler, id, TC_SEVERITY_ERROR, "gateway", text);
    }
}

static void
listen_now (TcEngineGateway *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *problem = NULL;
  guint16 port;

  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_clear_signal_handler (&self->changed_id, self->access);
  if (!tc_gateway_listen (self->gateway, (guint16) self->wanted_port, &error))
    {
      problem = g_strdup_printf ("The gateway cannot listen. %s", error->message);
      g_warning ("%s", problem);
      tc_run_access_begin (self->access, problem);
      return;
    }
  port = tc_gateway_get_port (self->gateway);
  g_message ("The gateway is on port %u", port);
  if (port != self->wanted_port)
    save_port (self, port);
  if (port != self->wanted_port && self->wanted_port != 0)
    tell_moved (self, port);
  tc_run_access_begin (self->access, NULL);
}

static void
on_access_changed (TcAccess *access,
                   gpointer  user_data)
{
  TcEngineGateway *self = user_data;

  if (!tc_run_access_is_resuming (self->access))
    listen_now (self);
}

static gboolean
on_patience_over (gpointer user_data)
{
  TcEngineGateway *self = user_data;

  self->patience_id = 0;
  listen_now (self);

  return G_SOURCE_REMOVE;
}

static void
on_port_loaded (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  TcEngineGateway *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = tc_store_get_setting_finish (TC_STORE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &self->wanted_port, NULL))
    self->wanted_port = 0;
  if (!tc_run_access_is_resuming (self->access))
    {
      listen_now (self);
      return;
    }
  self->changed_id = g_signal_connect (self->access, "changed", G_CALLBACK (on_access_changed), self);
  self->patience_id = g_timeout_add_seconds (PATIENCE_SECONDS, on_patience_over, self);
}

/**
 * tc_engine_gateway_begin:
 *
 * Lets sessions reach their providers, once the scheduler has its sessions and
 * the pool its keys.
 */
void
tc_engine_gateway_begin (TcEngineGateway *self)
{
  if (self->gateway != NULL)
    tc_store_get_setting_async (self->store, PORT_SETTING, self->cancellable, on_port_loaded, self);
}

static void
open_book (TcEngineGateway *self,
           TcPaths         *paths,
           TcClock         *clock)
{
  g_autoptr(GError) error = NULL;
  const char *message;

  self->ledger = tc_ledger_open (tc_paths_get_ledger_path (paths), clock, &error);
  if (self->ledger == NULL)
    {
      g_warning ("There is no book of money, so nothing is spent: %s", error->message);
      return;
    }
  message = tc_ledger_get_recovery_message (self->ledger);
  if (message != NULL)
    tc_scheduler_report (self->scheduler, 0, TC_SEVERITY_ERROR, "ledger", message);
  self->gateway = tc_gateway_new (self->ledger, clock);
  g_signal_connect (self->ledger, "alert", G_CALLBACK (on_alert), self);
  g_signal_connect (self->ledger, "recovered", G_CALLBACK (on_recovered), self);
  g_signal_connect (self->gateway, "problem", G_CALLBACK (on_problem), self);
}

/**
 * tc_engine_gateway_new:
 *
 * Opens the book, which blocks for that, and gives the scheduler its access.
 *
 * Returns: (transfer full): the part; nobody listens before
 *   tc_engine_gateway_begin()
 */
TcEngineGateway *
tc_engine_gateway_new (TcPaths     *paths,
                       TcClock     *clock,
                       TcStore     *store,
                       TcScheduler *scheduler,
                       TcKeyPool   *keys,
                       TcCatalogue *catalogue)
{
  TcEngineGateway *self = g_new0 (TcEngineGateway, 1);

  self->store = g_object_ref (store);
  self->scheduler = g_object_ref (scheduler);
  self->cancellable = g_cancellable_new ();
  open_book (self, paths, clock);
  self->access = tc_run_access_new (keys, catalogue, self->gateway);
  g_signal_connect (self->access, "problem", G_CALLBACK (on_problem), self);
  tc_scheduler_set_access (scheduler, TC_ACCESS (self->access));
  if (self->ledger == NULL)
    tc_run_access_begin (self->access, "The book of what is spent cannot be opened; the engine's log says why.");

  return self;
}

/**
 * tc_engine_gateway_free:
 *
 * Closes the way, then the book. Runs go on; they find the next engine's.
 */
void
tc_engine_gateway_free (TcEngineGateway *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->access, self);
  tc_run_access_begin (self->access, "The engine leaves.");
  if (self->gateway != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->gateway, self);
      tc_gateway_shutdown (self->gateway);
    }
  if (self->ledger != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->ledger, self);
      tc_ledger_close (self->ledger);
    }
  g_clear_object (&self->access);
  g_clear_object (&self->gateway);
  g_clear_object (&self->ledger);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->store);
  g_free (self);
}

/** tc_engine_gateway_get_ledger: Returns: (transfer none) (nullable): the book */
TcLedger *
tc_engine_gateway_get_ledger (TcEngineGateway *self)
{
  return self->ledger;
}

/** tc_engine_gateway_get_gateway: Returns: (transfer none) (nullable): the way */
TcGateway *
tc_engine_gateway_get_gateway (TcEngineGateway *self)
{
  return self->gateway;
}

/** tc_engine_gateway_get_access: Returns: (transfer none): who gives it to runs */
TcRunAccess *
tc_engine_gateway_get_access (TcEngineGateway *self)
{
  return self->access;
}
