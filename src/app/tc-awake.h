/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* As long as a training runs, keeps the computer from suspending and the
 * application from leaving when its window is closed. Main thread only.
 */

#include <gtk/gtk.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_AWAKE (tc_awake_get_type ())
G_DECLARE_FINAL_TYPE (TcAwake, tc_awake, TC, AWAKE, GObject)

/* Property "is-inhibiting": the desktop agreed not to suspend by itself. */
TcAwake  *tc_awake_new               (GtkApplication *application,
                                      TcClient       *client,
                                      GSettings      *settings);
gboolean  tc_awake_get_is_inhibiting (TcAwake        *self);

G_END_DECLS
