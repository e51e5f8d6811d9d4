/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "tc-error.h"
#include "tc-provider.h"

static const TcProvider providers[TC_PROVIDER_N] = {
  { TC_PROVIDER_CLAUDE, "claude", "Anthropic", "https://api.anthropic.com",
    TC_PROVIDER_AUTH_X_API_KEY, TC_PROVIDER_WIRE_ANTHROPIC, "anthropic-version", "2023-06-01",
    "/v1/models?limit=1", "/v1/models?limit=1000",
    "https://platform.claude.com/settings/keys", TRUE },
  { TC_PROVIDER_OPENAI, "openai", "OpenAI", "https://api.openai.com/v1",
    TC_PROVIDER_AUTH_BEARER, TC_PROVIDER_WIRE_OPENAI, NULL, NULL,
    "/models", "/models", "https://platform.openai.com/api-keys", TRUE },
  /* Not /models: there a wrong key has the status of a bad request. */
  { TC_PROVIDER_XAI, "xai", "xAI", "https://api.x.ai/v1",
    TC_PROVIDER_AUTH_BEARER, TC_PROVIDER_WIRE_OPENAI, NULL, NULL,
    "/api-key", "/language-models", "https://console.x.ai", TRUE },
  { TC_PROVIDER_QWEN, "qwen", "Ollama", "http://localhost:11434",
    TC_PROVIDER_AUTH_BEARER, TC_PROVIDER_WIRE_OLLAMA, NULL, NULL,
    "/api/version", "/api/tags", NULL, FALSE },
  { TC_PROVIDER_COMPATIBLE, "compatible", "the server", NULL,
    TC_PROVIDER_AUTH_BEARER, TC_PROVIDER_WIRE_OPENAI, NULL, NULL,
    "/models", "/models", NULL, FALSE },
};

/** tc_provider_get: Returns: (transfer none): the facts of a provider */
const TcProvider *
tc_provider_get (TcProviderId id)
{
  g_return_val_if_fail (id < TC_PROVIDER_N, NULL);

  return &providers[id];
}

/** tc_provider_find: Returns: (transfer none) (nullable): the provider of that word */
const TcProvider *
tc_provider_find (const char *word)
{
  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      if (g_strcmp0 (word, providers[i].word) == 0)
        return &providers[i];
    }

  return NULL;
}

/**
 * tc_provider_build_url:
 * @base_url: (nullable): NULL for the provider's own
 * @path: begins with a slash; may have a query
 *
 * Returns: (transfer full): where to send a request
 */
char *
tc_provider_build_url (const TcProvider *self,
                       const char       *base_url,
                       const char       *path)
{
  g_autofree char *base = g_strdup (base_url != NULL ? base_url : self->base_url);
  gsize length = strlen (base);

  while (length > 0 && base[length - 1] == '/')
    base[--length] = '\0';

  return g_strconcat (base, path, NULL);
}

/* A key sent in clear text is read by everybody on the way, so that is for the
 * own machine and the own network only. */
static gboolean
is_near (const char *host)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address) || g_inet_address_get_is_site_local (address) ||
           g_inet_address_get_is_link_local (address);

  return g_ascii_strcasecmp (host, "localhost") == 0 || g_str_has_suffix (host, ".localhost") ||
         g_str_has_suffix (host, ".local") || g_str_has_suffix (host, ".internal") ||
         g_str_has_suffix (host, ".lan");
}

/**
 * tc_provider_check_base_url:
 * @base_url: what a person gave
 * @error: TC_ERROR_INVALID with a sentence
 *
 * Returns: whether requests with a key may be sent there
 */
gboolean
tc_provider_check_base_url (const char  *base_url,
                            GError     **error)
{
  g_autoptr(GUri) uri = g_uri_parse (base_url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri == NULL ? NULL : g_uri_get_host (uri);
  const char *scheme = uri == NULL ? NULL : g_uri_get_scheme (uri);

  if (host == NULL || host[0] == '\0' ||
      (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0))
    g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                         "The base URL begins with https:// or http:// and names a server, such as "
                         "http://localhost:8000/v1.");
  else if (g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL ||
           g_uri_get_fragment (uri) != NULL)
    g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                         "The base URL has no user, no “?” and no “#”; the key is given by itself.");
  else if (strcmp (scheme, "http") == 0 && !is_near (host))
    g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                         "Outside of this machine and its own network the base URL must be https://: "
                         "everybody on the way could read the key.");
  else
    return TRUE;

  return FALSE;
}
