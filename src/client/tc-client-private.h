/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the parts of TcClient know of each other. */

#include "tc-client.h"

G_BEGIN_DECLS

TcTransport  *tc_client_get_transport (TcClient *self);
TcPaths      *tc_client_get_paths     (TcClient *self);
TcClientFlags tc_client_get_flags     (TcClient *self);

G_END_DECLS
