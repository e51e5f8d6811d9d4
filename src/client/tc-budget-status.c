/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-budget-status.h"

#include "tc-clock.h"
#include "tc-json.h"

struct _TcBudgetStatus
{
  GObject       parent_instance;

  TcClient     *client;       /* (owned) */
  GPtrArray    *budgets;      /* (owned) (element-type TcBudget) the month's first */
  GCancellable *cancellable;  /* (owned) (nullable) of the question on its way */
  gboolean      is_stale;     /* money was spent while it was */
  gboolean      is_loaded;
  gint64        missing_before;  /* µs UTC; 0: the sums are whole */
};

G_DEFINE_FINAL_TYPE (TcBudgetStatus, tc_budget_status, G_TYPE_OBJECT)

static guint changed_signal;

static void load (TcBudgetStatus *self);

static void
budget_free (gpointer data)
{
  TcBudget *budget = data;

  g_free (budget->scope);
  g_free (budget);
}

static TcBudget *
budget_from_json (JsonObject *json)
{
  TcBudget *budget = g_new0 (TcBudget, 1);

  budget->scope = g_strdup (tc_json_get_string (json, "scope", TC_BUDGET_MONTH));
  tc_money_parse (tc_json_get_string (json, "spent_usd", ""), &budget->spent, NULL);
  tc_money_parse (tc_json_get_string (json, "held_usd", ""), &budget->held, NULL);
  budget->has_limit = tc_money_parse (tc_json_get_string (json, "limit_usd", ""), &budget->limit, NULL);
  budget->n_unknown = (guint) MAX (tc_json_get_int (json, "n_unknown", 0), 0);

  return budget;
}

static void
take_answer (TcBudgetStatus *self,
             JsonObject     *answer)
{
  JsonArray *budgets = tc_json_get_array (answer, "budgets");

  if (budgets == NULL)
    return;
  g_ptr_array_set_size (self->budgets, 0);
  for (guint i = 0; i < json_array_get_length (budgets); i++)
    {
      JsonNode *budget = json_array_get_element (budgets, i);

      if (JSON_NODE_HOLDS_OBJECT (budget))
        g_ptr_array_add (self->budgets, budget_from_json (json_node_get_object (budget)));
    }
  self->missing_before = 0;
  tc_clock_parse_iso8601 (tc_json_get_string (answer, "missing_before", ""), &self->missing_before);
  self->is_loaded = TRUE;
  g_signal_emit (self, changed_signal, 0);
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcBudgetStatus) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->client == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    take_answer (self, json_node_get_object (node));
  if (self->is_stale && tc_client_get_state (self->client) == TC_CLIENT_CONNECTED)
    load (self);
}

/* One question at a time, however much is spent meanwhile. */
static void
load (TcBudgetStatus *self)
{
  if (self->cancellable != NULL)
    {
      self->is_stale = TRUE;
      return;
    }
  self->is_stale = FALSE;
  self->cancellable = g_cancellable_new ();
  tc_client_request_async (self->client, "GET", "/api/budget", NULL, self->cancellable, on_loaded,
                           g_object_ref (self));
}

static void
on_state_changed (TcClient       *client,
                  GParamSpec     *pspec,
                  TcBudgetStatus *self)
{
  if (tc_client_get_state (client) != TC_CLIENT_CONNECTED)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  load (self);
}

static void
on_news (TcClient       *client,
         const char     *type,
         JsonObject     *event,
         TcBudgetStatus *self)
{
  if (g_str_equal (type, "spend") || g_str_equal (type, "budget"))
    load (self);
}

static void
tc_budget_status_dispose (GObject *object)
{
  TcBudgetStatus *self = TC_BUDGET_STATUS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_budget_status_parent_class)->dispose (object);
}

static void
tc_budget_status_finalize (GObject *object)
{
  g_ptr_array_unref (TC_BUDGET_STATUS (object)->budgets);

  G_OBJECT_CLASS (tc_budget_status_parent_class)->finalize (object);
}

