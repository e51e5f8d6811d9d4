/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <malloc.h>
#include <string.h>

#include "tc-api-private.h"
#include "tc-api-request.h"
#include "tc-error.h"
#include "tc-json.h"

#define LARGE_ANSWER (1024 * 1024)

/**
 * tc_api_request_new:
 * @message: (transfer none): paused until the request is answered
 * @query: (transfer none) (nullable): its decoded query
 *
 * Returns: (transfer full): a request, given away by answering it
 */
TcApiRequest *
tc_api_request_new (TcApi             *api,
                    SoupServerMessage *message,
                    GHashTable        *query)
{
  TcApiRequest *self = g_new0 (TcApiRequest, 1);

  self->api = g_object_ref (api);
  self->message = g_object_ref (message);
  self->query = query == NULL ? NULL : g_hash_table_ref (query);
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (message, "disconnected", G_CALLBACK (g_cancellable_cancel),
                           self->cancellable, G_CONNECT_SWAPPED);
  soup_server_message_pause (message);
  return self;
}

static void
finish (TcApiRequest *self)
{
  soup_server_message_unpause (self->message);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->body, json_node_unref);
  g_object_unref (self->cancellable);
  g_object_unref (self->message);
  g_object_unref (self->api);
  g_free (self);
}

/* The engine is small and lives long; a large answer must not leave it large. */
static void
on_large_answer_sent (SoupServerMessage *message)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
}

static void
set_response (SoupServerMessage *message,
              guint              status,
              const char        *content_type,
              char              *text,
              gsize              length)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, content_type, SOUP_MEMORY_TAKE, text, length);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
}

/**
 * tc_api_request_reply_json:
 * @self: (transfer full): the request
 * @status: HTTP
 * @node: (transfer full): the answer
 */
void
tc_api_request_reply_json (TcApiRequest *self,
                           guint         status,
                           JsonNode     *node)
{
  char *text = tc_json_to_string (node, FALSE);

  json_node_unref (node);
  tc_api_request_reply_text (self, status, "application/json", text, strlen (text));
}

/**
 * tc_api_request_reply_object:
 * @self: (transfer full): the request
 * @status: HTTP
 * @object: (transfer full): the answer
 */
void
tc_api_request_reply_object (TcApiRequest *self,
                             guint         status,
                             JsonObject   *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  tc_api_request_reply_json (self, status, node);
}

/**
 * tc_api_request_reply_text:
 * @self: (transfer full): the request
 * @status: HTTP
 * @content_type: of the answer
 * @text: (transfer full): the answer, with g_free()
 * @length: its length
 */
void
tc_api_request_reply_text (TcApiRequest *self,
                           guint         status,
                           const char   *content_type,
                           char         *text,
                           gsize         length)
{
  set_response (self->message, status, content_type, text, length);
  if (length > LARGE_ANSWER)
    g_signal_connect (self->message, "finished", G_CALLBACK (on_large_answer_sent), NULL);
  finish (self);
}

/* {"error":{"code","message"}} */
static char *
format_failure (const char *code,
                const char *message)
{
  GString *text = g_string_new ("{\"error\":{\"code\":");

  tc_json_append_escaped (text, code, -1);
  g_string_append (text, ",\"message\":");
  tc_json_append_escaped (text, message, -1);
  g_string_append (text, "}}");
  return g_string_free (text, FALSE);
}

/**
 * tc_api_request_reply_fail:
 * @self: (transfer full): the request
 * @status: HTTP
 * @code: a stable word for programs
 * @message: a sentence for people that says what to do
 */
void
tc_api_request_reply_fail (TcApiRequest *self,
                           guint         status,
                           const char   *code,
                           const char   *message)
{
  char *text = format_failure (code, message);

  tc_api_request_reply_text (self, status, "application/json", text, strlen (text));
}

