/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* When the bytes of a log arrived: output.idx, an array of records that the
 * supervisor of the run writes (src/README.md has the format), at most four a
 * second. A question is a dozen small reads.
 */

#include <glib.h>

G_BEGIN_DECLS

gint64 tc_log_times_lookup (const char *path,
                            gint64      offset);

G_END_DECLS
