/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the owner of a session wrote about it: tags to find it under, and a
 * note. Any text there is may be in them, so both have bounds, and whoever
 * shows them makes them harmless first. */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-session-private.h"

static const char *const no_tags[] = { NULL };

/**
 * tc_session_get_tags:
 *
 * Returns: (transfer none): its tags, as they were given; never %NULL
 */
const char * const *
tc_session_get_tags (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), no_tags);

  return self->tags != NULL ? (const char *const *) self->tags : no_tags;
}

/** tc_session_get_note: Returns: (transfer none) (nullable): its note, which may have many lines */
const char *
tc_session_get_note (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return self->note;
}

/**
 * tc_session_set_tags:
 * @tags: (nullable): what tc_session_parse_tags() gave
 */
void
tc_session_set_tags (TcSession          *self,
                     const char * const *tags)
{
  g_return_if_fail (TC_IS_SESSION (self));

  if (g_strv_equal (tc_session_get_tags (self), tags != NULL ? tags : no_tags))
    return;
  g_strfreev (self->tags);
  self->tags = g_strdupv ((GStrv) tags);
  g_signal_emit_by_name (self, "changed");
}

/**
 * tc_session_set_budget:
 * @budget: micro-dollars; TC_BUDGET_NONE: without one
 */
void
tc_session_set_budget (TcSession *self,
                       gint64     budget)
{
  TcSessionConfig *config;

  g_return_if_fail (TC_IS_SESSION (self));

  config = tc_session_get_config (self);
  if (config->budget == budget)
    return;
  config->budget = budget;
  g_signal_emit_by_name (self, "changed");
}

/**
 * tc_session_set_note:
 * @note: (nullable): empty is none
 */
void
tc_session_set_note (TcSession  *self,
                     const char *note)
{
  g_return_if_fail (TC_IS_SESSION (self));

  if (g_set_str (&self->note, note != NULL && note[0] != '\0' ? note : NULL))
    g_signal_emit_by_name (self, "changed");
}

static gboolean
has_control (const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (at)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
check_tag (const char  *tag,
           GError     **error)
{
  if (!g_utf8_validate (tag, -1, NULL) || has_control (tag))
    g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                         "A tag is one line of text without control characters");
  else if (g_utf8_strlen (tag, -1) > TC_SESSION_MAX_TAG_LENGTH)
    g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "A tag has at most %d characters",
                 TC_SESSION_MAX_TAG_LENGTH);
  else
    return TRUE;

  return FALSE;
}

/**
 * tc_session_parse_tags:
 * @tags: as somebody typed them
 * @error: TC_ERROR_INVALID
 *
 * Without the blanks around them, without empty ones, and each once.
 *
 * Returns: (transfer full) (nullable): the tags
 */
GStrv
tc_session_parse_tags (const char * const  *tags,
                       GError             **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; tags[i] != NULL; i++)
    {
      g_autofree char *tag = g_strstrip (g_strdup (tags[i]));

      if (tag[0] == '\0' || g_hash_table_contains (seen, tag))
        continue;
      if (!check_tag (tag, error))
        return NULL;
      if (g_hash_table_size (seen) == TC_SESSION_MAX_TAGS)
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "A session has at most %d tags",
                       TC_SESSION_MAX_TAGS);
          return NULL;
        }
      g_strv_builder_add (builder, tag);
      g_hash_table_add (seen, g_steal_pointer (&tag));
    }

  return g_strv_builder_end (builder);
}

/**
 * tc_session_check_note:
 * @error: TC_ERROR_INVALID
 *
 * Returns: whether @note is text and not too long
 */
gboolean
tc_session_check_note (const char  *note,
                       GError     **error)
{
  if (!g_utf8_validate (note, -1, NULL))
    g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "A note is UTF-8 text");
  else if (strlen (note) > TC_SESSION_MAX_NOTE_BYTES)
    g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "A note has at most %d KiB of text",
                 TC_SESSION_MAX_NOTE_BYTES / 1024);
  else
    return TRUE;

  return FALSE;
}

/* From what tc_session_to_json() wrote, or an older version, which had none. */
void
tc_session_read_notes (TcSession  *self,
                       JsonObject *object)
{
  g_strfreev (self->tags);
  self->tags = tc_json_dup_strv (object, "tags");
  g_set_str (&self->note, tc_json_get_string (object, "note", NULL));
}

void
tc_session_write_notes (TcSession  *self,
                        JsonObject *object)
{
  const char *const *tags = tc_session_get_tags (self);
  JsonArray *array = json_array_new ();

  for (guint i = 0; tags[i] != NULL; i++)
    json_array_add_string_element (array, tags[i]);
  json_object_set_array_member (object, "tags", array);
  json_object_set_string_member (object, "note", self->note);
}
