/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-model-pulls.h"
#include "tc-ollama-pull.h"

#define ENDED_MAX 16
#define ACTIVE_MAX 4
#define TELL_INTERVAL_US (G_USEC_PER_SEC / 4)
#define RATE_INTERVAL_US G_USEC_PER_SEC

typedef struct
{
  TcModelPulls *pulls;         /* (owned) while it is active, then not to be used */
  guint64       id;
  TcOllamaPull *pull;          /* (owned) */
  GCancellable *cancellable;   /* (owned) */
  const char   *state;         /* pulling, done, failed, cancelled */
  char         *problem;       /* (owned) (nullable) a sentence */
  const char   *code;          /* (nullable) of the problem */
  gint64        started_at_us; /* UTC */
  gint64        told_us;       /* monotonic */
  gint64        rated_us;      /* monotonic; 0: no figure yet */
  gint64        rated_bytes;
  gint64        rate;          /* bytes a second; 0: not known yet */
} Entry;

struct _TcModelPulls
{
  GObject    parent_instance;

  TcClock   *clock;   /* (owned) */
  GPtrArray *entries; /* (owned) (element-type Entry) oldest first */
  guint64    last_id;
};

G_DEFINE_FINAL_TYPE (TcModelPulls, tc_model_pulls, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_PULLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
entry_free (gpointer data)
{
  Entry *self = data;

  g_object_unref (self->cancellable);
  g_object_unref (self->pull);
  g_free (self->problem);
  g_free (self);
}

static void
tc_model_pulls_finalize (GObject *object)
{
  TcModelPulls *self = TC_MODEL_PULLS (object);

  g_ptr_array_unref (self->entries);
  tc_clock_unref (self->clock);

  G_OBJECT_CLASS (tc_model_pulls_parent_class)->finalize (object);
}

static void
tc_model_pulls_class_init (TcModelPullsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_model_pulls_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", TC_TYPE_MODEL_PULLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, JSON_TYPE_NODE);
  signals[SIGNAL_PULLED] = g_signal_new ("pulled", TC_TYPE_MODEL_PULLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tc_model_pulls_init (TcModelPulls *self)
{
  self->entries = g_ptr_array_new_with_free_func (entry_free);
}

/** tc_model_pulls_new: Returns: (transfer full): nothing is pulled */
TcModelPulls *
tc_model_pulls_new (TcClock *clock)
{
  TcModelPulls *self = g_object_new (TC_TYPE_MODEL_PULLS, NULL);

  self->clock = tc_clock_ref (clock);

  return self;
}

static gboolean
is_active (const Entry *entry)
{
  return g_str_equal (entry->state, "pulling");
}

static void
set_positive (JsonObject *out,
              const char *member,
              gint64      number)
{
  if (number > 0)
    json_object_set_int_member (out, member, number);
  else
    json_object_set_null_member (out, member);
}

static JsonNode *
entry_to_json (Entry *entry)
{
  gint64 total = tc_ollama_pull_get_total (entry->pull);
  gint64 completed = tc_ollama_pull_get_completed (entry->pull);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, entry->id);
  g_autofree char *started_at = tc_clock_format_iso8601 (entry->started_at_us);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *out = json_object_new ();
  gboolean has_rate = is_active (entry) && entry->rate > 0;

  json_node_take_object (node, out);
  json_object_set_string_member (out, "id", id);
  json_object_set_string_member (out, "model", tc_ollama_pull_get_model (entry->pull));
  json_object_set_string_member (out, "state", entry->state);
  json_object_set_string_member (out, "status", tc_ollama_pull_get_status (entry->pull));
  json_object_set_int_member (out, "completed", completed);
  set_positive (out, "total", total);
  set_positive (out, "bytes_per_second", has_rate ? entry->rate : 0);
  set_positive (out, "eta_seconds", has_rate ? (total - completed + entry->rate - 1) / entry->rate : 0);
  json_object_set_string_member (out, "code", entry->code);
  json_object_set_string_member (out, "problem", entry->problem);
  json_object_set_string_member (out, "started_at", started_at);

  return node;
}

static void
tell (Entry *entry)
{
  g_autoptr(JsonNode) node = entry_to_json (entry);

  entry->told_us = tc_clock_get_monotonic (entry->pulls->clock);
  g_signal_emit (entry->pulls, signals[SIGNAL_CHANGED], 0, node);
}

/* Three parts what it was, one part what it is: neither jumps nor lags. */
static void
measure (Entry  *entry,
         gint64  now_us)
{
  gint64 bytes = tc_ollama_pull_get_completed (entry->pull);
  gint64 passed_us = now_us - entry->rated_us;
  gint64 rate;

  if (entry->rated_us != 0 && passed_us < RATE_INTERVAL_US)
    return;
  if (entry->rated_us != 0)
    {
      rate = (gint64) ((double) MAX (bytes - entry->rated_bytes, 0) * G_USEC_PER_SEC / (double) passed_us);
      entry->rate = entry->rate == 0 ? rate : (entry->rate * 3 + rate) / 4;
    }
  if (bytes > 0)
    {
      entry->rated_us = now_us;
      entry->rated_bytes = bytes;
    }
}

static void
on_progress (TcOllamaPull *pull,
             gpointer      user_data)
{
  Entry *entry = user_data;
  gint64 now_us = tc_clock_get_monotonic (entry->pulls->clock);

  measure (entry, now_us);
  if (now_us - entry->told_us >= TELL_INTERVAL_US)
    tell (entry);
}

/* A list for ever would grow for ever. */
static void
drop_oldest (TcModelPulls *self)
{
  guint n_ended = self->entries->len - tc_model_pulls_get_n_active (self);

  for (guint i = 0; n_ended > ENDED_MAX; )
    {
      if (is_active (g_ptr_array_index (self->entries, i)))
        i++;
      else
        {
          g_ptr_array_remove_index (self->entries, i);
          n_ended--;
        }
    }
}

static void
on_ended (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Entry *entry = user_data;
  g_autoptr(TcModelPulls) self = entry->pulls;
  g_autoptr(GError) error = NULL;

  if (tc_ollama_pull_run_finish (TC_OLLAMA_PULL (object), result, &error))
    entry->state = "done";
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    entry->state = "cancelled";
  else
    {
      entry->state = "failed";
      entry->code = tc_error_get_code (error);
      entry->problem = g_strdup (error->message);
    }
  g_signal_handlers_disconnect_by_data (object, entry);
  tell (entry);
  if (error == NULL)
    g_signal_emit (self, signals[SIGNAL_PULLED], 0, tc_ollama_pull_get_model (entry->pull));
  drop_oldest (self);
}

static gboolean
may_start (TcModelPulls  *self,
           const char    *model,
           GError       **error)
{
  if (!tc_ollama_check_model (model, error))
    return FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (is_active (entry) && g_str_equal (tc_ollama_pull_get_model (entry->pull), model))
        {
          g_set_error (error, TC_ERROR, TC_ERROR_CONFLICT, "%s is being pulled already.", model);
          return FALSE;
        }
    }
  if (tc_model_pulls_get_n_active (self) >= ACTIVE_MAX)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_BUSY, "%d models are being pulled; wait for one of them.", ACTIVE_MAX);
      return FALSE;
    }

  return TRUE;
}

