/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Who is asked during a training: nobody, or one of the providers. Where there
 * is no key it says so and has a button that leads to one. */

#include <adwaita.h>

#include "tc-model-choices.h"

G_BEGIN_DECLS

#define TC_TYPE_PROVIDER_ROW (tc_provider_row_get_type ())
G_DECLARE_FINAL_TYPE (TcProviderRow, tc_provider_row, TC, PROVIDER_ROW, AdwComboRow)

/* Signal: edited () another provider, or its key came or went */
void        tc_provider_row_set_models (TcProviderRow *self,
                                        TcClient      *client,
                                        TcModelChoices   *models);
void        tc_provider_row_suggest    (TcProviderRow *self,
                                        const char    *word);
const char *tc_provider_row_get_word   (TcProviderRow *self);
void        tc_provider_row_set_word   (TcProviderRow *self,
                                        const char    *word);
gboolean    tc_provider_row_has_key    (TcProviderRow *self);

G_END_DECLS
