/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>

#include "tc-error.h"
#include "tc-store-records.h"
#include "tc-store-verdicts.h"

/* Kept of each session, and of the engine itself: what a script that fails a
 * thousand times a second says must not fill the disk. Looked after every
 * PRUNE_INTERVAL events. */
#define MAX_EVENTS "10000"
#define PRUNE_INTERVAL 256

/* The log and the events file both tell of a gate: the later word counts, what
 * it leaves out stays. */
#define SQL_ADD_GATE \
  "INSERT INTO gates (session, attempt, epoch, result, text, report, at_us)" \
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)" \
  " ON CONFLICT (session, attempt, epoch) DO UPDATE SET result = excluded.result," \
  " text = coalesce(excluded.text, text), report = coalesce(excluded.report, report)"

/* A path that is told again in the same epoch is the same file, and what is
 * left out stays; later it is a new file under an old name. */
#define SQL_ADD_CHECKPOINT \
  "INSERT INTO checkpoints" \
  " (session, attempt, epoch, path, sha256, bytes, val_loss, is_best, at_us)" \
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)" \
  " ON CONFLICT (session, path) DO UPDATE SET" \
  " sha256 = coalesce(excluded.sha256," \
  "  iif(attempt = excluded.attempt AND epoch = excluded.epoch, sha256, NULL))," \
  " bytes = iif(excluded.bytes < 0 AND attempt = excluded.attempt AND epoch = excluded.epoch," \
  "  bytes, excluded.bytes)," \
  " val_loss = coalesce(excluded.val_loss," \
  "  iif(attempt = excluded.attempt AND epoch = excluded.epoch, val_loss, NULL))," \
  " is_best = iif(attempt = excluded.attempt AND epoch = excluded.epoch," \
  "  max(is_best, excluded.is_best), excluded.is_best)," \
  " at_us = excluded.at_us, attempt = excluded.attempt, epoch = excluded.epoch"

/* There is one best at a time. */
#define SQL_CLEAR_BEST \
  "UPDATE checkpoints SET is_best = 0 WHERE session = ?1 AND path <> ?2 AND is_best"

#define SQL_ADD_EVENT \
  "INSERT INTO events (session, severity, kind, text, at_us) VALUES (?1, ?2, ?3, ?4, ?5)"
#define SQL_PRUNE_EVENTS \
  "DELETE FROM events WHERE session IS ?1 AND id <=" \
  " (SELECT id FROM events WHERE session IS ?1 ORDER BY id DESC LIMIT 1 OFFSET " MAX_EVENTS ")"

#define SQL_LIST_GATES \
  "SELECT id, session, attempt, epoch, result, text, report, at_us FROM gates" \
  " WHERE ?1 = 0 OR session = ?1 ORDER BY id"
/* A script that does not say what a checkpoint's losses are said those of its
 * epoch; the gate is the last one that looked at it. */
#define SQL_LOSS_OF_EPOCH(name) \
  "(SELECT value FROM points JOIN series ON series.id = points.series" \
  " WHERE series.session = c.session AND series.name = '" name "' AND points.x = c.epoch" \
  " AND points.attempt <= c.attempt ORDER BY points.attempt DESC LIMIT 1)"
#define SQL_LIST_CHECKPOINTS \
  "SELECT id, session, attempt, epoch, path, sha256, bytes," \
  " coalesce(val_loss, " SQL_LOSS_OF_EPOCH ("val_loss") "), is_best, at_us, " \
  SQL_LOSS_OF_EPOCH ("train_loss") "," \
  " (SELECT result FROM gates WHERE gates.session = c.session AND gates.epoch = c.epoch" \
  "  AND gates.attempt <= c.attempt ORDER BY gates.attempt DESC LIMIT 1)" \
  " FROM checkpoints AS c WHERE ?1 = 0 OR session = ?1 ORDER BY attempt, epoch, id"
#define SQL_LIST_ALL_EVENTS \
  "SELECT * FROM (SELECT id, session, severity, kind, text, at_us FROM events" \
  " WHERE ?1 = 0 ORDER BY id DESC LIMIT 1000) ORDER BY id"
#define SQL_LIST_EVENTS \
  "SELECT * FROM (SELECT id, session, severity, kind, text, at_us FROM events" \
  " WHERE session = ?1 ORDER BY id DESC LIMIT 1000) ORDER BY id"

