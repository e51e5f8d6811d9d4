/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The models of all providers as a GListModel of TcModelItem: what can be used
 * first, what is gone last. Loads again when a key comes or goes. One main
 * context.
 */

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_MODEL_ITEM (tc_model_item_get_type ())
G_DECLARE_FINAL_TYPE (TcModelItem, tc_model_item, TC, MODEL_ITEM, GObject)

/* Property "name". */
const char *tc_model_item_get_provider  (TcModelItem *self);
const char *tc_model_item_get_id        (TcModelItem *self);
const char *tc_model_item_get_name      (TcModelItem *self);
const char *tc_model_item_get_specialty (TcModelItem *self);
const char *tc_model_item_get_tier      (TcModelItem *self);
const char *tc_model_item_get_state     (TcModelItem *self);
const char *tc_model_item_get_text      (TcModelItem *self);
gint64      tc_model_item_get_context   (TcModelItem *self);
gboolean    tc_model_item_is_usable     (TcModelItem *self);

#define TC_TYPE_MODEL_CHOICES (tc_model_choices_get_type ())
G_DECLARE_FINAL_TYPE (TcModelChoices, tc_model_choices, TC, MODEL_CHOICES, GObject)

/* Signal: loaded () after every answer, also when it says the same again, and when
 * providers begin to be asked */
TcModelChoices *tc_model_choices_new         (TcClient       *client);
gboolean        tc_model_choices_is_loaded   (TcModelChoices *self);
gboolean        tc_model_choices_has_key     (TcModelChoices *self,
                                              const char     *provider);
const char     *tc_model_choices_get_problem (TcModelChoices *self);
const char     *tc_model_choices_get_provider_problem (TcModelChoices *self,
                                                       const char     *provider);
void            tc_model_choices_refresh       (TcModelChoices *self);
gboolean        tc_model_choices_is_refreshing (TcModelChoices *self);

G_END_DECLS
