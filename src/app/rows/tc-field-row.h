/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A row to type something into, with a subtitle that says what belongs there and,
 * when it is wrong, why. */

#include <adwaita.h>

G_BEGIN_DECLS

#define TC_TYPE_FIELD_ROW (tc_field_row_get_type ())
G_DECLARE_FINAL_TYPE (TcFieldRow, tc_field_row, TC, FIELD_ROW, AdwActionRow)

/* Properties "hint" and "width-chars". Signal: edited () */
const char *tc_field_row_get_text    (TcFieldRow   *self);
void        tc_field_row_set_text    (TcFieldRow   *self,
                                      const char   *text);
void        tc_field_row_set_problem (TcFieldRow   *self,
                                      const char   *problem);

/* For rows of any kind: a subtitle that is an error, or a plain one. */
void        tc_field_row_say         (AdwActionRow *row,
                                      const char   *text,
                                      gboolean      is_problem);

G_END_DECLS
