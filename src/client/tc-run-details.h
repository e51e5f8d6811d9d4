/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What was started for one session and how its attempts went, and what it was
 * expected to take beside what it took. Asked for again when the session begins
 * or ends. One main context.
 */

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_RUN_DETAILS (tc_run_details_get_type ())
G_DECLARE_FINAL_TYPE (TcRunDetails, tc_run_details, TC, RUN_DETAILS, GObject)

/* Signal: changed () */
TcRunDetails *tc_run_details_new          (TcClient     *client,
                                           TcSession    *session);
JsonObject   *tc_run_details_get_spec     (TcRunDetails *self);
JsonArray    *tc_run_details_get_attempts (TcRunDetails *self);
JsonObject   *tc_run_details_get_outcome  (TcRunDetails *self);
char         *tc_run_details_dup_command  (TcRunDetails *self);

G_END_DECLS
