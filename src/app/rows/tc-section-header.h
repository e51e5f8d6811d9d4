/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The head of a section of the queue: its name, and beside it what those that
 * wait are expected to take, or the way to all that have ended.
 */

#include <gtk/gtk.h>

#include "tc-queue-estimates.h"
#include "tc-section-model.h"

G_BEGIN_DECLS

#define TC_TYPE_SECTION_HEADER (tc_section_header_get_type ())
G_DECLARE_FINAL_TYPE (TcSectionHeader, tc_section_header, TC, SECTION_HEADER, GtkBox)

GtkWidget *tc_section_header_new         (TcQueueEstimates *estimates);
void       tc_section_header_set_section (TcSectionHeader  *self,
                                          TcSection         section);

G_END_DECLS
