/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-session-row.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-expected-text.h"
#include "tc-widget.h"

struct _TcSessionRow
{
  GtkWidget         parent_instance;

  TcQueue          *queue;      /* (owned) where the session is */
  TcQueueEstimates *estimates;  /* (owned) (nullable) while it is being made */
  TcSession        *session;    /* (owned) (nullable) */
  gulong            changed_id;
  const char       *style;      /* (nullable) the class of the status icon now */

  GtkWidget        *handle;
  GtkLabel         *number;
  GtkImage         *status;
  GtkLabel         *title;
  GtkLabel         *subtitle;
  GtkLabel         *figure;
  GtkMenuButton    *menu;
};

G_DEFINE_FINAL_TYPE (TcSessionRow, tc_session_row, GTK_TYPE_WIDGET)

static void
show_status (TcSessionRow *self)
{
  TcSessionState state = tc_session_get_state (self->session);

  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), self->style);
  self->style = tc_app_text_get_state_class (state);
  gtk_widget_add_css_class (GTK_WIDGET (self->status), self->style);
  gtk_image_set_from_icon_name (self->status, tc_app_text_get_state_icon (state));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->status), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tc_app_text_get_state (state), -1);
}

static gboolean
is_waiting (TcSessionRow *self)
{
  TcSessionState state = tc_session_get_state (self->session);

  return state == TC_SESSION_QUEUED || state == TC_SESSION_BLOCKED;
}

/* What says most at the end of the row: what one that waits will take, the best
 * loss of a finished one, how far another has come. */
static char *
dup_figure (TcSessionRow *self)
{
  const TcProgress *progress = tc_session_get_progress (self->session);
  g_autofree char *loss = tc_app_text_dup_loss (progress->best_val_loss, TRUE);

  if (is_waiting (self))
    return tc_expected_text_dup_row (tc_queue_estimates_peek (self->estimates, self->session));
  if (!progress->has_val_loss)
    return tc_app_text_dup_end (self->session, g_get_real_time ());

  /* Translators: the validation loss of a session, short: "val 1.02" */
  return g_strdup_printf (_("val %s"), loss);
}

static void
show_figure (TcSessionRow *self)
{
  g_autofree char *figure = self->session != NULL ? dup_figure (self) : NULL;

  gtk_label_set_label (self->figure, figure != NULL ? figure : "");
}

static void
on_changed (TcSession    *session,
            TcSessionRow *self)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (session));
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *subtitle = tc_app_text_dup_subtitle (session);
  g_autofree char *note = tc_app_text_dup_note (session, self->queue);
  g_autofree char *about = note != NULL && is_waiting (self) ? g_strdup_printf ("%s · %s", subtitle, note) : NULL;

  gtk_label_set_label (self->number, number);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, about != NULL ? about : note != NULL ? note : subtitle);
  gtk_widget_set_child_visible (self->handle, is_waiting (self));
  show_figure (self);
  show_status (self);
}

/* To set the text of a tooltip asks the X server where the mouse is, again and
 * again: in a list with hundreds of rows that is half a second. So they are
 * asked for when they are wanted. */
static gboolean
on_query_tooltip (GtkWidget    *widget,
                  int           x,
                  int           y,
                  gboolean      is_keyboard,
                  GtkTooltip   *tooltip,
                  TcSessionRow *self)
{
  g_autofree char *note = NULL;
  const char *text = _("More");

  if (self->session == NULL)
    return FALSE;
  if (widget == GTK_WIDGET (self->status))
    text = tc_app_text_get_state (tc_session_get_state (self->session));
  else if (widget == GTK_WIDGET (self->subtitle))
    text = note = tc_app_text_dup_note (self->session, self->queue);
  gtk_tooltip_set_text (tooltip, text);

  return text != NULL;
}

/* ---- The menu ---- */

static void
add_item (GMenu        *section,
          const char   *label,
          const char   *action,
          TcSessionRow *self)
{
  g_autoptr(GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "t", tc_session_get_id (self->session));
  g_menu_append_item (section, item);
}

