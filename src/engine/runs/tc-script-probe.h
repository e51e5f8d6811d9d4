/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Asks a training script once which options it knows, by running it with
 * --help, and remembers the answer by the hash of the script. Main thread. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Ownership: caller. */
typedef struct {
  char       *sha256;   /* (owned) of the script's bytes, hexadecimal */
  GHashTable *options;  /* (owned) (nullable) set of "--option"; NULL: it would not say */
} TcScriptFacts;

void           tc_script_facts_free   (TcScriptFacts        *self);

void           tc_script_probe_async  (const char           *script,
                                       const char           *python,
                                       const char           *cache_dir,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
TcScriptFacts *tc_script_probe_finish (GAsyncResult         *result,
                                       GError              **error);
GHashTable    *tc_script_parse_help   (const char           *help);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcScriptFacts, tc_script_facts_free)

G_END_DECLS
