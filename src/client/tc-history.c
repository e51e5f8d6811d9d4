/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-history.h"

#include "tc-json.h"

/* Requests on their way at a time, however many sessions there are. */
#define MAX_REQUESTS 4

typedef struct
{
  guint64    id;
  TcRunFacts facts;
  gboolean   is_asked;   /* it waits for its turn, or its answer is on the way */
  gboolean   is_stale;   /* something came while the answer was on its way */
} Entry;

struct _TcHistory
{
  GObject       parent_instance;

  TcClient     *client;       /* (owned) */
  GCancellable *cancellable;  /* (owned) of all that is on its way */
  GHashTable   *entries;      /* (owned) id → Entry */
  GQueue        waiting;      /* (element-type Entry) */
  guint         n_requests;
};

/* One answer on its way. */
typedef struct
{
  TcHistory    *self;         /* (owned) */
  GCancellable *cancellable;  /* (owned) */
  guint64       id;
} Job;

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcHistory, tc_history, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void ask_next (TcHistory *self);

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  tc_run_facts_clear (&entry->facts);
  g_free (entry);
}

static Entry *
ensure_entry (TcHistory *self,
              guint64    id)
{
  Entry *entry = g_hash_table_lookup (self->entries, &id);

  if (entry != NULL)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->id = id;
  g_hash_table_insert (self->entries, &entry->id, entry);

  return entry;
}

static void
job_free (Job *job)
{
  g_object_unref (job->self);
  g_object_unref (job->cancellable);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static Job *
job_new (TcHistory *self,
         guint64    id)
{
  Job *job = g_new0 (Job, 1);

  job->self = g_object_ref (self);
  job->cancellable = g_object_ref (self->cancellable);
  job->id = id;

  return job;
}

/* The answer to a question; NULL if it is of no use any more. */
static JsonNode *
finish (Job          *job,
        GObject      *client,
        GAsyncResult *result)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (client), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (g_cancellable_is_cancelled (job->cancellable))
    return NULL;
  if (node == NULL)
    g_debug ("Nothing known of session %" G_GUINT64_FORMAT ": %s", job->id, error->message);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

static void
on_done (TcHistory *self,
         Entry     *entry)
{
  self->n_requests--;
  entry->is_asked = FALSE;
  if (entry->is_stale)
    {
      entry->is_stale = FALSE;
      entry->is_asked = TRUE;
      g_queue_push_tail (&self->waiting, entry);
    }
  ask_next (self);
}

static void
on_verdicts (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(Job) job = user_data;
  g_autoptr(JsonNode) node = finish (job, object, result);
  Entry *entry;

  if (g_cancellable_is_cancelled (job->cancellable))
    return;
  entry = ensure_entry (job->self, job->id);
  if (node != NULL)
    {
      tc_run_facts_read_verdicts (&entry->facts,
                                  tc_json_get_array (json_node_get_object (node), "verdicts"));
      entry->facts.is_loaded = TRUE;
      g_signal_emit (job->self, signals[SIGNAL_CHANGED], 0, job->id);
    }
  on_done (job->self, entry);
}

static void
on_gates (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(Job) job = user_data;
  g_autoptr(JsonNode) node = finish (job, object, result);
  g_autofree char *target = g_strdup_printf ("/api/training/verdicts/%" G_GUINT64_FORMAT, job->id);
  Entry *entry;

  if (g_cancellable_is_cancelled (job->cancellable))
    return;
  entry = ensure_entry (job->self, job->id);
  if (node == NULL)
    {
      on_done (job->self, entry);
      return;
    }
  tc_run_facts_read_gates (&entry->facts, tc_json_get_array (json_node_get_object (node), "gates"));
  tc_client_request_async (job->self->client, "GET", target, NULL, job->cancellable, on_verdicts,
                           job_new (job->self, job->id));
}

static void
ask_next (TcHistory *self)
{
  while (self->n_requests < MAX_REQUESTS)
    {
      Entry *entry = g_queue_pop_head (&self->waiting);
      g_autofree char *target = NULL;

      if (entry == NULL)
        return;
      target = g_strdup_printf ("/api/training/gates/%" G_GUINT64_FORMAT, entry->id);
      self->n_requests++;
      tc_client_request_async (self->client, "GET", target, NULL, self->cancellable, on_gates,
                               job_new (self, entry->id));
    }
}

static void
ask (TcHistory *self,
     Entry     *entry)
{
  if (entry->is_asked)
    {
      entry->is_stale = TRUE;
      return;
    }
  entry->is_asked = TRUE;
  g_queue_push_tail (&self->waiting, entry);
  if (tc_client_get_state (self->client) == TC_CLIENT_CONNECTED)
    ask_next (self);
}

static void
read_spend (TcHistory *self,
            JsonArray *groups)
{
  for (guint i = 0; groups != NULL && i < json_array_get_length (groups); i++)
    {
      JsonNode *node = json_array_get_element (groups, i);
      JsonObject *group = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      guint64 id = g_ascii_strtoull (tc_json_get_string (group, "session_id", "0"), NULL, 10);

      if (id > 0)
        tc_run_facts_read_spend (&ensure_entry (self, id)->facts, group);
    }
}

static void
on_spend (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(Job) job = user_data;
  g_autoptr(JsonNode) node = finish (job, object, result);

  if (node == NULL)
    return;
  read_spend (job->self, tc_json_get_array (json_node_get_object (node), "groups"));
  g_signal_emit (job->self, signals[SIGNAL_CHANGED], 0, (guint64) 0);
}

/* Everything again: what happened meanwhile nobody knows. */
static void
reload (TcHistory *self)
{
  GHashTableIter iter;
  gpointer value;

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->n_requests = 0;
  g_queue_clear (&self->waiting);
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (!entry->is_asked && !entry->facts.is_loaded)
        continue;
      entry->is_asked = TRUE;
      entry->is_stale = FALSE;
      g_queue_push_tail (&self->waiting, entry);
    }
  tc_client_request_async (self->client, "GET", "/api/spend?by=session", NULL, self->cancellable,
                           on_spend, job_new (self, 0));
  ask_next (self);
}

