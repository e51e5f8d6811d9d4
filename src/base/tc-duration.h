/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Times and sizes in words for people. Durations are microseconds. Any
 * thread.
 */

#include <glib.h>

G_BEGIN_DECLS

char *tc_duration_format    (gint64  duration_us);
char *tc_moment_format      (gint64  moment_us,
                             gint64  now_us,
                             GTimeZone *zone);
char *tc_size_format        (guint64 bytes);

G_END_DECLS
