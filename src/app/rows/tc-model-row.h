/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Which of a provider's models is asked. Follows the provider's row: hidden
 * without a provider, out of reach without a key. */

#include "tc-provider-row.h"

G_BEGIN_DECLS

#define TC_TYPE_MODEL_ROW (tc_model_row_get_type ())
G_DECLARE_FINAL_TYPE (TcModelRow, tc_model_row, TC, MODEL_ROW, AdwComboRow)

/* Signal: edited () */
void        tc_model_row_follow    (TcModelRow    *self,
                                    TcProviderRow *provider,
                                    TcModelChoices   *models);
const char *tc_model_row_get_id    (TcModelRow    *self);
void        tc_model_row_set_id    (TcModelRow    *self,
                                    const char    *id);
gboolean    tc_model_row_is_usable (TcModelRow    *self);

G_END_DECLS