static void
tc_budget_status_class_init (TcBudgetStatusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_budget_status_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_budget_status_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
tc_budget_status_init (TcBudgetStatus *self)
{
  self->budgets = g_ptr_array_new_with_free_func (budget_free);
}

/**
 * tc_budget_status_new:
 *
 * Returns: (transfer full): the budgets of the engine behind @client
 */
TcBudgetStatus *
tc_budget_status_new (TcClient *client)
{
  TcBudgetStatus *self = g_object_new (TC_TYPE_BUDGET_STATUS, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  g_signal_connect_object (client, "news", G_CALLBACK (on_news), self, 0);
  on_state_changed (client, NULL, self);

  return self;
}

/** tc_budget_status_is_loaded: Returns: whether the engine has answered once */
gboolean
tc_budget_status_is_loaded (TcBudgetStatus *self)
{
  g_return_val_if_fail (TC_IS_BUDGET_STATUS (self), FALSE);

  return self->is_loaded;
}

/** tc_budget_status_get_n: Returns: how many budgets there are; the month's is the first */
guint
tc_budget_status_get_n (TcBudgetStatus *self)
{
  g_return_val_if_fail (TC_IS_BUDGET_STATUS (self), 0);

  return self->budgets->len;
}

/** tc_budget_status_get: Returns: (transfer none) (nullable): a budget, until ::changed */
const TcBudget *
tc_budget_status_get (TcBudgetStatus *self,
                      guint           index)
{
  g_return_val_if_fail (TC_IS_BUDGET_STATUS (self), NULL);

  return index < self->budgets->len ? g_ptr_array_index (self->budgets, index) : NULL;
}

/**
 * tc_budget_status_find:
 * @scope: TC_BUDGET_MONTH or a provider's word
 *
 * Returns: (transfer none) (nullable): the budget, until ::changed; a provider
 *   without a limit and without calls this month has none
 */
const TcBudget *
tc_budget_status_find (TcBudgetStatus *self,
                       const char     *scope)
{
  g_return_val_if_fail (TC_IS_BUDGET_STATUS (self), NULL);

  for (guint i = 0; i < self->budgets->len; i++)
    {
      const TcBudget *budget = g_ptr_array_index (self->budgets, i);

      if (g_str_equal (budget->scope, scope))
        return budget;
    }

  return NULL;
}

/**
 * tc_budget_status_get_missing_before:
 *
 * Returns: when the book of money was lost, in µs UTC: calls before may be
 *   missing in the sums; 0 if they are whole
 */
gint64
tc_budget_status_get_missing_before (TcBudgetStatus *self)
{
  g_return_val_if_fail (TC_IS_BUDGET_STATUS (self), 0);

  return self->missing_before;
}

/** tc_budget_get_share: Returns: what part of its limit was spent, 0 to 1; 0 without a limit */
double
tc_budget_get_share (const TcBudget *budget)
{
  if (!budget->has_limit)
    return 0;
  if (budget->limit <= 0)
    return 1;

  return CLAMP ((double) budget->spent / (double) budget->limit, 0, 1);
}

static void
on_limit_set (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcBudgetStatus *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (node == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (JSON_NODE_HOLDS_OBJECT (node))
    take_answer (self, json_node_get_object (node));
  g_task_return_boolean (task, TRUE);
}

/**
 * tc_budget_status_set_limit_async:
 * @scope: TC_BUDGET_MONTH or a provider's word
 * @limit: (nullable): in US dollars, such as "20.00"; %NULL: none any more
 */
void
tc_budget_status_set_limit_async (TcBudgetStatus      *self,
                                  const char          *scope,
                                  const char          *limit,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *request = json_object_new ();

  g_return_if_fail (TC_IS_BUDGET_STATUS (self));

  g_task_set_source_tag (task, tc_budget_status_set_limit_async);
  json_object_set_string_member (request, "scope", scope);
  if (limit != NULL)
    json_object_set_string_member (request, "limit_usd", limit);
  else
    json_object_set_null_member (request, "limit_usd");
  json_node_take_object (body, request);
  tc_client_request_async (self->client, "PUT", "/api/budget", body, cancellable, on_limit_set,
                           g_steal_pointer (&task));
}

/**
 * tc_budget_status_set_limit_finish:
 * @error: why not, in the engine's words
 *
 * Returns: whether the limit binds now
 */
gboolean
tc_budget_status_set_limit_finish (TcBudgetStatus  *self,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
