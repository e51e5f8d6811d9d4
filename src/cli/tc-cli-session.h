/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Sessions as commands print them: one line each, or one in full. */

#include "tc-cli.h"

G_BEGIN_DECLS

int   tc_cli_print_sessions (TcCli      *cli,
                             JsonObject *queue);
int   tc_cli_print_session  (TcCli      *cli,
                             TcSession  *session,
                             const char *run_dir);
char *tc_cli_session_note   (TcSession  *session);
char *tc_cli_session_epochs (TcSession  *session);

G_END_DECLS
