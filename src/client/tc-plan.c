/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-plan.h"

#include "tc-json.h"
#include "tc-sentence.h"
#include "tc-session-entry.h"

#define ASK_AFTER_MS 300

typedef struct
{
  gboolean  is_known;
  double    low;
  double    high;
  char     *basis; /* (owned) (nullable) what it rests on, or why it is not known */
} Figure;

struct _TcPlan
{
  GObject       parent_instance;

  TcClient     *client;      /* (owned) */
  GPtrArray    *configs;     /* (owned) (nullable) (element-type TcSessionConfig); NULL: nothing to ask about */
  GCancellable *cancellable; /* (owned) (nullable) of the question under way */
  GCancellable *at_budget;   /* (owned) (nullable) of the budget on its way */
  guint         later_id;

  gboolean      is_measuring; /* the question under way may try the script out */
  gboolean      has_measured; /* so could the one that brought what is shown */
  gboolean      has_estimate;
  Figure        figures[TC_PLAN_N_FIGURES];
  GPtrArray    *warnings;    /* (owned) (element-type utf8) NULL-terminated */
  char         *problem;     /* (owned) (nullable) the engine's sentence */
  TcMoney       left;        /* of the month; of no meaning without a limit */
  TcMoney       limit;       /* -1: none, or not known */
};

G_DEFINE_FINAL_TYPE (TcPlan, tc_plan, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- What the engine answers ---- */

static void
forget (TcPlan *self)
{
  for (guint i = 0; i < TC_PLAN_N_FIGURES; i++)
    {
      self->figures[i].is_known = FALSE;
      g_clear_pointer (&self->figures[i].basis, g_free);
    }
  g_ptr_array_set_size (self->warnings, 0);
  g_ptr_array_add (self->warnings, NULL);
  self->has_estimate = FALSE;
}

static gboolean
read_bound (JsonObject   *range,
            const char   *member,
            TcPlanFigure  figure,
            double       *bound)
{
  TcMoney amount;

  if (!tc_json_has (range, member) || json_object_get_null_member (range, member))
    return FALSE;
  if (figure != TC_PLAN_MONEY)
    {
      *bound = tc_json_get_double (range, member, 0);
      return TRUE;
    }
  if (!tc_money_parse (tc_json_get_string (range, member, ""), &amount, NULL))
    return FALSE;
  *bound = (double) amount;

  return TRUE;
}

static void
read_figures (TcPlan     *self,
              JsonObject *estimate)
{
  static const char *const members[] = { "time", "money", "disk", "memory" };

  for (guint i = 0; i < TC_PLAN_N_FIGURES; i++)
    {
      JsonObject *range = tc_json_get_object (estimate, members[i]);
      Figure *figure = &self->figures[i];

      if (range == NULL)
        continue;
      figure->is_known = read_bound (range, "low", i, &figure->low) &&
                         read_bound (range, "high", i, &figure->high);
      g_free (figure->basis);
      figure->basis = tc_sentence_dup_local (tc_json_get_string (range, "basis", NULL));
    }
}

/* Each once: three phases may warn of the same. */
static void
add_warnings (TcPlan     *self,
              JsonObject *estimate)
{
  g_auto(GStrv) sentences = tc_json_dup_strv (estimate, "warnings");

  for (guint i = 0; sentences != NULL && sentences[i] != NULL; i++)
    {
      g_autofree char *said = tc_sentence_dup_local (sentences[i]);

      if (!g_strv_contains ((const char *const *) self->warnings->pdata, said))
        g_ptr_array_insert (self->warnings, (int) self->warnings->len - 1, g_steal_pointer (&said));
    }
}

static void
read_estimate (TcPlan     *self,
               JsonObject *answer)
{
  JsonArray *sessions = tc_json_get_array (answer, "sessions");
  JsonObject *total = tc_json_get_object (answer, "total");

  forget (self);
  if (total == NULL)
    return;
  self->has_estimate = TRUE;
  read_figures (self, total);
  for (guint i = 0; sessions != NULL && i < json_array_get_length (sessions); i++)
    {
      JsonNode *session = json_array_get_element (sessions, i);

      if (JSON_NODE_HOLDS_OBJECT (session))
        add_warnings (self, json_node_get_object (session));
    }
  add_warnings (self, total);
}

static void
on_estimated (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(TcPlan) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  self->has_measured = self->is_measuring;
  self->is_measuring = FALSE;
  g_set_str (&self->problem, error != NULL ? error->message : NULL);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    read_estimate (self, json_node_get_object (node));
  else
    forget (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
ask (TcPlan     *self,
     const char *path)
{
  g_autoptr(JsonNode) request = tc_session_entry_to_request (self->configs);

  self->cancellable = g_cancellable_new ();
  tc_client_request_async (self->client, "POST", path, request, self->cancellable, on_estimated,
                           g_object_ref (self));
}

static gboolean
on_later (gpointer user_data)
{
  TcPlan *self = user_data;

  self->later_id = 0;
  ask (self, "/api/training/estimate");

  return G_SOURCE_REMOVE;
}

static void
give_up_asking (TcPlan *self)
{
  g_clear_handle_id (&self->later_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->is_measuring = FALSE;
}

static void
ask_later (TcPlan *self)
{
  give_up_asking (self);
  if (self->configs != NULL)
    self->later_id = g_timeout_add (ASK_AFTER_MS, on_later, self);
}

/* ---- The budget ---- */

static void
read_budget (TcPlan     *self,
             JsonObject *budget)
{
  TcMoney limit;
  TcMoney spent;

  if (!g_str_equal (tc_json_get_string (budget, "scope", ""), "month") ||
      !tc_money_parse (tc_json_get_string (budget, "limit_usd", ""), &limit, NULL) ||
      !tc_money_parse (tc_json_get_string (budget, "spent_usd", "0"), &spent, NULL))
    return;
  self->limit = limit;
  self->left = MAX (limit - spent, 0);
}

static void
on_budget (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcPlan) self = user_data;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, NULL);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, NULL) : NULL;
  JsonArray *budgets = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    budgets = tc_json_get_array (json_node_get_object (node), "budgets");
  for (guint i = 0; budgets != NULL && i < json_array_get_length (budgets); i++)
    {
      JsonNode *budget = json_array_get_element (budgets, i);

      if (JSON_NODE_HOLDS_OBJECT (budget))
        read_budget (self, json_node_get_object (budget));
    }
  g_signal_emit (self, changed_signal, 0);
}

/* The engine came back, and what it said before may not hold. */
static void
on_state_changed (TcClient   *client,
                  GParamSpec *pspec,
                  TcPlan     *self)
{
  if (tc_client_get_state (client) != TC_CLIENT_CONNECTED)
    return;
  ask_later (self);
  tc_client_request_async (client, "GET", "/api/budget", NULL, self->at_budget, on_budget,
                           g_object_ref (self));
}

/* ---- The object ---- */

static void
tc_plan_dispose (GObject *object)
{
  TcPlan *self = TC_PLAN (object);

  give_up_asking (self);
  g_cancellable_cancel (self->at_budget);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_plan_parent_class)->dispose (object);
}

