/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What every command of trainctl works with: the command line, the engine, and
 * the way to print. Commands are functions that return the exit code; they may
 * block, by running the default main context until an answer is there.
 */

#include "tc-cli-args.h"
#include "tc-cli-grid.h"
#include "tc-client.h"

G_BEGIN_DECLS

#define TC_CLI_OK 0
#define TC_CLI_FAILURE 1
#define TC_CLI_USAGE 2

typedef struct
{
  const TcCliArgs *args;        /* (unowned) */
  TcPaths         *paths;       /* (owned) */
  TcClient        *client;      /* (owned) starts the engine when needed */
  gboolean         has_colours; /* of stdout */
  guint            width;       /* columns of stdout; 0: not a terminal */
} TcCli;

typedef int (*TcCliRun) (TcCli *cli);

TcCli      *tc_cli_new         (const TcCliArgs *args);
void        tc_cli_free        (TcCli           *self);

TcReply    *tc_cli_fetch       (TcCli           *self,
                                const char      *method,
                                const char      *target,
                                JsonNode        *body,
                                GError         **error);
JsonNode   *tc_cli_call        (TcCli           *self,
                                const char      *method,
                                const char      *target,
                                JsonNode        *body,
                                GError         **error);
gboolean    tc_cli_connect     (TcCli           *self,
                                GError         **error);

int         tc_cli_fail        (const GError    *error);
int         tc_cli_print       (const char      *text);
int         tc_cli_print_json  (JsonNode        *node);
int         tc_cli_print_grid  (TcCli           *self,
                                TcCliGrid       *grid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCli, tc_cli_free)

G_END_DECLS
