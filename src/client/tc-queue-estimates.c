/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-queue-estimates.h"

#include "tc-json.h"
#include "tc-session-entry.h"

#define LOOK_AFTER_MS 400
#define KINDS_AT_ONCE 16

/* Sessions that take the same. */
typedef struct
{
  TcSessionConfig *config;   /* (owned) of one of them, without what is its own */
  TcExpected       expected;
  gboolean         is_asked;
  guint            n;        /* sessions that wait */
} Kind;

struct _TcQueueEstimates
{
  GObject       parent_instance;

  TcClient     *client;      /* (owned) */
  GHashTable   *kinds;       /* (owned) what it is made of, as text → Kind */
  GHashTable   *kind_of;     /* (owned) TcSession (a reference) → Kind (in kinds) */
  GPtrArray    *asked;       /* (owned) (nullable) (element-type Kind) of the question under way */
  GCancellable *cancellable; /* (owned) */
  guint         later_id;
  guint         n_ended;     /* each that ends is something to learn from */
  guint         n_at_once;
};

G_DEFINE_FINAL_TYPE (TcQueueEstimates, tc_queue_estimates, G_TYPE_OBJECT)

static guint changed_signal;

static void ask (TcQueueEstimates *self);

static void
kind_free (Kind *kind)
{
  tc_session_config_unref (kind->config);
  g_free (kind);
}

/* ---- Kinds ---- */

static Kind *
ensure_kind (TcQueueEstimates *self,
             TcSession        *session)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_copy (tc_session_get_config (session));
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *key = NULL;
  Kind *kind;

  g_clear_pointer (&config->title, g_free);
  config->after = 0;
  config->seed = -1;
  node = tc_session_config_to_json (config);
  key = json_to_string (node, FALSE);
  kind = g_hash_table_lookup (self->kinds, key);
  if (kind == NULL)
    {
      kind = g_new0 (Kind, 1);
      kind->config = g_steal_pointer (&config);
      g_hash_table_insert (self->kinds, g_steal_pointer (&key), kind);
    }

  return kind;
}

static gboolean
is_unused (gpointer key,
           gpointer kind,
           gpointer user_data)
{
  TcQueueEstimates *self = user_data;

  return ((Kind *) kind)->n == 0 &&
         (self->asked == NULL || !g_ptr_array_find (self->asked, kind, NULL));
}

static void
forget_answers (TcQueueEstimates *self)
{
  GHashTableIter iter;
  gpointer kind;

  g_hash_table_iter_init (&iter, self->kinds);
  while (g_hash_table_iter_next (&iter, NULL, &kind))
    ((Kind *) kind)->is_asked = FALSE;
}

/* Goes over the queue: which sessions wait, and of what kind. What a session is
 * made of never changes, so each is looked at once. */
static void
look (TcQueueEstimates *self)
{
  g_autoptr(GHashTable) before = g_steal_pointer (&self->kind_of);
  TcQueue *queue = tc_client_get_queue (self->client);
  GHashTableIter iter;
  gpointer kind;
  guint n_ended = 0;

  self->kind_of = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  g_hash_table_iter_init (&iter, self->kinds);
  while (g_hash_table_iter_next (&iter, NULL, &kind))
    ((Kind *) kind)->n = 0;
  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSession *session = tc_queue_peek (queue, i);
      TcSessionState state = tc_session_get_state (session);
      Kind *found;

      n_ended += tc_session_state_is_final (state);
      if (state != TC_SESSION_QUEUED && state != TC_SESSION_BLOCKED)
        continue;
      found = g_hash_table_lookup (before, session);
      if (found == NULL)
        found = ensure_kind (self, session);
      found->n++;
      g_hash_table_insert (self->kind_of, g_object_ref (session), found);
    }
  g_hash_table_foreach_remove (self->kinds, is_unused, self);
  if (n_ended != self->n_ended)
    forget_answers (self);
  self->n_ended = n_ended;
}

/* ---- Questions ---- */

static gboolean
read_middle (JsonObject *estimate,
             const char *member,
             double     *middle)
{
  JsonObject *range = tc_json_get_object (estimate, member);
  TcMoney low = 0;
  TcMoney high = 0;

  if (range == NULL || !tc_json_has (range, "low") || json_object_get_null_member (range, "low"))
    return FALSE;
  if (g_str_equal (member, "money"))
    {
      if (!tc_money_parse (tc_json_get_string (range, "low", ""), &low, NULL) ||
          !tc_money_parse (tc_json_get_string (range, "high", ""), &high, NULL))
        return FALSE;
      *middle = ((double) low + (double) high) / 2;
    }
  else
    *middle = (tc_json_get_double (range, "low", 0) + tc_json_get_double (range, "high", 0)) / 2;

  return TRUE;
}

static void
read_answer (TcQueueEstimates *self,
             JsonArray        *estimates)
{
  for (guint i = 0; i < self->asked->len; i++)
    {
      Kind *kind = g_ptr_array_index (self->asked, i);
      JsonNode *node = estimates != NULL && i < json_array_get_length (estimates)
                         ? json_array_get_element (estimates, i) : NULL;
      double money = 0;

      kind->is_asked = TRUE;
      kind->expected = (TcExpected) { 0, };
      if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
        continue;
      kind->expected.has_time = read_middle (json_node_get_object (node), "time", &kind->expected.seconds);
      kind->expected.has_money = read_middle (json_node_get_object (node), "money", &money);
      kind->expected.money = (TcMoney) money;
    }
}

