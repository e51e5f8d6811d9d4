/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-api-batch.h"
#include "tc-json.h"
#include "tc-point.h"

static guint64 *
new_key (guint64 id)
{
  return g_memdup2 (&id, sizeof id);
}

/** tc_api_batch_init: an empty batch; cleared with tc_api_batch_clear() */
void
tc_api_batch_init (TcApiBatch *self)
{
  self->sessions = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->added = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->removed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->logs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->facts = g_string_new (NULL);
  self->has_queue = FALSE;
}

/** tc_api_batch_clear: frees what it holds */
void
tc_api_batch_clear (TcApiBatch *self)
{
  g_clear_pointer (&self->sessions, g_hash_table_unref);
  g_clear_pointer (&self->added, g_hash_table_unref);
  g_clear_pointer (&self->removed, g_hash_table_unref);
  g_clear_pointer (&self->logs, g_hash_table_unref);
  g_string_free (g_steal_pointer (&self->facts), TRUE);
}

/** tc_api_batch_reset: empties it, and gives back the memory of a large one */
void
tc_api_batch_reset (TcApiBatch *self)
{
  g_hash_table_remove_all (self->sessions);
  g_hash_table_remove_all (self->added);
  g_hash_table_remove_all (self->removed);
  g_hash_table_remove_all (self->logs);
  if (self->facts->allocated_len > 64 * 1024)
    {
      g_string_free (self->facts, TRUE);
      self->facts = g_string_new (NULL);
    }
  g_string_truncate (self->facts, 0);
  self->has_queue = FALSE;
}

/** tc_api_batch_is_empty: */
gboolean
tc_api_batch_is_empty (TcApiBatch *self)
{
  return self->facts->len == 0 && !self->has_queue &&
         g_hash_table_size (self->sessions) == 0 &&
         g_hash_table_size (self->removed) == 0 && g_hash_table_size (self->logs) == 0;
}

/** tc_api_batch_get_size: Returns: bytes waiting, of what cannot be merged */
gsize
tc_api_batch_get_size (TcApiBatch *self)
{
  return self->facts->len;
}

/** tc_api_batch_add_session: */
void
tc_api_batch_add_session (TcApiBatch *self,
                          TcSession  *session,
                          gboolean    is_new)
{
  guint64 id = tc_session_get_id (session);

  g_hash_table_insert (self->sessions, new_key (id), g_object_ref (session));
  if (is_new)
    g_hash_table_add (self->added, new_key (id));
}

/** tc_api_batch_remove_session: nothing said about it before matters now */
void
tc_api_batch_remove_session (TcApiBatch *self,
                             guint64     id)
{
  g_hash_table_remove (self->sessions, &id);
  g_hash_table_remove (self->added, &id);
  g_hash_table_remove (self->logs, &id);
  g_hash_table_add (self->removed, new_key (id));
}

static void
append_point (GString       *text,
              const TcPoint *point)
{
  g_string_append_c (text, '[');
  tc_json_append_escaped (text, point->name, -1);
  g_string_append_c (text, ',');
  tc_json_append_double (text, point->x);
  g_string_append_c (text, ',');

  switch (point->kind)
    {
    case TC_POINT_NAN:
      g_string_append (text, "\"NaN\"");
      break;
    case TC_POINT_POS_INF:
      g_string_append (text, "\"Infinity\"");
      break;
    case TC_POINT_NEG_INF:
      g_string_append (text, "\"-Infinity\"");
      break;
    case TC_POINT_FINITE:
    default:
      tc_json_append_double (text, point->value);
      break;
    }
  g_string_append_c (text, ']');
}

/**
 * tc_api_batch_add_points:
 * @points: (element-type TcPoint): at least one; they are written out here,
 *   since neither they nor their names outlive the signal
 */
void
tc_api_batch_add_points (TcApiBatch *self,
                         guint64     id,
                         GArray     *points)
{
  if (points->len == 0)
    return;

  g_string_append_printf (self->facts, ",{\"type\":\"points\",\"session_id\":\"%" G_GUINT64_FORMAT
                                       "\",\"points\":[", id);
  for (guint i = 0; i < points->len; i++)
    {
      if (i > 0)
        g_string_append_c (self->facts, ',');
      append_point (self->facts, &g_array_index (points, TcPoint, i));
    }
  g_string_append (self->facts, "]}");
}

/** tc_api_batch_add_record: @kind is gate, checkpoint or event */
void
tc_api_batch_add_record (TcApiBatch *self,
                         const char *kind,
                         guint64     id,
                         JsonNode   *record)
{
  g_autofree char *text = tc_json_to_string (record, FALSE);

  g_string_append_printf (self->facts, ",{\"type\":\"record\",\"kind\":\"%s\",\"session_id\":\"%"
                                       G_GUINT64_FORMAT "\",\"record\":%s}", kind, id, text);
}

/** tc_api_batch_add_event: @event: an object with a "type"; goes out as it is */
void
tc_api_batch_add_event (TcApiBatch *self,
                        JsonNode   *event)
{
  g_autofree char *text = tc_json_to_string (event, FALSE);

  g_string_append_printf (self->facts, ",%s", text);
}

/** tc_api_batch_set_log: */
void
tc_api_batch_set_log (TcApiBatch *self,
                      guint64     id,
                      gint64      size)
{
  g_hash_table_insert (self->logs, new_key (id), g_memdup2 (&size, sizeof size));
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

static void
append_session (TcApiBatch       *self,
                GString          *text,
                TcSession        *session,
                TcApiSessionFunc  func,
                gpointer          user_data)
{
  guint64 id = tc_session_get_id (session);

  g_string_append_printf (text, ",{\"type\":\"session-%s\",\"session\":%s}",
                          g_hash_table_contains (self->added, &id) ? "added" : "changed",
                          func (session, user_data));
}

/**
 * tc_api_batch_to_text:
 * @is_paused: for the queue's event, if there is one
 * @func: makes JSON of a session
 *
 * Sessions come before what was said about them, removals after.
 *
 * Returns: (transfer full): {"events":[…]}
 */
char *
tc_api_batch_to_text (TcApiBatch       *self,
                      gboolean          is_paused,
                      TcApiSessionFunc  func,
                      gpointer          user_data)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GList) ids = NULL;
  GHashTableIter iter;
  gpointer key, value;

  ids = g_list_sort (g_hash_table_get_keys (self->sessions), compare_ids);
  for (GList *link = ids; link != NULL; link = link->next)
    append_session (self, text, g_hash_table_lookup (self->sessions, link->data), func, user_data);

  g_string_append_len (text, self->facts->str, (gssize) self->facts->len);

  g_hash_table_iter_init (&iter, self->logs);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_string_append_printf (text, ",{\"type\":\"log\",\"session_id\":\"%" G_GUINT64_FORMAT
                                  "\",\"size\":%" G_GINT64_FORMAT "}",
                            *(guint64 *) key, *(gint64 *) value);

  g_hash_table_iter_init (&iter, self->removed);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_string_append_printf (text, ",{\"type\":\"session-removed\",\"session_id\":\"%"
                                  G_GUINT64_FORMAT "\"}", *(guint64 *) key);
  if (self->has_queue)
    g_string_append_printf (text, ",{\"type\":\"queue\",\"paused\":%s}",
                            is_paused ? "true" : "false");

  /* Every event brought a comma; the first one makes room for the opening. */
  if (text->len > 0)
    g_string_erase (text, 0, 1);
  g_string_prepend (text, "{\"events\":[");
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}
