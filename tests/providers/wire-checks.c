/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-json.h"
#include "wire-checks.h"

/** wire_json: Returns: (transfer full): the text with " for each ' */
char *
wire_json (const char *with_single_quotes)
{
  return g_strdelimit (g_strdup (with_single_quotes), "'", '"');
}

static JsonNode *
step (JsonNode   *node,
      const char *name)
{
  guint64 index = 0;
  JsonArray *array;

  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_member (json_node_get_object (node), name);
  if (!JSON_NODE_HOLDS_ARRAY (node) || !g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT, &index, NULL))
    return NULL;
  array = json_node_get_array (node);

  return index < json_array_get_length (array) ? json_array_get_element (array, (guint) index) : NULL;
}

/** wire_at: Returns: (transfer full) (nullable): what is at "a/0/b", as JSON with ' for " */
char *
wire_at (const char *json,
         const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = tc_json_parse (json, -1, TC_JSON_DEFAULT, &error);
  g_auto(GStrv) names = g_strsplit (path, "/", -1);
  JsonNode *node = root;

  g_assert_no_error (error);
  for (guint i = 0; node != NULL && names[i] != NULL; i++)
    node = step (node, names[i]);
  if (node == NULL)
    return NULL;

  return g_strdelimit (tc_json_to_string (node, FALSE), "\"", '\'');
}

/** wire_assert_at: Checks what is at a path; NULL: nothing is. */
void
wire_assert_at (const char *json,
                const char *path,
                const char *expected)
{
  g_autofree char *found = wire_at (json, path);

  if (g_strcmp0 (found, expected) != 0)
    g_test_message ("at %s in %s", path, json);
  g_assert_cmpstr (found, ==, expected);
}

static void
free_tool (gpointer data)
{
  g_string_free (data, TRUE);
}

/** wire_answer_new: */
WireAnswer *
wire_answer_new (void)
{
  WireAnswer *self = g_new0 (WireAnswer, 1);

  self->log = g_string_new (NULL);
  self->text = g_string_new (NULL);
  self->thinking = g_string_new (NULL);
  self->tools = g_ptr_array_new_with_free_func (free_tool);
  self->usage = TC_USAGE_NONE;
  self->error = -1;

  return self;
}

/** wire_answer_free: */
void
wire_answer_free (WireAnswer *self)
{
  g_string_free (self->log, TRUE);
  g_string_free (self->text, TRUE);
  g_string_free (self->thinking, TRUE);
  g_ptr_array_unref (self->tools);
  g_free (self);
}

static void
log_usage (WireAnswer    *self,
           const TcUsage *usage)
{
  g_string_append_printf (self->log, "usage %d+%d+%d>%d", (int) usage->input, (int) usage->cache_read,
                          (int) usage->cache_write, (int) usage->output);
  if (usage->exact != TC_MONEY_UNKNOWN)
    g_string_append_printf (self->log, " =%d", (int) usage->exact);
  g_string_append (self->log, usage->is_reported ? " all\n" : " part\n");
}

static void
take_tool (WireAnswer        *self,
           const TcChatEvent *event)
{
  GString *tool;

  if (event->kind == TC_EVENT_TOOL_START)
    {
      g_assert_cmpuint (event->index, ==, self->tools->len);
      g_assert_nonnull (event->id);
      g_assert_cmpstr (event->id, !=, "");
      tool = g_string_new (event->name);
      g_string_append_c (tool, ' ');
      g_ptr_array_add (self->tools, tool);
      /* An id that was made up is another each time. */
      g_string_append_printf (self->log, "tool %u %s %s\n", event->index,
                              g_str_has_prefix (event->id, "call_") && strlen (event->id) > 20
                                ? "made-up" : event->id, event->name);
      return;
    }
  g_assert_cmpuint (event->index, <, self->tools->len);
  g_string_append (g_ptr_array_index (self->tools, event->index), event->text);
  g_string_append_printf (self->log, "args %u %s\n", event->index, event->text);
}

/** wire_answer_take: A TcStreamFunc that checks what every stream must keep to. */
void
wire_answer_take (const TcChatEvent *event,
                  gpointer           answer)
{
  WireAnswer *self = answer;

  g_assert_false (self->is_ended);
  g_assert_cmpint (self->error, ==, -1);
  g_assert_true (event->text == NULL || g_utf8_validate (event->text, -1, NULL));
  g_assert_cmpint (event->usage.input, >=, 0);
  g_assert_cmpint (event->usage.output, >=, 0);
  switch (event->kind)
    {
    case TC_EVENT_START:
      g_string_append_printf (self->log, "start %s %s\n", event->id != NULL ? event->id : "-",
                              event->text != NULL ? event->text : "-");
      break;
    case TC_EVENT_TEXT:
      g_string_append (self->text, event->text);
      g_string_append_printf (self->log, "text %s\n", event->text);
      break;
    case TC_EVENT_THINKING:
      g_string_append (self->thinking, event->text);
      g_string_append_printf (self->log, "think %s\n", event->text);
      break;
    case TC_EVENT_SIGNATURE:
      g_string_append_printf (self->log, "sign %s\n", event->text);
      break;
    case TC_EVENT_TOOL_START:
    case TC_EVENT_TOOL_ARGS:
      take_tool (self, event);
      break;
    case TC_EVENT_FINISH:
      self->finish = event->finish;
      g_string_append_printf (self->log, "finish %d\n", event->finish);
      break;
    case TC_EVENT_USAGE:
      self->usage = event->usage;
      log_usage (self, &event->usage);
      break;
    case TC_EVENT_ERROR:
      self->error = (int) event->error->kind;
      g_string_append_printf (self->log, "error %d %s\n", event->error->kind, event->error->message);
      break;
    case TC_EVENT_END:
    default:
      self->is_ended = TRUE;
      g_string_append (self->log, "end\n");
      break;
    }
}