static void
on_answer (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcQueueEstimates) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    {
      g_clear_pointer (&self->asked, g_ptr_array_unref);
      return;
    }
  /* One that cannot be estimated spoils the answer for all: then one by one. */
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    read_answer (self, tc_json_get_array (json_node_get_object (node), "sessions"));
  else if (self->asked->len == 1)
    read_answer (self, NULL);
  else
    self->n_at_once = 1;
  g_clear_pointer (&self->asked, g_ptr_array_unref);
  g_signal_emit (self, changed_signal, 0);
  ask (self);
}

static void
ask (TcQueueEstimates *self)
{
  g_autoptr(GPtrArray) configs = g_ptr_array_new ();
  g_autoptr(JsonNode) request = NULL;
  GHashTableIter iter;
  gpointer kind;

  if (self->asked != NULL || tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    return;
  self->asked = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, self->kinds);
  while (self->asked->len < self->n_at_once && g_hash_table_iter_next (&iter, NULL, &kind))
    {
      if (((Kind *) kind)->is_asked)
        continue;
      g_ptr_array_add (self->asked, kind);
      g_ptr_array_add (configs, ((Kind *) kind)->config);
    }
  if (configs->len == 0)
    {
      g_clear_pointer (&self->asked, g_ptr_array_unref);
      self->n_at_once = KINDS_AT_ONCE;
      return;
    }
  request = tc_session_entry_to_request (configs);
  json_object_set_boolean_member (json_node_get_object (request), "chain", FALSE);
  tc_client_request_async (self->client, "POST", "/api/training/estimate", request, self->cancellable,
                           on_answer, g_object_ref (self));
}

static gboolean
on_later (gpointer user_data)
{
  TcQueueEstimates *self = user_data;

  self->later_id = 0;
  look (self);
  g_signal_emit (self, changed_signal, 0);
  ask (self);

  return G_SOURCE_REMOVE;
}

/**
 * tc_queue_estimates_update:
 *
 * Sessions came, went or changed their state: looks at them all, in a moment.
 */
void
tc_queue_estimates_update (TcQueueEstimates *self)
{
  g_return_if_fail (TC_IS_QUEUE_ESTIMATES (self));

  if (self->later_id == 0)
    self->later_id = g_timeout_add (LOOK_AFTER_MS, on_later, self);
}

/* The engine came back: what it said before may not hold. */
static void
on_state_changed (TcQueueEstimates *self)
{
  if (tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    return;
  forget_answers (self);
  tc_queue_estimates_update (self);
}

/* ---- The object ---- */

static void
tc_queue_estimates_dispose (GObject *object)
{
  TcQueueEstimates *self = TC_QUEUE_ESTIMATES (object);

  g_clear_handle_id (&self->later_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_queue_estimates_parent_class)->dispose (object);
}

static void
tc_queue_estimates_finalize (GObject *object)
{
  TcQueueEstimates *self = TC_QUEUE_ESTIMATES (object);

  g_clear_pointer (&self->asked, g_ptr_array_unref);
  g_hash_table_unref (self->kind_of);
  g_hash_table_unref (self->kinds);
  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (tc_queue_estimates_parent_class)->finalize (object);
}

static void
tc_queue_estimates_class_init (TcQueueEstimatesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_queue_estimates_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_queue_estimates_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_queue_estimates_init (TcQueueEstimates *self)
{
  self->cancellable = g_cancellable_new ();
  self->n_at_once = KINDS_AT_ONCE;
  self->kinds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) kind_free);
  self->kind_of = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

/**
 * tc_queue_estimates_new:
 *
 * Returns: (transfer full): the estimates of @client's queue, none of them known yet
 */
TcQueueEstimates *
tc_queue_estimates_new (TcClient *client)
{
  TcQueueEstimates *self = g_object_new (TC_TYPE_QUEUE_ESTIMATES, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tc_client_get_queue (client), "items-changed",
                           G_CALLBACK (tc_queue_estimates_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "sessions", G_CALLBACK (tc_queue_estimates_update), self, G_CONNECT_SWAPPED);
  tc_queue_estimates_update (self);

  return self;
}

/**
 * tc_queue_estimates_peek:
 *
 * Returns: (transfer none) (nullable): what @session is expected to take; NULL
 *   while nobody has said
 */
const TcExpected *
tc_queue_estimates_peek (TcQueueEstimates *self,
                         TcSession        *session)
{
  Kind *kind;

  g_return_val_if_fail (TC_IS_QUEUE_ESTIMATES (self), NULL);

  kind = g_hash_table_lookup (self->kind_of, session);

  return kind != NULL ? &kind->expected : NULL;
}

/**
 * tc_queue_estimates_get_total:
 * @total: (out): what is known of those that wait
 * @is_whole: (out): whether nothing is missing from it
 *
 * Returns: how many sessions wait
 */
guint
tc_queue_estimates_get_total (TcQueueEstimates *self,
                              TcExpected       *total,
                              gboolean         *is_whole)
{
  GHashTableIter iter;
  gpointer item;
  guint n = 0;

  g_return_val_if_fail (TC_IS_QUEUE_ESTIMATES (self), 0);

  *total = (TcExpected) { 0, };
  *is_whole = TRUE;
  g_hash_table_iter_init (&iter, self->kinds);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    {
      const Kind *kind = item;
      const TcExpected *expected = &kind->expected;

      n += kind->n;
      total->has_time = total->has_time || (kind->n > 0 && expected->has_time);
      total->has_money = total->has_money || (kind->n > 0 && expected->has_money);
      total->seconds += expected->has_time ? expected->seconds * kind->n : 0;
      total->money += expected->has_money ? expected->money * kind->n : 0;
      *is_whole = *is_whole && (kind->n == 0 || (expected->has_time && expected->has_money));
    }

  return n;
}