static guint
status_for (const GError *error)
{
  if (error->domain != TC_ERROR)
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;

  switch ((TcError) error->code)
    {
    case TC_ERROR_USAGE:
    case TC_ERROR_INVALID:
      return SOUP_STATUS_BAD_REQUEST;
    case TC_ERROR_PERMISSION:
      return SOUP_STATUS_FORBIDDEN;
    case TC_ERROR_NOT_FOUND:
      return SOUP_STATUS_NOT_FOUND;
    case TC_ERROR_CONFLICT:
    case TC_ERROR_EXISTS:
      return SOUP_STATUS_CONFLICT;
    case TC_ERROR_NO_SPACE:
    case TC_ERROR_BUSY:
    case TC_ERROR_UNAVAILABLE:
      return SOUP_STATUS_SERVICE_UNAVAILABLE;
    case TC_ERROR_FAILED:
    case TC_ERROR_CORRUPT:
    case TC_ERROR_NEWER:
    default:
      return SOUP_STATUS_INTERNAL_SERVER_ERROR;
    }
}

/**
 * tc_api_request_reply_error:
 * @self: (transfer full): the request
 * @error: (transfer none): why it cannot be done
 */
void
tc_api_request_reply_error (TcApiRequest *self,
                            const GError *error)
{
  tc_api_request_reply_fail (self, status_for (error), tc_error_get_code (error), error->message);
}

/** tc_api_request_get_body: Returns: (nullable) (transfer none): the JSON object sent */
JsonObject *
tc_api_request_get_body (TcApiRequest *self)
{
  return self->body == NULL ? NULL : json_node_get_object (self->body);
}

/** tc_api_request_get_query: Returns: (nullable) (transfer none) */
const char *
tc_api_request_get_query (TcApiRequest *self,
                          const char   *name)
{
  return self->query == NULL ? NULL : g_hash_table_lookup (self->query, name);
}

/**
 * tc_api_request_get_number:
 * @name: of a query parameter
 * @fallback: when it is not there
 * @maximum: larger values are taken as this much
 * @value: (out): the number
 *
 * Returns: %FALSE when it is there and not a whole number from 0 on
 */
gboolean
tc_api_request_get_number (TcApiRequest *self,
                           const char   *name,
                           guint64       fallback,
                           guint64       maximum,
                           guint64      *value)
{
  const char *text = tc_api_request_get_query (self, name);

  *value = fallback;
  if (text != NULL &&
      !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, value, NULL))
    return FALSE;
  *value = MIN (*value, maximum);
  return TRUE;
}

/** tc_api_request_find_session: Returns: (nullable) (transfer none): the one in the path */
TcSession *
tc_api_request_find_session (TcApiRequest *self)
{
  return tc_queue_lookup (tc_scheduler_get_queue (self->api->scheduler), self->id);
}

/**
 * tc_api_parse_id:
 * @text: a part of a path
 * @id: (out): the session's number
 *
 * Returns: whether it is a decimal number from 1 on, as we print them
 */
gboolean
tc_api_parse_id (const char *text,
                 guint64    *id)
{
  return g_ascii_isdigit (text[0]) && text[0] != '0' &&
         g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, id, NULL);
}

/**
 * tc_api_parse_body:
 * @bytes: the body of a request
 * @length: its length
 * @error: TC_ERROR_USAGE with a sentence
 *
 * Returns: (transfer full) (nullable): an object; %NULL without error when the
 *   body is empty or blank
 */
JsonNode *
tc_api_parse_body (const char  *bytes,
                   gsize        length,
                   GError     **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) reason = NULL;
  gsize i = 0;

  while (i < length && g_ascii_isspace (bytes[i]))
    i++;
  if (i == length)
    return NULL;

  node = tc_json_parse (bytes, (gssize) length, TC_JSON_DEFAULT, &reason);
  if (node == NULL)
    g_set_error (error, TC_ERROR, TC_ERROR_USAGE, "The body is not JSON: %s", reason->message);
  else if (!JSON_NODE_HOLDS_OBJECT (node))
    g_set_error_literal (error, TC_ERROR, TC_ERROR_USAGE, "The body must be a JSON object, {…}.");
  else
    return g_steal_pointer (&node);
  return NULL;
}

/** tc_api_request_reply_no_session: what it asks about is not there */
void
tc_api_request_reply_no_session (TcApiRequest *self)
{
  g_autofree char *message = NULL;

  message = g_strdup_printf ("There is no session %" G_GUINT64_FORMAT ".", self->id);
  tc_api_request_reply_fail (self, SOUP_STATUS_NOT_FOUND, "not-found", message);
}
