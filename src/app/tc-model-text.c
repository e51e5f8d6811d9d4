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

/**
 * tc_model_text_dup_about:
 *
 * Returns: (transfer full): "Speed & Efficiency · Retires on 2027-01-12."; the
 *   engine's sentence is the second half
 */
char *
tc_model_text_dup_about (TcModelItem *item)
{
  const char *specialty = tc_model_item_get_specialty (item);
  const char *text = tc_model_item_get_text (item);
  g_autofree char *about = NULL;

  if (specialty != NULL && text != NULL)
    about = g_strdup_printf ("%s · %s", specialty, text);
  else
    about = g_strdup (text != NULL ? text : specialty != NULL ? specialty : "");

  return tc_text_sanitize (about, -1, -1, TC_TEXT_SINGLE_LINE);
}
