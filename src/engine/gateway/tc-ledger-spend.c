/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What was spent on what. Asked on a connection of its own in a thread of its
 * own, so that a long look at the past delays no call; but first all that was
 * written before gets in. */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-ledger-db.h"
#include "tc-ledger-private.h"

#define MAX_CALLS "1000"

/* A way to group the calls: how SQL says it, and the member that names a group. */
typedef struct
{
  const char *by;
  const char *expression;
  const char *member;
} Grouping;

static const Grouping groupings[] = {
  { "session", "session", "session_id" },
  { "provider", "provider", "provider" },
  { "model", "provider || ' ' || model", "model" },
  { "day", "day", "day" },
  { "key", "key", "key_id" },
};

/* Behind the group. The order is that of the columns below. */
#define SUMS \
  "sum(state IN ('held', 'settled', 'unsettled'))," \
  " sum(state = 'held'), sum(state = 'released')," \
  " sum(CASE state WHEN 'refused' THEN times ELSE 0 END)," \
  " sum(state IN ('settled', 'unsettled') AND cost IS NULL)," \
  " sum(input), sum(cache_read), sum(cache_write), sum(output)," \
  " coalesce(sum(CASE WHEN state IN ('settled', 'unsettled') THEN cost END), 0)," \
  " coalesce(sum(CASE WHEN source = 'exact' THEN cost END), 0)," \
  " coalesce(sum(CASE WHEN source = 'computed' THEN cost END), 0)," \
  " coalesce(sum(CASE WHEN source = 'estimated' THEN cost END), 0)," \
  " coalesce(sum(CASE WHEN state = 'unsettled' THEN cost END), 0)," \
  " coalesce(sum(CASE WHEN state = 'held' THEN hold END), 0)"

static const struct
{
  const char *member;
  gboolean    is_money;
} sums[] = {
  { "calls", FALSE }, { "n_held", FALSE }, { "released", FALSE }, { "refused", FALSE },
  { "n_unknown", FALSE }, { "input_tokens", FALSE }, { "cache_read_tokens", FALSE },
  { "cache_write_tokens", FALSE }, { "output_tokens", FALSE }, { "cost_usd", TRUE },
  { "exact_usd", TRUE }, { "computed_usd", TRUE }, { "estimated_usd", TRUE },
  { "unsettled_usd", TRUE }, { "held_usd", TRUE },
};

#define CALL_COLUMNS \
  "id, session, attempt, origin, provider, key, model, is_stream, is_free, state, at_us, ended_us," \
  " status, input, cache_read, cache_write, output, hold, cost, source, why, times"

typedef enum
{
  COLUMN_INT,
  COLUMN_ID,    /* a number as a text */
  COLUMN_BOOL,
  COLUMN_TEXT,
  COLUMN_MONEY,
} ColumnKind;

static const struct
{
  const char *member;
  ColumnKind  kind;
} call_columns[] = {
  { "id", COLUMN_ID }, { "session_id", COLUMN_ID }, { "attempt", COLUMN_INT },
  { "origin", COLUMN_TEXT }, { "provider", COLUMN_TEXT }, { "key_id", COLUMN_ID },
  { "model", COLUMN_TEXT }, { "stream", COLUMN_BOOL }, { "free", COLUMN_BOOL },
  { "state", COLUMN_TEXT }, { "at_us", COLUMN_INT }, { "ended_us", COLUMN_INT },
  { "status", COLUMN_INT }, { "input_tokens", COLUMN_INT }, { "cache_read_tokens", COLUMN_INT },
  { "cache_write_tokens", COLUMN_INT }, { "output_tokens", COLUMN_INT },
  { "hold_usd", COLUMN_MONEY }, { "cost_usd", COLUMN_MONEY }, { "source", COLUMN_TEXT },
  { "why", COLUMN_TEXT }, { "times", COLUMN_INT },
};

/* One question. */
typedef struct
{
  const Grouping *grouping; /* (nullable) NULL: the calls themselves */
  guint64         session_id;
  gint64          from_us;
  gint64          to_us;
  TcStoreDb      *db;       /* (owned) connected while it is asked */
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  tc_store_db_free (self->db);
  g_free (self);
}

