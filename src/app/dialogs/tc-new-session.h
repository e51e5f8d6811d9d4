/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Queues one session: what is asked for on one page, what most never touch folded
 * away, and what it would take at the foot. */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_NEW_SESSION (tc_new_session_get_type ())
G_DECLARE_FINAL_TYPE (TcNewSession, tc_new_session, TC, NEW_SESSION, AdwDialog)

TcNewSession *tc_new_session_new      (TcClient        *client);
TcNewSession *tc_new_session_new_like (TcClient        *client,
                                       TcSessionConfig *config);

G_END_DECLS
