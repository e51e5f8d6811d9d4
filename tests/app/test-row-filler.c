/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Rows that are filled late: none is seen empty or with what it said before, and
 * those that nobody sees are not filled until somebody scrolls. */

#include <adwaita.h>

#include "tc-row-filler.h"

#define N_ITEMS 2000
#define FILL_US 500 /* so that not all of them are filled at once */

typedef struct
{
  GtkWidget   *window;
  GtkWidget   *list;
  TcRowFiller *filler;
  guint        n_bound;
  guint        n_empty;  /* rows that were painted empty, or with what was theirs before */
  guint        n_frames;
} Fixture;

static void
fill (GtkWidget *row,
      gpointer   item)
{
  g_usleep (FILL_US);
  gtk_label_set_label (GTK_LABEL (row), gtk_string_object_get_string (item));
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  gtk_list_item_set_child (item, gtk_label_new (NULL));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         Fixture                  *fixture)
{
  fixture->n_bound++;
  tc_row_filler_add (fixture->filler, gtk_list_item_get_child (item), gtk_list_item_get_item (item));
  g_object_set_data (G_OBJECT (gtk_list_item_get_child (item)), "item", gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           Fixture                  *fixture)
{
  fixture->n_bound--;
  tc_row_filler_remove (fixture->filler, gtk_list_item_get_child (item));
  g_object_set_data (G_OBJECT (gtk_list_item_get_child (item)), "item", NULL);
}

static guint
count_wrong (Fixture  *fixture,
             gboolean  only_in_sight)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (fixture->list); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *label = gtk_widget_get_first_child (child);
      gpointer item = label != NULL ? g_object_get_data (G_OBJECT (label), "item") : NULL;
      graphene_rect_t bounds;

      if (item == NULL || !gtk_widget_compute_bounds (label, fixture->list, &bounds))
        continue;
      /* What is not mapped may still have the place it had. */
      if (only_in_sight && (!gtk_widget_get_mapped (label) || bounds.origin.y + bounds.size.height <= 0 ||
                            bounds.origin.y >= gtk_widget_get_height (fixture->list)))
        continue;
      n += g_strcmp0 (gtk_label_get_label (GTK_LABEL (label)), gtk_string_object_get_string (item)) != 0;
    }

  return n;
}

static void
on_paint (GdkFrameClock *clock,
          Fixture       *fixture)
{
  fixture->n_frames++;
  fixture->n_empty += count_wrong (fixture, TRUE);
}

static void
wait_frame (Fixture *fixture)
{
  guint frames = fixture->n_frames;

  gtk_widget_queue_draw (fixture->list);
  while (fixture->n_frames == frames)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_rows (void)
{
  Fixture fixture = { 0 };
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkStringList *strings = gtk_string_list_new (NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  for (guint i = 0; i < N_ITEMS; i++)
    gtk_string_list_take (strings, g_strdup_printf ("row %u", i));
  fixture.window = adw_window_new ();
  fixture.list = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (strings))), NULL);
  fixture.filler = tc_row_filler_new (fixture.list, fill);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), &fixture);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), &fixture);
  gtk_list_view_set_factory (GTK_LIST_VIEW (fixture.list), factory);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), fixture.list);
  gtk_window_set_default_size (GTK_WINDOW (fixture.window), 400, 400);
  adw_window_set_content (ADW_WINDOW (fixture.window), scrolled);
  gtk_widget_realize (fixture.window);
  g_signal_connect (gtk_widget_get_frame_clock (fixture.window), "paint", G_CALLBACK (on_paint), &fixture);
  gtk_window_present (GTK_WINDOW (fixture.window));
  for (guint i = 0; i < 3; i++)
    wait_frame (&fixture);
  g_assert_cmpuint (fixture.n_bound, >=, 100);
  g_assert_cmpuint (count_wrong (&fixture, FALSE), >=, 20);

  /* To the end and back, faster than rows are filled; then all items are others. */
  for (guint i = 0; i < 20; i++)
    {
      gtk_list_view_scroll_to (GTK_LIST_VIEW (fixture.list), i % 2 == 0 ? N_ITEMS - 1 - i : i, GTK_LIST_SCROLL_NONE,
                               NULL);
      wait_frame (&fixture);
    }
  gtk_string_list_splice (strings, 0, N_ITEMS - 5, NULL);
  wait_frame (&fixture);
  g_assert_cmpuint (count_wrong (&fixture, FALSE), ==, 0);
  g_assert_cmpuint (fixture.n_empty, ==, 0);

  gtk_window_destroy (GTK_WINDOW (fixture.window));
  g_assert_finalize_object (fixture.filler);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/row-filler/rows", test_rows);

  return g_test_run ();
}
