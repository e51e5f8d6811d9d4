/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-api-body.h"
#include "tc-error.h"
#include "tc-json.h"

static gboolean
refuse_others (JsonObject         *body,
               const char *const  *known,
               GError            **error)
{
  JsonObjectIter iter;
  const char *member;

  json_object_iter_init_ordered (&iter, body);
  while (json_object_iter_next_ordered (&iter, &member, NULL))
    if (!g_strv_contains (known, member))
      {
        g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” is not known here.", member);
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_chain (JsonObject  *body,
            gboolean    *chain,
            GError     **error)
{
  JsonNode *node = json_object_get_member (body, "chain");

  *chain = FALSE;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "“chain” is true or false.");
      return FALSE;
    }
  *chain = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
add_config (GPtrArray   *configs,
            JsonNode    *node,
            GError     **error)
{
  TcSessionConfig *config;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "Each of “sessions” is an object.");
      return FALSE;
    }
  config = tc_session_config_from_json (json_node_get_object (node), error);
  if (config == NULL)
    return FALSE;
  g_ptr_array_add (configs, config);
  return TRUE;
}

/**
 * tc_api_body_to_configs:
 * @body: a configuration, or {"sessions":[configuration…],"chain":bool}
 * @chain: (out): whether each is to wait for the one before
 * @error: TC_ERROR_INVALID, with a sentence that says where
 *
 * Returns: (transfer full) (nullable) (element-type TcSessionConfig): at least
 *   one, all valid
 */
GPtrArray *
tc_api_body_to_configs (JsonObject  *body,
                        gboolean    *chain,
                        GError     **error)
{
  static const char *const known[] = { "sessions", "chain", NULL };
  g_autoptr (GPtrArray) configs = NULL;
  g_autoptr (JsonNode) whole = NULL;
  JsonArray *sessions;

  *chain = FALSE;
  configs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_session_config_unref);
  if (!tc_json_has (body, "sessions"))
    {
      whole = json_node_init_object (json_node_alloc (), body);
      return add_config (configs, whole, error) ? g_steal_pointer (&configs) : NULL;
    }

  sessions = tc_json_get_array (body, "sessions");
  if (sessions == NULL || json_array_get_length (sessions) == 0)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "“sessions” is a list with at least one object.");
      return NULL;
    }
  if (!refuse_others (body, known, error) || !read_chain (body, chain, error))
    return NULL;

  for (guint i = 0; i < json_array_get_length (sessions); i++)
    if (!add_config (configs, json_array_get_element (sessions, i), error))
      {
        g_prefix_error (error, "Session %u of the list: ", i + 1);
        return NULL;
      }
  return g_steal_pointer (&configs);
}

/**
 * tc_api_body_to_number:
 * @body: (nullable): an object with one member
 * @member: its name
 * @minimum: at least 0
 * @maximum: the largest value taken
 * @error: TC_ERROR_INVALID
 *
 * Returns: the number, or -1
 */
gint64
tc_api_body_to_number (JsonObject  *body,
                       const char  *member,
                       gint64       minimum,
                       gint64       maximum,
                       GError     **error)
{
  const char *const known[] = { member, NULL };
  JsonNode *node = body == NULL ? NULL : json_object_get_member (body, member);

  if (body != NULL && !refuse_others (body, known, error))
    return -1;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64 ||
      json_node_get_int (node) < minimum || json_node_get_int (node) > maximum)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "Send {\"%s\": N} with N from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ".",
                   member, minimum, maximum);
      return -1;
    }
  return json_node_get_int (node);
}
