/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-client-listing.h"

#include <glib/gi18n-lib.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-session.h"

static void
take_session (TcClientListing *self,
              GHashTable      *ids,
              JsonNode        *node)
{
  g_autoptr(GError) error = NULL;
  TcSession *session;
  guint64 id;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;
  session = tc_session_from_json (json_node_get_object (node), &error);
  if (session == NULL)
    {
      g_warning ("The engine sent something that is no session: %s", error->message);
      return;
    }
  id = tc_session_get_id (session);
  if (g_hash_table_add (ids, g_memdup2 (&id, sizeof id)))
    g_ptr_array_add (self->sessions, session);
  else
    g_object_unref (session);
}

static gboolean
read_sessions (TcClientListing *self,
               TcJsonScanner   *scanner)
{
  g_autoptr(GHashTable) ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  TcJsonToken token;

  if (tc_json_scanner_next (scanner) != TC_JSON_TOKEN_ARRAY_BEGIN)
    return FALSE;
  while ((token = tc_json_scanner_next (scanner)) != TC_JSON_TOKEN_ARRAY_END)
    {
      g_autoptr(JsonNode) node = tc_json_build (scanner, token, TC_JSON_SKIP_NULLS);

      if (node == NULL)
        return FALSE;
      take_session (self, ids, node);
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
