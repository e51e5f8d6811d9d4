/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-api-mask.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"

/* Shorter than any key, and longer than anything people write with asterisks. */
#define FILL_MIN 12
#define BLANKS " \t\r\n"

static char *
dup_masked (TcScheduler *scheduler,
            const char  *command)
{
  TcRedactor *redactor = tc_scheduler_get_redactor (scheduler);
  char *masked = g_strdup (command);

  if (redactor != NULL && masked != NULL)
    tc_redactor_mask_in_place (redactor, masked, strlen (masked), TC_REDACTOR_END);

  return masked;
}

/**
 * tc_api_mask_command:
 * @session: as tc_session_to_json() has it
 *
 * Masks what looks like a key in the command of its configuration.
 */
void
tc_api_mask_command (TcScheduler *scheduler,
                     JsonObject  *session)
{
  JsonObject *config = tc_json_get_object (session, "config");
  const char *command = tc_json_get_string (config, "command", NULL);
  g_autofree char *masked = dup_masked (scheduler, command);

  if (masked != NULL && !g_str_equal (masked, command))
    json_object_set_string_member (config, "command", masked);
}

/* Where in @masked the whole word is; it is as long as it was unmasked. */
static const char *
find_word (const char *masked,
           const char *word,
           gsize       length)
{
  for (const char *found = strstr (masked, word); found != NULL; found = strstr (found + 1, word))
    {
      gboolean is_begun = found == masked || strchr (BLANKS, found[-1]) != NULL;

      if (is_begun && (found[length] == '\0' || strchr (BLANKS, found[length]) != NULL))
        return found;
    }

  return NULL;
}

/* Returns: (transfer full) (nullable): what @word was before it was masked; NULL
 *   if no session has it, or two have it otherwise */
static char *
dup_meant (TcScheduler *scheduler,
           const char  *word)
{
  TcQueue *queue = tc_scheduler_get_queue (scheduler);
  gsize length = strlen (word);
  g_autofree char *meant = NULL;

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      const char *command = tc_session_get_config (tc_queue_peek (queue, i))->command;
      g_autofree char *masked = dup_masked (scheduler, command);
      const char *found = masked != NULL ? find_word (masked, word, length) : NULL;
      g_autofree char *raw = found != NULL ? g_strndup (command + (found - masked), length) : NULL;

      if (raw == NULL)
        continue;
      if (meant != NULL && !g_str_equal (meant, raw))
        return NULL;
      g_set_str (&meant, raw);
    }

  return g_steal_pointer (&meant);
}

static gboolean
restore_command (TcScheduler      *scheduler,
                 TcSessionConfig  *config,
                 const char       *fill,
                 GError          **error)
{
  g_autoptr (GString) command = g_string_new (NULL);
  const char *p = config->command;

  while (*p != '\0')
    {
      gsize blanks = strspn (p, BLANKS);
      gsize length = strcspn (p + blanks, BLANKS);
      g_autofree char *word = g_strndup (p + blanks, length);
      g_autofree char *meant = strstr (word, fill) != NULL ? dup_meant (scheduler, word) : g_strdup (word);

      if (meant == NULL)
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                       "The key in the command is masked, and which one was meant is not known; "
                       "write it again in place of “%s”", word);
          return FALSE;
        }
      g_string_append_len (command, p, blanks);
      g_string_append (command, meant);
      p += blanks + length;
    }
  g_set_str (&config->command, command->str);

  return TRUE;
}

/**
 * tc_api_restore_commands:
 * @configs: (element-type TcSessionConfig): not shared yet
 * @error: TC_ERROR_INVALID with a sentence that says what to do
 *
 * Puts back the keys that tc_api_mask_command() masked, where a client sends on
 * the command of a session that it was told of.
 *
 * Returns: whether no key is missing
 */
gboolean
tc_api_restore_commands (TcScheduler  *scheduler,
                         GPtrArray    *configs,
                         GError      **error)
{
  g_autofree char *fill = g_strnfill (FILL_MIN, TC_REDACTOR_FILL);

  for (guint i = 0; i < configs->len; i++)
    {
      TcSessionConfig *config = g_ptr_array_index (configs, i);

      if (config->command != NULL && strstr (config->command, fill) != NULL &&
          !restore_command (scheduler, config, fill, error))
        return FALSE;
    }

  return TRUE;
}
