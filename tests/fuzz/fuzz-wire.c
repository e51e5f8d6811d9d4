/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Requests, answers and errors of strangers, read in every format and written
 * in every other: what is written is JSON, and counts are never negative. */

#include <glib.h>

#include "fuzz.h"
#include "tc-json.h"
#include "tc-wire.h"

#define N_WIRES 3

static void
check_json (const char *text)
{
  g_autoptr(JsonNode) node = tc_json_parse (text, -1, TC_JSON_DEFAULT, NULL);

  g_assert (node != NULL);
}

static void
fuzz_request (TcProviderWire  wire,
              JsonObject     *body)
{
  g_autoptr(TcChatRequest) request = tc_wire_read_request (wire, body, NULL);

  for (guint i = 0; request != NULL && i < TC_PROVIDER_N; i++)
    {
      g_autofree char *text = tc_wire_write_request (tc_provider_get (i), request, NULL);

      if (text != NULL)
        check_json (text);
    }
}

static void
fuzz_reply (const TcProvider *provider,
            const char       *bytes,
            gsize             size)
{
  g_autoptr(TcChatReply) reply = tc_wire_read_reply (provider, bytes, size, NULL);

  if (reply == NULL)
    return;
  g_assert (reply->usage.input >= 0 && reply->usage.cache_read >= 0 && reply->usage.cache_write >= 0 &&
            reply->usage.output >= 0);
  g_assert (reply->usage.exact == TC_MONEY_UNKNOWN || reply->usage.exact >= 0);
  for (guint i = 0; i < N_WIRES; i++)
    {
      g_autofree char *text = tc_wire_write_reply ((TcProviderWire) i, reply);

      check_json (text);
    }
}

static void
fuzz_error (const TcProvider *provider,
            guint             status,
            const char       *bytes,
            gsize             size)
{
  g_autoptr(TcChatError) error = tc_wire_read_error (provider, status, bytes, size, "sk-canary");

  g_assert (error->message[0] != '\0');
  g_assert (g_utf8_validate (error->message, -1, NULL));
  for (guint i = 0; i < N_WIRES; i++)
    {
      g_autofree char *text = tc_wire_write_error ((TcProviderWire) i, error);

      check_json (text);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *bytes = (const char *) data + 1;
  g_autoptr(JsonObject) body = NULL;
  const TcProvider *provider;

  if (size < 2)
    return 0;
  size--;
  provider = tc_provider_get (data[0] % TC_PROVIDER_N);
  fuzz_error (provider, 100 + data[0] * 2, bytes, size);
  fuzz_reply (provider, bytes, size);
  body = tc_json_parse_object (bytes, (gssize) size, TC_JSON_DEFAULT, NULL);
  for (guint i = 0; body != NULL && i < N_WIRES; i++)
    fuzz_request ((TcProviderWire) i, body);
  if (body != NULL)
    tc_wire_prepare (provider, body, data[0]);

  return 0;
}
