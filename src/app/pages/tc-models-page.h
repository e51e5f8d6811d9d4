/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The models: the checkpoints of all runs, those of the newest run on top, the
 * best of each first.
 *
 * Signal: opened (TcSession *) somebody wants the session of a checkpoint
 */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_MODELS_PAGE (tc_models_page_get_type ())
G_DECLARE_FINAL_TYPE (TcModelsPage, tc_models_page, TC, MODELS_PAGE, AdwNavigationPage)

TcModelsPage *tc_models_page_new (TcClient *client);

G_END_DECLS
