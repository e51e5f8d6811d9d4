/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib-unix.h>
#include <signal.h>

#include "tc-api.h"
#include "tc-checkpoint-keeper.h"
#include "tc-engine-gateway.h"
#include "tc-engine.h"
#include "tc-estimator.h"
#include "tc-key-pool.h"
#include "tc-scheduler.h"
#include "tc-secret-keyring.h"
#include "tc-store.h"
#include "tc-supervisor.h"

struct _TcEngine
{
  GObject      parent_instance;

  TcPaths     *paths;         /* (owned) */
  TcClock     *clock;         /* (owned) */
  TcStore     *store;         /* (owned) (nullable) */
  TcScheduler *scheduler;     /* (owned) (nullable) */
  TcKeyPool   *keys;          /* (owned) (nullable) */
  TcApi       *api;           /* (owned) (nullable) */
  TcEngineGateway *gateway;   /* (owned) (nullable) */
  TcSupervisor *supervisor;   /* (owned) (nullable) */
  TcEstimator *estimator;     /* (owned) (nullable) */
  TcCheckpointKeeper *checkpoints; /* (owned) (nullable) */
  TcRetention   *retention;   /* (owned) (nullable) */
  GMainLoop   *loop;          /* (owned) */
  GError      *saved_error;   /* (owned) (nullable) why it could not start */
  guint        idle_seconds;  /* 0: stays */
  guint        idle_id;
  gboolean     was_idle;      /* at the last look */
};

G_DEFINE_FINAL_TYPE (TcEngine, tc_engine, G_TYPE_OBJECT)

static gboolean
on_signal (gpointer user_data)
{
  TcEngine *self = user_data;

  g_message ("Leaving; runs go on");
  g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

static void
on_stop_requested (TcApi    *api,
                   TcEngine *self)
{
  on_signal (self);
}

/* Leaves only after two looks with nothing to do, so that a command line tool
 * that comes by every few seconds does not start an engine each time. */
static gboolean
on_idle_look (gpointer user_data)
{
  TcEngine *self = user_data;
  gboolean is_idle = tc_scheduler_get_n_active (self->scheduler) == 0 &&
                     !tc_scheduler_is_waiting (self->scheduler) &&
                     !tc_api_is_busy (self->api) &&
                     tc_api_get_tcp_port (self->api) == 0;

  if (is_idle && self->was_idle)
    {
      g_message ("Nothing to do and nobody connected");
      on_signal (self);
    }
  self->was_idle = is_idle;

  return G_SOURCE_CONTINUE;
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  TcEngine *self = user_data;

  if (!tc_scheduler_load_finish (TC_SCHEDULER (object), result, &self->saved_error) ||
      !tc_api_listen_unix (self->api, &self->saved_error))
    {
      g_main_loop_quit (self->loop);
      return;
    }
  tc_engine_gateway_begin (self->gateway);
  tc_estimator_start (self->estimator);
  tc_checkpoint_keeper_start (self->checkpoints);
  tc_retention_start (self->retention);
  if (self->idle_seconds > 0)
    self->idle_id = g_timeout_add_seconds (self->idle_seconds, on_idle_look, self);
  g_message ("Ready on %s", tc_paths_get_socket_path (self->paths));
}

/* Keys first: runs that are on are given theirs again as they are found. */
static void
on_keys_loaded (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  TcEngine *self = user_data;

  if (!tc_key_pool_load_finish (TC_KEY_POOL (object), result, &self->saved_error))
    {
      g_main_loop_quit (self->loop);
      return;
    }
  tc_scheduler_load_async (self->scheduler, NULL, on_loaded, self);
}

static void
on_pulled (TcModelPulls *pulls,
           const char   *model,
           TcRunAccess  *access)
{
  tc_run_access_look_again (access);
}

static void
tell_recovery (TcEngine *self)
{
  const char *message = tc_store_get_recovery_message (self->store);

  if (message != NULL)
    g_warning ("%s", message);
}

static void
tc_engine_dispose (GObject *object)
{
  TcEngine *self = TC_ENGINE (object);

  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_clear_pointer (&self->gateway, tc_engine_gateway_free);
  g_clear_object (&self->api);
  g_clear_object (&self->keys);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->store);
  g_clear_object (&self->paths);
  g_clear_error (&self->saved_error);
  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_pointer (&self->loop, g_main_loop_unref);

  G_OBJECT_CLASS (tc_engine_parent_class)->dispose (object);
}

static void
tc_engine_class_init (TcEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_engine_dispose;
}

static void
tc_engine_init (TcEngine *self)
{
  self->loop = g_main_loop_new (NULL, FALSE);
}

/**
 * tc_engine_new:
 * @idle_seconds: leave after twice this without runs and clients; 0: never
 *
 * Returns: (transfer full): an engine that does nothing yet
 */
TcEngine *
tc_engine_new (TcPaths *paths,
               TcClock *clock,
               guint    idle_seconds)
{
  TcEngine *self = g_object_new (TC_TYPE_ENGINE, NULL);

  self->paths = g_object_ref (paths);
  self->clock = tc_clock_ref (clock);
  self->idle_seconds = idle_seconds;

  return self;
}

