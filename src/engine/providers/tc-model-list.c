/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-model-list.h"
#include "tc-money.h"
#include "tc-text.h"

#define ID_MAX_BYTES 200
#define MAX_MODELS 5000

/* US cents for 100 million tokens, in millionths of a dollar for a million. */
#define XAI_UNIT 100

/* OpenAI lists everything that it sells in one. */
static gboolean
is_chat_model (const char *id)
{
  static const char *const others[] = {
    "audio", "realtime", "image", "embedding", "tts", "whisper", "dall-e", "moderation",
    "transcribe", "sora", "babbage", "davinci", NULL
  };

  for (guint i = 0; others[i] != NULL; i++)
    {
      if (strstr (id, others[i]) != NULL)
        return FALSE;
    }

  return TRUE;
}

static void
copy_string (JsonObject *to,
             const char *member,
             JsonObject *from,
             const char *source)
{
  const char *text = tc_json_get_string (from, source, NULL);
  g_autofree char *clean = text == NULL ? NULL : tc_text_sanitize (text, -1, ID_MAX_BYTES, TC_TEXT_SINGLE_LINE);

  if (clean != NULL)
    json_object_set_string_member (to, member, clean);
}

static void
copy_positive (JsonObject *to,
               const char *member,
               JsonObject *from,
               const char *source)
{
  gint64 number = tc_json_get_int (from, source, 0);

  if (number > 0)
    json_object_set_int_member (to, member, number);
}

static void
copy_price (JsonObject *to,
            const char *member,
            JsonObject *from,
            const char *source)
{
  gint64 units = tc_json_get_int (from, source, -1);
  g_autofree char *text = NULL;

  if (units < 0 || units > G_MAXINT64 / XAI_UNIT)
    return;
  text = tc_money_format (units * XAI_UNIT);
  json_object_set_string_member (to, member, text[0] == '$' ? text + 1 : text);
}

/* What long prompts cost. Zero means: as the others. */
static void
read_long_xai (JsonObject *model,
               JsonObject *entry)
{
  static const char *const prices[][3] = {
    { "input", "prompt_text_token_price_long_context", "prompt_text_token_price" },
    { "output", "completion_text_token_price_long_context", "completion_text_token_price" },
    { "cache_read", "cached_prompt_text_token_price_long_context", "cached_prompt_text_token_price" },
  };
  gint64 from = tc_json_get_int (entry, "long_context_threshold", 0);
  JsonObject *tier;

  if (from <= 0 || !tc_json_has (entry, prices[0][1]))
    return;
  tier = json_object_new ();
  json_object_set_int_member (tier, "from_tokens", from);
  for (guint i = 0; i < G_N_ELEMENTS (prices); i++)
    copy_price (tier, prices[i][0], entry, prices[i][tc_json_get_int (entry, prices[i][1], 0) > 0 ? 1 : 2]);
  json_object_set_object_member (model, "long_prompt", tier);
}

static void
read_xai (JsonObject *model,
          JsonObject *entry)
{
  copy_price (model, "input", entry, "prompt_text_token_price");
  copy_price (model, "output", entry, "completion_text_token_price");
  copy_price (model, "cache_read", entry, "cached_prompt_text_token_price");
  copy_positive (model, "context", entry, "context_length");
  read_long_xai (model, entry);
}

static void
read_ollama (JsonObject *model,
             JsonObject *entry)
{
  JsonObject *details = tc_json_get_object (entry, "details");

  copy_positive (model, "bytes", entry, "size");
  if (details != NULL)
    copy_positive (model, "context", details, "context_length");
  json_object_set_boolean_member (model, "remote", tc_json_get_string (entry, "remote_host", "")[0] != '\0');
}

static void
read_entry (const TcProvider *provider,
            JsonObject       *list,
            JsonObject       *entry)
{
  const char *id = tc_json_get_string (entry, provider->id == TC_PROVIDER_QWEN ? "name" : "id", "");
  g_autofree char *clean = tc_text_sanitize (id, -1, ID_MAX_BYTES, TC_TEXT_SINGLE_LINE);
  JsonObject *model;

  /* What had to be made harmless is no name to send back. */
  if (id[0] == '\0' || strcmp (clean, id) != 0 ||
      (provider->id == TC_PROVIDER_OPENAI && !is_chat_model (id)))
    return;
  model = json_object_new ();
  copy_string (model, "name", entry, "display_name");
  copy_string (model, "lifecycle", entry, "lifecycle");
  copy_string (model, "retires_at", entry, "retires_at");
  copy_string (model, "retires_at", entry, "shutdown_date");
  copy_positive (model, "context", entry, "max_input_tokens");
  copy_positive (model, "context", entry, "max_model_len");
  copy_positive (model, "max_output", entry, "max_tokens");
  if (provider->id == TC_PROVIDER_XAI)
    read_xai (model, entry);
  else if (provider->id == TC_PROVIDER_QWEN)
    read_ollama (model, entry);
  json_object_set_object_member (list, id, model);
}

/**
 * tc_model_list_read:
 * @error: TC_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): an object with the models by id; each an
 *   object that may have name, context, max_output, lifecycle, retires_at,
 *   bytes, remote, and input, output, cache_read, long_prompt as in a price row
 */
JsonObject *
tc_model_list_read (const TcProvider  *provider,
                    const char        *body,
                    gsize              length,
                    GError           **error)
{
  g_autoptr(JsonObject) root = tc_json_parse_object (body, (gssize) length, TC_JSON_DEFAULT, NULL);
  JsonArray *entries = root == NULL ? NULL : tc_json_get_array (root, "data");
  JsonObject *list;
  guint n;

  if (root != NULL && entries == NULL)
    entries = tc_json_get_array (root, "models");
  if (root == NULL || (entries == NULL && !tc_json_has (root, "object")))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "The answer of %s is no list of models.",
                   provider->title);
      return NULL;
    }
  list = json_object_new ();
  n = entries == NULL ? 0 : MIN (json_array_get_length (entries), MAX_MODELS);
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (entries, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        read_entry (provider, list, json_node_get_object (node));
    }

  return list;
}
