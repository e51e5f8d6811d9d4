/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-session-page.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-checkpoints-view.h"
#include "tc-log-view.h"
#include "tc-overview.h"

struct _TcSessionPage
{
  AdwNavigationPage  parent_instance;

  TcSession         *session;  /* (owned) */

  AdwViewStack      *stack;
  AdwHeaderBar      *header;
  AdwViewSwitcherBar *bottom;
  AdwWindowTitle    *title;
  TcLogView         *log;      /* in the stack */
};

G_DEFINE_FINAL_TYPE (TcSessionPage, tc_session_page, ADW_TYPE_NAVIGATION_PAGE)

static void
on_session_changed (TcSession     *session,
                    TcSessionPage *self)
{
  g_autofree char *title = tc_app_text_dup_title (session);

  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  adw_window_title_set_subtitle (self->title, tc_app_text_get_state (tc_session_get_state (session)));
}

static void
on_log_grown (TcClient      *client,
              guint64        session_id,
              gint64         size,
              TcSessionPage *self)
{
  if (session_id == tc_session_get_id (self->session))
    tc_log_view_update (self->log);
}

static void
tc_session_page_dispose (GObject *object)
{
  TcSessionPage *self = TC_SESSION_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_SESSION_PAGE);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (tc_session_page_parent_class)->dispose (object);
}

static void
tc_session_page_class_init (TcSessionPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_session_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/pages/tc-session-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSessionPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcSessionPage, header);
  gtk_widget_class_bind_template_child (widget_class, TcSessionPage, bottom);
  gtk_widget_class_bind_template_child (widget_class, TcSessionPage, title);
}

static void
tc_session_page_init (TcSessionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tc_session_page_new:
 * @run_dir: where the log of @session is
 *
 * Returns: (transfer floating): a page that follows @session
 */
TcSessionPage *
tc_session_page_new (TcClient   *client,
                     TcSession  *session,
                     const char *run_dir)
{
  TcSessionPage *self = g_object_new (TC_TYPE_SESSION_PAGE, NULL);
  g_autofree char *log = g_build_filename (run_dir, "output.log", NULL);

  self->session = g_object_ref (session);
  self->log = TC_LOG_VIEW (tc_log_view_new ());
  adw_view_stack_add_titled_with_icon (self->stack, tc_overview_new (client, session), "overview",
                                       _("Overview"), "tc-chart-symbolic");
  adw_view_stack_add_titled_with_icon (self->stack, GTK_WIDGET (self->log), "log", _("Log"),
                                       "text-x-generic-symbolic");
  adw_view_stack_add_titled_with_icon (self->stack, tc_checkpoints_view_new (client, session), "checkpoints",
                                       _("Checkpoints"), "drive-harddisk-symbolic");
  tc_log_view_open (self->log, log);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  g_signal_connect_object (client, "log", G_CALLBACK (on_log_grown), self, 0);
  on_session_changed (session, self);

  return self;
}