static void
set_money (JsonObject *object,
           const char *member,
           TcMoney     amount)
{
  g_autofree char *text = tc_money_format (MAX (amount, 0));

  json_object_set_string_member (object, member, text + 1);
}

static void
set_column (JsonObject   *object,
            sqlite3_stmt *row,
            int           column)
{
  const char *member = call_columns[column].member;
  const char *text = (const char *) sqlite3_column_text (row, column);
  gint64 value = sqlite3_column_int64 (row, column);

  if (text == NULL)
    json_object_set_null_member (object, member);
  else if (call_columns[column].kind == COLUMN_INT)
    json_object_set_int_member (object, member, value);
  else if (call_columns[column].kind == COLUMN_BOOL)
    json_object_set_boolean_member (object, member, value != 0);
  else if (call_columns[column].kind == COLUMN_MONEY)
    set_money (object, member, value);
  else
    json_object_set_string_member (object, member, text);
}

static JsonObject *
read_call (sqlite3_stmt *row)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (call_columns); i++)
    set_column (object, row, (int) i);

  return object;
}

static void
read_sums (JsonObject   *object,
           sqlite3_stmt *row,
           int           first)
{
  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    {
      gint64 value = sqlite3_column_int64 (row, first + (int) i);

      if (sums[i].is_money)
        set_money (object, sums[i].member, value);
      else
        json_object_set_int_member (object, sums[i].member, value);
    }
}

static JsonObject *
read_group (sqlite3_stmt   *row,
            const Grouping *grouping)
{
  JsonObject *object = json_object_new ();
  const char *name = (const char *) sqlite3_column_text (row, 0);
  const char *blank = name != NULL ? strchr (name, ' ') : NULL;

  if (g_str_equal (grouping->by, "day"))
    {
      int day = sqlite3_column_int (row, 0);
      g_autofree char *text = g_strdup_printf ("%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);

      json_object_set_string_member (object, grouping->member, text);
    }
  else if (g_str_equal (grouping->by, "model") && blank != NULL)
    {
      g_autofree char *provider = g_strndup (name, (gsize) (blank - name));

      json_object_set_string_member (object, "provider", provider);
      json_object_set_string_member (object, grouping->member, blank + 1);
    }
  else
    json_object_set_string_member (object, grouping->member, name != NULL ? name : "");
  read_sums (object, row, 1);

  return object;
}

/* The conditions that the question has; with none of the others, so that an
 * index can be used. */
static void
append_where (GString        *sql,
              const Question *question)
{
  g_string_append (sql, " FROM calls WHERE 1");
  if (question->session_id != 0)
    g_string_append (sql, " AND session = ?1");
  if (question->from_us != 0)
    g_string_append (sql, " AND at_us >= ?2");
  if (question->to_us != 0)
    g_string_append (sql, " AND at_us < ?3");
}

/* @sql is one of a few texts, which are kept. */
static sqlite3_stmt *
prepare (Question  *question,
         GString   *sql,
         GError   **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (question->db, g_intern_string (sql->str), error);

  if (statement == NULL)
    return NULL;
  if (question->session_id != 0)
    sqlite3_bind_int64 (statement, 1, (gint64) question->session_id);
  if (question->from_us != 0)
    sqlite3_bind_int64 (statement, 2, question->from_us);
  if (question->to_us != 0)
    sqlite3_bind_int64 (statement, 3, question->to_us);

  return statement;
}

static gboolean
add_list (Question    *question,
          JsonObject  *answer,
          GError     **error)
{
  const Grouping *grouping = question->grouping;
  JsonArray *list = json_array_new ();
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  sqlite3_stmt *row;
  gboolean has_row;

  json_object_set_array_member (answer, grouping != NULL ? "groups" : "calls", list);
  if (grouping != NULL)
    g_string_append_printf (sql, "%s, " SUMS, grouping->expression);
  else
    g_string_append (sql, CALL_COLUMNS);
  append_where (sql, question);
  g_string_append (sql, grouping != NULL ? " GROUP BY 1 ORDER BY 1" : " ORDER BY id DESC LIMIT " MAX_CALLS);

  row = prepare (question, sql, error);
  while (row != NULL && tc_store_db_step (question->db, row, &has_row, error))
    {
      if (!has_row)
        return TRUE;
      json_array_add_object_element (list, grouping != NULL ? read_group (row, grouping) : read_call (row));
    }

  return FALSE;
}

static gboolean
add_total (Question    *question,
           JsonObject  *answer,
           GError     **error)
{
  JsonObject *total = json_object_new ();
  g_autoptr (GString) sql = g_string_new ("SELECT " SUMS);
  sqlite3_stmt *row;
  gboolean has_row;

  json_object_set_object_member (answer, "total", total);
  append_where (sql, question);
  row = prepare (question, sql, error);
  if (row == NULL || !tc_store_db_step (question->db, row, &has_row, error))
    return FALSE;
  if (has_row)
    read_sums (total, row, 0);
  sqlite3_reset (row);

  return TRUE;
}

static gboolean
ask (Question    *question,
     JsonObject  *answer,
     GError     **error)
{
  /* One transaction, so that the total is that of the groups. */
  return tc_store_db_connect (question->db, error) &&
         tc_store_db_exec (question->db, "PRAGMA query_only = ON; BEGIN", error) &&
         add_total (question, answer, error) &&
         add_list (question, answer, error) &&
         tc_store_db_exec (question->db, "COMMIT", error);
}

static void
run_question (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  Question *question = data;
  g_autoptr (JsonObject) answer = json_object_new ();
  GError *error = NULL;
  gboolean is_answered;

  json_object_set_string_member (answer, "by", question->grouping != NULL ? question->grouping->by : "call");
  is_answered = ask (question, answer, &error);
  tc_store_db_disconnect (question->db);
  if (!is_answered)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_return_pointer (task, json_node_init_object (json_node_alloc (), answer),
                         (GDestroyNotify) json_node_unref);
}

/* All that was written before the question is in. */
static void
answer_barrier (TcLedgerJob *job)
{
  if (job->error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&job->error));
  else
    g_task_run_in_thread (job->task, run_question);
}

