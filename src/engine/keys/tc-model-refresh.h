/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Keeps the providers' lists of models fresh: in the background, one after
 * the other, those that are older than a day; all at once when asked; and that of
 * a server of the user's own as soon as there is a key to it. Main thread only.
 */

#include "tc-catalogue.h"
#include "tc-key-pool.h"

G_BEGIN_DECLS

#define TC_TYPE_MODEL_REFRESH (tc_model_refresh_get_type ())
G_DECLARE_FINAL_TYPE (TcModelRefresh, tc_model_refresh, TC, MODEL_REFRESH, GObject)

/* Signal: listed (const char *provider) its list is in the catalogue now */
TcModelRefresh *tc_model_refresh_new        (TcKeyPool            *keys,
                                             TcCatalogue          *catalogue);
void            tc_model_refresh_start      (TcModelRefresh       *self);
void            tc_model_refresh_shutdown   (TcModelRefresh       *self);
void            tc_model_refresh_ask_async  (TcModelRefresh       *self,
                                             const TcProvider     *only,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
void            tc_model_refresh_ask_finish (TcModelRefresh       *self,
                                             GAsyncResult         *result);
gboolean        tc_model_refresh_has_way    (TcModelRefresh       *self,
                                             const TcProvider     *provider);

G_END_DECLS
