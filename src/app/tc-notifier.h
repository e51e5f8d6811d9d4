/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Tells the desktop what happens to the sessions, with the reason and with what
 * can be done about it, whether a window is open or not. Main thread only.
 */

#include <gtk/gtk.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_NOTIFIER (tc_notifier_get_type ())
G_DECLARE_FINAL_TYPE (TcNotifier, tc_notifier, TC, NOTIFIER, GObject)

TcNotifier *tc_notifier_new (GtkApplication *application,
                             TcClient       *client,
                             GSettings      *settings);

G_END_DECLS
