/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-queue-row.h"

struct _TcQueueRow
{
  GtkWidget         parent_instance;

  TcClient         *client;     /* (owned) */
  TcHistory        *history;    /* (owned) */
  TcQueueEstimates *estimates;  /* (owned) */
  TcSession        *session;    /* (owned) (nullable) */
  GtkWidget        *child;      /* (owned) (nullable) a card or a row */
  gulong            changed_id;
  const char       *mark;       /* (nullable) the class that says where a drop goes */
};

G_DEFINE_FINAL_TYPE (TcQueueRow, tc_queue_row, GTK_TYPE_WIDGET)

static void
show (TcQueueRow *self)
{
  gboolean wants_card = tc_session_state_is_active (tc_session_get_state (self->session));

  if (self->child == NULL || wants_card != TC_IS_RUNNING_CARD (self->child))
    {
      g_clear_pointer (&self->child, gtk_widget_unparent);
      self->child = wants_card ? tc_running_card_new (self->client, self->history)
                               : tc_session_row_new (tc_client_get_queue (self->client), self->estimates);
      gtk_widget_set_parent (self->child, GTK_WIDGET (self));
    }
  if (wants_card)
    tc_running_card_set_session (TC_RUNNING_CARD (self->child), self->session);
  else
    tc_session_row_set_session (TC_SESSION_ROW (self->child), self->session);
}

static void
on_changed (TcSession  *session,
            TcQueueRow *self)
{
  if (tc_session_state_is_active (tc_session_get_state (session)) != TC_IS_RUNNING_CARD (self->child))
    show (self);
}

static gboolean
is_waiting (TcQueueRow *self)
{
  TcSessionState state = self->session != NULL ? tc_session_get_state (self->session) : TC_SESSION_COMPLETED;

  return state == TC_SESSION_QUEUED || state == TC_SESSION_BLOCKED;
}

/* ---- Dragging ---- */

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source,
                 double         x,
                 double         y,
                 TcQueueRow    *self)
{
  return is_waiting (self) ? gdk_content_provider_new_typed (TC_TYPE_SESSION, self->session) : NULL;
}

/* The row itself, on a ground of its own, held where it was taken. */
static void
on_drag_begin (GtkDragSource *source,
               GdkDrag       *drag,
               TcQueueRow    *self)
{
  GtkWidget *icon = gtk_drag_icon_get_for_drag (drag);
  GtkWidget *row = tc_session_row_new (tc_client_get_queue (self->client), self->estimates);
  double x = 0;
  double y = 0;

  tc_session_row_set_session (TC_SESSION_ROW (row), self->session);
  gtk_widget_set_size_request (row, gtk_widget_get_width (GTK_WIDGET (self)), -1);
  gtk_widget_add_css_class (row, "card");
  gtk_widget_add_css_class (row, "dragged");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (icon), row);
  gtk_gesture_get_point (GTK_GESTURE (source), NULL, &x, &y);
  gdk_drag_set_hotspot (drag, (int) x, (int) y);
  gtk_widget_add_css_class (GTK_WIDGET (self), "taken");
}

static void
on_drag_end (GtkDragSource *source,
             GdkDrag       *drag,
             gboolean       delete_data,
             TcQueueRow    *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), "taken");
}

static void
set_mark (TcQueueRow *self,
          const char *mark)
{
  if (self->mark == mark)
    return;
  if (self->mark != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->mark);
  self->mark = mark;
  if (mark != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), mark);
}

static gboolean
is_behind (TcQueueRow *self,
           double      y)
{
  return y > gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;
}

static GdkDragAction
on_drop_motion (GtkDropTarget *target,
                double         x,
                double         y,
                TcQueueRow    *self)
{
  if (!is_waiting (self))
    {
      set_mark (self, NULL);
      return 0;
    }
  set_mark (self, is_behind (self, y) ? "drop-behind" : "drop-before");

  return GDK_ACTION_MOVE;
}

