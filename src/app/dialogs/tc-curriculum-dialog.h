/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Queues a whole curriculum: three phases, each waiting for the one before, with
 * what they would take together. */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_CURRICULUM_DIALOG (tc_curriculum_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TcCurriculumDialog, tc_curriculum_dialog, TC, CURRICULUM_DIALOG, AdwDialog)

TcCurriculumDialog *tc_curriculum_dialog_new (TcClient *client);

G_END_DECLS
