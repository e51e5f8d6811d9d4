/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-history.h"

#include "tc-json.h"

/** tc_run_facts_clear: frees what is in @self; nothing is known then */
void
tc_run_facts_clear (TcRunFacts *self)
{
  g_clear_pointer (&self->verdict, tc_verdict_free);
  *self = (TcRunFacts) { 0 };
}

static JsonObject *
get_object (JsonArray *array,
            guint      index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * tc_run_facts_read_gates:
 * @gates: (nullable): oldest first; of two at one epoch the later one counts
 */
void
tc_run_facts_read_gates (TcRunFacts *self,
                         JsonArray  *gates)
{
  g_autoptr(GHashTable) results = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer result;

  for (guint i = 0; gates != NULL && i < json_array_get_length (gates); i++)
    {
      JsonObject *gate = get_object (gates, i);

      g_hash_table_insert (results, GINT_TO_POINTER ((int) tc_json_get_int (gate, "epoch", 0)),
                           (gpointer) tc_json_get_string (gate, "result", ""));
    }

  self->n_pass = self->n_warn = self->n_fail = self->n_skipped = 0;
  g_hash_table_iter_init (&iter, results);
  while (g_hash_table_iter_next (&iter, NULL, &result))
    {
      self->n_pass += g_str_equal (result, "pass");
      self->n_warn += g_str_equal (result, "warn");
      self->n_fail += g_str_equal (result, "fail");
      self->n_skipped += g_str_equal (result, "skipped");
    }
}

/**
 * tc_run_facts_read_verdicts:
 * @verdicts: (nullable): oldest first
 */
void
tc_run_facts_read_verdicts (TcRunFacts *self,
                            JsonArray  *verdicts)
{
  g_clear_pointer (&self->verdict, tc_verdict_free);
  for (guint i = verdicts != NULL ? json_array_get_length (verdicts) : 0; i > 0; i--)
    {
      JsonObject *object = get_object (verdicts, i - 1);
      g_autoptr(TcVerdict) verdict = object != NULL ? tc_verdict_from_json (object) : NULL;

      if (verdict == NULL || verdict->error != NULL)
        continue;
      self->verdict = g_steal_pointer (&verdict);
      return;
    }
}

/** tc_run_facts_read_spend: @group: (nullable): of an answer about spending, by session */
void
tc_run_facts_read_spend (TcRunFacts *self,
                         JsonObject *group)
{
  TcMoney amount;

  self->has_spent = tc_money_parse (tc_json_get_string (group, "cost_usd", ""), &amount, NULL);
  self->spent = self->has_spent ? amount : 0;
  self->n_unknown = (guint) tc_json_get_int (group, "n_unknown", 0);
}
