/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A command line, taken apart and checked against the table of commands. Every
 * error is TC_ERROR_USAGE with one sentence that says what to do. Owned by
 * main(); GLib only.
 */

#include "tc-cli-table.h"

G_BEGIN_DECLS

typedef struct
{
  const TcCliOption *option;
  const char        *value; /* (unowned) points into argv; NULL for a flag */
} TcCliGiven;

typedef struct
{
  const TcCliCommand *command;  /* (nullable) NULL: none named */
  GArray             *given;    /* (owned) (element-type TcCliGiven) in order */
  GPtrArray          *words;    /* (owned) (element-type utf8) arguments, unowned */
  gboolean            json;
  gboolean            help;
  gboolean            version;
  gboolean            has_rest; /* a "--" was there: the words behind it are in words */
} TcCliArgs;

TcCliArgs  *tc_cli_args_parse   (int               argc,
                                 char            **argv,
                                 GError          **error);
void        tc_cli_args_free    (TcCliArgs        *self);
const char *tc_cli_args_get     (const TcCliArgs  *self,
                                 const char       *name);
gboolean    tc_cli_args_has     (const TcCliArgs  *self,
                                 const char       *name);
const char *tc_cli_args_get_word (const TcCliArgs *self,
                                  guint            index);
gboolean    tc_cli_parse_epochs (const char       *text,
                                 guint             epochs[3]);
char       *tc_cli_show         (const char       *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCliArgs, tc_cli_args_free)

G_END_DECLS
