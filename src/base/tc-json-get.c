/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-json.h"

/* The member, if it is there and a scalar of one of two types. */
static JsonNode *
find_scalar (JsonObject *object,
             const char *member,
             GType       type,
             GType       other)
{
  JsonNode *node;
  GType found;

  if (object == NULL || member == NULL)
    return NULL;

  node = json_object_get_member (object, member);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;

  found = json_node_get_value_type (node);

  return found == type || found == other ? node : NULL;
}

/**
 * tc_json_has:
 * @object: (nullable): an object
 * @member: a name
 *
 * Returns: whether the member is there and not null
 */
gboolean
tc_json_has (JsonObject *object,
             const char *member)
{
  JsonNode *node = NULL;

  if (object != NULL)
    node = json_object_get_member (object, member);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

/**
 * tc_json_get_string:
 * @object: (nullable): an object
 * @member: a name
 * @fallback: (nullable): what to give otherwise
 *
 * Returns: (transfer none) (nullable): the member if it is a string; lives as
 *   long as @object
 */
const char *
tc_json_get_string (JsonObject *object,
                    const char *member,
                    const char *fallback)
{
  JsonNode *node = find_scalar (object, member, G_TYPE_STRING, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : fallback;
}

/**
 * tc_json_get_int:
 * @object: (nullable): an object
 * @member: a name
 * @fallback: what to give otherwise
 *
 * Returns: the member if it is an integer, or a double that is one (5.0)
 */
gint64
tc_json_get_int (JsonObject *object,
                 const char *member,
                 gint64      fallback)
{
  JsonNode *node = find_scalar (object, member, G_TYPE_INT64, G_TYPE_DOUBLE);
  double value;

  if (node == NULL)
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return json_node_get_int (node);

  /* Up to 2^53 every integer has a double of its own. NaN fails both. */
  value = json_node_get_double (node);
  if (!(value >= -9007199254740992.0 && value <= 9007199254740992.0) ||
      value != (double) (gint64) value)
    return fallback;

  return (gint64) value;
}

/**
 * tc_json_get_double:
 * @object: (nullable): an object
 * @member: a name
 * @fallback: what to give otherwise
 *
 * Returns: the member if it is a number; not finite only if it was read with
 *   TC_JSON_ALLOW_NON_FINITE
 */
double
tc_json_get_double (JsonObject *object,
                    const char *member,
                    double      fallback)
{
  JsonNode *node = find_scalar (object, member, G_TYPE_DOUBLE, G_TYPE_INT64);

  return node != NULL ? json_node_get_double (node) : fallback;
}

/**
 * tc_json_get_boolean:
 * @object: (nullable): an object
 * @member: a name
 * @fallback: what to give otherwise
 *
 * Returns: the member if it is true or false
 */
gboolean
tc_json_get_boolean (JsonObject *object,
                     const char *member,
                     gboolean    fallback)
{
  JsonNode *node = find_scalar (object, member, G_TYPE_BOOLEAN, G_TYPE_BOOLEAN);

  return node != NULL ? json_node_get_boolean (node) : fallback;
}

/**
 * tc_json_get_object:
 * @object: (nullable): an object
 * @member: a name
 *
 * Returns: (transfer none) (nullable): the member if it is an object
 */
JsonObject *
tc_json_get_object (JsonObject *object,
                    const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * tc_json_get_array:
 * @object: (nullable): an object
 * @member: a name
 *
 * Returns: (transfer none) (nullable): the member if it is an array
 */
JsonArray *
tc_json_get_array (JsonObject *object,
                   const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * tc_json_dup_strv:
 * @object: (nullable): an object
 * @member: a name
 *
 * Returns: (transfer full) (nullable): the strings of a member that is an array
 *   of nothing but strings
 */
char **
tc_json_dup_strv (JsonObject *object,
                  const char *member)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = tc_json_get_array (object, member);

  if (array == NULL)
    return NULL;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node) ||
          json_node_get_value_type (node) != G_TYPE_STRING)
        return NULL;
      g_strv_builder_add (builder, json_node_get_string (node));
    }

  return g_strv_builder_end (builder);
}
