/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-json.h"
#include "tc-wire-private.h"

#define MAX_CHOICES 128

/** tc_wire_get_path: Returns: (transfer none): where chats are posted, behind the base URL */
const char *
tc_wire_get_path (const TcProvider *provider)
{
  static const char *const paths[] = { "/v1/messages", "/chat/completions", "/api/chat" };

  return paths[provider->wire];
}

/* A cap; what is no count must not pass for "none". */
static gboolean
read_cap (JsonObject  *object,
          const char  *name,
          gint64      *cap,
          GError     **error)
{
  gint64 value = tc_json_get_int (object, name, G_MININT64);

  if (!tc_json_has (object, name))
    return TRUE;
  if (value < 0 || value > TC_WIRE_MAX_COUNT)
    return tc_wire_fail (error, "%s: must be a whole number of tokens", name);
  *cap = MAX (*cap, value);

  return TRUE;
}

/* Here a negative number means "no limit". */
static gboolean
read_num_predict (JsonObject  *body,
                  gint64      *cap,
                  GError     **error)
{
  JsonObject *options = tc_json_get_object (body, "options");

  if (tc_json_get_int (options, "num_predict", 0) < 0 && tc_json_get_int (options, "num_predict", 0) >= -2)
    return TRUE;

  return read_cap (options, "num_predict", cap, error);
}

static gboolean
read_caps (TcProviderWire   wire,
           JsonObject      *body,
           TcWireSummary   *summary,
           GError         **error)
{
  gint64 *cap = &summary->max_tokens;

  switch (wire)
    {
    case TC_PROVIDER_WIRE_OLLAMA:
      return read_num_predict (body, cap, error);
    case TC_PROVIDER_WIRE_OPENAI:
      return read_cap (body, "max_tokens", cap, error) &&
             read_cap (body, "max_completion_tokens", cap, error);
    case TC_PROVIDER_WIRE_ANTHROPIC:
    default:
      return read_cap (body, "max_tokens", cap, error);
    }
}

/**
 * tc_wire_summarize:
 * @body: a request of a client
 * @summary: filled in when this returns TRUE; to be cleared
 * @error: TC_ERROR_INVALID
 *
 * Returns: whether what matters for money and routing could be read
 */
gboolean
tc_wire_summarize (TcProviderWire   wire,
                   JsonObject      *body,
                   TcWireSummary   *summary,
                   GError         **error)
{
  const char *model = tc_json_get_string (body, "model", "");
  gboolean is_openai = wire == TC_PROVIDER_WIRE_OPENAI;

  *summary = (TcWireSummary) { NULL, FALSE, 0, 1 };
  if (model[0] == '\0')
    return tc_wire_fail (error, "model: must be the name of a model");
  if (is_openai && tc_json_has (body, "n"))
    summary->n_choices = tc_json_get_int (body, "n", 0);
  if (summary->n_choices < 1 || summary->n_choices > MAX_CHOICES)
    return tc_wire_fail (error, "n: must be a number from 1 to %d", MAX_CHOICES);
  if (!read_caps (wire, body, summary, error))
    return FALSE;
  /* Some servers take "true" for true: then we would not know what comes. */
  if (tc_json_has (body, "stream") &&
      json_node_get_value_type (json_object_get_member (body, "stream")) != G_TYPE_BOOLEAN)
    return tc_wire_fail (error, "stream: must be true or false");
  summary->is_stream = tc_json_get_boolean (body, "stream", wire == TC_PROVIDER_WIRE_OLLAMA);
  summary->model = g_strdup (model);

  return TRUE;
}

/** tc_wire_summary_clear: */
void
tc_wire_summary_clear (TcWireSummary *self)
{
  g_clear_pointer (&self->model, g_free);
}

/* The name that the request uses; both names for a server that may know one of
 * them only. */
static void
set_openai_cap (const TcProvider *provider,
                JsonObject       *body,
                gint64            max_tokens)
{
  gboolean has_old = tc_json_has (body, "max_tokens");
  gboolean has_new = tc_json_has (body, "max_completion_tokens");
  gboolean is_both = provider->id == TC_PROVIDER_COMPATIBLE;

  if (has_old || is_both)
    json_object_set_int_member (body, "max_tokens", max_tokens);
  if (has_new || !has_old || is_both)
    json_object_set_int_member (body, "max_completion_tokens", max_tokens);
}

static void
set_cap (const TcProvider *provider,
         JsonObject       *body,
         gint64            max_tokens)
{
  JsonObject *options = tc_json_get_object (body, "options");

  switch (provider->wire)
    {
    case TC_PROVIDER_WIRE_OPENAI:
      set_openai_cap (provider, body, max_tokens);
      break;
    case TC_PROVIDER_WIRE_OLLAMA:
      if (options == NULL)
        options = tc_wire_add_object (body, "options");
      json_object_set_int_member (options, "num_predict", max_tokens);
      break;
    case TC_PROVIDER_WIRE_ANTHROPIC:
    default:
      json_object_set_int_member (body, "max_tokens", max_tokens);
      break;
    }
}

/**
 * tc_wire_prepare:
 * @provider: whose format @body has
 * @body: a request that is passed on as it is
 * @max_tokens: a cap on the answer's tokens; 0 to leave that alone
 *
 * Sets the cap, and asks for the usage at the end of a stream of OpenAI's
 * format, without which nothing can be billed. Nothing else is touched.
 */
