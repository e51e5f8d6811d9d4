/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One piece of work on checkpoints, with all it needs to know copied, so that a
 * thread can do it.
 */

#include <json-glib/json-glib.h>

#include "tc-scheduler.h"

G_BEGIN_DECLS

/* What is removed can be restored for so long. */
#define TC_CHECKPOINT_KEPT_US (G_TIME_SPAN_HOUR)

typedef enum
{
  TC_CHECKPOINT_LIST,
  TC_CHECKPOINT_REMOVE,
  TC_CHECKPOINT_RESTORE,
  TC_CHECKPOINT_KEEP,
} TcCheckpointVerb;

typedef struct
{
  TcCheckpointVerb  verb;
  guint64           session_id; /* 0: of all */
  GArray           *ids;        /* (owned) (nullable) (element-type gint64) for REMOVE and RESTORE */
  guint             last;       /* for KEEP: epochs at the end of each run that stay */
  gboolean          careful;    /* for KEEP: what runs that ended would go on from stays as well */
  gint64            since_us;   /* for KEEP: not of runs that ended before it, UTC; 0: of all */
  GArray           *spared;     /* (owned) (nullable) (element-type gint64) for KEEP: these stay */
  gboolean          dry_run;    /* for KEEP */

  /*< private >*/
  gint64            now_us;     /* UTC */
  JsonNode         *records;    /* (owned) of the store */
  GHashTable       *sessions;   /* (owned) id → what is known of the session */
  GPtrArray        *needs;      /* (owned) */
} TcCheckpointJob;

TcCheckpointJob *tc_checkpoint_job_new     (TcCheckpointVerb  verb,
                                            guint64           session_id);
TcCheckpointJob *tc_checkpoint_job_copy    (const TcCheckpointJob *self);
void             tc_checkpoint_job_free    (TcCheckpointJob  *self);
void             tc_checkpoint_job_prepare (TcCheckpointJob  *self,
                                            TcScheduler      *scheduler,
                                            JsonNode         *records,
                                            gint64            now_us);
JsonObject      *tc_checkpoint_job_run     (TcCheckpointJob  *self,
                                            GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCheckpointJob, tc_checkpoint_job_free)

G_END_DECLS
