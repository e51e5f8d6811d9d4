/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-gateway-headers.h"

/* A name, or the beginning of names if it ends with "*". Not "openai-project"
 * and "openai-organization": they belong to a key, and the key is ours. */
static const char *const to_provider[] = {
  "anthropic-version", "anthropic-beta", "openai-beta", "openai-safety-*", "x-grok-conv-id",
  "x-client-request-id", "http-referer", "x-title",
};

static const char *const to_client[] = {
  "content-type", "retry-after", "retry-after-ms", "x-should-retry", "request-id", "x-request-id",
  "x-ratelimit-*", "anthropic-ratelimit-*", "openai-processing-ms", "openai-version",
  "openai-model", "x-generation-id", "cf-ray",
};

static gboolean
is_in (const char        *name,
       const char *const *list,
       gsize              n)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize length = strlen (list[i]);

      if (list[i][length - 1] == '*' ? g_ascii_strncasecmp (name, list[i], length - 1) == 0
                                     : g_ascii_strcasecmp (name, list[i]) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
append (GString    *out,
        const char *name,
        const char *value)
{
  g_string_append (out, name);
  g_string_append (out, ": ");
  g_string_append (out, value);
  g_string_append (out, "\r\n");
}

/**
 * tc_gateway_headers_append_request:
 * @client: (nullable): what the client sent
 *
 * What goes to the provider: a few of the client's, and our key in place of the
 * client's token. Whoever gets @out wipes it.
 */
void
tc_gateway_headers_append_request (GString          *out,
                                   const TcGrant    *grant,
                                   const TcHttpHead *client,
                                   gboolean          is_stream)
{
  const TcProvider *provider = grant->provider;

  for (guint i = 0; client != NULL && i < client->n_headers; i++)
    if (is_in (client->headers[i].name, to_provider, G_N_ELEMENTS (to_provider)))
      append (out, client->headers[i].name, client->headers[i].value);

  if (provider->extra_header != NULL &&
      (client == NULL || tc_http_head_count (client, provider->extra_header) == 0))
    append (out, provider->extra_header, provider->extra_value);
  g_string_append (out, "User-Agent: TrainingCenter/" TC_VERSION "\r\n"
                        "Accept-Encoding: identity\r\n"
                        "Content-Type: application/json\r\n");
  append (out, "Accept", !is_stream ? "application/json"
                         : provider->wire == TC_PROVIDER_WIRE_OLLAMA ? "application/x-ndjson"
                                                                     : "text/event-stream");

  if (grant->secret == NULL || provider->auth == TC_PROVIDER_AUTH_NONE)
    return;
  if (provider->auth == TC_PROVIDER_AUTH_BEARER)
    g_string_append (out, "Authorization: Bearer ");
  else
    g_string_append (out, "x-api-key: ");
  g_string_append_len (out, grant->secret->text, (gssize) grant->secret->length);
  g_string_append (out, "\r\n");
}

/** tc_gateway_headers_append_answer: what the client is told of the provider's headers */
void
tc_gateway_headers_append_answer (GString          *out,
                                  const TcHttpHead *provider)
{
  for (guint i = 0; i < provider->n_headers; i++)
    if (is_in (provider->headers[i].name, to_client, G_N_ELEMENTS (to_client)))
      append (out, provider->headers[i].name, provider->headers[i].value);
}
