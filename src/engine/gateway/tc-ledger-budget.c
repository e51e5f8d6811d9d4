/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-ledger-private.h"

#define SCOPE_MONTH "month"
#define SCOPE_MAX_BYTES 64

/* In the database; from now on it binds. */
static void
answer_budget (TcLedgerJob *job)
{
  const TcLedgerNote *note = job->data;
  TcLedgerCall call = { 0, };

  if (job->error != NULL)
    {
      g_task_return_error (job->task, g_steal_pointer (&job->error));
      return;
    }
  tc_ledger_book_set_budget (job->ledger->book, note->scope, note->amount);
  call.provider = note->scope;
  call.hold = call.session_limit = TC_MONEY_UNKNOWN;
  tc_ledger_alert (job->ledger, &call, FALSE);
  g_task_return_boolean (job->task, TRUE);
}

static gboolean
check_budget (const char  *scope,
              TcMoney      limit,
              GError     **error)
{
  for (const char *at = scope; *at != '\0'; at++)
    {
      if (!g_ascii_isalnum (*at) && *at != '-' && *at != '_')
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%.64s” cannot have a budget.", scope);
          return FALSE;
        }
    }
  if (scope[0] == '\0' || strlen (scope) > SCOPE_MAX_BYTES)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "A budget is for a month or a provider.");
      return FALSE;
    }
  if (limit < 0 && limit != TC_MONEY_UNKNOWN)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "A budget is not less than 0.");
      return FALSE;
    }

  return TRUE;
}

/**
 * tc_ledger_set_budget_async:
 * @scope: "month", or a provider's word: of each calendar month
 * @limit: micro-dollars; TC_MONEY_UNKNOWN: none
 *
 * Sets what may be spent. It binds from the answer on, also calls of sessions
 * that run already.
 */
void
tc_ledger_set_budget_async (TcLedger            *self,
                            const char          *scope,
                            TcMoney              limit,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  static const TcLedgerOperation operation = {
    tc_ledger_write_budget, answer_budget, tc_ledger_note_free, TC_LEDGER_SYNCED
  };
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  TcLedgerNote *note;

  g_return_if_fail (TC_IS_LEDGER (self));
  g_return_if_fail (scope != NULL);

  task = tc_ledger_new_task (self, tc_ledger_set_budget_async, NULL, callback, user_data);
  if (!check_budget (scope, limit, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  note = g_new0 (TcLedgerNote, 1);
  note->scope = g_strdup (scope);
  note->amount = limit;
  note->at_us = tc_clock_get_realtime (self->clock);
  tc_ledger_start (self, &operation, note, g_steal_pointer (&task));
}

/**
 * tc_ledger_set_budget_finish:
 * @error: TC_ERROR
 *
 * Returns: whether it is set and on the disk
 */
gboolean
tc_ledger_set_budget_finish (TcLedger      *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, tc_ledger_set_budget_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* An amount as "20.00", or null. */
static void
set_money (JsonObject *object,
           const char *member,
           TcMoney     amount)
{
  g_autofree char *text = NULL;

  if (amount == TC_MONEY_UNKNOWN)
    {
      json_object_set_null_member (object, member);
      return;
    }
  text = tc_money_format (MAX (amount, 0));
  json_object_set_string_member (object, member, text + 1);
}

static void
add_budget (TcLedger   *self,
            JsonArray  *list,
            const char *scope,
            int         month)
{
  gboolean is_month = g_str_equal (scope, SCOPE_MONTH);
  const TcLedgerSum *sum = tc_ledger_book_peek_month (self->book, month, is_month ? NULL : scope);
  TcMoney limit = tc_ledger_book_get_budget (self->book, scope);
  TcLedgerLimit binding = { scope, limit, *sum, 0, month };
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "scope", scope);
  set_money (object, "limit_usd", limit);
  set_money (object, "spent_usd", sum->spent);
  set_money (object, "held_usd", sum->held);
  set_money (object, "left_usd",
             limit == TC_MONEY_UNKNOWN ? TC_MONEY_UNKNOWN : MAX (tc_ledger_limit_get_left (&binding), 0));
  json_object_set_int_member (object, "n_unknown", sum->n_unknown);
  json_array_add_object_element (list, object);
}

/* The providers that have a budget, or of which something was used this month. */
static GList *
list_scopes (TcLedger *self,
             int       month)
{
  g_autofree char *prefix = g_strdup_printf ("%d ", month);
  g_autoptr (GHashTable) scopes = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  const char *key;

  g_hash_table_iter_init (&iter, self->book->budgets);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    g_hash_table_add (scopes, (gpointer) key);
  g_hash_table_iter_init (&iter, self->book->months);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    if (g_str_has_prefix (key, prefix))
      g_hash_table_add (scopes, (gpointer) (key + strlen (prefix)));
  g_hash_table_remove (scopes, SCOPE_MONTH);

  return g_list_sort (g_hash_table_get_keys (scopes), (GCompareFunc) strcmp);
}

/**
 * tc_ledger_budgets_to_json:
 *
 * Returns: (transfer full): {"month":"2026-11","budgets":[{"scope":"month",
 *   "limit_usd":"20.00"|null,"spent_usd","held_usd","left_usd"|null,
 *   "n_unknown"},…]}; the month's first, then each provider's
 */
JsonNode *
tc_ledger_budgets_to_json (TcLedger *self)
{
  int month;
  g_autofree char *name = NULL;
  JsonObject *object;
  JsonArray *list;
  g_autoptr (GList) scopes = NULL;
  JsonNode *node;

  g_return_val_if_fail (TC_IS_LEDGER (self), NULL);

  month = tc_ledger_get_month (self);
  name = g_strdup_printf ("%04d-%02d", month / 100, month % 100);
  object = json_object_new ();
  list = json_array_new ();
  json_object_set_string_member (object, "month", name);
  json_object_set_array_member (object, "budgets", list);
  add_budget (self, list, SCOPE_MONTH, month);
  scopes = list_scopes (self, month);
  for (GList *at = scopes; at != NULL; at = at->next)
    add_budget (self, list, at->data, month);

  node = json_node_alloc ();
  json_node_take_object (json_node_init (node, JSON_NODE_OBJECT), object);

  return node;
}
