/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a run is started on, in words for people: frozen with its command, for
 * the machine may be another one when somebody looks. Reads a few small files.
 */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *tc_machine_facts_new (const char *proc_dir);

G_END_DECLS
