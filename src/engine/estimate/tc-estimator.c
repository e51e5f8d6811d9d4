/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-estimator-private.h"
#include "tc-json.h"
#include "tc-store-estimates.h"

/* Queueing is not to wait: what was queued is looked at when it is over. */
#define LATER_MS 300
#define BATCH 50
/* Of the sessions that ended under earlier engines so many are looked at. */
#define OLD_MAX 200

G_DEFINE_FINAL_TYPE (TcEstimator, tc_estimator, G_TYPE_OBJECT)

static void look_later (TcEstimator *self);
static void next_truth (TcEstimator *self);

static void
tc_estimator_dispose (GObject *object)
{
  TcEstimator *self = TC_ESTIMATOR (object);

  g_clear_handle_id (&self->later_id, g_source_remove);
  g_queue_clear_full (&self->queued, g_free);
  g_queue_clear_full (&self->ended, g_object_unref);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->store);
  g_clear_object (&self->paths);
  g_clear_object (&self->ledger);
  g_clear_object (&self->catalogue);
  g_clear_object (&self->calibrator);
  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_pointer (&self->hashes, g_hash_table_unref);
  g_clear_pointer (&self->known_ends, g_hash_table_unref);
  g_clear_pointer (&self->begun, g_hash_table_unref);

  G_OBJECT_CLASS (tc_estimator_parent_class)->dispose (object);
}

static void
tc_estimator_class_init (TcEstimatorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_estimator_dispose;
}

static void
tc_estimator_init (TcEstimator *self)
{
  g_queue_init (&self->queued);
  g_queue_init (&self->ended);
  self->hashes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->known_ends = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->begun = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

/** tc_estimator_new: Returns: (transfer full): one that knows of no money yet */
TcEstimator *
tc_estimator_new (TcScheduler *scheduler,
                  TcStore     *store,
                  TcPaths     *paths,
                  TcClock     *clock)
{
  TcEstimator *self = g_object_new (TC_TYPE_ESTIMATOR, NULL);

  self->scheduler = g_object_ref (scheduler);
  self->store = g_object_ref (store);
  self->paths = g_object_ref (paths);
  self->clock = tc_clock_ref (clock);
  self->calibrator = tc_calibrator_new (paths, clock);

  return self;
}

/** tc_estimator_set_money: @ledger: (nullable): what was spent; @catalogue: (nullable): what models cost */
void
tc_estimator_set_money (TcEstimator *self,
                        TcLedger    *ledger,
                        TcCatalogue *catalogue)
{
  g_set_object (&self->ledger, ledger);
  g_set_object (&self->catalogue, catalogue);
}

/* ---- What is kept of each session ---- */

static void
on_kept (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_store_save_estimates_finish (TC_STORE (object), result, &error))
    g_message ("An estimate cannot be kept: %s", error->message);
}

static char *
build_kept (TcEstimator       *self,
            const TcEstimated *estimated)
{
  g_autoptr(JsonNode) node = tc_estimate_to_json (estimated->estimate);
  g_autofree char *at = tc_clock_format_iso8601 (tc_clock_get_realtime (self->clock));

  json_object_set_string_member (json_node_get_object (node), "made_at", at);

  return tc_json_to_string (node, FALSE);
}

typedef struct
{
  TcEstimator *self; /* (owned) */
  GArray      *ids;  /* (owned) (element-type guint64) in the order of the estimates */
} Keeping;

static void
on_estimated (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Keeping *keeping = user_data;
  TcEstimator *self = keeping->self;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) all = tc_estimator_request_finish (self, result, &error);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_estimate_row_free);

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const TcEstimated *estimated = g_ptr_array_index (all, i);
      TcEstimateRow *row = tc_estimate_row_new (g_array_index (keeping->ids, guint64, i), estimated->kind->script,
                                                estimated->kind->target);

      row->estimate = build_kept (self, estimated);
      g_ptr_array_add (rows, row);
    }
  self->is_estimating = FALSE;
  if (rows->len > 0 && !self->is_shut_down)
    tc_store_save_estimates_async (self->store, rows, NULL, on_kept, NULL);
  if (!g_queue_is_empty (&self->queued))
    look_later (self);
  g_array_unref (keeping->ids);
  g_object_unref (keeping->self);
  g_free (keeping);
}

