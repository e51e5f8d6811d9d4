/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Tells when something changes in a folder, through inotify: no polling, and
 * no wake-up while nothing happens. Main thread. */

#pragma once

#include <glib.h>

typedef void (*TcFolderChangedFunc) (gpointer user_data);

typedef struct _TcFolderWatch TcFolderWatch;

TcFolderWatch *tc_folder_watch_new  (const char           *folder,
                                     TcFolderChangedFunc   func,
                                     gpointer              user_data,
                                     GError              **error);
gboolean       tc_folder_watch_add  (TcFolderWatch        *self,
                                     const char           *folder,
                                     GError              **error);
void           tc_folder_watch_free (TcFolderWatch        *self);
