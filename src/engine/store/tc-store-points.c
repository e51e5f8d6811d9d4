/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>

#include "tc-error.h"
#include "tc-records.h"
#include "tc-series-table.h"
#include "tc-series.h"
#include "tc-store-points.h"
#include "tc-store-records.h"

/* Sessions whose names are remembered; more than ever run at once. */
#define MAX_REMEMBERED 64

#define LIMIT_EVENT_KIND "series-limit"

#define SQL_LIST_SERIES "SELECT id, name FROM series WHERE session = ?1 ORDER BY id"
#define SQL_ADD_SERIES "INSERT INTO series (session, name) VALUES (?1, ?2)"
#define SQL_HAS_LIMIT_EVENT \
  "SELECT 1 FROM events WHERE session = ?1 AND kind = '" LIMIT_EVENT_KIND "'"
#define SQL_ADD_POINT \
  "INSERT OR IGNORE INTO points (series, x, attempt, value, kind) VALUES (?1, ?2, ?3, ?4, ?5)"
#define SQL_LIST_POINTS \
  "SELECT x, value, kind FROM points WHERE series = ?1 ORDER BY x, attempt"

/* What is remembered of a session between two batches. */
typedef struct {
  GHashTable *ids;          /* (owned) name → row id in series */
  gboolean    is_limit_told;
} SessionSeries;

static void
session_series_free (gpointer data)
{
  SessionSeries *self = data;

  g_hash_table_unref (self->ids);
  g_free (self);
}

static gboolean
load_names (TcStoreDb      *db,
            guint64         session_id,
            SessionSeries  *known,
            GError        **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_LIST_SERIES, error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session_id);
  while (tc_store_db_step (db, statement, &has_row, error))
    {
      if (!has_row)
        return TRUE;
      g_hash_table_insert (known->ids, g_strdup ((const char *) sqlite3_column_text (statement, 1)),
                           g_memdup2 (&(gint64) { sqlite3_column_int64 (statement, 0) },
                                      sizeof (gint64)));
    }

  return FALSE;
}

static SessionSeries *
get_session (TcStoreDb  *db,
             guint64     session_id,
             GError    **error)
{
  gint64 key = session_id;
  SessionSeries *known;

  if (db->sessions != NULL && g_hash_table_size (db->sessions) > MAX_REMEMBERED)
    g_clear_pointer (&db->sessions, g_hash_table_unref);
  if (db->sessions == NULL)
    db->sessions = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, session_series_free);

  known = g_hash_table_lookup (db->sessions, &key);
  if (known != NULL)
    return known;

  known = g_new0 (SessionSeries, 1);
  known->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!load_names (db, session_id, known, error))
    {
      session_series_free (known);
      return NULL;
    }
  g_hash_table_insert (db->sessions, g_memdup2 (&key, sizeof key), known);

  return known;
}

/* A script that makes up a name a step must not fill the disk; it is told so
 * once, however often the engine is started. */
static gboolean
tell_limit (TcStoreDb      *db,
            guint64         session_id,
            SessionSeries  *known,
            GError        **error)
{
  sqlite3_stmt *statement;
  g_autoptr(TcEvent) event = NULL;
  gboolean has_row;

  if (known->is_limit_told)
    return TRUE;

  statement = tc_store_db_prepare (db, SQL_HAS_LIMIT_EVENT, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session_id);
  if (!tc_store_db_step (db, statement, &has_row, error))
    return FALSE;
  sqlite3_reset (statement);

  known->is_limit_told = TRUE;
  if (has_row)
    return TRUE;
  event = tc_event_new (session_id, TC_SEVERITY_WARNING, LIMIT_EVENT_KIND,
                        "The script reports more than 1,000 different metrics. Further new "
                        "names are left out; those known so far go on.",
                        tc_clock_get_realtime (db->clock));

  return tc_store_records_add_event (db, event, error);
}

/* The row id of a name; *id is 0 for one too many. */
static gboolean
intern (TcStoreDb      *db,
        guint64         session_id,
        const char     *name,
        gint64         *id,
        GError        **error)
{
  SessionSeries *known = get_session (db, session_id, error);
  gint64 *known_id = known != NULL ? g_hash_table_lookup (known->ids, name) : NULL;
  sqlite3_stmt *statement;

  *id = known_id != NULL ? *known_id : 0;
  if (known == NULL || known_id != NULL)
    return known != NULL;
  if (g_hash_table_size (known->ids) >= TC_SERIES_MAX_NAMES)
    return tell_limit (db, session_id, known, error);

  statement = tc_store_db_prepare (db, SQL_ADD_SERIES, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session_id);
  tc_store_db_bind_text (statement, 2, name);
  if (!tc_store_db_finish (db, statement, error))
    return FALSE;
  *id = sqlite3_last_insert_rowid (db->handle);
  g_hash_table_insert (known->ids, g_strdup (name), g_memdup2 (id, sizeof *id));

  return TRUE;
}

static gboolean
add_point (TcStoreDb      *db,
           sqlite3_stmt   *statement,
           gint64          series_id,
           const TcPoint  *point,
           GError        **error)
{
  TcPointKind kind = point->kind != TC_POINT_FINITE ? point->kind : tc_point_kind_of (point->value);

  sqlite3_bind_int64 (statement, 1, series_id);
  sqlite3_bind_double (statement, 2, point->x);
  if (kind == TC_POINT_FINITE)
    sqlite3_bind_double (statement, 4, point->value);
  else
    sqlite3_bind_null (statement, 4);
  sqlite3_bind_int (statement, 5, kind);

  return tc_store_db_finish (db, statement, error);
}