static void
estimate_queued (TcEstimator *self)
{
  TcQueue *queue = tc_scheduler_get_queue (self->scheduler);
  g_autoptr(GPtrArray) configs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_session_config_unref);
  Keeping *keeping = g_new0 (Keeping, 1);

  keeping->self = g_object_ref (self);
  keeping->ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  while (configs->len < BATCH && !g_queue_is_empty (&self->queued))
    {
      g_autofree guint64 *id = g_queue_pop_head (&self->queued);
      TcSession *session = tc_queue_lookup (queue, *id);

      if (session == NULL)
        continue;
      g_array_append_val (keeping->ids, *id);
      g_ptr_array_add (configs, tc_session_config_ref (tc_session_get_config (session)));
    }
  self->is_estimating = TRUE;
  tc_estimator_request_async (self, configs, FALSE, NULL, on_estimated, keeping);
}

static gboolean
on_later (gpointer user_data)
{
  TcEstimator *self = user_data;

  self->later_id = 0;
  if (!self->is_shut_down && !self->is_estimating)
    estimate_queued (self);

  return G_SOURCE_REMOVE;
}

static void
look_later (TcEstimator *self)
{
  if (self->is_shut_down || self->is_estimating)
    return;
  g_clear_handle_id (&self->later_id, g_source_remove);
  self->later_id = g_timeout_add (LATER_MS, on_later, self);
}

static void
want_estimate (TcEstimator *self,
               TcSession   *session)
{
  guint64 id = tc_session_get_id (session);

  g_queue_push_tail (&self->queued, g_memdup2 (&id, sizeof id));
  look_later (self);
}

/* ---- What each session took ---- */

static void
on_truth (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcEstimator) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_estimator_take_truth_finish (self, result, &error))
    g_message ("What a session took cannot be kept: %s", error->message);
  self->is_at_truth = FALSE;
  next_truth (self);
}

/* One at a time; each may look at thousands of files. */
static void
next_truth (TcEstimator *self)
{
  g_autoptr(TcSession) session = NULL;
  gboolean is_old;

  if (self->is_at_truth || self->is_shut_down || g_queue_is_empty (&self->ended))
    return;
  session = g_queue_pop_head (&self->ended);
  is_old = g_object_steal_data (G_OBJECT (session), "tc-estimator-old") != NULL;
  self->is_at_truth = TRUE;
  tc_estimator_take_truth_async (self, session, is_old, on_truth, g_object_ref (self));
}

/* Only what ran has a truth. */
static void
want_truth (TcEstimator *self,
            TcSession   *session,
            gboolean     is_old)
{
  guint64 id = tc_session_get_id (session);

  if (tc_session_get_attempt (session) == 0 || g_hash_table_contains (self->known_ends, &id))
    return;
  g_hash_table_add (self->known_ends, g_memdup2 (&id, sizeof id));
  if (is_old)
    g_object_set_data (G_OBJECT (session), "tc-estimator-old", self);
  g_queue_push_tail (&self->ended, g_object_ref (session));
  next_truth (self);
}

static void
on_session_added (TcScheduler *scheduler,
                  TcSession   *session,
                  TcEstimator *self)
{
  if (!self->is_shut_down)
    want_estimate (self, session);
}

/* Often: once a second and running session. */
static void
on_session_changed (TcScheduler *scheduler,
                    TcSession   *session,
                    TcEstimator *self)
{
  TcSessionState state = tc_session_get_state (session);
  guint64 id = tc_session_get_id (session);

  if (self->is_shut_down)
    return;
  if (tc_session_state_is_final (state))
    {
      want_truth (self, session, FALSE);
      return;
    }
  g_hash_table_remove (self->known_ends, &id);
  if (state != TC_SESSION_STARTING)
    return;
  tc_calibrator_stop (self->calibrator);
  /* Between the queueing and the start others may have shown how long it takes. */
  if (tc_session_get_attempt (session) <= 1 && g_hash_table_add (self->begun, g_memdup2 (&id, sizeof id)))
    want_estimate (self, session);
}

/**
 * tc_estimator_start:
 *
 * Watches the sessions from now on, and looks for ended ones whose truth an
 * earlier engine did not take. To be called when the scheduler has loaded them.
 */
void
tc_estimator_start (TcEstimator *self)
{
  TcQueue *queue = tc_scheduler_get_queue (self->scheduler);
  guint n = 0;

  g_signal_connect_object (self->scheduler, "session-added", G_CALLBACK (on_session_added), self, 0);
  g_signal_connect_object (self->scheduler, "session-changed", G_CALLBACK (on_session_changed), self, 0);
  for (guint i = tc_queue_get_n (queue); i > 0 && n < OLD_MAX; i--)
    {
      TcSession *session = tc_queue_peek (queue, i - 1);

      if (!tc_session_state_is_final (tc_session_get_state (session)))
        continue;
      want_truth (self, session, TRUE);
      n++;
    }
}

