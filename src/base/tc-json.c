/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-json.h"

#include <math.h>
#include <string.h>

#include "tc-error.h"
#include "tc-file.h"

/* Names and most texts are shorter. */
#define TEXT_SIZE 64

/* --- reading --- */

/* A key or a string: in @buffer if it fits, for json-glib makes a copy of its own. */
static const char *
get_text (const TcJsonScanner *scanner,
          char                *buffer,
          gsize                size,
          char               **allocated)
{
  if (scanner->has_escapes || scanner->length >= size)
    return *allocated = tc_json_scanner_dup (scanner);

  memcpy (buffer, scanner->text, scanner->length);
  buffer[scanner->length] = '\0';

  return buffer;
}

static JsonNode *
build_string (const TcJsonScanner *scanner)
{
  g_autofree char *allocated = NULL;
  char buffer[TEXT_SIZE];

  return json_node_init_string (json_node_alloc (), get_text (scanner, buffer, sizeof buffer, &allocated));
}

static JsonNode *
build_array (TcJsonScanner *scanner,
             TcJsonFlags    flags)
{
  g_autoptr(JsonArray) array = json_array_new ();
  JsonNode *node;
  TcJsonToken token;

  while ((token = tc_json_scanner_next (scanner)) != TC_JSON_TOKEN_ARRAY_END)
    {
      JsonNode *element = tc_json_build (scanner, token, flags);

      if (element == NULL)
        return NULL;
      json_array_add_element (array, element);
    }

  node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, g_steal_pointer (&array));

  return node;
}

static JsonNode *
build_object (TcJsonScanner *scanner,
              TcJsonFlags    flags)
{
  g_autoptr(JsonObject) object = json_object_new ();
  JsonNode *node;
  TcJsonToken token;

  while ((token = tc_json_scanner_next (scanner)) == TC_JSON_TOKEN_KEY)
    {
      g_autofree char *allocated = NULL;
      char buffer[TEXT_SIZE];
      const char *name = get_text (scanner, buffer, sizeof buffer, &allocated);
      JsonNode *member;

      token = tc_json_scanner_next (scanner);
      if (token == TC_JSON_TOKEN_NULL && (flags & TC_JSON_SKIP_NULLS) != 0)
        continue;
      member = tc_json_build (scanner, token, flags);
      if (member == NULL)
        return NULL;
      /* Of duplicate names the last counts, as with Python's json. */
      json_object_set_member (object, name, member);
    }
  if (token != TC_JSON_TOKEN_OBJECT_END)
    return NULL;

  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, g_steal_pointer (&object));

  return node;
}

/**
 * tc_json_build:
 * @scanner: where the value stands
 * @token: the token it gave last, the first of the value
 * @flags: TC_JSON_SKIP_NULLS or none
 *
 * For a list that would be too large a tree: each of its elements is one of its
 * own. The depth of the recursion is the scanner's, TC_JSON_MAX_DEPTH.
 *
 * Returns: (transfer full) (nullable): the value; if it is none the scanner knows why
 */
JsonNode *
tc_json_build (TcJsonScanner *scanner,
               TcJsonToken    token,
               TcJsonFlags    flags)
{
  switch (token)
    {
    case TC_JSON_TOKEN_OBJECT_BEGIN:
      return build_object (scanner, flags);
    case TC_JSON_TOKEN_ARRAY_BEGIN:
      return build_array (scanner, flags);
    case TC_JSON_TOKEN_STRING:
      return build_string (scanner);
    case TC_JSON_TOKEN_INT:
      return json_node_init_int (json_node_alloc (), scanner->int_value);
    case TC_JSON_TOKEN_DOUBLE:
      return json_node_init_double (json_node_alloc (), scanner->double_value);
    case TC_JSON_TOKEN_BOOLEAN:
      return json_node_init_boolean (json_node_alloc (), scanner->int_value != 0);
    case TC_JSON_TOKEN_NULL:
      return json_node_init_null (json_node_alloc ());
    case TC_JSON_TOKEN_ERROR:
    case TC_JSON_TOKEN_END:
    case TC_JSON_TOKEN_OBJECT_END:
    case TC_JSON_TOKEN_ARRAY_END:
    case TC_JSON_TOKEN_KEY:
    default:
      return NULL;
    }
}

static gboolean
check_size (gsize    length,
            GError **error)
{
  if (length <= TC_JSON_MAX_BYTES)
    return TRUE;

  g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
               "JSON of more than %d bytes is not read", TC_JSON_MAX_BYTES);

  return FALSE;
}

