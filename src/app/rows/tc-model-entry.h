/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A model in its provider's card: what it is good at, what it costs, how long
 * it stays. One that Ollama does not have yet can be fetched here.
 */

#include <adwaita.h>

#include "tc-model-choices.h"
#include "tc-pull-list.h"

G_BEGIN_DECLS

#define TC_TYPE_MODEL_ENTRY (tc_model_entry_get_type ())
G_DECLARE_FINAL_TYPE (TcModelEntry, tc_model_entry, TC, MODEL_ENTRY, AdwActionRow)

GtkWidget *tc_model_entry_new (TcModelItem *item,
                               TcPullList  *pulls);

G_END_DECLS
