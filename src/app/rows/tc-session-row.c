/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-session-row.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-widget.h"

struct _TcSessionRow
{
  GtkWidget    parent_instance;

  TcSession   *session;     /* (owned) (nullable) */
  gulong       changed_id;
  const char  *style;       /* (nullable) the class of the status icon now */

  GtkLabel    *number;
  GtkImage    *status;
  GtkLabel    *title;
  GtkLabel    *subtitle;
  GtkLabel    *figure;
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
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), tc_app_text_get_state (state));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->status), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tc_app_text_get_state (state), -1);
}

/* What says most at the end of the row: the best loss of a finished one, how far
 * another has come. */
static char *
dup_figure (TcSession *session)
{
  const TcProgress *progress = tc_session_get_progress (session);
  g_autofree char *loss = tc_app_text_dup_loss (progress->best_val_loss, TRUE);

  if (!progress->has_val_loss)
    return tc_app_text_dup_end (session, g_get_real_time ());

  /* Translators: the validation loss of a session, short: "val 1.02" */
  return g_strdup_printf (_("val %s"), loss);
}

static void
on_changed (TcSession    *session,
            TcSessionRow *self)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (session));
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *subtitle = tc_app_text_dup_subtitle (session);
  g_autofree char *note = tc_app_text_dup_note (session);
  g_autofree char *figure = dup_figure (session);

  gtk_label_set_label (self->number, number);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, note != NULL ? note : subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle), note);
  gtk_label_set_label (self->figure, figure != NULL ? figure : "");
  show_status (self);
}

static void
tc_session_row_dispose (GObject *object)
{
  TcSessionRow *self = TC_SESSION_ROW (object);

  tc_session_row_set_session (self, NULL);
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
}

/**
 * tc_session_row_new:
 *
 * Returns: (transfer floating): a row without a session
 */
GtkWidget *
tc_session_row_new (void)
{
  return g_object_new (TC_TYPE_SESSION_ROW, NULL);
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
