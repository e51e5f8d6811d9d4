/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A row for a file: its name, a button to choose it and one to do without. */

#include <adwaita.h>

G_BEGIN_DECLS

#define TC_TYPE_FILE_ROW (tc_file_row_get_type ())
G_DECLARE_FINAL_TYPE (TcFileRow, tc_file_row, TC, FILE_ROW, AdwActionRow)

/* Property "hint": shown without a file. Signal: edited () */
const char *tc_file_row_get_path     (TcFileRow  *self);
void        tc_file_row_set_path     (TcFileRow  *self,
                                      const char *path);
void        tc_file_row_set_contents (TcFileRow  *self,
                                      const char *contents);
void        tc_file_row_set_problem  (TcFileRow  *self,
                                      const char *problem);

G_END_DECLS
