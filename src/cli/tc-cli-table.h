/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Every command of trainctl with its words and options, as data: the parser,
 * the help, the completions' test and the manual's test read this one table.
 * GLib only, because the quick path of trainctl links nothing else.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_CLI_VALUE_NONE, /* a flag */
  TC_CLI_VALUE_TEXT,
  TC_CLI_VALUE_NUMBER, /* minimum to maximum */
  TC_CLI_VALUE_EPOCHS, /* three numbers with commas */
  TC_CLI_VALUE_MONEY,
  TC_CLI_VALUE_PAIR,   /* KEY=VALUE */
  TC_CLI_VALUE_ID,
  TC_CLI_VALUE_PATH,
  TC_CLI_VALUE_CHOICE,
} TcCliValue;

typedef struct
{
  const char *name;       /* without dashes; NULL ends a list */
  char        letter;     /* 0: none */
  TcCliValue  type;
  const char *value_name; /* "N", "PATH"; NULL for a flag */
  const char *choices;    /* (nullable) words with blanks between */
  gint64      minimum;
  gint64      maximum;
  gboolean    many;       /* may be given more than once */
  const char *help;
} TcCliOption;

typedef struct
{
  const char        *name;      /* "queue add" */
  const char        *arguments; /* "ID [POSITION]"; "" for none */
  guint              min_arguments;
  guint              max_arguments; /* G_MAXUINT: any */
  guint              n_ids;     /* so many of the first arguments are ids */
  const char        *summary;
  const TcCliOption *options;   /* (nullable) ends with a NULL name */
} TcCliCommand;

extern const TcCliCommand tc_cli_commands[];
extern const guint        tc_cli_n_commands;
extern const TcCliOption  tc_cli_global_options[];

const TcCliCommand *tc_cli_command_find   (const char         *first,
                                           const char         *second,
                                           guint              *n_words);
gboolean            tc_cli_command_is_group (const char       *word);
const TcCliOption  *tc_cli_command_option (const TcCliCommand *command,
                                           const char         *name,
                                           gsize               length);
const TcCliOption  *tc_cli_command_letter (const TcCliCommand *command,
                                           char                letter);

G_END_DECLS