void
tc_wire_prepare (const TcProvider *provider,
                 JsonObject       *body,
                 gint64            max_tokens)
{
  JsonObject *options;

  if (max_tokens > 0)
    set_cap (provider, body, max_tokens);
  if (provider->wire != TC_PROVIDER_WIRE_OPENAI || !tc_json_get_boolean (body, "stream", FALSE))
    return;
  options = tc_json_get_object (body, "stream_options");
  if (options == NULL)
    options = tc_wire_add_object (body, "stream_options");
  json_object_set_boolean_member (options, "include_usage", TRUE);
}

static gboolean
read_request (TcProviderWire   wire,
              JsonObject      *body,
              TcChatRequest   *request,
              GError         **error)
{
  switch (wire)
    {
    case TC_PROVIDER_WIRE_OPENAI:
      return tc_wire_read_openai_request (body, request, error);
    case TC_PROVIDER_WIRE_OLLAMA:
      return tc_wire_read_ollama_request (body, request, error);
    case TC_PROVIDER_WIRE_ANTHROPIC:
    default:
      return tc_wire_read_anthropic_request (body, request, error);
    }
}

/**
 * tc_wire_read_request:
 * @wire: of the client
 * @body: its request
 * @error: TC_ERROR_INVALID with a sentence for the client
 *
 * Hints that other formats have nothing for (penalties, top_k, cache marks) are
 * left out; what would change the answer's meaning is an error.
 *
 * Returns: (transfer full) (nullable): what it asks
 */
TcChatRequest *
tc_wire_read_request (TcProviderWire   wire,
                      JsonObject      *body,
                      GError         **error)
{
  g_auto(TcWireSummary) summary = { NULL };
  g_autoptr(TcChatRequest) request = NULL;

  if (!tc_wire_summarize (wire, body, &summary, error))
    return NULL;
  request = tc_chat_request_new (summary.model);
  request->is_stream = summary.is_stream;
  request->max_tokens = summary.max_tokens;
  if (!read_request (wire, body, request, error))
    return NULL;

  return g_steal_pointer (&request);
}

/**
 * tc_wire_write_request:
 * @error: TC_ERROR_INVALID if the provider has nothing for a part of it
 *
 * Leaves out what the model is known to refuse, and says in words what its
 * format cannot.
 *
 * Returns: (transfer full) (nullable): the body to post
 */
char *
tc_wire_write_request (const TcProvider     *provider,
                       const TcChatRequest  *request,
                       GError              **error)
{
  g_autoptr(JsonObject) root = NULL;

  switch (provider->wire)
    {
    case TC_PROVIDER_WIRE_OPENAI:
      root = tc_wire_build_openai_request (provider, request);
      break;
    case TC_PROVIDER_WIRE_OLLAMA:
      root = tc_wire_build_ollama_request (request, error);
      break;
    case TC_PROVIDER_WIRE_ANTHROPIC:
    default:
      root = tc_wire_build_anthropic_request (request);
      break;
    }

  return root != NULL ? tc_json_object_to_string (root, FALSE) : NULL;
}

static gboolean
read_reply (const TcProvider  *provider,
            JsonObject        *root,
            TcChatReply       *reply,
            GError           **error)
{
  g_autoptr(TcChatError) problem = NULL;

  if (tc_json_has (root, "error"))
    {
      problem = tc_wire_read_error_object (provider, 200, root, NULL);
      return tc_wire_fail (error, "%s", problem->message);
    }
  switch (provider->wire)
    {
    case TC_PROVIDER_WIRE_OPENAI:
      return tc_wire_read_openai_reply (provider, root, reply, error);
    case TC_PROVIDER_WIRE_OLLAMA:
      return tc_wire_read_ollama_reply (root, reply, error);
    case TC_PROVIDER_WIRE_ANTHROPIC:
    default:
      return tc_wire_read_anthropic_reply (root, reply, error);
    }
}

/**
 * tc_wire_read_reply:
 * @body: the body of a success, not a stream
 * @error: TC_ERROR_INVALID
 *
 * Usage that makes no sense counts as not reported.
 *
 * Returns: (transfer full) (nullable): the answer
 */
TcChatReply *
tc_wire_read_reply (const TcProvider  *provider,
                    const char        *body,
                    gsize              length,
                    GError           **error)
{
  g_autoptr(JsonObject) root = tc_json_parse_object (length > 0 ? body : "", (gssize) length,
                                                     TC_JSON_ALLOW_NON_FINITE, error);
  g_autoptr(TcChatReply) reply = NULL;

  if (root == NULL)
    return NULL;
  reply = tc_chat_reply_new ();
  if (!read_reply (provider, root, reply, error))
    return NULL;

  return g_steal_pointer (&reply);
}

/** tc_wire_write_reply: Returns: (transfer full): the answer for a client of that format */
char *
tc_wire_write_reply (TcProviderWire     wire,
                     const TcChatReply *reply)
{
  g_autoptr(JsonObject) root = NULL;

  switch (wire)
    {
    case TC_PROVIDER_WIRE_OPENAI:
      root = tc_wire_build_openai_reply (reply);
      break;
    case TC_PROVIDER_WIRE_OLLAMA:
      root = tc_wire_build_ollama_reply (reply);
      break;
    case TC_PROVIDER_WIRE_ANTHROPIC:
    default:
      root = tc_wire_build_anthropic_reply (reply);
      break;
    }

  return tc_json_object_to_string (root, FALSE);
}
