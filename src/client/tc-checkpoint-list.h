/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The checkpoints that are on the disk, of one session or of all, as a
 * GListModel of TcCheckpointItem: loaded, and again when something happens to
 * one. Also what can be done with them. One main context.
 */

#include "tc-client.h"
#include "tc-records.h"

G_BEGIN_DECLS

typedef enum
{
  TC_CHECKPOINT_CONTENTS_UNKNOWN,
  TC_CHECKPOINT_CONTENTS_WEIGHTS,
  TC_CHECKPOINT_CONTENTS_RESUMABLE, /* also all that a run needs to go on from it */
} TcCheckpointContents;

typedef struct
{
  TcCheckpoint *record;     /* (owned) */
  char         *name;       /* (owned) of the file */
  char         *needed;     /* (owned) (nullable) the engine's sentence: why it cannot be removed */
  gint64        disk_bytes; /* of all its files */
  gint64        parameters; /* 0: not known */
  TcCheckpointContents contents;
  gboolean      is_removed; /* it waits for its end, and can be restored */
} TcCheckpointFacts;

#define TC_TYPE_CHECKPOINT_ITEM (tc_checkpoint_item_get_type ())
G_DECLARE_FINAL_TYPE (TcCheckpointItem, tc_checkpoint_item, TC, CHECKPOINT_ITEM, GObject)

const TcCheckpointFacts *tc_checkpoint_item_get     (TcCheckpointItem *self);
int                      tc_checkpoint_item_compare (TcCheckpointItem *a,
                                                     TcCheckpointItem *b);

#define TC_TYPE_CHECKPOINT_LIST (tc_checkpoint_list_get_type ())
G_DECLARE_FINAL_TYPE (TcCheckpointList, tc_checkpoint_list, TC, CHECKPOINT_LIST, GObject)

/* Signal: changed () also when only those that were removed are others now */
TcCheckpointList *tc_checkpoint_list_new           (TcClient             *client,
                                                    guint64               session_id);
TcClient         *tc_checkpoint_list_get_client    (TcCheckpointList     *self);
gboolean          tc_checkpoint_list_is_loaded     (TcCheckpointList     *self);
GArray           *tc_checkpoint_list_list_removed  (TcCheckpointList     *self,
                                                    gint64               *bytes);
GArray           *tc_checkpoint_list_take_undo     (TcCheckpointList     *self);
void              tc_checkpoint_list_remove_async  (TcCheckpointList     *self,
                                                    GArray               *ids,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
void              tc_checkpoint_list_restore_async (TcCheckpointList     *self,
                                                    GArray               *ids,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
void              tc_checkpoint_list_keep_async    (TcCheckpointList     *self,
                                                    guint                 last,
                                                    gboolean              dry_run,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
GArray           *tc_checkpoint_list_change_finish (TcCheckpointList     *self,
                                                    GAsyncResult         *result,
                                                    gint64               *bytes,
                                                    GError              **error);

G_END_DECLS
