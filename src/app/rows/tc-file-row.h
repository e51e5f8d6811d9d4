/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A row for a file: its name, a button to choose it and one to do without; where
 * the file has a usual name, another to choose the folder it is in. */

#include <adwaita.h>

G_BEGIN_DECLS

#define TC_TYPE_FILE_ROW (tc_file_row_get_type ())
G_DECLARE_FINAL_TYPE (TcFileRow, tc_file_row, TC, FILE_ROW, AdwActionRow)

/* Properties: "hint": shown without a file; "usual-name": of the file in a folder
 * that is chosen. Signal: edited () */
const char *tc_file_row_get_path     (TcFileRow  *self);
void        tc_file_row_set_path     (TcFileRow  *self,
                                      const char *path);
void        tc_file_row_set_folder   (TcFileRow  *self,
                                      const char *folder);
void        tc_file_row_set_contents (TcFileRow  *self,
                                      const char *contents);
void        tc_file_row_set_problem  (TcFileRow  *self,
                                      const char *problem);

G_END_DECLS
