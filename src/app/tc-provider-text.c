/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-provider-text.h"

#include <glib/gi18n.h>

#include "tc-duration.h"
#include "tc-sentence.h"
#include "tc-text.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)

static const TcProviderText providers[] = {
  { "claude", "Anthropic", TRUE, FALSE, "https://api.anthropic.com" },
  { "openai", "OpenAI", TRUE, FALSE, "https://api.openai.com/v1" },
  { "xai", "xAI", TRUE, FALSE, "https://api.x.ai/v1" },
  { "qwen", "Ollama", FALSE, FALSE, "http://localhost:11434" },
  { "compatible", N_("OpenAI-compatible server"), FALSE, TRUE, NULL },
};

static const struct {
  const char *name;
  const char *icon;
  const char *style;
} states[TC_KEY_N_STATES] = {
  [TC_KEY_UNVERIFIED] = { N_("Not checked"), "dialog-question-symbolic", "warning" },
  [TC_KEY_VALID] = { N_("Valid"), "object-select-symbolic", "success" },
  [TC_KEY_WRONG] = { N_("Wrong key"), "dialog-error-symbolic", "error" },
  [TC_KEY_NO_PERMISSION] = { N_("No permission"), "dialog-warning-symbolic", "warning" },
  [TC_KEY_BLOCKED] = { N_("Blocked"), "dialog-error-symbolic", "error" },
  [TC_KEY_NO_CREDIT] = { N_("No credit left"), "dialog-error-symbolic", "error" },
  [TC_KEY_RATE_LIMITED] = { N_("Asked too often"), "dialog-warning-symbolic", "warning" },
  [TC_KEY_UNREACHABLE] = { N_("Not reachable"), "network-offline-symbolic", "warning" },
  [TC_KEY_NO_SECRET] = { N_("Not in the keyring"), "dialog-error-symbolic", "error" },
};

/** tc_provider_text_get: Returns: (transfer none) (nullable): the provider at @index, from 0 */
const TcProviderText *
tc_provider_text_get (guint index)
{
  return index < G_N_ELEMENTS (providers) ? &providers[index] : NULL;
}

/** tc_provider_text_find: Returns: (transfer none) (nullable): the provider of that word */
const TcProviderText *
tc_provider_text_find (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    {
      if (g_strcmp0 (providers[i].word, word) == 0)
        return &providers[i];
    }

  return NULL;
}

const char *
tc_provider_text_get_state (TcKeyState state)
{
  return _(states[state].name);
}

const char *
tc_provider_text_get_icon (TcKeyState state)
{
  return states[state].icon;
}

const char *
tc_provider_text_get_class (TcKeyState state)
{
  return states[state].style;
}

/**
 * tc_provider_text_dup_about:
 * @now_us: UTC
 *
 * Returns: (transfer full): "Anthropic · …f00d · Valid, checked 2 min ago", and
 *   what to do if it is not
 */
char *
tc_provider_text_dup_about (const TcApiKey *key,
                            gint64          now_us)
{
  const TcProviderText *provider = tc_provider_text_find (key->provider);
  g_autoptr(GString) text = g_string_new (provider != NULL ? _(provider->title) : key->provider);
  g_autofree char *clean = NULL;

  if (key->last_four != NULL)
    g_string_append_printf (text, " · …%s", key->last_four);
  g_string_append_printf (text, " · %s", tc_provider_text_get_state (key->state));
  if (key->checked_at_us > 0 && now_us > key->checked_at_us)
    {
      gint64 age_us = now_us - key->checked_at_us;
      /* Of what was minutes ago nobody wants the seconds. */
      g_autofree char *age = tc_duration_format (age_us < MINUTE_US ? age_us : age_us - age_us % MINUTE_US);

      /* Translators: behind the state of a key: "Valid, checked 2 min ago" */
      g_string_append_printf (text, _(", checked %s ago"), age);
    }
  if (key->state != TC_KEY_VALID && key->state_text != NULL)
    {
      g_autofree char *said = tc_sentence_dup_local (key->state_text);

      g_string_append_printf (text, "\n%s", said);
    }
  clean = tc_text_sanitize (text->str, text->len, -1, TC_TEXT_DEFAULT);

  return g_steal_pointer (&clean);
}
