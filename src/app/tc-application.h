/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The desktop application: one instance, its client to the engine, its windows
 * and the actions that belong to no window.
 */

#include <adwaita.h>

G_BEGIN_DECLS

#define TC_APPLICATION_ID "dev.hlx.TrainingCenter"

#define TC_TYPE_APPLICATION (tc_application_get_type ())
G_DECLARE_FINAL_TYPE (TcApplication, tc_application, TC, APPLICATION, AdwApplication)

TcApplication *tc_application_new (void);

G_END_DECLS
