/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The two ends of a TcApiStream as pollable GIO streams. They hold no state
 * and do not keep the connection alive; it keeps them.
 */

#include <gio/gio.h>

#include "tc-api-stream.h"

G_BEGIN_DECLS

#define TC_TYPE_API_INPUT (tc_api_input_get_type ())
G_DECLARE_FINAL_TYPE (TcApiInput, tc_api_input, TC, API_INPUT, GInputStream)

#define TC_TYPE_API_OUTPUT (tc_api_output_get_type ())
G_DECLARE_FINAL_TYPE (TcApiOutput, tc_api_output, TC, API_OUTPUT, GOutputStream)

GInputStream  *tc_api_input_new     (TcApiStream *connection);
void           tc_api_input_detach  (TcApiInput  *self);
GOutputStream *tc_api_output_new    (TcApiStream *connection);
void           tc_api_output_detach (TcApiOutput *self);

G_END_DECLS
