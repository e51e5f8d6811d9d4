/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Where the window finds its settings schema and its translations: installed,
 * or beside it in the folder it was built in.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

/* The keys of the schema, as in data/dev.hlx.TrainingCenter.gschema.xml. */
#define TC_SETTINGS_WINDOW_WIDTH     "window-width"
#define TC_SETTINGS_WINDOW_HEIGHT    "window-height"
#define TC_SETTINGS_WINDOW_MAXIMIZED "window-maximized"
#define TC_SETTINGS_WRAP_LOG         "wrap-log"
#define TC_SETTINGS_NOTIFY_EPOCHS    "notify-epochs"
#define TC_SETTINGS_NOTIFY_GATES     "notify-gates"
#define TC_SETTINGS_NOTIFY_VERDICTS  "notify-verdicts"
#define TC_SETTINGS_NOTIFY_BUDGET    "notify-budget"
#define TC_SETTINGS_NOTIFY_STALLS    "notify-stalls"
#define TC_SETTINGS_NOTIFY_ENDS      "notify-ends"
#define TC_SETTINGS_NOTIFY_FAILURES  "notify-failures"
#define TC_SETTINGS_KEEP_AWAKE       "keep-awake"
#define TC_SETTINGS_SCRIPT           "script"
#define TC_SETTINGS_PYTHON           "python"
#define TC_SETTINGS_PROVIDER         "provider"
#define TC_SETTINGS_API_PORT         "api-port"

GSettings *tc_install_new_settings   (void);
char      *tc_install_dup_locale_dir (void);

G_END_DECLS
