/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-model-text.h"

#include <glib/gi18n.h>

#include "tc-text.h"

/** tc_model_text_get_tier: Returns: (transfer none): "FREE", "$", "$$", "$$$", or "?" where the price is not known */
const char *
tc_model_text_get_tier (const char *tier)
{
  if (g_ascii_strcasecmp (tier, "free") == 0)
    /* Translators: a tag on a model that costs nothing */
    return C_("price", "FREE");

  return tier[0] == '$' ? tier : "?";
}

static char *
describe_context (gint64 tokens)
{
  if (tokens >= 1000000)
    /* Translators: how much text a model reads at a time, in millions of tokens */
    return g_strdup_printf (_("%.3g M tokens"), (double) tokens / 1000000);

  /* Translators: how much text a model reads at a time, in thousands of tokens */
  return g_strdup_printf (_("%d K tokens"), (int) (tokens / 1000));
}

/**
 * tc_model_text_dup_about:
 * @has_context: with how much text it reads at a time
 *
 * Returns: (transfer full): "Speed & Efficiency · 400 K tokens · Retires on
 *   2027-01-12."; the engine's sentence is the end
 */
char *
tc_model_text_dup_about (TcModelItem *item,
                         gboolean     has_context)
{
  g_autoptr(GStrvBuilder) parts = g_strv_builder_new ();
  gint64 context = has_context ? tc_model_item_get_context (item) : 0;
  g_auto(GStrv) texts = NULL;
  g_autofree char *about = NULL;

  if (tc_model_item_get_specialty (item) != NULL)
    g_strv_builder_add (parts, tc_model_item_get_specialty (item));
  if (context > 0)
    g_strv_builder_take (parts, describe_context (context));
  if (tc_model_item_get_text (item) != NULL)
    g_strv_builder_add (parts, tc_model_item_get_text (item));
  texts = g_strv_builder_end (parts);
  about = g_strjoinv (" · ", texts);

  return tc_text_sanitize (about, -1, -1, TC_TEXT_SINGLE_LINE);
}