static void
add_section (GMenu *menu,
             GMenu *section)
{
  if (g_menu_model_get_n_items (G_MENU_MODEL (section)) > 0)
    g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  g_object_unref (section);
}

static GMenuModel *
create_menu (TcSessionRow *self)
{
  TcSessionState state = tc_session_get_state (self->session);
  GMenu *menu = g_menu_new ();
  GMenu *section = g_menu_new ();

  add_item (section, _("_Open"), "session.open", self);
  add_section (menu, section);
  section = g_menu_new ();
  if (is_waiting (self))
    {
      add_item (section, _("Move to _Top"), "session.move-to-top", self);
      add_item (section, _("Move _Up"), "session.move-up", self);
      add_item (section, _("Move _Down"), "session.move-down", self);
    }
  add_section (menu, section);
  section = g_menu_new ();
  add_item (section, _("Dup_licate…"), "session.duplicate", self);
  if (state == TC_SESSION_FAILED || state == TC_SESSION_CANCELLED || state == TC_SESSION_SKIPPED)
    add_item (section, _("Re_try"), "session.retry", self);
  add_item (section, _("_Remove"), "session.remove", self);
  add_section (menu, section);

  return G_MENU_MODEL (menu);
}

/* Made when it is opened: a menu for each row there is would be many. */
static void
on_create_popup (GtkMenuButton *button,
                 gpointer       user_data)
{
  TcSessionRow *self = user_data;
  g_autoptr(GMenuModel) menu = self->session != NULL ? create_menu (self) : NULL;

  gtk_menu_button_set_popover (button, menu != NULL ? gtk_popover_menu_new_from_model (menu) : NULL);
}

/** tc_session_row_show_menu: what can be done with the session */
void
tc_session_row_show_menu (TcSessionRow *self)
{
  g_return_if_fail (TC_IS_SESSION_ROW (self));

  gtk_menu_button_popup (self->menu);
}

static void
tc_session_row_dispose (GObject *object)
{
  TcSessionRow *self = TC_SESSION_ROW (object);

  tc_session_row_set_session (self, NULL);
  g_clear_object (&self->estimates);
  g_clear_object (&self->queue);
  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_SESSION_ROW);

  G_OBJECT_CLASS (tc_session_row_parent_class)->dispose (object);
}

static void
tc_session_row_class_init (TcSessionRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_session_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/rows/tc-session-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, on_query_tooltip);
  gtk_widget_class_bind_template_child (widget_class, TcSessionRow, handle);
  gtk_widget_class_bind_template_child (widget_class, TcSessionRow, menu);
  gtk_widget_class_bind_template_child (widget_class, TcSessionRow, number);
  gtk_widget_class_bind_template_child (widget_class, TcSessionRow, status);
  gtk_widget_class_bind_template_child (widget_class, TcSessionRow, title);
  gtk_widget_class_bind_template_child (widget_class, TcSessionRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TcSessionRow, figure);
}

static void
tc_session_row_init (TcSessionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->menu, on_create_popup, self, NULL);
}

/**
 * tc_session_row_new:
 * @queue: where its sessions are
 * @estimates: of those that wait
 *
 * Returns: (transfer floating): a row without a session
 */
GtkWidget *
tc_session_row_new (TcQueue          *queue,
                    TcQueueEstimates *estimates)
{
  TcSessionRow *self = g_object_new (TC_TYPE_SESSION_ROW, NULL);

  self->queue = g_object_ref (queue);
  self->estimates = g_object_ref (estimates);
  g_signal_connect_object (estimates, "changed", G_CALLBACK (show_figure), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

/**
 * tc_session_row_set_session:
 * @session: (nullable): what to show from now on, and to follow
 */
void
tc_session_row_set_session (TcSessionRow *self,
                            TcSession    *session)
{
  g_return_if_fail (TC_IS_SESSION_ROW (self));

  if (self->session == session)
    return;
  if (self->session != NULL)
    g_clear_signal_handler (&self->changed_id, self->session);
  g_set_object (&self->session, session);
  if (session == NULL)
    return;
  self->changed_id = g_signal_connect_object (session, "changed", G_CALLBACK (on_changed), self, 0);
  on_changed (session, self);
}
