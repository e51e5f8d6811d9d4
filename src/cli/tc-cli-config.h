/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Makes the JSON of sessions to add out of a command line. Writes the text
 * itself: the quick path of trainctl links GLib and no JSON library (loading
 * one costs as much as everything else the command does).
 */

#include "tc-cli-args.h"

G_BEGIN_DECLS

char *tc_cli_config_for_queue_add  (const TcCliArgs  *args,
                                    GError          **error);
char *tc_cli_config_for_curriculum (const TcCliArgs  *args,
                                    GError          **error);
void  tc_cli_json_append_string    (GString          *json,
                                    const char       *text);

G_END_DECLS