/**
 * tc_store_records_add_gate:
 * @error: TC_ERROR; TC_ERROR_NOT_FOUND if there is no such session
 *
 * Returns: whether the gate's report is stored
 */
gboolean
tc_store_records_add_gate (TcStoreDb     *db,
                           const TcGate  *gate,
                           GError       **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_ADD_GATE, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, gate->session_id);
  sqlite3_bind_int64 (statement, 2, gate->attempt);
  sqlite3_bind_int64 (statement, 3, gate->epoch);
  tc_store_db_bind_text (statement, 4, gate->result);
  tc_store_db_bind_text (statement, 5, gate->text);
  tc_store_db_bind_text (statement, 6, gate->report);
  sqlite3_bind_int64 (statement, 7, gate->at_us);

  return tc_store_db_finish (db, statement, error);
}

static gboolean
clear_best (TcStoreDb           *db,
            const TcCheckpoint  *but,
            GError             **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_CLEAR_BEST, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, but->session_id);
  tc_store_db_bind_text (statement, 2, but->path);

  return tc_store_db_finish (db, statement, error);
}

/**
 * tc_store_records_add_checkpoint:
 * @error: TC_ERROR; TC_ERROR_NOT_FOUND if there is no such session
 *
 * Returns: whether the checkpoint is stored
 */
gboolean
tc_store_records_add_checkpoint (TcStoreDb           *db,
                                 const TcCheckpoint  *checkpoint,
                                 GError             **error)
{
  sqlite3_stmt *statement;

  if (checkpoint->is_best && !clear_best (db, checkpoint, error))
    return FALSE;

  statement = tc_store_db_prepare (db, SQL_ADD_CHECKPOINT, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, checkpoint->session_id);
  sqlite3_bind_int64 (statement, 2, checkpoint->attempt);
  sqlite3_bind_int64 (statement, 3, checkpoint->epoch);
  tc_store_db_bind_text (statement, 4, checkpoint->path);
  tc_store_db_bind_text (statement, 5, checkpoint->sha256);
  sqlite3_bind_int64 (statement, 6, checkpoint->bytes);
  if (isfinite (checkpoint->val_loss))
    sqlite3_bind_double (statement, 7, checkpoint->val_loss);
  sqlite3_bind_int (statement, 8, checkpoint->is_best ? 1 : 0);
  sqlite3_bind_int64 (statement, 9, checkpoint->at_us);

  return tc_store_db_finish (db, statement, error);
}

static void
bind_session (sqlite3_stmt *statement,
              int           index,
              guint64       session_id)
{
  if (session_id != 0)
    sqlite3_bind_int64 (statement, index, session_id);
  else
    sqlite3_bind_null (statement, index);
}

/**
 * tc_store_records_add_event:
 * @error: TC_ERROR; TC_ERROR_NOT_FOUND if there is no such session
 *
 * Returns: whether the event is stored
 */
gboolean
tc_store_records_add_event (TcStoreDb      *db,
                            const TcEvent  *event,
                            GError        **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_ADD_EVENT, error);

  if (statement == NULL)
    return FALSE;
  bind_session (statement, 1, event->session_id);
  sqlite3_bind_int (statement, 2, event->severity);
  tc_store_db_bind_text (statement, 3, event->kind);
  tc_store_db_bind_text (statement, 4, event->text);
  sqlite3_bind_int64 (statement, 5, event->at_us);
  if (!tc_store_db_finish (db, statement, error))
    return FALSE;
  if (sqlite3_last_insert_rowid (db->handle) % PRUNE_INTERVAL != 0)
    return TRUE;

  statement = tc_store_db_prepare (db, SQL_PRUNE_EVENTS, error);
  if (statement == NULL)
    return FALSE;
  bind_session (statement, 1, event->session_id);

  return tc_store_db_finish (db, statement, error);
}

static char *
dup_column (sqlite3_stmt *row,
            int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (row, column));
}

