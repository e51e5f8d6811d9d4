/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-json.h"
#include "tc-wire-schema.h"

/* The first N_RARE are checked by few. */
#define N_RARE 5

static const char *const limits[] = {
  "minLength", "maxLength", "uniqueItems", "minProperties", "maxProperties", "minimum", "maximum",
  "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "pattern",
};

typedef void (*SchemaFunc) (JsonObject *schema,
                            gpointer    user_data);

static void walk (JsonNode   *node,
                  SchemaFunc  func,
                  gpointer    user_data);

static void
walk_members (JsonObject *parent,
              const char *name,
              SchemaFunc  func,
              gpointer    user_data)
{
  JsonObject *members = tc_json_get_object (parent, name);
  g_autoptr(GList) values = members != NULL ? json_object_get_values (members) : NULL;

  for (GList *l = values; l != NULL; l = l->next)
    walk (l->data, func, user_data);
}

static void
walk_elements (JsonObject *parent,
               const char *name,
               SchemaFunc  func,
               gpointer    user_data)
{
  JsonArray *elements = tc_json_get_array (parent, name);

  for (guint i = 0; elements != NULL && i < json_array_get_length (elements); i++)
    walk (json_array_get_element (elements, i), func, user_data);
}

/* Calls func for a schema and each one in it. */
static void
walk (JsonNode   *node,
      SchemaFunc  func,
      gpointer    user_data)
{
  JsonObject *schema;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  schema = json_node_get_object (node);
  walk_members (schema, "properties", func, user_data);
  walk_members (schema, "$defs", func, user_data);
  walk_members (schema, "definitions", func, user_data);
  walk_elements (schema, "anyOf", func, user_data);
  walk_elements (schema, "oneOf", func, user_data);
  walk_elements (schema, "allOf", func, user_data);
  if (json_object_has_member (schema, "items"))
    walk (json_object_get_member (schema, "items"), func, user_data);
  func (schema, user_data);
}

static gboolean
is_object (JsonObject *schema)
{
  return g_str_equal (tc_json_get_string (schema, "type", ""), "object") ||
         tc_json_get_object (schema, "properties") != NULL;
}

/* What the provider does not check is told to the model instead. */
static void
describe_limits (JsonObject     *schema,
                 TcSchemaChecks  checks)
{
  guint n = checks == TC_SCHEMA_CHECKS_SOME ? N_RARE : G_N_ELEMENTS (limits);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *description = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *value = NULL;

      if (!json_object_has_member (schema, limits[i]))
        continue;
      value = tc_json_to_string (json_object_get_member (schema, limits[i]), FALSE);
      g_string_append_printf (text, "%s%s: %s", text->len > 0 ? ", " : "", limits[i], value);
      json_object_remove_member (schema, limits[i]);
    }
  if (text->len == 0)
    return;
  description = g_strdup_printf ("%s%s(%s)", tc_json_get_string (schema, "description", ""),
                                 tc_json_has (schema, "description") ? " " : "", text->str);
  json_object_set_string_member (schema, "description", description);
}

static void
close_one (JsonObject *schema,
           gpointer    user_data)
{
  TcSchemaChecks checks = GPOINTER_TO_INT (user_data);

  if (is_object (schema))
    json_object_set_boolean_member (schema, "additionalProperties", FALSE);
  if (checks == TC_SCHEMA_CHECKS_ALL)
    return;
  describe_limits (schema, checks);
  if (json_object_has_member (schema, "oneOf") && !json_object_has_member (schema, "anyOf"))
    {
      json_object_set_member (schema, "anyOf", json_object_dup_member (schema, "oneOf"));
      json_object_remove_member (schema, "oneOf");
    }
}

/**
 * tc_wire_schema_close:
 * @checks: what the provider checks; the other limits are put into words
 *
 * Returns: (transfer full): a copy whose objects have no other members than
 *   those named
 */
JsonNode *
tc_wire_schema_close (JsonNode       *schema,
                      TcSchemaChecks  checks)
{
  g_autofree char *text = tc_json_to_string (schema, FALSE);
  JsonNode *copy = tc_json_parse (text, -1, TC_JSON_DEFAULT, NULL);

  if (copy == NULL)
    return json_node_copy (schema);
  walk (copy, close_one, GINT_TO_POINTER (checks));

  return copy;
}

static gboolean
is_required (JsonObject *schema,
             const char *name)
{
  g_auto(GStrv) required = tc_json_dup_strv (schema, "required");

  return required != NULL && g_strv_contains ((const char *const *) required, name);
}

static void
check_one (JsonObject *schema,
           gpointer    user_data)
{
  gboolean *is_strict = user_data;
  JsonObject *properties = tc_json_get_object (schema, "properties");
  g_autoptr(GList) names = properties != NULL ? json_object_get_members (properties) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    *is_strict = *is_strict && is_required (schema, l->data);
  if (is_object (schema) && tc_json_has (schema, "additionalProperties") &&
      tc_json_get_boolean (schema, "additionalProperties", TRUE))
    *is_strict = FALSE;
}

/** tc_wire_schema_is_strict: Returns: whether OpenAI's strict mode would take it, once closed */
gboolean
tc_wire_schema_is_strict (JsonNode *schema)
{
  gboolean is_strict = TRUE;

  walk (schema, check_one, &is_strict);

  return is_strict;
}
