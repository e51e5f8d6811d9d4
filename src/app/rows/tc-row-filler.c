/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-row-filler.h"

#define SLICE_US 4000

struct _TcRowFiller
{
  GObject        parent_instance;

  GtkWidget     *list;       /* (unowned) it owns the rows */
  TcRowFill      fill;
  GHashTable    *waiting;    /* (owned) GtkWidget → its item */
  GdkFrameClock *clock;      /* (owned) (nullable) while the list is realized */
  int            height;     /* of the lowest row that was filled: what those that wait take */
  guint          idle_id;
  gboolean       has_new;    /* rows that were not laid out yet */
  gint64         left_us;    /* until the next frame rows may be filled at once, that long */
};

G_DEFINE_FINAL_TYPE (TcRowFiller, tc_row_filler, G_TYPE_OBJECT)

static void
set_height (TcRowFiller *self,
            int          height)
{
  GHashTableIter iter;
  gpointer row;

  if (self->height > 0 && self->height <= height)
    return;
  self->height = height;
  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    gtk_widget_set_size_request (row, -1, height);
}

static void
fill (TcRowFiller *self,
      GtkWidget   *row,
      gpointer     item)
{
  gint64 began_us = g_get_monotonic_time ();
  int height;

  self->fill (row, item);
  gtk_widget_set_size_request (row, -1, -1);
  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  set_height (self, height);
  self->left_us -= g_get_monotonic_time () - began_us;
}

static gboolean
is_in_sight (TcRowFiller *self,
             GtkWidget   *row)
{
  graphene_rect_t bounds;

  return gtk_widget_get_mapped (row) && gtk_widget_compute_bounds (row, self->list, &bounds) &&
         bounds.size.height > 0 && bounds.origin.y + bounds.size.height > 0 &&
         bounds.origin.y < gtk_widget_get_height (self->list);
}

static gboolean
on_idle (gpointer user_data)
{
  TcRowFiller *self = user_data;
  gint64 until_us = g_get_monotonic_time () + SLICE_US;
  GHashTableIter iter;
  gpointer row, item;

  g_hash_table_iter_init (&iter, self->waiting);
  while (g_get_monotonic_time () < until_us && g_hash_table_iter_next (&iter, &row, &item))
    {
      g_hash_table_iter_steal (&iter);
      fill (self, row, item);
      g_object_unref (item);
    }
  if (g_hash_table_size (self->waiting) > 0)
    return G_SOURCE_CONTINUE;
  self->idle_id = 0;

  return G_SOURCE_REMOVE;
}

/* All rows have their places now. Those that get another height are laid out again
 * before the frame is painted. When rows come in sight that have been there before,
 * somebody scrolls, and the others will be wanted soon. */
static void
on_layout (GdkFrameClock *clock,
           TcRowFiller   *self)
{
  GHashTableIter iter;
  gpointer row, item;
  guint n_filled = 0;

  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, &row, &item))
    {
      if (!is_in_sight (self, row))
        continue;
      g_hash_table_iter_steal (&iter);
      fill (self, row, item);
      g_object_unref (item);
      n_filled++;
    }
  self->left_us = SLICE_US;
  if (n_filled > 0 && !self->has_new && self->idle_id == 0)
    self->idle_id = g_idle_add_full (G_PRIORITY_LOW, on_idle, self, NULL);
  self->has_new = FALSE;
}

static void
on_unrealize (TcRowFiller *self)
{
  if (self->clock != NULL)
    g_signal_handlers_disconnect_by_func (self->clock, on_layout, self);
  g_clear_object (&self->clock);
}

static void
on_realize (TcRowFiller *self)
{
  on_unrealize (self);
  self->clock = g_object_ref (gtk_widget_get_frame_clock (self->list));
  g_signal_connect_object (self->clock, "layout", G_CALLBACK (on_layout), self, G_CONNECT_AFTER);
}

static void
tc_row_filler_dispose (GObject *object)
{
  TcRowFiller *self = TC_ROW_FILLER (object);

  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_hash_table_remove_all (self->waiting);
  on_unrealize (self);

  G_OBJECT_CLASS (tc_row_filler_parent_class)->dispose (object);
}

static void
tc_row_filler_finalize (GObject *object)
{
  g_hash_table_unref (TC_ROW_FILLER (object)->waiting);

  G_OBJECT_CLASS (tc_row_filler_parent_class)->finalize (object);
}

static void
tc_row_filler_class_init (TcRowFillerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_row_filler_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_row_filler_finalize;
}

static void
tc_row_filler_init (TcRowFiller *self)
{
  self->waiting = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

/**
 * tc_row_filler_new:
 * @list: what the rows are in; it must not go before the filler does
 * @fill_row: makes a row say what it shall; must not add or remove any
 *
 * Returns: (transfer full): a filler with nothing to do
 */
TcRowFiller *
tc_row_filler_new (GtkWidget *list,
                   TcRowFill  fill_row)
{
  TcRowFiller *self = g_object_new (TC_TYPE_ROW_FILLER, NULL);

  self->list = list;
  self->fill = fill_row;
  self->left_us = SLICE_US;
  g_signal_connect_object (list, "realize", G_CALLBACK (on_realize), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "unrealize", G_CALLBACK (on_unrealize), self, G_CONNECT_SWAPPED);
  if (gtk_widget_get_realized (list))
    on_realize (self);

  return self;
}

/**
 * tc_row_filler_add:
 * @row: in the list; to be removed before it goes
 * @item: what it shall show
 *
 * Has @row filled before it is seen, and at once if these are few.
 */
void
tc_row_filler_add (TcRowFiller *self,
                   GtkWidget   *row,
                   gpointer     item)
{
  g_return_if_fail (TC_IS_ROW_FILLER (self));

  if (self->left_us > 0)
    {
      fill (self, row, item);
      return;
    }
  g_hash_table_insert (self->waiting, row, g_object_ref (item));
  self->has_new = TRUE;
  gtk_widget_set_size_request (row, -1, self->height);
  /* A row in sight that got another item has to be laid out, though it has the same size. */
  gtk_widget_queue_allocate (row);
}

/** tc_row_filler_remove: @row: is not to be filled any more, if it was */
void
tc_row_filler_remove (TcRowFiller *self,
                      GtkWidget   *row)
{
  g_return_if_fail (TC_IS_ROW_FILLER (self));

  g_hash_table_remove (self->waiting, row);
}
