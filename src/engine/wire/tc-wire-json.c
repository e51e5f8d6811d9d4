/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-wire-private.h"

/** tc_wire_fail: Sets TC_ERROR_INVALID. Returns: FALSE */
gboolean
tc_wire_fail (GError     **error,
              const char  *format,
              ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, message);

  return FALSE;
}

/** tc_wire_add_object: Returns: (transfer none): a new, empty member */
JsonObject *
tc_wire_add_object (JsonObject *parent,
                    const char *name)
{
  JsonObject *object = json_object_new ();

  json_object_set_object_member (parent, name, object);

  return object;
}

/** tc_wire_add_array: Returns: (transfer none): a new, empty member */
JsonArray *
tc_wire_add_array (JsonObject *parent,
                   const char *name)
{
  JsonArray *array = json_array_new ();

  json_object_set_array_member (parent, name, array);

  return array;
}

/** tc_wire_append_object: Returns: (transfer none): a new, empty element */
JsonObject *
tc_wire_append_object (JsonArray *array)
{
  JsonObject *object = json_object_new ();

  json_array_add_object_element (array, object);

  return object;
}

/** tc_wire_set_text: Sets a member, if there is a @text. */
void
tc_wire_set_text (JsonObject *object,
                  const char *name,
                  const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

/** tc_wire_set_copy: Sets a member, if there is a @node. */
void
tc_wire_set_copy (JsonObject *object,
                  const char *name,
                  JsonNode   *node)
{
  if (node != NULL)
    json_object_set_member (object, name, json_node_copy (node));
}

/** tc_wire_dup_member: Returns: (transfer full) (nullable): a member that is an object */
JsonNode *
tc_wire_dup_member (JsonObject *object,
                    const char *name)
{
  return tc_json_get_object (object, name) != NULL ? json_object_dup_member (object, name) : NULL;
}

/** tc_wire_dup_json: Returns: (transfer full) (nullable): a member that is an object, as text */
char *
tc_wire_dup_json (JsonObject *object,
                  const char *name)
{
  JsonObject *member = tc_json_get_object (object, name);

  return member != NULL ? tc_json_object_to_string (member, FALSE) : NULL;
}

/**
 * tc_wire_parse_arguments:
 * @text: (nullable): what a model wrote as the arguments of a tool
 *
 * Returns: (transfer full): an object; a text that is none, perhaps because it
 *   was cut off, is kept in a member "arguments"
 */
JsonNode *
tc_wire_parse_arguments (const char *text)
{
  JsonObject *object = NULL;
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  if (text != NULL && text[0] != '\0')
    object = tc_json_parse_object (text, -1, TC_JSON_ALLOW_NON_FINITE, NULL);
  if (object == NULL)
    {
      object = json_object_new ();
      if (text != NULL && text[0] != '\0')
        json_object_set_string_member (object, "arguments", text);
    }
  json_node_take_object (node, object);

  return node;
}

/** tc_wire_get_element: Returns: (transfer none) (nullable): an element that is an object */
JsonObject *
tc_wire_get_element (JsonArray *array,
                     guint      index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/** tc_wire_dup_stop: Returns: (transfer full) (nullable): a member that is a string or some */
GStrv
tc_wire_dup_stop (JsonObject *object,
                  const char *name)
{
  const char *const single[] = { tc_json_get_string (object, name, NULL), NULL };
  g_auto(GStrv) many = NULL;

  if (single[0] != NULL)
    return g_strdupv ((GStrv) single);
  many = tc_json_dup_strv (object, name);

  return many != NULL && many[0] != NULL ? g_steal_pointer (&many) : NULL;
}

/** tc_wire_new_id: Returns: (transfer full): an id that no other answer has */
char *
tc_wire_new_id (const char *prefix)
{
  return g_strdup_printf ("%s%08x%08x%08x", prefix, g_random_int (), g_random_int (), g_random_int ());
}

/** tc_wire_dup_time: Returns: (transfer full): now, as Ollama writes it */
char *
tc_wire_dup_time (void)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
}

/** tc_wire_set_image_url: Puts an image's address in, or what a "data:" address holds. */
void
tc_wire_set_image_url (TcChatPart *part,
                       const char *url)
{
  const char *comma = strstr (url, ";base64,");

  if (g_str_has_prefix (url, "data:") && comma != NULL)
    {
      part->media_type = g_strndup (url + strlen ("data:"), comma - url - strlen ("data:"));
      part->data = g_strdup (comma + strlen (";base64,"));
    }
  else
    part->url = g_strdup (url);
}

/** tc_wire_dup_image_url: Returns: (transfer full): the opposite */
char *
tc_wire_dup_image_url (const TcChatPart *part)
{
  if (part->data == NULL)
    return g_strdup (part->url != NULL ? part->url : "");

  return g_strdup_printf ("data:%s;base64,%s",
                          part->media_type != NULL ? part->media_type : "image/png", part->data);
}

/** tc_wire_has_tool_parts: Returns: whether tools were used before */
gboolean
tc_wire_has_tool_parts (const TcChatRequest *request)
{
  for (guint i = 0; i < request->messages->len; i++)
    {
      const TcChatMessage *message = g_ptr_array_index (request->messages, i);

      for (guint j = 0; j < message->parts->len; j++)
        {
          const TcChatPart *part = g_ptr_array_index (message->parts, j);

          if (part->kind == TC_PART_TOOL_CALL || part->kind == TC_PART_TOOL_RESULT)
            return TRUE;
        }
    }

  return FALSE;
}

/** tc_wire_add_system: Adds to the instructions. */
void
tc_wire_add_system (TcChatRequest *request,
                    const char    *text)
{
  g_autofree char *before = request->system;

  request->system = before == NULL ? g_strdup (text) : g_strconcat (before, "\n\n", text, NULL);
}

/**
 * tc_wire_dup_system:
 * @with_tool_choice: say in words which tool to call
 * @with_format: say in words that JSON is wanted
 *
 * Returns: (transfer full) (nullable): the instructions
 */
char *
tc_wire_dup_system (const TcChatRequest *request,
                    gboolean             with_tool_choice,
                    gboolean             with_format)
{
  GString *text = g_string_new (request->system);

  if (with_tool_choice && request->tool_choice == TC_TOOL_CHOICE_ANY)
    g_string_append (text, "\n\nAnswer by calling at least one of the tools.");
  if (with_tool_choice && request->tool_choice == TC_TOOL_CHOICE_NAMED && request->tool_name != NULL)
    g_string_append_printf (text, "\n\nAnswer by calling the tool “%s”.", request->tool_name);
  if (with_format && request->format == TC_FORMAT_JSON)
    g_string_append (text, "\n\nAnswer with one JSON object and nothing else: no words around it, "
                     "no code fence.");
  if (text->len == 0)
    {
      g_string_free (text, TRUE);
      return NULL;
    }
  if (request->system == NULL)
    g_string_erase (text, 0, strspn (text->str, "\n"));

  return g_string_free_and_steal (text);
}
