/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-retention.h"

#include "tc-checkpoint-needs.h"
#include "tc-duration.h"
#include "tc-json.h"

#define SETTING "checkpoint-retention"
#define SPARED_SETTING "checkpoints-restored"
#define LAST_DEFAULT 3
#define SPARED_MAX 10000

struct _TcRetention
{
  GObject             parent_instance;

  TcCheckpointKeeper *keeper;    /* (owned) */
  TcScheduler        *scheduler; /* (owned) */
  TcStore            *store;     /* (owned) */
  TcClock            *clock;     /* (owned) */

  gboolean            enabled;
  guint               last;
  gint64              since_us;  /* UTC; what ended before it was wanted is left to people */
  GArray             *spared;    /* (owned) (element-type gint64) checkpoints that were brought back */

  GHashTable         *active;    /* (owned) ids of the sessions that were on when last heard of */
  GQueue              waiting;   /* (element-type guint64) (owned) whose turn is to come; 0: of all */
  gboolean            is_started;
  gboolean            is_busy;
};

G_DEFINE_FINAL_TYPE (TcRetention, tc_retention, G_TYPE_OBJECT)

static void work_on (TcRetention *self);

/* ---- What is kept of it ---- */

static JsonNode *
load_finish (TcStore      *store,
             GAsyncResult *result)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = tc_store_get_setting_finish (store, result, &error);
  JsonNode *node = text != NULL ? json_from_string (text, &error) : NULL;

  if (error != NULL)
    g_warning ("Whether old checkpoints go by themselves cannot be read: %s", error->message);

  return node;
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcRetention) self = user_data;
  g_autoptr(JsonNode) node = load_finish (TC_STORE (object), result);
  JsonObject *saved = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (saved == NULL)
    return;
  self->enabled = tc_json_get_boolean (saved, "enabled", FALSE);
  self->last = (guint) CLAMP (tc_json_get_int (saved, "last", LAST_DEFAULT), TC_RETENTION_LAST_MIN,
                              TC_RETENTION_LAST_MAX);
  self->since_us = tc_json_get_int (saved, "since_us", G_MAXINT64);
}

static void
on_spared_loaded (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(TcRetention) self = user_data;
  g_autoptr(JsonNode) node = load_finish (TC_STORE (object), result);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      gint64 id = JSON_NODE_HOLDS_VALUE (element) ? json_node_get_int (element) : 0;

      g_array_append_val (self->spared, id);
    }
}

static void
on_spared_saved (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_store_set_setting_finish (TC_STORE (object), result, &error))
    g_warning ("It could not be saved which checkpoints were brought back: %s", error->message);
}

/* Somebody wants these: they are not put aside a second time. */
static void
on_restored (TcCheckpointKeeper *keeper,
             GArray             *ids,
             TcRetention        *self)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();
  g_autofree char *text = NULL;

  g_array_append_vals (self->spared, ids->data, ids->len);
  if (self->spared->len > SPARED_MAX)
    g_array_remove_range (self->spared, 0, self->spared->len - SPARED_MAX);
  for (guint i = 0; i < self->spared->len; i++)
    json_array_add_int_element (array, g_array_index (self->spared, gint64, i));
  json_node_take_array (node, array);
  text = json_to_string (node, FALSE);
  tc_store_set_setting_async (self->store, SPARED_SETTING, text, NULL, on_spared_saved, NULL);
}

/* ---- The work ---- */

static void
on_brought_back (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  JsonObject *answer = tc_checkpoint_keeper_do_finish (TC_CHECKPOINT_KEEPER (object), result, &error);

  if (answer == NULL)
    g_warning ("A checkpoint that is needed was not brought back: %s", error->message);
  else
    json_object_unref (answer);
}

static gboolean
is_needed (GPtrArray  *needs,
           const char *path)
{
  for (guint i = 0; i < needs->len; i++)
    if (g_str_equal (((TcCheckpointNeed *) g_ptr_array_index (needs, i))->path, path))
      return TRUE;

  return FALSE;
}

static gboolean
is_spared (TcRetention *self,
           gint64       id)
{
  for (guint i = 0; i < self->spared->len; i++)
    if (g_array_index (self->spared, gint64, i) == id)
      return TRUE;

  return FALSE;
}

/* What a session came to need, or somebody brought back, while the files were
 * worked on comes back. */
static void
bring_back_wanted (TcRetention *self,
                   JsonArray   *moved)
{
  g_autoptr(GPtrArray) needs = tc_checkpoint_needs_list (self->scheduler, TRUE);
  g_autoptr(TcCheckpointJob) job = tc_checkpoint_job_new (TC_CHECKPOINT_RESTORE, 0);

  job->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < json_array_get_length (moved); i++)
    {
      JsonObject *one = json_array_get_object_element (moved, i);
      gint64 id = tc_json_get_int (one, "id", 0);

      if (is_spared (self, id) || is_needed (needs, tc_json_get_string (one, "path", "")))
        g_array_append_val (job->ids, id);
    }
  if (job->ids->len > 0)
    tc_checkpoint_keeper_do_async (self->keeper, job, NULL, on_brought_back, NULL);
}