/**
 * tc_model_pulls_start:
 * @base_url: (nullable): where Ollama is; NULL for the usual place
 * @error: TC_ERROR_USAGE for a name that cannot be; TC_ERROR_CONFLICT the
 *   model is being pulled; TC_ERROR_BUSY too many are
 *
 * Returns: (transfer full) (nullable): the pull that has begun
 */
JsonNode *
tc_model_pulls_start (TcModelPulls  *self,
                      const char    *base_url,
                      const char    *model,
                      GError       **error)
{
  Entry *entry;

  g_return_val_if_fail (TC_IS_MODEL_PULLS (self) && model != NULL, NULL);

  if (!may_start (self, model, error))
    return NULL;
  entry = g_new0 (Entry, 1);
  entry->pulls = g_object_ref (self);
  entry->id = ++self->last_id;
  entry->pull = tc_ollama_pull_new (base_url, model);
  entry->cancellable = g_cancellable_new ();
  entry->state = "pulling";
  entry->started_at_us = tc_clock_get_realtime (self->clock);
  g_ptr_array_add (self->entries, entry);
  g_signal_connect (entry->pull, "progress", G_CALLBACK (on_progress), entry);
  tell (entry);
  tc_ollama_pull_run_async (entry->pull, entry->cancellable, on_ended, entry);

  return entry_to_json (entry);
}

/**
 * tc_model_pulls_cancel:
 * @error: TC_ERROR_NOT_FOUND; TC_ERROR_CONFLICT it has ended
 *
 * Makes Ollama stop; its end is told as any other. What came stays with Ollama.
 *
 * Returns: whether it was asked to
 */
gboolean
tc_model_pulls_cancel (TcModelPulls  *self,
                       guint64        id,
                       GError       **error)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->id != id)
        continue;
      if (is_active (entry))
        {
          g_cancellable_cancel (entry->cancellable);
          return TRUE;
        }
      g_set_error_literal (error, TC_ERROR, TC_ERROR_CONFLICT, "This pull has ended already.");
      return FALSE;
    }
  g_set_error_literal (error, TC_ERROR, TC_ERROR_NOT_FOUND, "There is no such pull.");

  return FALSE;
}

/** tc_model_pulls_get_n_active: Returns: how many models are being pulled */
guint
tc_model_pulls_get_n_active (TcModelPulls *self)
{
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++)
    n += is_active (g_ptr_array_index (self->entries, i)) ? 1 : 0;

  return n;
}

/** tc_model_pulls_to_json: Returns: (transfer full): {"pulls":[…]}, oldest first */
JsonNode *
tc_model_pulls_to_json (TcModelPulls *self)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new ();
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < self->entries->len; i++)
    json_array_add_element (list, entry_to_json (g_ptr_array_index (self->entries, i)));
  json_object_set_array_member (root, "pulls", list);
  json_node_take_object (node, root);

  return node;
}

/** tc_model_pulls_shutdown: makes Ollama stop */
void
tc_model_pulls_shutdown (TcModelPulls *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (is_active (entry))
        g_cancellable_cancel (entry->cancellable);
    }
}
