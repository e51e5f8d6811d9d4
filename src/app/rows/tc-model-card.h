/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The models of a provider: folded to a line, dimmed as long as there is no key that works.
 * Its button activates "keys.add-for" with the provider's word.
 */

#include <adwaita.h>

#include "tc-key-list.h"
#include "tc-model-choices.h"
#include "tc-pull-list.h"

G_BEGIN_DECLS

#define TC_TYPE_MODEL_CARD (tc_model_card_get_type ())
G_DECLARE_FINAL_TYPE (TcModelCard, tc_model_card, TC, MODEL_CARD, AdwExpanderRow)

GtkWidget *tc_model_card_new (TcModelChoices *choices,
                              TcPullList     *pulls,
                              TcKeyList      *keys,
                              const char     *provider);

G_END_DECLS
