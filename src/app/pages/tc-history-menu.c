/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-history-menu.h"

#include <glib/gi18n.h>

#include "tc-session.h"

#define CELL "tc-history-cell"
/* From a row to what is in its first cell. */
#define DEPTH 3

/* ---- Which row ---- */

static GtkColumnViewCell *
find_cell (GtkWidget *widget,
           GtkWidget *table)
{
  for (; widget != NULL && widget != table; widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = widget;

      for (guint i = 0; i < DEPTH && child != NULL; i++)
        {
          GtkColumnViewCell *cell = g_object_get_data (G_OBJECT (child), CELL);

          if (cell != NULL)
            return cell;
          child = gtk_widget_get_first_child (child);
        }
    }

  return NULL;
}

/* As file managers do: a row that is not selected is from now on, alone. */
static void
select_row (GtkSelectionModel *selection,
            guint              position)
{
  if (!gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);
}

/* ---- The menu ---- */

static void
add_item (GMenu      *section,
          const char *label,
          const char *action,
          TcSession  *session)
{
  g_autoptr(GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "t", tc_session_get_id (session));
  g_menu_append_item (section, item);
}

static void
add_section (GMenu *menu,
             GMenu *section)
{
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  g_object_unref (section);
}

static GMenuModel *
create_for_one (TcSession *session)
{
  TcSessionState state = tc_session_get_state (session);
  GMenu *menu = g_menu_new ();
  GMenu *section = g_menu_new ();

  add_item (section, _("_Open"), "win.session-open", session);
  add_section (menu, section);
  section = g_menu_new ();
  g_menu_append (section, _("_Tags and Note…"), "history.annotate");
  add_section (menu, section);
  section = g_menu_new ();
  add_item (section, _("D_uplicate…"), "win.session-duplicate", session);
  if (state == TC_SESSION_FAILED || state == TC_SESSION_CANCELLED || state == TC_SESSION_SKIPPED)
    add_item (section, _("Re_try"), "win.session-retry", session);
  add_item (section, _("_Remove"), "win.session-remove", session);
  add_section (menu, section);

  return G_MENU_MODEL (menu);
}

static GMenuModel *
create_for_more (void)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _("_Compare"), "history.compare");
  g_menu_append (menu, _("Select _None"), "history.select-none");

  return G_MENU_MODEL (menu);
}

/* Not while it closes: what was chosen is done after that. */
static gboolean
on_gone (gpointer user_data)
{
  gtk_widget_unparent (GTK_WIDGET (user_data));

  return G_SOURCE_REMOVE;
}

static void
on_closed (GtkPopover *popover)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_gone, g_object_ref (popover), g_object_unref);
}

static void
show_at (GtkColumnView      *table,
         GtkColumnViewCell  *cell,
         const GdkRectangle *place)
{
  GtkSelectionModel *selection = gtk_column_view_get_model (table);
  g_autoptr(GtkBitset) selected = NULL;
  g_autoptr(GMenuModel) menu = NULL;
  GtkWidget *popover;

  select_row (selection, gtk_column_view_cell_get_position (cell));
  selected = gtk_selection_model_get_selection (selection);
  menu = gtk_bitset_get_size (selected) == 1 ? create_for_one (gtk_column_view_cell_get_item (cell))
                                             : create_for_more ();
  popover = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), place);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  gtk_widget_set_parent (popover, GTK_WIDGET (table));
  g_signal_connect (popover, "closed", G_CALLBACK (on_closed), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
on_pressed (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            GtkColumnView   *table)
{
  GdkRectangle place = { (int) x, (int) y, 1, 1 };
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (table), x, y, GTK_PICK_DEFAULT);
  GtkColumnViewCell *cell = find_cell (picked, GTK_WIDGET (table));

  if (cell == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_at (table, cell, &place);
}

/**
 * tc_history_menu_set_cell:
 * @child: what @cell shows
 *
 * To be called for every cell there is, so that its row is found.
 */
void
tc_history_menu_set_cell (GtkWidget         *child,
                          GtkColumnViewCell *cell)
{
  g_return_if_fail (GTK_IS_WIDGET (child));

  g_object_set_data (G_OBJECT (child), CELL, cell);
}

/** tc_history_menu_attach: opens the menu where @table, of TcSession, is clicked with the secondary button */
void
tc_history_menu_attach (GtkColumnView *table)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (gesture), GTK_PHASE_CAPTURE);
  g_signal_connect (gesture, "pressed", G_CALLBACK (on_pressed), table);
  gtk_widget_add_controller (GTK_WIDGET (table), GTK_EVENT_CONTROLLER (gesture));
}

/** tc_history_menu_show: opens the menu of the row that has the focus, if one has */
void
tc_history_menu_show (GtkColumnView *table)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (table));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  graphene_rect_t bounds;
  GdkRectangle place;
  GtkColumnViewCell *cell;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (table)))
    return;
  cell = find_cell (focus, GTK_WIDGET (table));
  if (cell == NULL || !gtk_widget_compute_bounds (focus, GTK_WIDGET (table), &bounds))
    return;
  place = (GdkRectangle) { (int) bounds.origin.x, (int) bounds.origin.y, 1, (int) bounds.size.height };
  show_at (table, cell, &place);
}
