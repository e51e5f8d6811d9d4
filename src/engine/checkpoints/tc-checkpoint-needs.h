/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Which checkpoints the sessions that have not ended cannot do without: those
 * they go on from, and those their followers begin with. Listed on the main
 * thread, resolved to files on any other.
 */

#include "tc-scheduler.h"

G_BEGIN_DECLS

typedef struct
{
  char *path; /* (owned) absolute */
  char *why;  /* (owned) a sentence */
} TcCheckpointNeed;

GPtrArray  *tc_checkpoint_needs_list    (TcScheduler *scheduler,
                                         gboolean     with_ended);
GHashTable *tc_checkpoint_needs_resolve (GPtrArray   *needs);

G_END_DECLS
