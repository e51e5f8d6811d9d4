/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The preferences: each row bound to a key of the settings, and the way in for
 * other programs, which is the engine's.
 */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_PREFERENCES (tc_preferences_get_type ())
G_DECLARE_FINAL_TYPE (TcPreferences, tc_preferences, TC, PREFERENCES, AdwPreferencesDialog)

AdwDialog *tc_preferences_new (GSettings *settings,
                               TcClient  *client);

G_END_DECLS