/* A line in the session's own list of events, or in the engine's. */
static void
tell (TcRetention *self,
      guint64      id,
      guint        n,
      gint64       bytes)
{
  g_autofree char *size = tc_size_format ((guint64) MAX (bytes, 0));
  g_autofree char *text = n == 1
                          ? g_strdup_printf ("1 old checkpoint was deleted (%s). For an hour it can be restored.", size)
                          : g_strdup_printf ("%u old checkpoints were deleted (%s). For an hour they can be restored.",
                                             n, size);

  tc_scheduler_report (self->scheduler, id, TC_SEVERITY_INFO, "retention", text);
}

/* One piece of work; the session goes with it. */
typedef struct
{
  TcRetention *self; /* (owned) */
  guint64      id;
} Work;

static void
on_kept (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autofree Work *done = user_data;
  g_autoptr(TcRetention) self = done->self;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = tc_checkpoint_keeper_do_finish (TC_CHECKPOINT_KEEPER (object), result, &error);
  JsonArray *moved = answer != NULL ? tc_json_get_array (answer, "checkpoints") : NULL;
  guint n = moved != NULL ? json_array_get_length (moved) : 0;

  self->is_busy = FALSE;
  if (answer == NULL)
    g_warning ("Old checkpoints could not be put aside: %s", error->message);
  if (n > 0 && self->is_started)
    {
      tell (self, done->id, n, tc_json_get_int (answer, "bytes", 0));
      bring_back_wanted (self, moved);
    }
  work_on (self);
}

static void
work_on (TcRetention *self)
{
  g_autofree guint64 *id = NULL;
  g_autoptr(TcCheckpointJob) job = NULL;
  Work *next;

  if (!self->is_started || self->is_busy)
    return;
  id = g_queue_pop_head (&self->waiting);
  if (id == NULL || !self->enabled)
    return;
  job = tc_checkpoint_job_new (TC_CHECKPOINT_KEEP, *id);
  job->last = self->last;
  job->careful = TRUE;
  job->since_us = *id == 0 ? self->since_us : 0;
  job->spared = g_array_copy (self->spared);
  self->is_busy = TRUE;
  next = g_new0 (Work, 1);
  next->self = g_object_ref (self);
  next->id = *id;
  tc_checkpoint_keeper_do_async (self->keeper, job, NULL, on_kept, next);
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return *(const guint64 *) a != *(const guint64 *) b;
}

static void
look_at (TcRetention *self,
         guint64      id)
{
  if (!self->is_started || !self->enabled)
    return;
  if (g_queue_find_custom (&self->waiting, &id, compare_ids) == NULL)
    g_queue_push_tail (&self->waiting, g_memdup2 (&id, sizeof id));
  work_on (self);
}

/* ---- When ---- */

/* A session changes also long after its end, when somebody writes a note. */
static void
on_session_changed (TcScheduler *scheduler,
                    TcSession   *session,
                    TcRetention *self)
{
  TcSessionState state = tc_session_get_state (session);
  guint64 id = tc_session_get_id (session);

  if (tc_session_state_is_active (state))
    g_hash_table_add (self->active, g_memdup2 (&id, sizeof id));
  else if (g_hash_table_remove (self->active, &id) && tc_session_state_is_final (state))
    look_at (self, id);
}

static void
on_record (TcScheduler *scheduler,
           const char  *kind,
           guint64      id,
           JsonNode    *record,
           TcRetention *self)
{
  if (g_str_equal (kind, "checkpoint"))
    look_at (self, id);
}

/* ---- The object ---- */

static void
tc_retention_dispose (GObject *object)
{
  TcRetention *self = TC_RETENTION (object);

  g_queue_clear_full (&self->waiting, g_free);
  g_clear_object (&self->keeper);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->store);
  g_clear_pointer (&self->clock, tc_clock_unref);

  G_OBJECT_CLASS (tc_retention_parent_class)->dispose (object);
}

static void
tc_retention_finalize (GObject *object)
{
  TcRetention *self = TC_RETENTION (object);

  g_hash_table_unref (self->active);
  g_array_unref (self->spared);

  G_OBJECT_CLASS (tc_retention_parent_class)->finalize (object);
}

static void
tc_retention_class_init (TcRetentionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_retention_dispose;
  object_class->finalize = tc_retention_finalize;
}

