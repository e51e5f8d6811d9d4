/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-queue-row.h"

struct _TcQueueRow
{
  GtkWidget  parent_instance;

  TcClient  *client;     /* (owned) */
  TcSession *session;    /* (owned) (nullable) */
  GtkWidget *child;      /* (owned) (nullable) a card or a row */
  gulong     changed_id;
};

G_DEFINE_FINAL_TYPE (TcQueueRow, tc_queue_row, GTK_TYPE_WIDGET)

static void
show (TcQueueRow *self)
{
  gboolean wants_card = tc_session_state_is_active (tc_session_get_state (self->session));

  if (self->child == NULL || wants_card != TC_IS_RUNNING_CARD (self->child))
    {
      g_clear_pointer (&self->child, gtk_widget_unparent);
      self->child = wants_card ? tc_running_card_new (self->client) : tc_session_row_new ();
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

static void
tc_queue_row_dispose (GObject *object)
{
  TcQueueRow *self = TC_QUEUE_ROW (object);

  tc_queue_row_set_session (self, NULL);
  g_clear_pointer (&self->child, gtk_widget_unparent);
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
}

/**
 * tc_queue_row_new:
 *
 * Returns: (transfer floating): a row without a session
 */
GtkWidget *
tc_queue_row_new (TcClient *client)
{
  TcQueueRow *self = g_object_new (TC_TYPE_QUEUE_ROW, NULL);

  self->client = g_object_ref (client);

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
