/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What has happened since the last frame, merged: of a session's changes only
 * the last counts, of a log only its size. A plain struct of the event hub.
 */

#include <glib.h>

#include "tc-session.h"

G_BEGIN_DECLS

typedef struct
{
  GHashTable *sessions; /* (element-type guint64 TcSession) added or changed */
  GHashTable *added;    /* (element-type guint64) of them, those that are new */
  GHashTable *removed;  /* (element-type guint64) */
  GHashTable *logs;     /* (element-type guint64 gint64) sizes */
  GString    *facts;    /* (owned) JSON of points and records, a comma before each */
  gboolean    has_queue;
} TcApiBatch;

/* session → its JSON, with what only the API knows about it; not owned. */
typedef const char *(*TcApiSessionFunc) (TcSession *session,
                                         gpointer   user_data);

void     tc_api_batch_init           (TcApiBatch       *self);
void     tc_api_batch_clear          (TcApiBatch       *self);
void     tc_api_batch_reset          (TcApiBatch       *self);
gboolean tc_api_batch_is_empty       (TcApiBatch       *self);
gsize    tc_api_batch_get_size       (TcApiBatch       *self);
void     tc_api_batch_add_session    (TcApiBatch       *self,
                                      TcSession        *session,
                                      gboolean          is_new);
void     tc_api_batch_remove_session (TcApiBatch       *self,
                                      guint64           id);
void     tc_api_batch_add_points     (TcApiBatch       *self,
                                      guint64           id,
                                      GArray           *points);
void     tc_api_batch_add_record     (TcApiBatch       *self,
                                      const char       *kind,
                                      guint64           id,
                                      JsonNode         *record);
void     tc_api_batch_add_event       (TcApiBatch       *self,
                                      JsonNode         *event);
void     tc_api_batch_set_log        (TcApiBatch       *self,
                                      guint64           id,
                                      gint64            size);
char    *tc_api_batch_to_text        (TcApiBatch       *self,
                                      gboolean          is_paused,
                                      TcApiSessionFunc  func,
                                      gpointer          user_data);

G_END_DECLS
