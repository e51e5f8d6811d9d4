/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One thing that happened to a session: what, and when. Main thread only.
 */

#include <adwaita.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

GtkWidget *tc_event_row_new (JsonObject *event);

G_END_DECLS
