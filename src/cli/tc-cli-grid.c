/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-grid.h"

#include <string.h>

#include "tc-text.h"

#define CELL_MAX_BYTES 2000
#define CELL_MAX_WIDTH 60
#define GAP 2

typedef struct
{
  char      *text;  /* (owned) harmless */
  TcCliStyle style;
} Cell;

struct _TcCliGrid
{
  GStrv   headings;   /* (owned) without the mark of alignment */
  guint   n_columns;
  GArray *is_right;   /* (owned) (element-type gboolean) */
  GArray *cells;      /* (owned) (element-type Cell) row by row */
};

static void
cell_clear (gpointer data)
{
  Cell *cell = data;

  g_free (cell->text);
}

/**
 * tc_cli_grid_new:
 * @columns: the headings with "|" between; ">" before one aligns it right
 *
 * Returns: (transfer full): a table without rows
 */
TcCliGrid *
tc_cli_grid_new (const char *columns)
{
  TcCliGrid *self = g_new0 (TcCliGrid, 1);

  self->headings = g_strsplit (columns, "|", -1);
  self->n_columns = g_strv_length (self->headings);
  self->is_right = g_array_new (FALSE, FALSE, sizeof (gboolean));
  self->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  g_array_set_clear_func (self->cells, cell_clear);

  for (guint i = 0; i < self->n_columns; i++)
    {
      gboolean is_right = self->headings[i][0] == '>';

      g_array_append_val (self->is_right, is_right);
      if (is_right)
        memmove (self->headings[i], self->headings[i] + 1, strlen (self->headings[i]));
    }

  return self;
}

/**
 * tc_cli_grid_free:
 * @self: (transfer full): a table
 */
void
tc_cli_grid_free (TcCliGrid *self)
{
  g_strfreev (self->headings);
  g_array_unref (self->is_right);
  g_array_unref (self->cells);
  g_free (self);
}

/**
 * tc_cli_grid_add:
 * @self: a table
 * @style: its colour
 * @cell: (nullable): foreign text
 *
 * Adds the next cell of the row; a full row begins a new one.
 */
void
tc_cli_grid_add (TcCliGrid  *self,
                 TcCliStyle  style,
                 const char *cell)
{
  Cell added = { NULL, style };

  added.text = tc_text_sanitize (cell != NULL ? cell : "", -1, CELL_MAX_BYTES, TC_TEXT_SINGLE_LINE);
  g_array_append_val (self->cells, added);
}

/**
 * tc_cli_grid_add_take:
 * @self: a table
 * @style: its colour
 * @cell: (transfer full) (nullable): foreign text
 *
 * As tc_cli_grid_add(), for a string that is not needed any more.
 */
void
tc_cli_grid_add_take (TcCliGrid  *self,
                      TcCliStyle  style,
                      char       *cell)
{
  g_autofree char *taken = cell;

  tc_cli_grid_add (self, style, taken);
}

static void
measure (TcCliGrid *self,
         guint     *widths,
         guint      max_width)
{
  guint total = 0;

  for (guint i = 0; i < self->n_columns; i++)
    widths[i] = tc_cli_text_width (self->headings[i]);
  for (guint i = 0; i < self->cells->len; i++)
    {
      guint width = tc_cli_text_width (g_array_index (self->cells, Cell, i).text);

      widths[i % self->n_columns] = MAX (widths[i % self->n_columns], width);
    }

  /* Too wide: the widest column gives way, one column at a time. The last one
   * may run over where nothing limits the width (a file, a pipe). */
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (i + 1 < self->n_columns)
        widths[i] = MIN (widths[i], CELL_MAX_WIDTH);
      total += widths[i] + GAP;
    }
  while (max_width > 0 && total - GAP > max_width)
    {
      guint widest = 0;

      for (guint i = 1; i < self->n_columns; i++)
        widest = widths[i] > widths[widest] ? i : widest;
      if (widths[widest] <= 8)
        break;
      widths[widest]--;
      total--;
    }
}

static void
append_cell (TcCliGrid  *self,
             GString    *out,
             guint       column,
             guint       width,
             const char *text,
             TcCliStyle  style,
             gboolean    has_colours)
{
  gboolean is_right = g_array_index (self->is_right, gboolean, column);
  gboolean is_last = column + 1 == self->n_columns;
  g_autofree char *fitted = tc_cli_text_fit (text, width, !is_right && !is_last);
  g_autofree char *painted = tc_cli_paint (style, fitted, has_colours);

  for (guint used = tc_cli_text_width (fitted); is_right && used < width; used++)
    g_string_append_c (out, ' ');
  g_string_append (out, painted);
  if (!is_last)
    {
      g_string_append_printf (out, "%*s", GAP, "");
      return;
    }
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

/**
 * tc_cli_grid_to_string:
 * @self: a table
 * @max_width: columns of the terminal; 0: no limit
 * @has_colours: whether to paint
 *
 * Returns: (transfer full): the table as lines
 */
char *
tc_cli_grid_to_string (TcCliGrid *self,
                       guint      max_width,
                       gboolean   has_colours)
{
  g_autofree guint *widths = g_new0 (guint, self->n_columns);
  GString *out = g_string_new (NULL);

  measure (self, widths, max_width);
  for (guint i = 0; i < self->n_columns; i++)
    append_cell (self, out, i, widths[i], self->headings[i], TC_CLI_BOLD, has_colours);
  for (guint i = 0; i < self->cells->len; i++)
    {
      Cell *cell = &g_array_index (self->cells, Cell, i);

      append_cell (self, out, i % self->n_columns, widths[i % self->n_columns],
                   cell->text, cell->style, has_colours);
    }

  return g_string_free (out, FALSE);
}
