/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-key-row.h"

#include <glib/gi18n.h>

#include "tc-provider-text.h"

struct _TcKeyRow
{
  AdwActionRow  parent_instance;

  TcKeyItem    *item;    /* (owned) */
  GtkImage     *status;
  GtkButton    *check;
  GtkButton    *remove;
  const char   *style;   /* (nullable) of the status now */
};

G_DEFINE_FINAL_TYPE (TcKeyRow, tc_key_row, ADW_TYPE_ACTION_ROW)

static void
on_changed (TcKeyItem *item,
            TcKeyRow  *self)
{
  const TcApiKey *key = tc_key_item_get (item);
  g_autofree char *about = tc_provider_text_dup_about (key, g_get_real_time ());

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), key->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), about);
  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), self->style);
  self->style = tc_provider_text_get_class (key->state);
  gtk_widget_add_css_class (GTK_WIDGET (self->status), self->style);
  gtk_image_set_from_icon_name (self->status, tc_provider_text_get_icon (key->state));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), tc_provider_text_get_state (key->state));
}

static GtkButton *
add_button (TcKeyRow   *self,
            const char *icon,
            const char *tooltip)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);

  return GTK_BUTTON (button);
}

static void
tc_key_row_dispose (GObject *object)
{
  g_clear_object (&TC_KEY_ROW (object)->item);

  G_OBJECT_CLASS (tc_key_row_parent_class)->dispose (object);
}

static void
tc_key_row_class_init (TcKeyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_key_row_dispose;
}

static void
tc_key_row_init (TcKeyRow *self)
{
  self->status = GTK_IMAGE (gtk_image_new ());
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->status));
  self->check = add_button (self, "view-refresh-symbolic", _("Check Again"));
  self->remove = add_button (self, "user-trash-symbolic", _("Remove"));
}

/**
 * tc_key_row_new:
 *
 * Returns: (transfer floating): a row that follows @item
 */
GtkWidget *
tc_key_row_new (TcKeyItem *item)
{
  TcKeyRow *self = g_object_new (TC_TYPE_KEY_ROW, NULL);
  guint64 id = tc_key_item_get (item)->id;

  self->item = g_object_ref (item);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->check), "t", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->check), "keys.check");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->remove), "t", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->remove), "keys.remove");
  g_signal_connect_object (item, "changed", G_CALLBACK (on_changed), self, 0);
  on_changed (item, self);

  return GTK_WIDGET (self);
}