/**
 * tc_json_parse:
 * @data: the text, UTF-8
 * @length: its length in bytes, or -1 if nul-terminated
 * @flags: what to allow
 * @error: return location
 *
 * Reads exactly one JSON value, strictly: what is not JSON, is nested deeper
 * than TC_JSON_MAX_DEPTH, larger than TC_JSON_MAX_BYTES, or holds a number that
 * fits neither an int64 nor a finite double is TC_ERROR_INVALID. \u0000 becomes
 * U+FFFD. Of two members of one name the last counts.
 *
 * Returns: (transfer full): the value, or NULL
 */
JsonNode *
tc_json_parse (const char   *data,
               gssize        length,
               TcJsonFlags   flags,
               GError      **error)
{
  g_autoptr(JsonNode) node = NULL;
  TcJsonScanner scanner;
  gsize size;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  size = length < 0 ? strlen (data) : (gsize) length;
  if (!check_size (size, error))
    return NULL;

  tc_json_scanner_init (&scanner, data, size, (flags & TC_JSON_ALLOW_NON_FINITE) != 0);
  node = tc_json_build (&scanner, tc_json_scanner_next (&scanner), flags);

  if (node == NULL || tc_json_scanner_next (&scanner) != TC_JSON_TOKEN_END)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "Not valid JSON: %s at byte %" G_GSIZE_FORMAT,
                   scanner.problem != NULL ? scanner.problem : "unexpected text",
                   scanner.problem_offset);
      return NULL;
    }

  return g_steal_pointer (&node);
}

/**
 * tc_json_parse_object:
 * @data: the text
 * @length: its length in bytes, or -1 if nul-terminated
 * @flags: what to allow
 * @error: return location
 *
 * As tc_json_parse(), and anything else than an object is an error too.
 *
 * Returns: (transfer full): the object, or NULL
 */
JsonObject *
tc_json_parse_object (const char   *data,
                      gssize        length,
                      TcJsonFlags   flags,
                      GError      **error)
{
  g_autoptr(JsonNode) node = tc_json_parse (data, length, flags, error);

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "Not valid JSON: expected an object");
      return NULL;
    }

  return json_node_dup_object (node);
}

/**
 * tc_json_load:
 * @path: a regular file
 * @max_bytes: a larger file is TC_ERROR_INVALID
 * @flags: what to allow
 * @error: return location
 *
 * Reads the object a file holds, see tc_file_read() and tc_json_parse().
 *
 * Returns: (transfer full): the object, or NULL
 */
JsonObject *
tc_json_load (const char   *path,
              gsize         max_bytes,
              TcJsonFlags   flags,
              GError      **error)
{
  g_autofree char *data = NULL;
  JsonObject *object;
  gsize length;

  g_return_val_if_fail (path != NULL, NULL);

  data = tc_file_read (path, max_bytes, &length, error);
  if (data == NULL)
    return NULL;

  object = tc_json_parse_object (data, (gssize) length, flags, error);
  if (object == NULL)
    g_prefix_error (error, "“%s”: ", path);

  return object;
}

/**
 * tc_json_save:
 * @path: the file to replace
 * @node: what it shall hold
 * @error: return location
 *
 * Writes pretty JSON atomically and waits for the disk.
 *
 * Returns: whether it is there
 */
gboolean
tc_json_save (const char  *path,
              JsonNode    *node,
              GError     **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (path != NULL && node != NULL, FALSE);

  text = tc_json_to_string (node, TRUE);

  return tc_file_write (path, text, -1, TC_FILE_SYNC, error);
}

/* --- writing --- */

typedef struct
{
  GString  *out;
  gboolean  pretty;
  guint     depth;
  gboolean  first;  /* of the container being written */
} Writer;

static void write_value (Writer   *writer,
                         JsonNode *node);

/* One of the bytes that JSON does not allow as they are. */
static void
append_special (GString *string,
                char     byte)
{
  static const char from[] = "\"\\\b\f\n\r\t";
  static const char to[] = "\"\\bfnrt";
  const char *known = byte != '\0' ? strchr (from, byte) : NULL;

  g_string_append_c (string, '\\');
  if (known != NULL)
    g_string_append_c (string, to[known - from]);
  else
    g_string_append_printf (string, "u%04x", (guint) byte);
}

/**
 * tc_json_append_escaped:
 * @string: where to append
 * @text: what to write; bytes that are not UTF-8 become U+FFFD
 * @length: its length in bytes, or -1 if nul-terminated
 *
 * Appends a JSON string with its quotes.
 */
void
tc_json_append_escaped (GString    *string,
                        const char *text,
                        gssize      length)
{
  g_autofree char *repaired = NULL;
  const char *at = text;
  const char *end;

  if (length < 0)
    length = strlen (text);
  if (!g_utf8_validate_len (text, length, NULL))
    {
      at = repaired = g_utf8_make_valid (text, length);
      length = strlen (repaired);
    }
  end = at + length;

  g_string_append_c (string, '"');
  while (at < end)
    {
      const char *plain = at;

      while (at < end && (guchar) *at >= 0x20 && *at != '"' && *at != '\\')
        at++;
      g_string_append_len (string, plain, at - plain);
      if (at < end)
        append_special (string, *at++);
    }
  g_string_append_c (string, '"');
}

