/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The models that Ollama fetches, followed live, and how one is begun or given
 * up. One main context.
 */

#include "tc-client.h"

G_BEGIN_DECLS

/* One model on its way, or how that ended. */
typedef struct
{
  guint64   id;
  char     *model;      /* (owned) "qwen3:8b" */
  gboolean  is_active;
  gint64    completed;  /* bytes */
  gint64    total;      /* bytes; 0: not known yet */
  double    eta;        /* seconds; negative: not known */
  char     *problem;    /* (owned) (nullable) why it failed, for people */
} TcPull;

#define TC_TYPE_PULL_LIST (tc_pull_list_get_type ())
G_DECLARE_FINAL_TYPE (TcPullList, tc_pull_list, TC, PULL_LIST, GObject)

/* Signals:
 *  changed (const char *model) how far it is, or that it ended
 *  failed (const char *text)   something asked for did not work */
TcPullList   *tc_pull_list_new    (TcClient   *client);
const TcPull *tc_pull_list_find   (TcPullList *self,
                                   const char *model);
void          tc_pull_list_start  (TcPullList *self,
                                   const char *model);
void          tc_pull_list_cancel (TcPullList *self,
                                   const char *model);

G_END_DECLS
