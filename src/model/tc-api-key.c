/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-api-key.h"
#include "tc-clock.h"
#include "tc-json.h"

static const char *const state_words[TC_KEY_N_STATES] = {
  [TC_KEY_UNVERIFIED] = "unverified",
  [TC_KEY_VALID] = "valid",
  [TC_KEY_WRONG] = "wrong",
  [TC_KEY_NO_PERMISSION] = "no-permission",
  [TC_KEY_BLOCKED] = "blocked",
  [TC_KEY_NO_CREDIT] = "no-credit",
  [TC_KEY_RATE_LIMITED] = "rate-limited",
  [TC_KEY_UNREACHABLE] = "unreachable",
  [TC_KEY_NO_SECRET] = "no-secret",
};

/** tc_key_state_to_string: Returns: (transfer none): the word in JSON and on the screen */
const char *
tc_key_state_to_string (TcKeyState state)
{
  g_return_val_if_fail (state < TC_KEY_N_STATES, NULL);

  return state_words[state];
}

/** tc_key_state_from_string: Returns: whether @text is the word of a state */
gboolean
tc_key_state_from_string (const char *text,
                          TcKeyState *state)
{
  for (guint i = 0; i < TC_KEY_N_STATES; i++)
    {
      if (g_strcmp0 (text, state_words[i]) == 0)
        {
          *state = (TcKeyState) i;
          return TRUE;
        }
    }

  return FALSE;
}

/** tc_api_key_new: Returns: (transfer full): one with nothing in it, unverified */
TcApiKey *
tc_api_key_new (void)
{
  return g_new0 (TcApiKey, 1);
}

/** tc_api_key_copy: Returns: (transfer full) */
TcApiKey *
tc_api_key_copy (const TcApiKey *self)
{
  TcApiKey *copy = g_memdup2 (self, sizeof *self);

  copy->provider = g_strdup (self->provider);
  copy->name = g_strdup (self->name);
  copy->base_url = g_strdup (self->base_url);
  copy->secret_id = g_strdup (self->secret_id);
  copy->last_four = g_strdup (self->last_four);
  copy->state_text = g_strdup (self->state_text);

  return copy;
}

/** tc_api_key_free: */
void
tc_api_key_free (TcApiKey *self)
{
  g_free (self->provider);
  g_free (self->name);
  g_free (self->base_url);
  g_free (self->secret_id);
  g_free (self->last_four);
  g_free (self->state_text);
  g_free (self);
}

static void
set_time (JsonObject *object,
          const char *member,
          gint64      time_us)
{
  g_autofree char *text = time_us == 0 ? NULL : tc_clock_format_iso8601 (time_us);

  json_object_set_string_member (object, member, text);
}

/**
 * tc_api_key_to_json:
 *
 * Leaves out how the keyring finds the secret: it is of no use to others.
 *
 * Returns: (transfer full): an object
 */
JsonNode *
tc_api_key_to_json (const TcApiKey *self)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, self->id);
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  json_object_set_string_member (object, "id", id);
  json_object_set_string_member (object, "provider", self->provider);
  json_object_set_string_member (object, "name", self->name);
  json_object_set_string_member (object, "base_url", self->base_url);
  json_object_set_string_member (object, "last_four", self->last_four);
  json_object_set_string_member (object, "state", tc_key_state_to_string (self->state));
  json_object_set_string_member (object, "state_text", self->state_text);
  set_time (object, "checked_at", self->checked_at_us);
  set_time (object, "created_at", self->created_at_us);

  return node;
}

/**
 * tc_api_key_from_json:
 *
 * Returns: (transfer full): the key; what is missing is 0, NULL or unverified
 */
TcApiKey *
tc_api_key_from_json (JsonObject *object)
{
  TcApiKey *self = tc_api_key_new ();

  self->id = g_ascii_strtoull (tc_json_get_string (object, "id", "0"), NULL, 10);
  self->provider = g_strdup (tc_json_get_string (object, "provider", ""));
  self->name = g_strdup (tc_json_get_string (object, "name", ""));
  self->base_url = g_strdup (tc_json_get_string (object, "base_url", NULL));
  self->last_four = g_strdup (tc_json_get_string (object, "last_four", NULL));
  tc_key_state_from_string (tc_json_get_string (object, "state", ""), &self->state);
  self->state_text = g_strdup (tc_json_get_string (object, "state_text", NULL));
  tc_clock_parse_iso8601 (tc_json_get_string (object, "checked_at", ""), &self->checked_at_us);
  tc_clock_parse_iso8601 (tc_json_get_string (object, "created_at", ""), &self->created_at_us);

  return self;
}
