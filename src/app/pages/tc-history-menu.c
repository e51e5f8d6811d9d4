/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-history-menu.h"

#include <glib/gi18n.h>

#include "tc-session.h"

#define CELL "tc-history-cell"
#define TABLE "tc-history-table"
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
  add_item (section, _("Dup_licate…"), "win.session-duplicate", session);
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

static void
show_at (GtkWidget              *menu,
         GtkColumnViewCell      *cell,
         const graphene_point_t *place)
{
  GtkWidget *table = g_object_get_data (G_OBJECT (menu), TABLE);
  GtkSelectionModel *selection = gtk_column_view_get_model (GTK_COLUMN_VIEW (table));
  g_autoptr(GtkBitset) selected = NULL;
  g_autoptr(GMenuModel) items = NULL;
  graphene_point_t there;

  if (!gtk_widget_compute_point (table, gtk_widget_get_parent (menu), place, &there))
    return;
  select_row (selection, gtk_column_view_cell_get_position (cell));
  selected = gtk_selection_model_get_selection (selection);
  items = gtk_bitset_get_size (selected) == 1 ? create_for_one (gtk_column_view_cell_get_item (cell))
                                              : create_for_more ();
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (menu), items);
  gtk_popover_set_pointing_to (GTK_POPOVER (menu), &(GdkRectangle) { (int) there.x, (int) there.y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (menu));
}

/* Otherwise it would go to the first widget of what the menu is a child of. */
static void
on_closed (GtkWidget *menu)
{
  gtk_widget_grab_focus (g_object_get_data (G_OBJECT (menu), TABLE));
}

static void
on_pressed (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            GtkWidget       *menu)
{
  GtkWidget *table = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GtkColumnViewCell *cell = find_cell (gtk_widget_pick (table, x, y, GTK_PICK_DEFAULT), table);

  if (cell == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_at (menu, cell, &GRAPHENE_POINT_INIT ((float) x, (float) y));
}

/**
 * tc_history_menu_new:
 * @parent: what the menu is a child of until it is unparented; must have a layout
 *   manager, for a table does not tell its popovers that they have to be laid out
 * @table: of TcSession, somewhere in @parent
 *
 * Returns: (transfer none): the menu, which opens where @table is clicked with the secondary button
 */
GtkWidget *
tc_history_menu_new (GtkWidget     *parent,
                     GtkColumnView *table)
{
  GtkWidget *menu = gtk_popover_menu_new_from_model (NULL);
  GtkGesture *gesture = gtk_gesture_click_new ();

  g_object_set_data (G_OBJECT (menu), TABLE, table);
  gtk_popover_set_has_arrow (GTK_POPOVER (menu), FALSE);
  gtk_widget_set_halign (menu, GTK_ALIGN_START);
  gtk_widget_set_parent (menu, parent);
  g_signal_connect (menu, "closed", G_CALLBACK (on_closed), NULL);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (gesture), GTK_PHASE_CAPTURE);
  g_signal_connect_object (gesture, "pressed", G_CALLBACK (on_pressed), menu, 0);
  gtk_widget_add_controller (GTK_WIDGET (table), GTK_EVENT_CONTROLLER (gesture));

  return menu;
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

/** tc_history_menu_show: opens @menu at the row that has the focus, if one has */
void
tc_history_menu_show (GtkWidget *menu)
{
  GtkWidget *table = g_object_get_data (G_OBJECT (menu), TABLE);
  GtkRoot *root = gtk_widget_get_root (table);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkColumnViewCell *cell;
  graphene_rect_t bounds;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, table))
    return;
  cell = find_cell (focus, table);
  if (cell != NULL && gtk_widget_compute_bounds (focus, table, &bounds))
    show_at (menu, cell, &GRAPHENE_POINT_INIT (bounds.origin.x, bounds.origin.y + bounds.size.height));
}
