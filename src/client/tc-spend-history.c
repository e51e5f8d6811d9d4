/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-spend-history.h"

#include "tc-json.h"

#define DAY_FORMAT "%Y-%m-%d"

struct _TcSpendHistory
{
  GObject       parent_instance;

  TcClient     *client;                /* (owned) */
  TcSpendDay    days[TC_SPEND_N_DAYS]; /* oldest first, today last */
  GCancellable *cancellable;           /* (owned) (nullable) of the question on its way */
};

G_DEFINE_FINAL_TYPE (TcSpendHistory, tc_spend_history, G_TYPE_OBJECT)

static guint changed_signal;

static void
set_days (TcSpendHistory *self)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) today = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                                      g_date_time_get_day_of_month (now), 0, 0, 0);

  for (int i = 0; i < TC_SPEND_N_DAYS; i++)
    {
      g_clear_pointer (&self->days[i].date, g_date_time_unref);
      self->days[i] = (TcSpendDay) { g_date_time_add_days (today, i + 1 - TC_SPEND_N_DAYS), 0, 0 };
    }
}

static void
take_day (TcSpendHistory *self,
          JsonObject     *group)
{
  const char *word = tc_json_get_string (group, "day", "");

  for (guint i = 0; i < TC_SPEND_N_DAYS; i++)
    {
      g_autofree char *day = g_date_time_format (self->days[i].date, DAY_FORMAT);

      if (!g_str_equal (day, word))
        continue;
      self->days[i].spent = 0;
      tc_money_parse (tc_json_get_string (group, "cost_usd", ""), &self->days[i].spent, NULL);
      self->days[i].n_unknown = (guint) MAX (tc_json_get_int (group, "n_unknown", 0), 0);
    }
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcSpendHistory) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;
  JsonArray *groups;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  set_days (self);
  groups = tc_json_get_array (json_node_get_object (node), "groups");
  for (guint i = 0; groups != NULL && i < json_array_get_length (groups); i++)
    {
      JsonNode *group = json_array_get_element (groups, i);

      if (JSON_NODE_HOLDS_OBJECT (group))
        take_day (self, json_node_get_object (group));
    }
  g_signal_emit (self, changed_signal, 0);
}

static void
tc_spend_history_dispose (GObject *object)
{
  TcSpendHistory *self = TC_SPEND_HISTORY (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_spend_history_parent_class)->dispose (object);
}

static void
tc_spend_history_finalize (GObject *object)
{
  TcSpendHistory *self = TC_SPEND_HISTORY (object);

  for (guint i = 0; i < TC_SPEND_N_DAYS; i++)
    g_clear_pointer (&self->days[i].date, g_date_time_unref);

  G_OBJECT_CLASS (tc_spend_history_parent_class)->finalize (object);
}

static void
tc_spend_history_class_init (TcSpendHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_spend_history_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_spend_history_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
tc_spend_history_init (TcSpendHistory *self)
{
  set_days (self);
}

/** tc_spend_history_new: Returns: (transfer full): nothing yet; see tc_spend_history_load() */
TcSpendHistory *
tc_spend_history_new (TcClient *client)
{
  TcSpendHistory *self = g_object_new (TC_TYPE_SPEND_HISTORY, NULL);

  self->client = g_object_ref (client);

  return self;
}

/** tc_spend_history_load: Asks for it, or asks again; one question at a time */
void
tc_spend_history_load (TcSpendHistory *self)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) first = g_date_time_add_days (now, 1 - TC_SPEND_N_DAYS);
  g_autofree char *day = g_date_time_format (first, DAY_FORMAT);
  g_autofree char *target = g_strconcat ("/api/spend?by=day&from=", day, NULL);

  g_return_if_fail (TC_IS_SPEND_HISTORY (self));

  if (self->cancellable != NULL || tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    return;
  self->cancellable = g_cancellable_new ();
  tc_client_request_async (self->client, "GET", target, NULL, self->cancellable, on_loaded,
                           g_object_ref (self));
}

/**
 * tc_spend_history_get_day:
 * @index: 0 is the oldest, TC_SPEND_N_DAYS - 1 today
 *
 * Returns: (transfer none): a day, until ::changed
 */
const TcSpendDay *
tc_spend_history_get_day (TcSpendHistory *self,
                          guint           index)
{
  g_return_val_if_fail (TC_IS_SPEND_HISTORY (self), NULL);
  g_return_val_if_fail (index < TC_SPEND_N_DAYS, NULL);

  return &self->days[index];
}