static void
tc_retention_init (TcRetention *self)
{
  self->last = LAST_DEFAULT;
  self->since_us = G_MAXINT64;
  self->spared = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->active = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_queue_init (&self->waiting);
}

/**
 * tc_retention_new:
 *
 * Reads the setting; the store does it before what it is asked later.
 *
 * Returns: (transfer full): does nothing before it is started
 */
TcRetention *
tc_retention_new (TcCheckpointKeeper *keeper,
                  TcScheduler        *scheduler,
                  TcStore            *store,
                  TcClock            *clock)
{
  TcRetention *self = g_object_new (TC_TYPE_RETENTION, NULL);

  self->keeper = g_object_ref (keeper);
  self->scheduler = g_object_ref (scheduler);
  self->store = g_object_ref (store);
  self->clock = tc_clock_ref (clock);
  g_signal_connect_object (scheduler, "session-changed", G_CALLBACK (on_session_changed), self, 0);
  g_signal_connect_object (scheduler, "record", G_CALLBACK (on_record), self, 0);
  g_signal_connect_object (keeper, "restored", G_CALLBACK (on_restored), self, 0);
  tc_store_get_setting_async (store, SETTING, NULL, on_loaded, g_object_ref (self));
  tc_store_get_setting_async (store, SPARED_SETTING, NULL, on_spared_loaded, g_object_ref (self));

  return self;
}

/** tc_retention_start: the sessions are loaded; what ended without an engine has its turn now */
void
tc_retention_start (TcRetention *self)
{
  TcQueue *queue;

  g_return_if_fail (TC_IS_RETENTION (self));

  queue = tc_scheduler_get_queue (self->scheduler);
  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSession *session = tc_queue_peek (queue, i);
      guint64 id = tc_session_get_id (session);

      if (tc_session_state_is_active (tc_session_get_state (session)))
        g_hash_table_add (self->active, g_memdup2 (&id, sizeof id));
    }
  self->is_started = TRUE;
  look_at (self, 0);
}

/** tc_retention_shutdown: begins nothing more */
void
tc_retention_shutdown (TcRetention *self)
{
  g_return_if_fail (TC_IS_RETENTION (self));

  self->is_started = FALSE;
  g_signal_handlers_disconnect_by_data (self->scheduler, self);
  g_signal_handlers_disconnect_by_data (self->keeper, self);
}

/** tc_retention_get_enabled: Returns: whether old checkpoints go by themselves */
gboolean
tc_retention_get_enabled (TcRetention *self)
{
  g_return_val_if_fail (TC_IS_RETENTION (self), FALSE);

  return self->enabled;
}

/** tc_retention_get_last: Returns: of how many epochs at the end of a run the checkpoints stay */
guint
tc_retention_get_last (TcRetention *self)
{
  g_return_val_if_fail (TC_IS_RETENTION (self), LAST_DEFAULT);

  return self->last;
}

/* ---- Setting it ---- */

/* What it shall be once it is durable. */
typedef struct
{
  gboolean enabled;
  guint    last;
  gint64   since_us;
} Wanted;

static void
on_saved (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcRetention *self = g_task_get_source_object (task);
  const Wanted *wanted = g_task_get_task_data (task);
  GError *error = NULL;

  if (!tc_store_set_setting_finish (TC_STORE (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->enabled = wanted->enabled;
  self->last = wanted->last;
  self->since_us = wanted->since_us;
  g_task_return_boolean (task, TRUE);
}

/**
 * tc_retention_set_async:
 * @last: from TC_RETENTION_LAST_MIN to TC_RETENTION_LAST_MAX
 *
 * Sets it for good. Nothing goes at once: the next end, or the next checkpoint,
 * is the first that counts.
 */
void
tc_retention_set_async (TcRetention         *self,
                        gboolean             enabled,
                        guint                last,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  Wanted *wanted = g_new0 (Wanted, 1);
  g_autofree char *text = NULL;
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (TC_IS_RETENTION (self));

  g_task_set_source_tag (task, tc_retention_set_async);
  wanted->enabled = enabled;
  wanted->last = CLAMP (last, TC_RETENTION_LAST_MIN, TC_RETENTION_LAST_MAX);
  wanted->since_us = enabled && self->enabled ? self->since_us : tc_clock_get_realtime (self->clock);
  json_object_set_boolean_member (object, "enabled", wanted->enabled);
  json_object_set_int_member (object, "last", wanted->last);
  json_object_set_int_member (object, "since_us", wanted->since_us);
  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  g_task_set_task_data (task, wanted, g_free);
  tc_store_set_setting_async (self->store, SETTING, text, NULL, on_saved, g_steal_pointer (&task));
}

/** tc_retention_set_finish: Returns: whether it is saved; else it is as before */
gboolean
tc_retention_set_finish (TcRetention   *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
