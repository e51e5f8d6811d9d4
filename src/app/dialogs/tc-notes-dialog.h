/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Training notes: what somebody wants to know before the first long training.
 */

#include <adwaita.h>

G_BEGIN_DECLS

#define TC_TYPE_NOTES_DIALOG (tc_notes_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TcNotesDialog, tc_notes_dialog, TC, NOTES_DIALOG, AdwDialog)

AdwDialog *tc_notes_dialog_new (void);

G_END_DECLS
