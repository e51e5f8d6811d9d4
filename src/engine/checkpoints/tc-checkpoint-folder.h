/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The checkpoints/ folder of one run, and removed/ beside it, where what was
 * removed waits for its end. No link is followed and nothing outside of the two
 * is touched: all work is done on open folders. Blocking; any thread.
 *
 *     runs/17/checkpoints/phase1_epoch5.safetensors, _optim.safetensors, .json
 *     runs/17/removed/1795382712000000/phase1_epoch5.safetensors, …
 *
 * The number is when it was removed, UTC in microseconds. A checkpoint is all
 * the files that share its name up to the endings the trainer gives them, or
 * one file or folder of any other name.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_CHECKPOINT_THERE,
  TC_CHECKPOINT_REMOVED, /* it can be restored */
  TC_CHECKPOINT_GONE,    /* by the script, or by somebody else */
} TcCheckpointState;

/* What the files of a checkpoint hold. */
typedef enum
{
  TC_CHECKPOINT_UNKNOWN,   /* the script gives them other names than ours does */
  TC_CHECKPOINT_WEIGHTS,
  TC_CHECKPOINT_RESUMABLE, /* also what a run needs to go on from it as if nothing had been */
} TcCheckpointContents;

/* One file of a checkpoint. Files that are one on the disk have one inode. */
typedef struct
{
  guint64 inode;
  guint64 n_links;
  gint64  bytes;
} TcCheckpointPart;

typedef struct
{
  TcCheckpointState  state;
  gint64             removed_us; /* UTC; 0 unless removed */
  gboolean           is_ours;    /* it lies in the run's own folder */
  TcCheckpointContents contents;
  GArray            *parts;      /* (owned) (element-type TcCheckpointPart) */
} TcCheckpointLook;

typedef struct _TcCheckpointFolder TcCheckpointFolder;

TcCheckpointFolder *tc_checkpoint_folder_open    (const char          *run_dir);
void                tc_checkpoint_folder_free    (TcCheckpointFolder  *self);
void                tc_checkpoint_folder_look    (TcCheckpointFolder  *self,
                                                  const char          *path,
                                                  TcCheckpointLook    *look);
gboolean            tc_checkpoint_folder_remove  (TcCheckpointFolder  *self,
                                                  const char          *path,
                                                  gint64               now_us,
                                                  GError             **error);
gboolean            tc_checkpoint_folder_restore (TcCheckpointFolder  *self,
                                                  const char          *path,
                                                  GError             **error);
void                tc_checkpoint_folder_heal    (TcCheckpointFolder  *self);
gint64              tc_checkpoint_folder_purge   (TcCheckpointFolder  *self,
                                                  gint64               before_us);

void                tc_checkpoint_look_clear     (TcCheckpointLook    *look);
gint64              tc_checkpoint_look_get_bytes (const TcCheckpointLook *look);
char               *tc_checkpoint_dup_key        (const char          *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCheckpointFolder, tc_checkpoint_folder_free)

G_END_DECLS
