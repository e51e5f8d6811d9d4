/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The models that Ollama fetches now, and the last that it has fetched; one
 * pull of a model at a time. Main thread only.
 */

#include <json-glib/json-glib.h>

#include "tc-clock.h"

G_BEGIN_DECLS

#define TC_TYPE_MODEL_PULLS (tc_model_pulls_get_type ())
G_DECLARE_FINAL_TYPE (TcModelPulls, tc_model_pulls, TC, MODEL_PULLS, GObject)

/* Signals:
 *  changed (JsonNode *pull)   at most four times a second a pull, and at its end
 *  pulled (const char *model) Ollama has it now */
TcModelPulls *tc_model_pulls_new      (TcClock       *clock);
void          tc_model_pulls_shutdown (TcModelPulls  *self);

JsonNode     *tc_model_pulls_start    (TcModelPulls  *self,
                                       const char    *base_url,
                                       const char    *model,
                                       GError       **error);
gboolean      tc_model_pulls_cancel   (TcModelPulls  *self,
                                       guint64        id,
                                       GError       **error);
guint         tc_model_pulls_get_n_active (TcModelPulls *self);
JsonNode     *tc_model_pulls_to_json  (TcModelPulls  *self);

G_END_DECLS
