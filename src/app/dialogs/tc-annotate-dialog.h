/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The tags and the note of a session, to be changed.
 */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_ANNOTATE_DIALOG (tc_annotate_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TcAnnotateDialog, tc_annotate_dialog, TC, ANNOTATE_DIALOG, AdwDialog)

TcAnnotateDialog *tc_annotate_dialog_new (TcClient  *client,
                                          TcSession *session);

G_END_DECLS
