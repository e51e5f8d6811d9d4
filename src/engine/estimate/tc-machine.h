/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What this machine is, and what of it is free now. Any thread; reads a few
 * small files.
 */

#include <glib.h>

G_BEGIN_DECLS

char   *tc_machine_dup_id      (void);
gint64  tc_machine_get_memory  (const char *proc_dir,
                                const char *cgroup_file);
gint64  tc_machine_get_disk    (const char *folder);

G_END_DECLS