static void
on_drop_leave (GtkDropTarget *target,
               TcQueueRow    *self)
{
  set_mark (self, NULL);
}

static gboolean
on_drop (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         TcQueueRow    *self)
{
  TcSession *session = g_value_get_object (value);

  set_mark (self, NULL);
  if (session == NULL || !is_waiting (self))
    return FALSE;

  return gtk_widget_activate_action (GTK_WIDGET (self), "session.place", "(ttb)", tc_session_get_id (session),
                                     tc_session_get_id (self->session), is_behind (self, y));
}

static void
add_dragging (TcQueueRow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (TC_TYPE_SESSION, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (on_drag_prepare), self, 0);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (on_drag_begin), self, 0);
  g_signal_connect_object (source, "drag-end", G_CALLBACK (on_drag_end), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (source));
  g_signal_connect_object (target, "motion", G_CALLBACK (on_drop_motion), self, 0);
  g_signal_connect_object (target, "leave", G_CALLBACK (on_drop_leave), self, 0);
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* ---- The object ---- */

static void
on_secondary_click (GtkGestureClick *gesture,
                    int              n_press,
                    double           x,
                    double           y,
                    TcQueueRow      *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  tc_queue_row_show_menu (self);
}

static void
tc_queue_row_dispose (GObject *object)
{
  TcQueueRow *self = TC_QUEUE_ROW (object);

  tc_queue_row_set_session (self, NULL);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  g_clear_object (&self->estimates);
  g_clear_object (&self->history);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_queue_row_parent_class)->dispose (object);
}

static void
tc_queue_row_class_init (TcQueueRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_queue_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
tc_queue_row_init (TcQueueRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_secondary_click), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_css_class (GTK_WIDGET (self), "queue-row");
  add_dragging (self);
}

/**
 * tc_queue_row_new:
 *
 * Returns: (transfer floating): a row without a session
 */
GtkWidget *
tc_queue_row_new (TcClient         *client,
                  TcHistory        *history,
                  TcQueueEstimates *estimates)
{
  TcQueueRow *self = g_object_new (TC_TYPE_QUEUE_ROW, NULL);

  self->client = g_object_ref (client);
  self->history = g_object_ref (history);
  self->estimates = g_object_ref (estimates);

  return GTK_WIDGET (self);
}

/**
 * tc_queue_row_set_session:
 * @session: (nullable): what to show from now on
 */
void
tc_queue_row_set_session (TcQueueRow *self,
                          TcSession  *session)
{
  g_return_if_fail (TC_IS_QUEUE_ROW (self));

  if (self->session == session)
    return;
  if (self->session != NULL)
    g_clear_signal_handler (&self->changed_id, self->session);
  g_set_object (&self->session, session);
  if (session != NULL)
    {
      self->changed_id = g_signal_connect_object (session, "changed", G_CALLBACK (on_changed), self, 0);
      show (self);
    }
  else if (self->child != NULL && TC_IS_RUNNING_CARD (self->child))
    tc_running_card_set_session (TC_RUNNING_CARD (self->child), NULL);
  else if (self->child != NULL)
    tc_session_row_set_session (TC_SESSION_ROW (self->child), NULL);
}

/** tc_queue_row_get_session: Returns: (transfer none) (nullable): what it shows */
TcSession *
tc_queue_row_get_session (TcQueueRow *self)
{
  g_return_val_if_fail (TC_IS_QUEUE_ROW (self), NULL);

  return self->session;
}

/** tc_queue_row_show_menu: what can be done with the session; a card has buttons instead */
void
tc_queue_row_show_menu (TcQueueRow *self)
{
  g_return_if_fail (TC_IS_QUEUE_ROW (self));

  if (self->child != NULL && TC_IS_SESSION_ROW (self->child))
    tc_session_row_show_menu (TC_SESSION_ROW (self->child));
}