static void
new_line (Writer *writer)
{
  if (!writer->pretty)
    return;

  g_string_append_c (writer->out, '\n');
  for (guint i = 0; i < writer->depth; i++)
    g_string_append (writer->out, "  ");
}

static void
begin_item (Writer *writer)
{
  if (!writer->first)
    g_string_append_c (writer->out, ',');
  writer->first = FALSE;
  new_line (writer);
}

static void
begin_container (Writer *writer,
                 char    bracket)
{
  g_string_append_c (writer->out, bracket);
  writer->depth++;
  writer->first = TRUE;
}

static void
end_container (Writer *writer,
               char    bracket)
{
  gboolean empty = writer->first;

  writer->depth--;
  writer->first = FALSE;
  if (!empty)
    new_line (writer);
  g_string_append_c (writer->out, bracket);
}

static void
write_member (JsonObject *object,
              const char *name,
              JsonNode   *node,
              gpointer    user_data)
{
  Writer *writer = user_data;

  begin_item (writer);
  tc_json_append_escaped (writer->out, name, -1);
  g_string_append (writer->out, writer->pretty ? ": " : ":");
  write_value (writer, node);
}

static void
write_element (JsonArray *array,
               guint      index,
               JsonNode  *node,
               gpointer   user_data)
{
  Writer *writer = user_data;

  begin_item (writer);
  write_value (writer, node);
}

/**
 * tc_json_append_double:
 * @out: where to append
 * @value: what to write; null unless it is finite
 *
 * Appends the shortest digits that read back as the same double.
 */
void
tc_json_append_double (GString *out,
                       double   value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    {
      g_string_append (out, "null");
      return;
    }

  /* Most figures are counts and seconds. */
  if (fabs (value) < 1e9 && value == (gint64) value && !signbit (value))
    {
      g_string_append_printf (out, "%d.0", (int) value);
      return;
    }

  g_ascii_formatd (text, sizeof text, "%.15g", value);
  if (g_ascii_strtod (text, NULL) != value)
    g_ascii_formatd (text, sizeof text, "%.16g", value);
  if (g_ascii_strtod (text, NULL) != value)
    g_ascii_formatd (text, sizeof text, "%.17g", value);

  g_string_append (out, text);
  /* It was a double, and shall be one again for whoever reads it. */
  if (strpbrk (text, ".e") == NULL)
    g_string_append (out, ".0");
}

static void
write_scalar (GString  *out,
              JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    tc_json_append_escaped (out, json_node_get_string (node), -1);
  else if (type == G_TYPE_INT64)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else if (type == G_TYPE_DOUBLE)
    tc_json_append_double (out, json_node_get_double (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else
    g_string_append (out, "null");
}

static void
write_value (Writer   *writer,
             JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      begin_container (writer, '{');
      json_object_foreach_member (json_node_get_object (node), write_member, writer);
      end_container (writer, '}');
      break;

    case JSON_NODE_ARRAY:
      begin_container (writer, '[');
      json_array_foreach_element (json_node_get_array (node), write_element, writer);
      end_container (writer, ']');
      break;

    case JSON_NODE_VALUE:
      write_scalar (writer->out, node);
      break;

    case JSON_NODE_NULL:
    default:
      g_string_append (writer->out, "null");
      break;
    }
}

/**
 * tc_json_to_string:
 * @node: a value
 * @pretty: whether to break lines and indent by two
 *
 * Returns: (transfer full): its text; a double that is not finite is written as
 *   null, one that is as the shortest text that reads back the same. The pretty
 *   form ends with a line end
 */
char *
tc_json_to_string (JsonNode *node,
                   gboolean  pretty)
{
  Writer writer = { g_string_new (NULL), pretty, 0, TRUE };

  g_return_val_if_fail (node != NULL, NULL);

  write_value (&writer, node);
  if (pretty)
    g_string_append_c (writer.out, '\n');

  return g_string_free_and_steal (writer.out);
}

/**
 * tc_json_object_to_string:
 * @object: an object
 * @pretty: whether to break lines and indent by two
 *
 * Returns: (transfer full): its text, see tc_json_to_string()
 */
char *
tc_json_object_to_string (JsonObject *object,
                          gboolean    pretty)
{
  g_autoptr(JsonNode) node = NULL;

  g_return_val_if_fail (object != NULL, NULL);

  node = json_node_init_object (json_node_alloc (), object);

  return tc_json_to_string (node, pretty);
}
