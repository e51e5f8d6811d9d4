/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-checkpoints-view.h"

#include "tc-checkpoint-actions.h"
#include "tc-checkpoint-list.h"
#include "tc-checkpoint-row.h"
#include "tc-widget.h"

struct _TcCheckpointsView
{
  GtkWidget         parent_instance;

  TcCheckpointList *checkpoints;  /* (owned) */

  GtkStack         *stack;
  GtkListBox       *list;
};

G_DEFINE_FINAL_TYPE (TcCheckpointsView, tc_checkpoints_view, GTK_TYPE_WIDGET)

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  return tc_checkpoint_item_compare ((TcCheckpointItem *) a, (TcCheckpointItem *) b);
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  TcCheckpointsView *self = user_data;
  GtkWidget *child = tc_checkpoint_row_new (self->checkpoints);
  GtkWidget *row = gtk_list_box_row_new ();

  tc_checkpoint_row_set_item (TC_CHECKPOINT_ROW (child), item);
  gtk_widget_add_css_class (child, "checkpoint-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), child);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  /* Only its menu does anything, and that takes the focus itself. */
  gtk_widget_set_focusable (row, FALSE);

  return row;
}

/**
 * tc_checkpoints_view_undo:
 *
 * Takes the last deletion back that was made here and still holds.
 *
 * Returns: whether there was one
 */
gboolean
tc_checkpoints_view_undo (TcCheckpointsView *self)
{
  g_autoptr(GArray) ids = NULL;

  g_return_val_if_fail (TC_IS_CHECKPOINTS_VIEW (self), FALSE);

  ids = tc_checkpoint_list_take_undo (self->checkpoints);
  if (ids != NULL)
    tc_checkpoint_actions_restore (GTK_WIDGET (self), self->checkpoints, ids);

  return ids != NULL;
}

static void
on_items_changed (TcCheckpointsView *self)
{
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->checkpoints)) > 0 ? "list"
                                                                                                    : "empty");
}

static void
tc_checkpoints_view_dispose (GObject *object)
{
  TcCheckpointsView *self = TC_CHECKPOINTS_VIEW (object);

  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_CHECKPOINTS_VIEW);
  g_clear_object (&self->checkpoints);

  G_OBJECT_CLASS (tc_checkpoints_view_parent_class)->dispose (object);
}

static void
tc_checkpoints_view_class_init (TcCheckpointsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_checkpoints_view_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/pages/tc-checkpoints-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointsView, stack);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointsView, list);
}

static void
tc_checkpoints_view_init (TcCheckpointsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tc_checkpoints_view_new:
 *
 * Returns: (transfer floating): a list that follows the checkpoints of @session
 */
GtkWidget *
tc_checkpoints_view_new (TcClient  *client,
                         TcSession *session)
{
  TcCheckpointsView *self = g_object_new (TC_TYPE_CHECKPOINTS_VIEW, NULL);
  g_autoptr(GtkSortListModel) sorted = NULL;

  self->checkpoints = tc_checkpoint_list_new (client, tc_session_get_id (session));
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->checkpoints)),
                                    GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL)));
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (sorted), create_row, self, NULL);
  g_signal_connect_object (self->checkpoints, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  on_items_changed (self);

  return GTK_WIDGET (self);
}
