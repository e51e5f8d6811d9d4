/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-client-listing.h"

#include <glib/gi18n-lib.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-session.h"

/* A part is large enough to be worth a thread, and small enough that all of
 * them are busy to the end. */
#define PART_SESSIONS 500

/* Sessions that stand side by side in the answer. */
typedef struct
{
  TcJsonScanner  scanner;   /* stands before the first */
  guint          n;
  GPtrArray     *sessions;  /* (owned) (element-type TcSession) what became of them */
} Part;

static Part *
part_new (const TcJsonScanner *scanner)
{
  Part *part = g_new0 (Part, 1);

  part->scanner = *scanner;
  part->sessions = g_ptr_array_new_with_free_func (g_object_unref);

  return part;
}

static void
part_free (Part *part)
{
  g_ptr_array_unref (part->sessions);
  g_free (part);
}

static void
read_part (gpointer data,
           gpointer user_data)
{
  Part *part = data;

  for (guint i = 0; i < part->n; i++)
    {
      TcJsonToken token = tc_json_scanner_next (&part->scanner);
      g_autoptr(JsonNode) node = tc_json_build (&part->scanner, token, TC_JSON_SKIP_NULLS);
      g_autoptr(GError) error = NULL;
      TcSession *session;

      if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
        continue;
      session = tc_session_from_json (json_node_get_object (node), &error);
      if (session != NULL)
        g_ptr_array_add (part->sessions, session);
      else
        g_warning ("The engine sent something that is no session: %s", error->message);
    }
}

/* Walks over the sessions, and has them read in threads meanwhile.
 *
 * Returns: whether they are well-formed JSON
 */
static gboolean
read_parts (GPtrArray     *parts,
            TcJsonScanner *scanner)
{
  GThreadPool *pool = g_thread_pool_new (read_part, NULL, (int) g_get_num_processors (), FALSE, NULL);
  TcJsonScanner before = *scanner;
  TcJsonToken token;
  gboolean is_good;
  Part *part = part_new (&before);

  g_ptr_array_add (parts, part);
  while ((token = tc_json_scanner_next (scanner)) != TC_JSON_TOKEN_ARRAY_END && tc_json_scanner_skip (scanner, token))
    {
      if (part->n == PART_SESSIONS)
        {
          g_thread_pool_push (pool, part, NULL);
          part = part_new (&before);
          g_ptr_array_add (parts, part);
        }
      part->n++;
      before = *scanner;
    }
  is_good = token == TC_JSON_TOKEN_ARRAY_END;

  if (is_good)
    read_part (part, NULL);
  g_thread_pool_free (pool, !is_good, TRUE);

  return is_good;
}

static gboolean
read_sessions (TcClientListing *self,
               TcJsonScanner   *scanner)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) part_free);
  g_autoptr(GHashTable) ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  if (tc_json_scanner_next (scanner) != TC_JSON_TOKEN_ARRAY_BEGIN || !read_parts (parts, scanner))
    return FALSE;

  for (guint i = 0; i < parts->len; i++)
    {
      GPtrArray *sessions = ((Part *) g_ptr_array_index (parts, i))->sessions;

      for (guint j = 0; j < sessions->len; j++)
        {
          TcSession *session = g_ptr_array_index (sessions, j);
          guint64 id = tc_session_get_id (session);

          if (g_hash_table_add (ids, g_memdup2 (&id, sizeof id)))
            g_ptr_array_add (self->sessions, g_object_ref (session));
        }
    }

  return TRUE;
}

/* Returns: whether there is a list of sessions, and the rest is JSON */
static gboolean
read_answer (TcClientListing *self,
             TcJsonScanner   *scanner)
{
  gboolean has_sessions = FALSE;
  TcJsonToken token;

  if (tc_json_scanner_next (scanner) != TC_JSON_TOKEN_OBJECT_BEGIN)
    return FALSE;
  while ((token = tc_json_scanner_next (scanner)) == TC_JSON_TOKEN_KEY)
    {
      gboolean is_paused = tc_json_scanner_is (scanner, "paused");

      if (!has_sessions && tc_json_scanner_is (scanner, "sessions"))
        {
          if (!read_sessions (self, scanner))
            return FALSE;
          has_sessions = TRUE;
          continue;
        }
      token = tc_json_scanner_next (scanner);
      if (!tc_json_scanner_skip (scanner, token))
        return FALSE;
      if (is_paused && token == TC_JSON_TOKEN_BOOLEAN)
        self->is_paused = scanner->int_value != 0;
    }

  return has_sessions && token == TC_JSON_TOKEN_OBJECT_END &&
         tc_json_scanner_next (scanner) == TC_JSON_TOKEN_END;
}

/**
 * tc_client_listing_new:
 * @answer: {"paused": …, "sessions": […]}
 * @error: TC_ERROR_INVALID
 *
 * What is no session is left out, and warned of.
 *
 * Returns: (transfer full) (nullable): what it says
 */
TcClientListing *
tc_client_listing_new (GBytes  *answer,
                       GError **error)
{
  g_autoptr(TcClientListing) self = g_new0 (TcClientListing, 1);
  gsize length;
  const char *data = g_bytes_get_data (answer, &length);
  TcJsonScanner scanner;

  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  tc_json_scanner_init (&scanner, data != NULL ? data : "", length, FALSE);
  if (!read_answer (self, &scanner))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, _("The engine's answer has no list of sessions"));
      return NULL;
    }

  return g_steal_pointer (&self);
}

/** tc_client_listing_free: @self: (transfer full) */
void
tc_client_listing_free (TcClientListing *self)
{
  g_ptr_array_unref (self->sessions);
  g_free (self);
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      answer,
                GCancellable *cancellable)
{
  GError *error = NULL;
  TcClientListing *self = tc_client_listing_new (answer, &error);

  if (self != NULL)
    g_task_return_pointer (task, self, (GDestroyNotify) tc_client_listing_free);
  else
    g_task_return_error (task, error);
}

/**
 * tc_client_listing_read_async:
 * @answer: see tc_client_listing_new()
 *
 * Reads it without keeping the main loop waiting.
 */
void
tc_client_listing_read_async (GBytes              *answer,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_client_listing_read_async);
  g_task_set_task_data (task, g_bytes_ref (answer), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, read_in_thread);
}

/** tc_client_listing_read_finish: Returns: (transfer full) (nullable): see tc_client_listing_new() */
TcClientListing *
tc_client_listing_read_finish (GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
