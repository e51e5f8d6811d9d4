/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-corpus-text.h"

#include <glib/gi18n.h>

#include "tc-duration.h"
#include "tc-json.h"

static char *
dup_formats (JsonObject *formats)
{
  static const char *const names[] = { "HLXL", "LC-R", "LC-T", "LC-B" };
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (tc_json_get_int (formats, names[i], 0) > 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", names[i]);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * tc_corpus_text_dup_contents:
 * @facts: see the schema "Corpus" of the engine's API
 *
 * Returns: (transfer full): "164 blocks · HLXL, LC-R, LC-T, LC-B · 11.2 kB"
 */
char *
tc_corpus_text_dup_contents (JsonObject *facts)
{
  guint64 blocks = (guint64) tc_json_get_int (facts, "blocks", 0);
  gint64 bytes = tc_json_get_int (facts, "bytes", 0);
  g_autofree char *formats = dup_formats (tc_json_get_object (facts, "formats"));
  g_autofree char *number = g_strdup_printf ("%'" G_GUINT64_FORMAT, blocks);
  g_autofree char *size = bytes > 0 ? tc_size_format ((guint64) bytes) : NULL;
  g_autoptr(GString) text = NULL;

  if (blocks == 0)
    return g_strdup (_("No English lines with their HLX were found in it."));
  text = g_string_new (NULL);
  /* Translators: of a corpus; a block is an English line with what it means in HLX; %s is their number */
  g_string_append_printf (text, ngettext ("%s block", "%s blocks", (gulong) blocks), number);
  if (formats[0] != '\0')
    g_string_append_printf (text, " · %s", formats);
  if (size != NULL)
    g_string_append_printf (text, " · %s", size);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
