/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the models of some sessions answered at a gate, side by side: the last
 * gate of each, or the one at an epoch that somebody chose. Main thread only.
 */

#include <adwaita.h>

#include "tc-client.h"
#include "tc-session.h"

G_BEGIN_DECLS

#define TC_TYPE_COMPARE_SAMPLES (tc_compare_samples_get_type ())
G_DECLARE_FINAL_TYPE (TcCompareSamples, tc_compare_samples, TC, COMPARE_SAMPLES, AdwPreferencesGroup)

void tc_compare_samples_show (TcCompareSamples *self,
                              TcClient         *client,
                              GPtrArray        *sessions,
                              GPtrArray        *gates,
                              gboolean          is_narrow);

G_END_DECLS
