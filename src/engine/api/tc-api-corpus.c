/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What a session would learn from. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-corpus-probe.h"
#include "tc-json.h"

static JsonObject *
describe (const TcCorpusFacts *facts)
{
  JsonObject *answer = json_object_new ();
  JsonObject *formats = json_object_new ();

  json_object_set_int_member (answer, "blocks", (gint64) facts->lines[TC_CORPUS_ENGLISH]);
  for (guint i = 0; i < TC_CORPUS_N_FORMATS; i++)
    json_object_set_int_member (formats, tc_corpus_get_format (i), (gint64) facts->lines[i]);
  json_object_set_object_member (answer, "formats", formats);
  if (facts->bytes > 0)
    json_object_set_int_member (answer, "bytes", (gint64) facts->bytes);
  else
    json_object_set_null_member (answer, "bytes");

  return answer;
}

static void
on_known (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree TcCorpusFacts *facts = tc_corpus_probe_finish (result, &error);

  if (facts == NULL)
    tc_api_request_reply_error (request, error);
  else
    tc_api_request_reply_object (request, SOUP_STATUS_OK, describe (facts));
}

/** tc_api_handle_corpus: POST /api/corpus, for a path does not belong into an address */
void
tc_api_handle_corpus (TcApiRequest *request)
{
  JsonObject *body = tc_api_request_get_body (request);
  const char *file = tc_json_get_string (body, "file", NULL);
  TcCorpusFacts bundled = { 0 };

  if (body == NULL || !json_object_has_member (body, "file") || json_object_get_size (body) != 1 ||
      (file == NULL && !json_object_get_null_member (body, "file")))
    {
      tc_api_request_reply_fail (request, 400, "usage", "Send {\"file\":\"/absolute/path\"}, or null for the bundled one.");
      return;
    }
  if (file != NULL)
    {
      tc_corpus_probe_async (file, request->cancellable, on_known, request);
      return;
    }
  for (guint i = 0; i < TC_CORPUS_N_FORMATS; i++)
    bundled.lines[i] = TC_BUNDLED_BLOCKS;
  tc_api_request_reply_object (request, SOUP_STATUS_OK, describe (&bundled));
}
