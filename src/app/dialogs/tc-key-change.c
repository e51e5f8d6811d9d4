/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-key-change.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tc-json.h"
#include "tc-text.h"

struct _TcKeyChange
{
  AdwDialog            parent_instance;

  TcClient            *client;  /* (owned) */
  guint64              id;
  TcKeyChangeKind      kind;
  gboolean             is_busy;

  AdwWindowTitle      *heading;
  AdwPreferencesGroup *group;
  AdwEntryRow         *name;
  AdwPasswordEntryRow *secret;
  GtkLabel            *problem;
  GtkButton           *change;
  GtkSpinner          *spinner;
};

G_DEFINE_FINAL_TYPE (TcKeyChange, tc_key_change, ADW_TYPE_DIALOG)

static GtkEditable *
get_entry (TcKeyChange *self)
{
  return self->kind == TC_KEY_CHANGE_NAME ? GTK_EDITABLE (self->name) : GTK_EDITABLE (self->secret);
}

static void
show (TcKeyChange *self,
      const char  *problem)
{
  gtk_label_set_label (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  gtk_spinner_set_spinning (self->spinner, self->is_busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->change),
                            !self->is_busy && gtk_editable_get_text (get_entry (self))[0] != '\0');
}

static void
on_changed (TcKeyChange *self)
{
  show (self, NULL);
}

static void
on_done (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(TcKeyChange) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  self->is_busy = FALSE;
  if (reply != NULL)
    adw_dialog_force_close (ADW_DIALOG (self));
  else if (self->client != NULL)
    show (self, error->message);
}

static void
on_change (TcKeyChange *self)
{
  gboolean is_name = self->kind == TC_KEY_CHANGE_NAME;
  g_autofree char *target = g_strdup_printf ("/api/keys/%s/%" G_GUINT64_FORMAT, is_name ? "rename" : "replace",
                                             self->id);
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *request = json_object_new ();
  const char *copy;

  json_object_set_string_member (request, is_name ? "name" : "secret", gtk_editable_get_text (get_entry (self)));
  json_node_take_object (body, request);
  self->is_busy = TRUE;
  show (self, NULL);
  tc_client_request_async (self->client, "POST", target, body, NULL, on_done, g_object_ref (self));
  copy = tc_json_get_string (request, "secret", NULL);
  if (copy != NULL)
    explicit_bzero ((char *) copy, strlen (copy));
}

static void
tc_key_change_dispose (GObject *object)
{
  TcKeyChange *self = TC_KEY_CHANGE (object);

  /* libadwaita keeps the content of a dialog that was presented. */
  adw_dialog_set_child (ADW_DIALOG (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_KEY_CHANGE);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_key_change_parent_class)->dispose (object);
}

static void
tc_key_change_class_init (TcKeyChangeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_key_change_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/dialogs/tc-key-change.ui");
  gtk_widget_class_bind_template_child (widget_class, TcKeyChange, heading);
  gtk_widget_class_bind_template_child (widget_class, TcKeyChange, group);
  gtk_widget_class_bind_template_child (widget_class, TcKeyChange, name);
  gtk_widget_class_bind_template_child (widget_class, TcKeyChange, secret);
  gtk_widget_class_bind_template_child (widget_class, TcKeyChange, problem);
  gtk_widget_class_bind_template_child (widget_class, TcKeyChange, change);
  gtk_widget_class_bind_template_child (widget_class, TcKeyChange, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_change);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
}

static void
tc_key_change_init (TcKeyChange *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tc_key_change_new:
 *
 * Returns: (transfer floating): the dialog
 */
TcKeyChange *
tc_key_change_new (TcClient        *client,
                   const TcApiKey  *key,
                   TcKeyChangeKind  kind)
{
  TcKeyChange *self = g_object_new (TC_TYPE_KEY_CHANGE, NULL);
  gboolean is_name = kind == TC_KEY_CHANGE_NAME;
  g_autofree char *name = tc_text_sanitize (key->name, -1, -1, TC_TEXT_SINGLE_LINE);

  self->client = g_object_ref (client);
  self->id = key->id;
  self->kind = kind;
  adw_dialog_set_title (ADW_DIALOG (self), is_name ? _("Rename Key") : _("Replace Key"));
  adw_window_title_set_title (self->heading, adw_dialog_get_title (ADW_DIALOG (self)));
  adw_window_title_set_subtitle (self->heading, name);
  gtk_button_set_label (self->change, is_name ? _("_Rename") : _("_Replace"));
  if (!is_name)
    adw_preferences_group_set_description (self->group, _("The new key is checked with the provider before it takes the place of the old one."));
  gtk_widget_set_visible (GTK_WIDGET (self->name), is_name);
  gtk_widget_set_visible (GTK_WIDGET (self->secret), !is_name);
  gtk_editable_set_text (GTK_EDITABLE (self->name), key->name);
  adw_dialog_set_focus (ADW_DIALOG (self), GTK_WIDGET (get_entry (self)));
  show (self, NULL);

  return self;
}
