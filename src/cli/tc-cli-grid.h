/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A table for people: a heading and rows of cells in aligned columns. Cells
 * are made harmless when they are added. One owner.
 */

#include "tc-cli-text.h"

G_BEGIN_DECLS

typedef struct _TcCliGrid TcCliGrid;

TcCliGrid *tc_cli_grid_new       (const char   *columns);
void       tc_cli_grid_free      (TcCliGrid    *self);
void       tc_cli_grid_add       (TcCliGrid    *self,
                                  TcCliStyle    style,
                                  const char   *cell);
void       tc_cli_grid_add_take  (TcCliGrid    *self,
                                  TcCliStyle    style,
                                  char         *cell);
char      *tc_cli_grid_to_string (TcCliGrid    *self,
                                  guint         max_width,
                                  gboolean      has_colours);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCliGrid, tc_cli_grid_free)

G_END_DECLS
