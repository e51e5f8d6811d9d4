/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a supervisor is asked, from two files: prompt.md, with three parts
 * between lines of "---" (instructions, the question, what to say to an answer
 * that could not be read), and verdict.schema.json. Each is looked for in the
 * user's own folder first. A plain struct with one owner; any thread.
 */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char     *instructions; /* (owned) */
  char     *question;     /* (owned) */
  char     *repair;       /* (owned) */
  JsonNode *schema;       /* (owned) */
  char     *schema_text;  /* (owned) */
} TcSupervisePrompt;

/* A placeholder {{name}} and what stands there. */
typedef struct
{
  const char *name;
  const char *value;
} TcPromptValue;

TcSupervisePrompt *tc_supervise_prompt_load (const char           *user_dir,
                                             const char           *data_dir,
                                             GError              **error);
void               tc_supervise_prompt_free (TcSupervisePrompt    *self);
char              *tc_supervise_prompt_fill (const char           *text,
                                             const TcPromptValue  *values,
                                             guint                 n_values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSupervisePrompt, tc_supervise_prompt_free)

G_END_DECLS
