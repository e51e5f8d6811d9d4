/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-session-page.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-checkpoints-view.h"
#include "tc-details-view.h"
#include "tc-install.h"
#include "tc-log-view.h"
#include "tc-overview.h"
#include "tc-session-header.h"

struct _TcSessionPage
{
  AdwNavigationPage  parent_instance;

  TcSession         *session;  /* (owned) */

  AdwBin            *strip;
  AdwToastOverlay   *toasts;
  AdwViewStack      *stack;
  AdwHeaderBar      *header;
  AdwViewSwitcherBar *bottom;
  TcLogView         *log;      /* in the stack */
  TcCheckpointsView *checkpoints; /* in the stack */
};

G_DEFINE_FINAL_TYPE (TcSessionPage, tc_session_page, ADW_TYPE_NAVIGATION_PAGE)

static void
on_session_changed (TcSession     *session,
                    TcSessionPage *self)
{
  g_autofree char *title = tc_app_text_dup_title (session);

  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  tc_log_view_set_reason (self->log, tc_session_get_reason_detail (session));
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

/* ---- Toasts ---- */

static void
show_toast (TcSessionPage *self,
            const char    *text)
{
  AdwToast *toast = adw_toast_new ("");

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_failed (GtkWidget     *view,
           const char    *text,
           TcSessionPage *self)
{
  show_toast (self, text);
}

static void
on_log_told (TcLogView     *view,
             const char    *text,
             TcSessionPage *self)
{
  show_toast (self, text);
}

static void
on_copied (GtkWidget     *view,
           TcSessionPage *self)
{
  show_toast (self, _("Command copied"));
}

static void
on_saved (GtkWidget     *view,
          GFile         *file,
          TcSessionPage *self)
{
  AdwToast *toast = adw_toast_new (_("Chart saved"));
  g_autofree char *uri = g_file_get_uri (file);

  adw_toast_set_button_label (toast, _("_Show"));
  adw_toast_set_action_name (toast, "session-page.show-file");
  adw_toast_set_action_target (toast, "s", uri);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_file_shown (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(TcSessionPage) self = user_data;

  if (!gtk_file_launcher_open_containing_folder_finish (GTK_FILE_LAUNCHER (object), result, NULL))
    show_toast (self, _("The folder cannot be shown: no file manager answers."));
}

static void
on_show_file (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  g_autoptr(GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));
  g_autoptr(GtkFileLauncher) launcher = gtk_file_launcher_new (file);

  gtk_file_launcher_open_containing_folder (launcher, GTK_WINDOW (gtk_widget_get_root (widget)), NULL,
                                            on_file_shown, g_object_ref (widget));
}

/* ---- The log, from every tab ---- */

static void
on_search_log (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  TcSessionPage *self = TC_SESSION_PAGE (widget);

  adw_view_stack_set_visible_child_name (self->stack, "log");
  tc_log_view_begin_search (self->log);
}

static void
on_jump_to_error (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  TcSessionPage *self = TC_SESSION_PAGE (widget);

  adw_view_stack_set_visible_child_name (self->stack, "log");
  tc_log_view_jump_to_error (self->log);
}

/* ---- The object ---- */

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
  gtk_widget_class_bind_template_child (widget_class, TcSessionPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, TcSessionPage, strip);
  gtk_widget_class_bind_template_child (widget_class, TcSessionPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcSessionPage, header);
  gtk_widget_class_bind_template_child (widget_class, TcSessionPage, bottom);
  gtk_widget_class_install_action (widget_class, "session-page.show-file", "s", on_show_file);
  gtk_widget_class_install_action (widget_class, "session-page.search-log", NULL, on_search_log);
  gtk_widget_class_install_action (widget_class, "session-page.jump-to-error", NULL, on_jump_to_error);
}

static void
tc_session_page_init (TcSessionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tc_session_page_new:
 * @settings: (nullable): the application's
 * @history: what sessions have cost
 * @run_dir: where the log of @session is
 *
 * Returns: (transfer floating): a page that follows @session
 */
TcSessionPage *
tc_session_page_new (TcClient   *client,
                     GSettings  *settings,
                     TcSession  *session,
                     TcHistory  *history,
                     const char *run_dir)
{
  TcSessionPage *self = g_object_new (TC_TYPE_SESSION_PAGE, NULL);
  g_autofree char *log = g_build_filename (run_dir, "output.log", NULL);
  GtkWidget *header = tc_session_header_new (client, session);
  GtkWidget *overview;
  GtkWidget *details;

  self->session = g_object_ref (session);
  self->log = TC_LOG_VIEW (tc_log_view_new ());
  overview = tc_overview_new (client, session, history);
  details = tc_details_view_new (client, session, run_dir);
  adw_view_stack_add_titled_with_icon (self->stack, overview, "overview", _("Overview"), "tc-chart-symbolic");
  adw_view_stack_add_titled_with_icon (self->stack, GTK_WIDGET (self->log), "log", _("Log"),
                                       "text-x-generic-symbolic");
  self->checkpoints = TC_CHECKPOINTS_VIEW (tc_checkpoints_view_new (client, session));
  adw_view_stack_add_titled_with_icon (self->stack, GTK_WIDGET (self->checkpoints), "checkpoints",
                                       _("Checkpoints"), "drive-harddisk-symbolic");
  adw_view_stack_add_titled_with_icon (self->stack, details, "details", _("Details"),
                                       "document-properties-symbolic");
  adw_bin_set_child (self->strip, header);
  g_signal_connect_object (header, "failed", G_CALLBACK (on_failed), self, 0);
  g_signal_connect_object (overview, "saved", G_CALLBACK (on_saved), self, 0);
  g_signal_connect_object (overview, "failed", G_CALLBACK (on_failed), self, 0);
  g_signal_connect_object (details, "failed", G_CALLBACK (on_failed), self, 0);
  g_signal_connect_object (details, "copied", G_CALLBACK (on_copied), self, 0);
  g_signal_connect_object (self->log, "told", G_CALLBACK (on_log_told), self, 0);
  if (settings != NULL)
    g_settings_bind (settings, TC_SETTINGS_WRAP_LOG, self->log, "wrap", G_SETTINGS_BIND_DEFAULT);
  tc_log_view_open (self->log, log);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  g_signal_connect_object (client, "log", G_CALLBACK (on_log_grown), self, 0);
  on_session_changed (session, self);

  return self;
}

/** tc_session_page_get_session: Returns: (transfer none): what it shows */
TcSession *
tc_session_page_get_session (TcSessionPage *self)
{
  g_return_val_if_fail (TC_IS_SESSION_PAGE (self), NULL);

  return self->session;
}

/** tc_session_page_undo: Returns: whether there was something to take back, see tc_checkpoints_view_undo() */
gboolean
tc_session_page_undo (TcSessionPage *self)
{
  g_return_val_if_fail (TC_IS_SESSION_PAGE (self), FALSE);

  return tc_checkpoints_view_undo (self->checkpoints);
}