static const Grouping *
find_grouping (const char *by)
{
  for (guint i = 0; i < G_N_ELEMENTS (groupings); i++)
    if (g_strcmp0 (groupings[i].by, by) == 0)
      return &groupings[i];

  return NULL;
}

/**
 * tc_ledger_load_spend_async:
 * @by: "session" "provider" "model" "day" "key", or "call": the newest 1,000
 *   calls themselves, newest first
 * @session_id: only of this one; 0: of all
 * @from_us: UTC; 0: from the beginning
 * @to_us: UTC, not included; 0: until now
 *
 * Sums up the calls that began in that time.
 */
void
tc_ledger_load_spend_async (TcLedger            *self,
                            const char          *by,
                            guint64              session_id,
                            gint64               from_us,
                            gint64               to_us,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  static const TcLedgerOperation operation = { NULL, answer_barrier, NULL, TC_LEDGER_DEFAULT };
  g_autoptr (GTask) task = NULL;
  Question *question;

  g_return_if_fail (TC_IS_LEDGER (self));

  task = tc_ledger_new_task (self, tc_ledger_load_spend_async, NULL, callback, user_data);
  if (g_strcmp0 (by, "call") != 0 && find_grouping (by) == NULL)
    {
      g_task_return_new_error_literal (task, TC_ERROR, TC_ERROR_INVALID,
                                       "Spending is summed up by session, provider, model, day, key or call.");
      return;
    }
  question = g_new0 (Question, 1);
  question->grouping = find_grouping (by);
  question->session_id = session_id;
  question->from_us = from_us;
  question->to_us = to_us;
  question->db = tc_store_db_new (self->path, self->clock);
  g_task_set_task_data (task, question, question_free);
  tc_ledger_start (self, &operation, NULL, g_steal_pointer (&task));
}

/**
 * tc_ledger_load_spend_finish:
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (nullable): {"by","total":{…},"groups":[{…},…]},
 *   each with the group's name, "calls", "n_held", "released", "refused",
 *   "n_unknown", counts of tokens, and "cost_usd": all that is known to be owed,
 *   of which "exact_usd", "computed_usd", "estimated_usd" and "unsettled_usd"
 *   are parts; "held_usd" is not in it. Or "calls" instead of "groups".
 */
JsonNode *
tc_ledger_load_spend_finish (TcLedger      *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, tc_ledger_load_spend_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
