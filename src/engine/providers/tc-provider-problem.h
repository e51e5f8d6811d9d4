/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* An error as a server sent it, out of every shape that servers have for them.
 * Pure functions; any thread.
 */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *type;    /* (owned) "invalid_request_error"; empty without one */
  char *code;    /* (owned) "insufficient_quota"; empty without one */
  char *message; /* (owned) foreign text, not cleaned; empty without one */
} TcProviderProblem;

void     tc_provider_problem_read           (TcProviderProblem       *self,
                                             JsonObject              *root);
void     tc_provider_problem_clear          (TcProviderProblem       *self);
gboolean tc_provider_problem_says           (const char              *text,
                                             const char *const       *words);
gboolean tc_provider_problem_is_about_money (const TcProviderProblem *self,
                                             guint                    status);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcProviderProblem, tc_provider_problem_clear)

G_END_DECLS
