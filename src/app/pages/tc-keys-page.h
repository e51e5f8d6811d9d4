/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The keys to the providers, and what was spent of which budget.
 */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_KEYS_PAGE (tc_keys_page_get_type ())
G_DECLARE_FINAL_TYPE (TcKeysPage, tc_keys_page, TC, KEYS_PAGE, AdwNavigationPage)

/* Signals:
 *  failed (const char *text) something asked for did not work
 *  removed (guint64 id, const char *name) a key was put aside, and may come back */
TcKeysPage *tc_keys_page_new (TcClient *client);

G_END_DECLS
