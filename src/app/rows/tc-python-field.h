/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A TcFieldRow for a Python: its path is typed, or chosen as a program or as the
 * folder of a virtual environment, and the engine says which one it is. */

#include "tc-client.h"
#include "tc-field-row.h"

G_BEGIN_DECLS

void     tc_python_field_set_up   (TcFieldRow *row,
                                   TcClient   *client);
char    *tc_python_field_dup_path (TcFieldRow *row);
gboolean tc_python_field_check    (TcFieldRow *row);

G_END_DECLS
