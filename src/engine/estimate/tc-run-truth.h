/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What an ended run took, put together from its folder, the store and the
 * session. Only tc_run_folder_facts_read() touches the disk, and may block for
 * long in a folder of many files: in a thread. The others are pure.
 */

#include "tc-past-run.h"
#include "tc-session.h"

G_BEGIN_DECLS

typedef struct
{
  char   *script_sha256; /* (owned) (nullable) of the script that ran */
  gint64  disk_bytes;    /* 0: not known */
  gint64  max_rss_bytes; /* 0: not known */
} TcRunFolderFacts;

TcRunFolderFacts *tc_run_folder_facts_read (const char       *run_dir);
void              tc_run_folder_facts_free (TcRunFolderFacts *self);

TcPastRun        *tc_run_truth_new          (TcSession              *session,
                                             const TcRunFolderFacts *folder,
                                             const char             *script_path);
void              tc_run_truth_take_records (TcPastRun              *self,
                                             TcSession              *session,
                                             JsonNode               *metrics,
                                             JsonNode               *checkpoints,
                                             JsonNode               *gates);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRunFolderFacts, tc_run_folder_facts_free)

G_END_DECLS