/* Without a gateway no run has a provider, and there is nobody to ask. */
static void
make_supervisor (TcEngine *self)
{
  const TcVerdictTools tools = {
    .store = self->store,
    .paths = self->paths,
    .clock = self->clock,
    .gateway = tc_engine_gateway_get_gateway (self->gateway),
  };

  if (tools.gateway != NULL)
    self->supervisor = tc_supervisor_new (self->scheduler, tc_engine_gateway_get_access (self->gateway),
                                          &tools);
}

static void
make_estimator (TcEngine    *self,
                TcCatalogue *catalogue)
{
  self->estimator = tc_estimator_new (self->scheduler, self->store, self->paths, self->clock);
  tc_estimator_set_money (self->estimator, tc_engine_gateway_get_ledger (self->gateway), catalogue);
  tc_api_set_estimator (self->api, self->estimator);
}

static void
make_checkpoints (TcEngine *self)
{
  self->checkpoints = tc_checkpoint_keeper_new (self->scheduler, self->store, self->paths, self->clock);
  tc_api_set_checkpoints (self->api, self->checkpoints);
  self->retention = tc_retention_new (self->checkpoints, self->scheduler, self->store, self->clock);
  tc_api_set_retention (self->api, self->retention);
}

/**
 * tc_engine_run:
 * @error: why it could not start
 *
 * Works until asked to leave by a signal or through the API.
 *
 * Returns: whether it ever worked
 */
gboolean
tc_engine_run (TcEngine  *self,
               GError   **error)
{
  g_autofree char *overrides = g_build_filename (tc_paths_get_config_dir (self->paths), "catalogue.json", NULL);
  g_autofree char *lists = g_build_filename (tc_paths_get_state_dir (self->paths), "models", NULL);
  g_autoptr(TcCatalogue) catalogue = tc_catalogue_new (overrides, self->clock);
  g_autoptr(TcModelPulls) pulls = tc_model_pulls_new (self->clock);
  g_autoptr(TcModelRefresh) refresh = NULL;
  g_autoptr(TcInhibitor) inhibitor = NULL;
  g_autoptr(TcKeyring) keyring = tc_secret_keyring_new ();
  guint term_id;
  guint int_id;

  g_return_val_if_fail (TC_IS_ENGINE (self), FALSE);

  self->store = tc_store_open (tc_paths_get_database_path (self->paths), self->clock, error);
  if (self->store == NULL)
    return FALSE;
  tell_recovery (self);
  self->scheduler = tc_scheduler_new (self->store, self->paths, self->clock);
  self->keys = tc_key_pool_new (self->store, keyring, self->clock);
  tc_scheduler_set_redactor (self->scheduler, tc_key_pool_get_redactor (self->keys));
  self->api = tc_api_new (self->scheduler, self->store, self->paths, self->clock);
  tc_api_set_keys (self->api, self->keys);
  tc_catalogue_set_cache_dir (catalogue, lists);
  refresh = tc_model_refresh_new (self->keys, catalogue);
  tc_model_refresh_start (refresh);
  tc_api_set_catalogue (self->api, catalogue);
  tc_api_set_refresh (self->api, refresh);
  tc_api_set_pulls (self->api, pulls);
  self->gateway = tc_engine_gateway_new (self->paths, self->clock, self->store, self->scheduler, self->keys,
                                         catalogue);
  if (tc_engine_gateway_get_ledger (self->gateway) != NULL)
    tc_api_set_ledger (self->api, tc_engine_gateway_get_ledger (self->gateway));
  make_supervisor (self);
  make_estimator (self, catalogue);
  make_checkpoints (self);
  inhibitor = tc_inhibitor_new (self->scheduler, self->paths);
  tc_api_set_inhibitor (self->api, inhibitor);
  g_signal_connect_object (pulls, "pulled", G_CALLBACK (on_pulled),
                           tc_engine_gateway_get_access (self->gateway), 0);
  g_signal_connect_object (self->api, "stop-requested", G_CALLBACK (on_stop_requested), self, 0);

  term_id = g_unix_signal_add (SIGTERM, on_signal, self);
  int_id = g_unix_signal_add (SIGINT, on_signal, self);
  tc_key_pool_load_async (self->keys, on_keys_loaded, self);
  g_main_loop_run (self->loop);

  g_source_remove (term_id);
  g_source_remove (int_id);
  tc_inhibitor_shutdown (inhibitor);
  tc_model_refresh_shutdown (refresh);
  tc_model_pulls_shutdown (pulls);
  tc_api_shutdown (self->api);
  tc_key_pool_shutdown (self->keys);
  tc_scheduler_shutdown (self->scheduler);
  tc_estimator_shutdown (self->estimator);
  tc_retention_shutdown (self->retention);
  tc_checkpoint_keeper_shutdown (self->checkpoints);
  if (self->supervisor != NULL)
    tc_supervisor_shutdown (self->supervisor);
  g_clear_object (&self->supervisor);
  g_clear_object (&self->estimator);
  g_clear_object (&self->retention);
  g_clear_object (&self->checkpoints);
  g_clear_pointer (&self->gateway, tc_engine_gateway_free);
  tc_store_close (self->store);
  if (self->saved_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->saved_error));
      return FALSE;
    }

  return TRUE;
}