static void
on_state_changed (TcClient   *client,
                  GParamSpec *pspec,
                  TcHistory  *self)
{
  if (tc_client_get_state (client) == TC_CLIENT_CONNECTED)
    reload (self);
}

static void
on_record (TcClient   *client,
           const char *kind,
           guint64     session_id,
           JsonObject *record,
           TcHistory  *self)
{
  Entry *entry = g_hash_table_lookup (self->entries, &session_id);

  if (entry == NULL || (!entry->is_asked && !entry->facts.is_loaded))
    return;
  if (g_str_equal (kind, "gate") || g_str_equal (kind, "verdict"))
    ask (self, entry);
}

static void
on_news (TcClient   *client,
         const char *type,
         JsonObject *event,
         TcHistory  *self)
{
  guint64 id = g_ascii_strtoull (tc_json_get_string (event, "session_id", "0"), NULL, 10);
  TcMoney spent;

  if (!g_str_equal (type, "spend") || id == 0 ||
      !tc_money_parse (tc_json_get_string (event, "spent_usd", ""), &spent, NULL))
    return;
  ensure_entry (self, id)->facts.spent = spent;
  ensure_entry (self, id)->facts.has_spent = TRUE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, id);
}

static void
tc_history_dispose (GObject *object)
{
  TcHistory *self = TC_HISTORY (object);

  g_cancellable_cancel (self->cancellable);
  g_queue_clear (&self->waiting);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_history_parent_class)->dispose (object);
}

static void
tc_history_finalize (GObject *object)
{
  TcHistory *self = TC_HISTORY (object);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->entries);

  G_OBJECT_CLASS (tc_history_parent_class)->finalize (object);
}

static void
tc_history_class_init (TcHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_history_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_history_finalize;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
tc_history_init (TcHistory *self)
{
  self->cancellable = g_cancellable_new ();
  self->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, entry_free);
  g_queue_init (&self->waiting);
}

/**
 * tc_history_new:
 *
 * Returns: (transfer full): knows nothing yet; see ::changed
 */
TcHistory *
tc_history_new (TcClient *client)
{
  TcHistory *self = g_object_new (TC_TYPE_HISTORY, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  g_signal_connect_object (client, "record", G_CALLBACK (on_record), self, 0);
  g_signal_connect_object (client, "news", G_CALLBACK (on_news), self, 0);
  on_state_changed (client, NULL, self);

  return self;
}

/**
 * tc_history_get:
 *
 * Returns: (transfer none): what is known of the session, which is asked for if
 *   nobody did yet; valid until the main loop runs again
 */
const TcRunFacts *
tc_history_get (TcHistory *self,
                guint64    session_id)
{
  Entry *entry;

  g_return_val_if_fail (TC_IS_HISTORY (self), NULL);

  entry = ensure_entry (self, session_id);
  if (!entry->is_asked && !entry->facts.is_loaded)
    ask (self, entry);

  return &entry->facts;
}

/** tc_history_peek: Returns: (transfer none): the same without asking, for sorting */
const TcRunFacts *
tc_history_peek (TcHistory *self,
                 guint64    session_id)
{
  g_return_val_if_fail (TC_IS_HISTORY (self), NULL);

  return &ensure_entry (self, session_id)->facts;
}
