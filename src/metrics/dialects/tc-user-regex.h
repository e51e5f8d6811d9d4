/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A user's own regular expression with named groups, for scripts that speak no
 * dialect of ours. Private to the parser.
 */

#include "tc-dialect.h"

G_BEGIN_DECLS

typedef struct _TcUserRegex TcUserRegex;

TcUserRegex *tc_user_regex_new   (const char           *pattern,
                                  GError              **error);
void         tc_user_regex_free  (TcUserRegex          *self);
gboolean     tc_user_regex_parse (TcUserRegex          *self,
                                  TcDialectContext     *context,
                                  const TcDialectLine  *line);

G_END_DECLS