static void
tc_plan_finalize (GObject *object)
{
  TcPlan *self = TC_PLAN (object);

  forget (self);
  g_ptr_array_unref (self->warnings);
  g_clear_pointer (&self->configs, g_ptr_array_unref);
  g_object_unref (self->at_budget);
  g_free (self->problem);

  G_OBJECT_CLASS (tc_plan_parent_class)->finalize (object);
}

static void
tc_plan_class_init (TcPlanClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_plan_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_plan_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_plan_init (TcPlan *self)
{
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  self->at_budget = g_cancellable_new ();
  self->limit = -1;
  forget (self);
}

/**
 * tc_plan_new:
 *
 * Returns: (transfer full): a plan without sessions
 */
TcPlan *
tc_plan_new (TcClient *client)
{
  TcPlan *self = g_object_new (TC_TYPE_PLAN, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  on_state_changed (client, NULL, self);

  return self;
}

/**
 * tc_plan_set_configs:
 * @configs: (nullable) (element-type TcSessionConfig): not changed afterwards;
 *   NULL when what was typed makes no session
 *
 * Asks the engine what they would take, once nothing has changed for 300 ms.
 */
void
tc_plan_set_configs (TcPlan    *self,
                     GPtrArray *configs)
{
  g_return_if_fail (TC_IS_PLAN (self));

  if (configs != NULL)
    g_ptr_array_ref (configs);
  g_clear_pointer (&self->configs, g_ptr_array_unref);
  self->configs = configs;
  g_clear_pointer (&self->problem, g_free);
  if (configs == NULL)
    forget (self);
  ask_later (self);
  g_signal_emit (self, changed_signal, 0);
}

/**
 * tc_plan_measure:
 *
 * Asks again, and lets the engine try a script out for some seconds where no
 * run tells how long it takes. It does not while a training is on: what is to
 * be shown then is the basis of TC_PLAN_TIME. Given up when the sessions change.
 */
void
tc_plan_measure (TcPlan *self)
{
  g_return_if_fail (TC_IS_PLAN (self));
  g_return_if_fail (self->configs != NULL);

  give_up_asking (self);
  self->is_measuring = TRUE;
  ask (self, "/api/training/estimate?measure=1");
  g_signal_emit (self, changed_signal, 0);
}

/** tc_plan_can_measure: Returns: whether the time is not known and trying the script out has not been asked for */
gboolean
tc_plan_can_measure (TcPlan *self)
{
  g_return_val_if_fail (TC_IS_PLAN (self), FALSE);

  return self->has_estimate && !tc_plan_is_asking (self) && !self->figures[TC_PLAN_TIME].is_known &&
         !self->has_measured;
}

/** tc_plan_is_measuring: Returns: whether the engine may be trying a script out */
gboolean
tc_plan_is_measuring (TcPlan *self)
{
  g_return_val_if_fail (TC_IS_PLAN (self), FALSE);

  return self->is_measuring;
}

/** tc_plan_is_asking: Returns: whether an answer is on its way; the one before may be shown still */
gboolean
tc_plan_is_asking (TcPlan *self)
{
  g_return_val_if_fail (TC_IS_PLAN (self), FALSE);

  return self->later_id != 0 || self->cancellable != NULL;
}

/** tc_plan_has_estimate: Returns: whether there are figures, known or not */
gboolean
tc_plan_has_estimate (TcPlan *self)
{
  g_return_val_if_fail (TC_IS_PLAN (self), FALSE);

  return self->has_estimate;
}

/**
 * tc_plan_get_range:
 * @low: (out): at least, in the unit of @figure
 * @high: (out): at most
 *
 * Returns: whether it is known
 */
gboolean
tc_plan_get_range (TcPlan       *self,
                   TcPlanFigure  figure,
                   double       *low,
                   double       *high)
{
  g_return_val_if_fail (TC_IS_PLAN (self), FALSE);

  *low = self->figures[figure].low;
  *high = self->figures[figure].high;

  return self->figures[figure].is_known;
}

/** tc_plan_get_basis: Returns: (transfer none) (nullable): what the figure rests on, or why it is not known */
const char *
tc_plan_get_basis (TcPlan       *self,
                   TcPlanFigure  figure)
{
  g_return_val_if_fail (TC_IS_PLAN (self), NULL);

  return self->figures[figure].basis;
}

/** tc_plan_get_warnings: Returns: (transfer none): the engine's sentences, each once */
const char *const *
tc_plan_get_warnings (TcPlan *self)
{
  g_return_val_if_fail (TC_IS_PLAN (self), NULL);

  return (const char *const *) self->warnings->pdata;
}

/** tc_plan_get_problem: Returns: (transfer none) (nullable): why there is no estimate, in the engine's words */
const char *
tc_plan_get_problem (TcPlan *self)
{
  g_return_val_if_fail (TC_IS_PLAN (self), NULL);

  return self->problem;
}

/**
 * tc_plan_get_room:
 * @left: (out): of the month's budget
 * @limit: (out): the month's budget
 *
 * Returns: whether there is such a limit
 */
gboolean
tc_plan_get_room (TcPlan  *self,
                  TcMoney *left,
                  TcMoney *limit)
{
  g_return_val_if_fail (TC_IS_PLAN (self), FALSE);

  *left = self->left;
  *limit = self->limit;

  return self->limit >= 0;
}

static void
on_queued (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * tc_plan_queue_async:
 * @cancellable: (nullable): to wait no longer
 * @callback: called when the engine has answered
 * @user_data: for @callback
 *
 * Puts the sessions into the queue, all or none; each waits for the one before.
 */
void
tc_plan_queue_async (TcPlan              *self,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(JsonNode) request = NULL;

  g_return_if_fail (TC_IS_PLAN (self));
  g_return_if_fail (self->configs != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tc_plan_queue_async);
  request = tc_session_entry_to_request (self->configs);
  tc_client_request_async (self->client, "POST", "/api/training/queue", request, cancellable, on_queued,
                           g_steal_pointer (&task));
}

/**
 * tc_plan_queue_finish:
 * @error: with the engine's sentence
 *
 * Returns: whether they are in the queue
 */
gboolean
tc_plan_queue_finish (TcPlan        *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
