/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Whether the engine puts old checkpoints aside by itself. */

#include "tc-client.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean enabled;
  guint    last;    /* epochs at the end of each run whose checkpoints stay; 1 or more */
} TcRetentionSetting;

void     tc_retention_setting_load_async (TcClient                  *client,
                                          GAsyncReadyCallback        callback,
                                          gpointer                   user_data);
void     tc_retention_setting_save_async (TcClient                  *client,
                                          const TcRetentionSetting  *wanted,
                                          GAsyncReadyCallback        callback,
                                          gpointer                   user_data);
gboolean tc_retention_setting_finish     (TcClient                  *client,
                                          GAsyncResult              *result,
                                          TcRetentionSetting        *setting,
                                          GError                   **error);

G_END_DECLS
