/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Words, figures and columns as people read them in a terminal. Pure
 * functions; every returned string is owned by the caller.
 */

#include "tc-session.h"

G_BEGIN_DECLS

typedef enum
{
  TC_CLI_PLAIN,
  TC_CLI_BOLD,
  TC_CLI_DIM,
  TC_CLI_RED,
  TC_CLI_GREEN,
  TC_CLI_YELLOW,
  TC_CLI_CYAN,
} TcCliStyle;

guint       tc_cli_text_width     (const char     *text);
char       *tc_cli_text_fit       (const char     *text,
                                   guint           width,
                                   gboolean        pad);
char       *tc_cli_text_wrap      (const char     *text,
                                   guint           width);
char       *tc_cli_paint          (TcCliStyle      style,
                                   const char     *text,
                                   gboolean        has_colours);
const char *tc_cli_state_sign     (TcSessionState  state);
TcCliStyle  tc_cli_state_style    (TcSessionState  state);
const char *tc_cli_gate_sign      (const char     *result);
TcCliStyle  tc_cli_gate_style     (const char     *result);
char       *tc_cli_format_loss    (double          value,
                                   gboolean        is_known);
char       *tc_cli_format_seconds (double          seconds);
char       *tc_cli_format_eta     (double          eta_seconds,
                                   gint64          now_us,
                                   GTimeZone      *zone);
char       *tc_cli_format_time    (gint64          at_us);
char       *tc_cli_format_count   (double          count);
char       *tc_cli_format_bar     (double          fraction,
                                   guint           width);
char       *tc_cli_format_spark   (const double   *values,
                                   guint           n_values,
                                   guint           width);

G_END_DECLS