/** tc_estimator_shutdown: begins nothing more; before the store is closed */
void
tc_estimator_shutdown (TcEstimator *self)
{
  self->is_shut_down = TRUE;
  g_clear_handle_id (&self->later_id, g_source_remove);
  tc_calibrator_stop (self->calibrator);
}

/* ---- Questions ---- */

static void
describe (JsonObject        *object,
          const TcEstimated *estimated)
{
  g_autofree char *title = tc_session_config_dup_title (estimated->config);

  json_object_set_string_member (object, "title", title);
  json_object_set_int_member (object, "epochs", estimated->config->epochs);
  json_object_set_string_member (object, "target", estimated->config->target);
  json_object_set_string_member (object, "corpus", estimated->config->corpus);
  json_object_set_string_member (object, "provider", estimated->config->provider);
}

/* What all of them need together, and what is left of what no session owns. */
static JsonNode *
build_total (TcEstimator *self,
             GPtrArray   *all)
{
  g_autoptr(TcEstimate) total = tc_estimate_new ();

  for (guint i = 0; i < all->len; i++)
    tc_estimate_add (total, ((TcEstimated *) g_ptr_array_index (all, i))->estimate);
  tc_estimator_check_total (self, total, all);

  return tc_estimate_to_json (total);
}

static void
on_asked (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcEstimator *self = TC_ESTIMATOR (object);
  g_autoptr(JsonObject) answer = json_object_new ();
  JsonArray *sessions = json_array_new ();
  GError *error = NULL;
  g_autoptr(GPtrArray) all = tc_estimator_request_finish (self, result, &error);

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const TcEstimated *estimated = g_ptr_array_index (all, i);
      JsonNode *node = tc_estimate_to_json (estimated->estimate);

      describe (json_node_get_object (node), estimated);
      json_array_add_element (sessions, node);
    }
  json_object_set_array_member (answer, "sessions", sessions);
  if (all == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  json_object_set_member (answer, "total", build_total (self, all));
  g_task_return_pointer (task, json_node_init_object (json_node_alloc (), answer),
                         (GDestroyNotify) json_node_unref);
}

/**
 * tc_estimator_estimate_async:
 * @configs: (element-type TcSessionConfig): to run one after the other
 * @may_measure: what nobody has run before may be measured, which takes some
 *   twenty seconds a session
 *
 * Estimates what some sessions would take. Nothing is queued.
 */
void
tc_estimator_estimate_async (TcEstimator         *self,
                             GPtrArray           *configs,
                             gboolean             may_measure,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_estimator_estimate_async);
  tc_estimator_request_async (self, configs, may_measure, cancellable, on_asked, task);
}

/**
 * tc_estimator_estimate_finish:
 * @error: TC_ERROR, or that it was cancelled
 *
 * Returns: (transfer full) (nullable): {"sessions":[estimate…],"total":estimate}
 */
JsonNode *
tc_estimator_estimate_finish (TcEstimator   *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
set_parsed (JsonObject *object,
            const char *member,
            const char *text)
{
  JsonNode *node = text != NULL ? tc_json_parse (text, -1, TC_JSON_DEFAULT, NULL) : NULL;

  if (node != NULL)
    json_object_set_member (object, member, node);
  else
    json_object_set_null_member (object, member);
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(JsonObject) answer = json_object_new ();
  GError *error = NULL;
  g_autoptr(GPtrArray) rows = tc_store_load_estimate_finish (TC_STORE (object), result, &error);
  TcEstimateRow *row = rows != NULL && rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;

  if (rows == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  set_parsed (answer, "estimate", row != NULL ? row->estimate : NULL);
  set_parsed (answer, "truth", row != NULL ? row->truth : NULL);
  g_task_return_pointer (task, json_node_init_object (json_node_alloc (), answer),
                         (GDestroyNotify) json_node_unref);
}

/**
 * tc_estimator_load_async:
 *
 * Loads what was said of a session, and what it took.
 */
void
tc_estimator_load_async (TcEstimator         *self,
                         guint64              session_id,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_estimator_load_async);
  tc_store_load_estimate_async (self->store, session_id, cancellable, on_loaded, task);
}

/**
 * tc_estimator_load_finish:
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (nullable): {"estimate":…,"truth":…}, each null
 *   where there is none yet
 */
JsonNode *
tc_estimator_load_finish (TcEstimator   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
