/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-json.h"
#include "tc-verdict-missed.h"

typedef struct
{
  guint64 session_id;
  guint   attempt;
  gint64  epoch;   /* of its latest gate; 0: none */
} Search;

/* Returns: the latest epoch of the attempt in @records, or 0 */
static gint64
find_latest (const Search *search,
             JsonNode     *records)
{
  JsonArray *array = json_node_get_array (records);
  gint64 latest = 0;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *record = json_array_get_object_element (array, i);
      gint64 epoch = tc_json_get_int (record, "epoch", 0);

      if (tc_json_get_int (record, "attempt", 0) == search->attempt && epoch <= G_MAXINT)
        latest = MAX (latest, epoch);
    }

  return latest;
}

static void
on_verdicts (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(JsonNode) verdicts = tc_store_load_records_finish (TC_STORE (object), result, &error);

  if (verdicts == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, find_latest (search, verdicts) >= search->epoch ? 0 : (gssize) search->epoch);
}

static void
on_gates (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr(JsonNode) gates = tc_store_load_records_finish (TC_STORE (object), result, &error);

  if (gates == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  search->epoch = find_latest (search, gates);
  if (search->epoch == 0)
    g_task_return_int (task, 0);
  else
    tc_store_load_records_async (TC_STORE (object), "verdicts", search->session_id, cancellable,
                                 on_verdicts, g_steal_pointer (&task));
}

/**
 * tc_verdict_find_missed_async:
 * @session: of the attempt it is at
 *
 * Looks for the latest gate of @session in the store. That nobody could be asked
 * counts as an answer; the history says why.
 */
void
tc_verdict_find_missed_async (TcStore             *store,
                              TcSession           *session,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  Search *search = g_new0 (Search, 1);

  g_task_set_source_tag (task, tc_verdict_find_missed_async);
  search->session_id = tc_session_get_id (session);
  search->attempt = tc_session_get_attempt (session);
  g_task_set_task_data (task, search, g_free);
  tc_store_load_records_async (store, "gates", search->session_id, cancellable, on_gates, task);
}

/**
 * tc_verdict_find_missed_finish:
 * @attempt: (out): that was looked at
 * @error: TC_ERROR
 *
 * Returns: the epoch of the gate that is to be asked about; 0: none is
 */
guint
tc_verdict_find_missed_finish (GAsyncResult  *result,
                               guint         *attempt,
                               GError       **error)
{
  Search *search = g_task_get_task_data (G_TASK (result));
  gssize epoch = g_task_propagate_int (G_TASK (result), error);

  *attempt = search->attempt;

  return epoch > 0 ? (guint) epoch : 0;
}
