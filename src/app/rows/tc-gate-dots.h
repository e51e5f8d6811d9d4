/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The gates of a session as a row of signs: passed, failed, still to come. A
 * sign, not only a colour, for each.
 */

#include <gtk/gtk.h>

#include "tc-session.h"

G_BEGIN_DECLS

#define TC_TYPE_GATE_DOTS (tc_gate_dots_get_type ())
G_DECLARE_FINAL_TYPE (TcGateDots, tc_gate_dots, TC, GATE_DOTS, GtkWidget)

GtkWidget *tc_gate_dots_new        (void);
void       tc_gate_dots_set_epochs (TcGateDots *self,
                                    guint       epochs,
                                    guint       now);
void       tc_gate_dots_set_result (TcGateDots *self,
                                    guint       epoch,
                                    const char *result);
void       tc_gate_dots_clear      (TcGateDots *self);

G_END_DECLS
