/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>
#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-text.h"
#include "tc-verdict-reader.h"

/* More than any model writes within the cap on its answer. */
#define MAX_ANSWER_BYTES (256 * 1024)
/* Beginnings of objects that are looked at, so that a page of braces takes no
 * time worth mentioning. */
#define MAX_TRIES 64
/* Of a foreign word in a sentence of ours. */
#define MAX_QUOTE_BYTES 40

/* ---- Finding the objects in an answer ---- */

/* Returns: the length of the object that begins at @start, up to its last
 *   brace; 0 when it has none */
static gsize
measure_object (const char *start)
{
  guint depth = 0;
  gboolean is_string = FALSE;

  for (const char *p = start; *p != '\0'; p++)
    {
      if (is_string && *p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '"')
        is_string = !is_string;
      else if (!is_string && *p == '{')
        depth++;
      else if (!is_string && *p == '}' && --depth == 0)
        return (gsize) (p - start) + 1;
    }

  return 0;
}

/* The member of @object, or of an object directly in it: some models put the
 * parts together. */
static JsonNode *
find_member (JsonObject *object,
             const char *name)
{
  JsonObjectIter iter;
  JsonNode *node;

  if (tc_json_has (object, name))
    return json_object_get_member (object, name);

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, NULL, &node))
    {
      if (JSON_NODE_HOLDS_OBJECT (node) && tc_json_has (json_node_get_object (node), name))
        return json_object_get_member (json_node_get_object (node), name);
    }

  return NULL;
}

/* ---- Reading one of them ---- */

/* "24", "24.0", "24/30" */
static gboolean
read_number_text (const char *text,
                  double     *value)
{
  char *end;

  *value = g_ascii_strtod (text, &end);
  if (end == text)
    return FALSE;
  while (g_ascii_isspace (*end))
    end++;

  return *end == '\0' || *end == '/';
}

static gboolean
read_number (JsonNode *node,
             double   *value)
{
  GType type;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return read_number_text (json_node_get_string (node), value) && isfinite (*value);
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *value = json_node_get_double (node);

  return isfinite (*value);
}

static gboolean
read_part (JsonObject     *object,
           TcVerdictPart   part,
           guint          *points,
           GError        **error)
{
  const char *name = tc_verdict_part_to_string (part);
  guint most = tc_verdict_part_get_most (part);
  JsonNode *node = find_member (object, name);
  double value;

  if (node == NULL)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” is missing", name);
      return FALSE;
    }
  if (!read_number (node, &value))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” is not a number", name);
      return FALSE;
    }
  if (value < 0 || value > most)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” is %.4g, and must be from 0 to %u",
                   name, value, most);
      return FALSE;
    }
  *points = (guint) lround (value);

  return TRUE;
}

static const char *
get_text (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

static gboolean
read_status (JsonObject       *object,
             TcVerdictStatus  *status,
             GError          **error)
{
  const char *text = get_text (find_member (object, "status"));
  g_autofree char *word = NULL;
  g_autofree char *quote = NULL;

  if (text == NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "“status” is missing or no text");
      return FALSE;
    }
  word = g_strstrip (g_ascii_strdown (text, -1));
  if (tc_verdict_status_from_string (word, status))
    return TRUE;

  quote = tc_text_sanitize (text, -1, MAX_QUOTE_BYTES, TC_TEXT_SINGLE_LINE);
  g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
               "“status” is “%s”, and must be continue, observe, review or stop", quote);

  return FALSE;
}

static gboolean
read_recommendation (JsonObject  *object,
                     char       **recommendation,
                     GError     **error)
{
  JsonNode *node = find_member (object, "recommendation");
  const char *text = get_text (node);
  g_autofree char *clean = NULL;

  if (node == NULL)
    return TRUE;
  if (text == NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "“recommendation” is no text");
      return FALSE;
    }
  clean = g_strstrip (tc_text_sanitize (text, -1, MAX_ANSWER_BYTES, TC_TEXT_DEFAULT));
  if (g_utf8_strlen (clean, -1) > TC_VERDICT_MAX_RECOMMENDATION)
    {
      g_autofree char *start = g_utf8_substring (clean, 0, TC_VERDICT_MAX_RECOMMENDATION - 1);

      g_set_str (&clean, NULL);
      clean = g_strconcat (start, "…", NULL);
    }
  if (*clean != '\0')
    *recommendation = g_steal_pointer (&clean);

  return TRUE;
}

static char *
compare_stated (JsonObject *object,
                guint       score)
{
  double stated;

  if (!read_number (find_member (object, "score"), &stated) &&
      !read_number (find_member (object, "total"), &stated))
    return NULL;
  if (fabs (stated - score) < 0.5)
    return NULL;

  return g_strdup_printf ("It stated a score of %.4g; its parts add up to %u.", stated, score);
}

static gboolean
read_object (JsonObject  *object,
             TcVerdict   *verdict,
             GError     **error)
{
  g_autofree char *recommendation = NULL;
  guint points[TC_VERDICT_N_PARTS];
  TcVerdictStatus status;
  guint score = 0;

  for (guint i = 0; i < TC_VERDICT_N_PARTS; i++)
    {
      if (!read_part (object, i, &points[i], error))
        return FALSE;
      score += points[i];
    }
  if (!read_status (object, &status, error) ||
      !read_recommendation (object, &recommendation, error))
    return FALSE;

  memcpy (verdict->parts, points, sizeof points);
  verdict->score = score;
  verdict->status = status;
  g_set_str (&verdict->recommendation, recommendation);
  g_free (verdict->note);
  verdict->note = compare_stated (object, score);

  return TRUE;
}

/**
 * tc_verdict_read:
 * @text: the answer: JSON, perhaps in a code fence or after other words
 * @verdict: gets parts, score, status, recommendation and note; unchanged on
 *   an error
 * @error: TC_ERROR_INVALID, with what is wrong in words that also the model
 *   understands
 *
 * Of several verdicts the last one counts: those before it are thoughts.
 *
 * Returns: whether there is a verdict in @text
 */
gboolean
tc_verdict_read (const char  *text,
                 TcVerdict   *verdict,
                 GError     **error)
{
  g_autoptr(GError) problem = NULL;
  gboolean is_found = FALSE;
  const char *start = text;

  if (strlen (text) > MAX_ANSWER_BYTES)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "The answer is far too long");
      return FALSE;
    }

  for (guint i = 0; i < MAX_TRIES && (start = strchr (start, '{')) != NULL; i++)
    {
      gsize length = measure_object (start);
      g_autoptr(JsonObject) object = length > 0
        ? tc_json_parse_object (start, (gssize) length, TC_JSON_DEFAULT, NULL) : NULL;

      if (object == NULL)
        {
          start++;
          continue;
        }
      g_clear_error (&problem);
      is_found |= read_object (object, verdict, &problem);
      start += length;
    }

  if (is_found)
    return TRUE;
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                         *text == '\0' ? "The answer is empty"
                                       : "There is no JSON object in the answer");

  return FALSE;
}
