/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the engine finds out about a file that somebody names: which Python it is,
 * what is in a corpus. What was asked last counts. One main context.
 */

#include <json-glib/json-glib.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_ANSWER (tc_answer_get_type ())
G_DECLARE_FINAL_TYPE (TcAnswer, tc_answer, TC, ANSWER, GObject)

/* Signal: changed () when something was found out */
TcAnswer   *tc_answer_new         (TcClient   *client,
                                   const char *target,
                                   const char *member);
void        tc_answer_ask         (TcAnswer   *self,
                                   const char *path);
gboolean    tc_answer_is_of       (TcAnswer   *self,
                                   const char *path);
JsonObject *tc_answer_get_facts   (TcAnswer   *self);
const char *tc_answer_get_problem (TcAnswer   *self);

G_END_DECLS
