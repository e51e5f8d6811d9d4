/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The commands of trainctl, one file a group. Each gets a checked command line
 * and returns the exit code.
 */

#include "tc-cli.h"

G_BEGIN_DECLS

int tc_cmd_queue_add     (TcCli *cli);
int tc_cmd_queue_list    (TcCli *cli);
int tc_cmd_queue_move    (TcCli *cli);
int tc_cmd_queue_remove  (TcCli *cli);
int tc_cmd_queue_restore (TcCli *cli);
int tc_cmd_curriculum    (TcCli *cli);
int tc_cmd_start         (TcCli *cli);
int tc_cmd_pause         (TcCli *cli);
int tc_cmd_verb          (TcCli *cli);
int tc_cmd_tag           (TcCli *cli);
int tc_cmd_note          (TcCli *cli);
int tc_cmd_status        (TcCli *cli);
int tc_cmd_watch         (TcCli *cli);
int tc_cmd_logs          (TcCli *cli);
int tc_cmd_metrics       (TcCli *cli);
int tc_cmd_gates         (TcCli *cli);
int tc_cmd_checkpoints   (TcCli *cli);
int tc_cmd_checkpoints_remove  (TcCli *cli);
int tc_cmd_checkpoints_restore (TcCli *cli);
int tc_cmd_checkpoints_keep    (TcCli *cli);
int tc_cmd_checkpoints_purge   (TcCli *cli);
int tc_cmd_checkpoints_auto    (TcCli *cli);
int tc_cmd_events        (TcCli *cli);
int tc_cmd_keys_add      (TcCli *cli);
int tc_cmd_keys_list     (TcCli *cli);
int tc_cmd_keys_check    (TcCli *cli);
int tc_cmd_keys_rename   (TcCli *cli);
int tc_cmd_keys_replace  (TcCli *cli);
int tc_cmd_keys_remove   (TcCli *cli);
int tc_cmd_keys_restore  (TcCli *cli);
int tc_cmd_keys_unlock   (TcCli *cli);
int tc_cmd_models        (TcCli *cli);
int tc_cmd_models_pull   (TcCli *cli);
int tc_cmd_spend         (TcCli *cli);
int tc_cmd_budget        (TcCli *cli);
int tc_cmd_budget_set    (TcCli *cli);
int tc_cmd_awake         (TcCli *cli);
int tc_cmd_awake_set     (TcCli *cli);
int tc_cmd_serve         (TcCli *cli);
int tc_cmd_engine_status (TcCli *cli);
int tc_cmd_engine_start  (TcCli *cli);
int tc_cmd_engine_stop   (TcCli *cli);
int tc_cmd_demo          (TcCli *cli);
int tc_cmd_help          (TcCli *cli);

G_END_DECLS
