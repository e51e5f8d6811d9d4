/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-session-header.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tc-app-text.h"
#include "tc-stop-question.h"

/* A reason may be long: the rest is in the tooltip and in the log. */
#define NOTE_LINES 3
/* In a narrow window, beside the buttons. */
#define STATUS_LINES 2

struct _TcSessionHeader
{
  GtkBox     parent_instance;

  TcClient  *client;   /* (owned) */
  TcSession *session;  /* (owned) */

  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *status;
  GtkWidget *note;
};

G_DEFINE_FINAL_TYPE (TcSessionHeader, tc_session_header, GTK_TYPE_BOX)

static guint failed_signal;

static char *
dup_status (TcSession *session)
{
  const char *state = tc_app_text_get_state (tc_session_get_state (session));
  g_autofree char *progress = tc_app_text_dup_progress (session);
  g_autofree char *about = tc_app_text_dup_subtitle (session);
  g_autofree char *end = tc_app_text_dup_end (session, g_get_real_time ());
  const char *parts[] = { state, progress != NULL ? progress : about, end, NULL };

  return g_strjoinv (" · ", (char **) parts);
}

static void
on_session_changed (TcSession       *session,
                    TcSessionHeader *self)
{
  TcSessionState state = tc_session_get_state (session);
  gboolean is_active = tc_session_state_is_active (state);
  const char *classes[] = { tc_app_text_get_state_class (state), NULL };
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *status = dup_status (session);
  g_autofree char *note = tc_app_text_dup_note (session, tc_client_get_queue (self->client));

  gtk_label_set_label (GTK_LABEL (self->title), title);
  gtk_widget_set_tooltip_text (self->title, title);
  gtk_label_set_label (GTK_LABEL (self->status), status);
  gtk_label_set_label (GTK_LABEL (self->note), note != NULL ? note : "");
  gtk_widget_set_tooltip_text (self->note, note);
  gtk_widget_set_visible (self->note, note != NULL);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), tc_app_text_get_state_icon (state));
  gtk_widget_set_css_classes (self->icon, classes);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "session.suspend", state == TC_SESSION_RUNNING);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "session.resume", state == TC_SESSION_PAUSED);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "session.cancel", is_active);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "session.retry",
                                 state == TC_SESSION_FAILED || state == TC_SESSION_CANCELLED ||
                                 state == TC_SESSION_SKIPPED);
}

/* ---- What can be done ---- */

static void
on_commanded (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(TcSessionHeader) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_client_command_finish (TC_CLIENT (object), result, &error))
    g_signal_emit (self, failed_signal, 0, error->message);
}

static void
command (TcSessionHeader *self,
         const char      *verb)
{
  tc_client_command_async (self->client, verb, tc_session_get_id (self->session), NULL, on_commanded,
                           g_object_ref (self));
}

/* "session.suspend" and its like. */
static void
on_action (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  command (TC_SESSION_HEADER (widget), name + strlen ("session."));
}

static void
on_answered (AdwAlertDialog  *dialog,
             const char      *response,
             TcSessionHeader *self)
{
  if (g_str_equal (response, TC_STOP_RESPONSE))
    command (self, "cancel");
}

static void
on_stop (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  AdwDialog *dialog = tc_stop_question_new ();

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answered), widget, 0);
  adw_dialog_present (dialog, widget);
}

/* ---- The menu ---- */

static void
add_item (GMenu           *menu,
          const char      *label,
          const char      *action,
          TcSessionHeader *self)
{
  g_autoptr(GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "t", tc_session_get_id (self->session));
  g_menu_append_item (menu, item);
}

/* What a row of the session offers too; made when it is opened, for it depends on the state. */
static void
on_create_popup (GtkMenuButton *button,
                 gpointer       user_data)
{
  TcSessionHeader *self = user_data;
  g_autoptr(GMenu) menu = g_menu_new ();

  add_item (menu, _("Dup_licate…"), "win.session-duplicate", self);
  if (!tc_session_state_is_active (tc_session_get_state (self->session)))
    add_item (menu, _("_Remove"), "win.session-remove", self);
  gtk_menu_button_set_popover (button, gtk_popover_menu_new_from_model (G_MENU_MODEL (menu)));
}

static void
add_menu (TcSessionHeader *self)
{
  GtkWidget *button = gtk_menu_button_new ();

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_widget_set_tooltip_text (button, _("More Actions"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "circular");
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), on_create_popup, self, NULL);
  gtk_box_append (GTK_BOX (self), button);
}

/* ---- The object ---- */

static void
tc_session_header_dispose (GObject *object)
{
  TcSessionHeader *self = TC_SESSION_HEADER (object);

  g_clear_object (&self->client);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (tc_session_header_parent_class)->dispose (object);
}

static void
tc_session_header_class_init (TcSessionHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_session_header_dispose;
  failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "session.suspend", NULL, on_action);
  gtk_widget_class_install_action (widget_class, "session.resume", NULL, on_action);
  gtk_widget_class_install_action (widget_class, "session.retry", NULL, on_action);
  gtk_widget_class_install_action (widget_class, "session.cancel", NULL, on_stop);
}

static GtkWidget *
add_label (GtkWidget  *box,
           const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);

  return label;
}

static void
set_lines (GtkWidget *label,
           int        lines)
{
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), lines);
}

/* A button is there only while what it does can be done. */
static void
add_button (TcSessionHeader *self,
            const char      *icon,
            const char      *text,
            const char      *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, text);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "circular");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  g_object_bind_property (button, "sensitive", button, "visible", G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (self), button);
}

static void
tc_session_header_init (TcSessionHeader *self)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "session-header");
  self->icon = gtk_image_new ();
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_box_append (GTK_BOX (self), self->icon);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self), texts);
  self->title = add_label (texts, "heading");
  self->status = add_label (texts, "dim-label");
  set_lines (self->status, STATUS_LINES);
  self->note = add_label (texts, "caption");
  set_lines (self->note, NOTE_LINES);
  gtk_label_set_selectable (GTK_LABEL (self->note), TRUE);
  add_button (self, "media-playback-pause-symbolic", _("Pause"), "session.suspend");
  add_button (self, "media-playback-start-symbolic", _("Resume"), "session.resume");
  add_button (self, "view-refresh-symbolic", _("Try Again"), "session.retry");
  add_button (self, "media-playback-stop-symbolic", _("Stop"), "session.cancel");
  add_menu (self);
}

/**
 * tc_session_header_new:
 *
 * Returns: (transfer floating): a header that follows @session
 */
GtkWidget *
tc_session_header_new (TcClient  *client,
                       TcSession *session)
{
  TcSessionHeader *self = g_object_new (TC_TYPE_SESSION_HEADER, NULL);

  self->client = g_object_ref (client);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  on_session_changed (session, self);

  return GTK_WIDGET (self);
}