static JsonNode *
read_gate (sqlite3_stmt *row)
{
  g_autoptr(TcGate) gate = g_new0 (TcGate, 1);

  gate->id = sqlite3_column_int64 (row, 0);
  gate->session_id = sqlite3_column_int64 (row, 1);
  gate->attempt = sqlite3_column_int64 (row, 2);
  gate->epoch = sqlite3_column_int64 (row, 3);
  gate->result = dup_column (row, 4);
  gate->text = dup_column (row, 5);
  gate->report = dup_column (row, 6);
  gate->at_us = sqlite3_column_int64 (row, 7);

  return tc_gate_to_json (gate);
}

static JsonNode *
read_checkpoint (sqlite3_stmt *row)
{
  g_autoptr(TcCheckpoint) checkpoint = g_new0 (TcCheckpoint, 1);

  checkpoint->id = sqlite3_column_int64 (row, 0);
  checkpoint->session_id = sqlite3_column_int64 (row, 1);
  checkpoint->attempt = sqlite3_column_int64 (row, 2);
  checkpoint->epoch = sqlite3_column_int64 (row, 3);
  checkpoint->path = dup_column (row, 4);
  checkpoint->sha256 = dup_column (row, 5);
  checkpoint->bytes = sqlite3_column_int64 (row, 6);
  checkpoint->val_loss = sqlite3_column_type (row, 7) == SQLITE_NULL
                         ? NAN : sqlite3_column_double (row, 7);
  checkpoint->is_best = sqlite3_column_int (row, 8) != 0;
  checkpoint->at_us = sqlite3_column_int64 (row, 9);
  checkpoint->train_loss = sqlite3_column_type (row, 10) == SQLITE_NULL
                           ? NAN : sqlite3_column_double (row, 10);
  checkpoint->gate = dup_column (row, 11);

  return tc_checkpoint_to_json (checkpoint);
}

static JsonNode *
read_event (sqlite3_stmt *row)
{
  g_autoptr(TcEvent) event = g_new0 (TcEvent, 1);

  event->id = sqlite3_column_int64 (row, 0);
  event->session_id = sqlite3_column_int64 (row, 1);
  event->severity = sqlite3_column_int (row, 2);
  event->kind = dup_column (row, 3);
  event->text = dup_column (row, 4);
  event->at_us = sqlite3_column_int64 (row, 5);

  return tc_event_to_json (event);
}

typedef struct {
  const char  *kind;
  const char  *sql;     /* ?1 is the session, 0 for all */
  JsonNode  *(*read) (sqlite3_stmt *row);
} Listing;

static const Listing *
get_listing (const char *kind,
             guint64     session_id)
{
  static const Listing listings[] = {
    { "gates", SQL_LIST_GATES, read_gate },
    { "checkpoints", SQL_LIST_CHECKPOINTS, read_checkpoint },
    { "events", SQL_LIST_EVENTS, read_event },
    { "verdicts", TC_STORE_SQL_LIST_VERDICTS, tc_store_verdicts_read },
  };
  static const Listing all_events = { "events", SQL_LIST_ALL_EVENTS, read_event };

  if (session_id == 0 && g_str_equal (kind, "events"))
    return &all_events;
  for (guint i = 0; i < G_N_ELEMENTS (listings); i++)
    if (g_str_equal (kind, listings[i].kind))
      return &listings[i];

  return NULL;
}

/**
 * tc_store_records_load:
 * @kind: "gates", "checkpoints", "events" or "verdicts"
 * @session_id: whose; 0 for all
 * @error: TC_ERROR; TC_ERROR_USAGE for another kind
 *
 * Returns: (transfer full) (nullable): an array of objects, oldest first
 */
JsonNode *
tc_store_records_load (TcStoreDb   *db,
                       const char  *kind,
                       guint64      session_id,
                       GError     **error)
{
  const Listing *listing = get_listing (kind, session_id);
  g_autoptr(JsonArray) array = json_array_new ();
  sqlite3_stmt *statement;
  gboolean has_row;

  if (listing == NULL)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_USAGE, "There are no records called “%s”", kind);
      return NULL;
    }

  statement = tc_store_db_prepare (db, listing->sql, error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, session_id);
  while (tc_store_db_step (db, statement, &has_row, error))
    {
      if (!has_row)
        {
          JsonNode *node = json_node_alloc ();

          json_node_take_array (json_node_init (node, JSON_NODE_ARRAY), g_steal_pointer (&array));
          return node;
        }
      json_array_add_element (array, listing->read (statement));
    }

  return NULL;
}
