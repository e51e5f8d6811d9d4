/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-provider-request.h"

/**
 * tc_provider_request_async:
 * @secret: (nullable): NULL to ask as a stranger
 *
 * Asks for @url. Our own copy of the secret is wiped when this returns.
 */
void
tc_provider_request_async (TcHttp              *http,
                           const TcProvider    *provider,
                           const char          *url,
                           const char          *secret,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  gboolean is_bearer = provider->auth == TC_PROVIDER_AUTH_BEARER;
  const char *headers[5] = { NULL };
  char *value = NULL;
  guint n = 0;

  if (secret != NULL && provider->auth != TC_PROVIDER_AUTH_NONE)
    {
      value = g_strconcat (is_bearer ? "Bearer " : "", secret, NULL);
      headers[n++] = is_bearer ? "Authorization" : "x-api-key";
      headers[n++] = value;
    }
  if (provider->extra_header != NULL)
    {
      headers[n++] = provider->extra_header;
      headers[n++] = provider->extra_value;
    }
  tc_http_get_async (http, url, headers, cancellable, callback, user_data);
  if (value != NULL)
    explicit_bzero (value, strlen (value));
  g_free (value);
}