/**
 * tc_store_points_add:
 * @points: (element-type TcPoint): with names that live as long as the array
 * @error: TC_ERROR; TC_ERROR_NOT_FOUND if there is no such session
 *
 * Adds the points that are not there yet. One without a place on the axis (x
 * is not finite) is left out.
 *
 * Returns: whether it worked
 */
gboolean
tc_store_points_add (TcStoreDb     *db,
                     guint64        session_id,
                     guint          attempt,
                     const GArray  *points,
                     GError       **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_ADD_POINT, error);
  const char *last_name = NULL;
  gint64 series_id = 0;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 3, attempt);

  for (guint i = 0; i < points->len; i++)
    {
      const TcPoint *point = &g_array_index (points, TcPoint, i);

      if (!isfinite (point->x))
        continue;
      if (point->name != last_name && !intern (db, session_id, point->name, &series_id, error))
        return FALSE;
      last_name = point->name;
      if (series_id != 0 && !add_point (db, statement, series_id, point, error))
        return FALSE;
    }

  return TRUE;
}

/* As JavaScript and Python write them. */
static const char *
get_word (TcPointKind kind)
{
  return kind == TC_POINT_POS_INF ? "Infinity" : kind == TC_POINT_NEG_INF ? "-Infinity" : "NaN";
}

static void
append_pair (JsonArray   *array,
             double       x,
             double       value,
             TcPointKind  kind)
{
  JsonArray *pair = json_array_sized_new (2);

  json_array_add_double_element (pair, x);
  if (kind == TC_POINT_FINITE)
    json_array_add_double_element (pair, value);
  else
    json_array_add_string_element (pair, get_word (kind));
  json_array_add_array_element (array, pair);
}

static void
append_all (JsonArray *array,
            TcSeries  *series)
{
  TcSample sample;

  for (guint i = 0; tc_series_get_point (series, i, &sample); i++)
    append_pair (array, sample.x, sample.y, sample.kind);
}

/* A column of the answer has up to five points: the first, the last, the
 * lowest, the highest and one that is not finite. */
#define SAMPLES_PER_COLUMN 5

static void
append_decimated (JsonArray *array,
                  TcSeries  *series,
                  guint      max_points)
{
  g_autoptr(GArray) samples = g_array_new (FALSE, FALSE, sizeof (TcSample));
  double x_min, x_max;

  if (!tc_series_get_x_range (series, &x_min, &x_max))
    return;
  tc_series_decimate (series, x_min, x_max, MAX (1, max_points / SAMPLES_PER_COLUMN), samples);
  for (guint i = 0; i < samples->len; i++)
    {
      const TcSample *sample = &g_array_index (samples, TcSample, i);

      append_pair (array, sample->x, sample->y, sample->kind);
    }
}

/* All points of a series in the order of x; of several attempts the latest
 * value at one x. */
static gboolean
load_series (TcStoreDb  *db,
             gint64      series_id,
             TcSeries   *series,
             GError    **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_LIST_POINTS, error);
  gboolean has_row, has_pending = FALSE;
  double x = 0, value = 0;
  TcPointKind kind = TC_POINT_FINITE;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, series_id);

  while (tc_store_db_step (db, statement, &has_row, error))
    {
      double next_x = has_row ? sqlite3_column_double (statement, 0) : NAN;

      if (has_pending && x != next_x)
        tc_series_append (series, x, value, kind);
      if (!has_row)
        return TRUE;
      x = next_x;
      kind = sqlite3_column_int (statement, 2);
      value = kind == TC_POINT_FINITE ? sqlite3_column_double (statement, 1)
                                      : tc_point_kind_to_double (kind);
      has_pending = TRUE;
    }

  return FALSE;
}

/* (name, id) of the series that are asked for. */
static gboolean
list_series (TcStoreDb   *db,
             guint64      session_id,
             const char  *only,
             GPtrArray   *names,
             GArray      *ids,
             GError     **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_LIST_SERIES, error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session_id);
  while (tc_store_db_step (db, statement, &has_row, error))
    {
      const char *name = has_row ? (const char *) sqlite3_column_text (statement, 1) : NULL;
      gint64 id;

      if (!has_row)
        return TRUE;
      if (only != NULL && g_strcmp0 (name, only) != 0)
        continue;
      id = sqlite3_column_int64 (statement, 0);
      g_ptr_array_add (names, g_strdup (name));
      g_array_append_val (ids, id);
    }

  return FALSE;
}

/**
 * tc_store_points_load:
 * @series: (nullable): the only one wanted
 * @max_points: about as many a series, 0 for all
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (nullable): {"series":{NAME:[[x,value],…],…}}
 */
JsonNode *
tc_store_points_load (TcStoreDb   *db,
                      guint64      session_id,
                      const char  *series,
                      guint        max_points,
                      GError     **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(JsonObject) all = json_object_new ();
  JsonObject *object;
  JsonNode *node;

  if (!list_series (db, session_id, series, names, ids, error))
    return NULL;

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(TcSeries) points = tc_series_new (names->pdata[i]);
      JsonArray *array;

      if (!load_series (db, g_array_index (ids, gint64, i), points, error))
        return NULL;
      array = json_array_sized_new (max_points > 0 ? max_points : tc_series_get_length (points));
      if (max_points == 0 || tc_series_get_length (points) <= max_points)
        append_all (array, points);
      else
        append_decimated (array, points, max_points);
      json_object_set_array_member (all, names->pdata[i], array);
    }

  object = json_object_new ();
  json_object_set_object_member (object, "series", g_steal_pointer (&all));
  node = json_node_alloc ();
  json_node_take_object (json_node_init (node, JSON_NODE_OBJECT), object);

  return node;
}
