/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-key-row.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-provider-text.h"
#include "tc-text.h"

#define MARK_SIZE 32
/* "Checked 2 min ago" grows old. */
#define AGE_SECONDS 30
/* More titles than that have no room below a name. */
#define MAX_TITLES 3

struct _TcKeyRow
{
  AdwActionRow   parent_instance;

  TcKeyItem     *item;    /* (owned) */
  TcQueue       *queue;   /* (owned) */
  guint          age_id;  /* while it is seen */

  AdwAvatar     *mark;
  GtkImage      *status;
  GtkButton     *check;
  GtkMenuButton *more;
  const char    *style;   /* (nullable) of the status now */
};

G_DEFINE_FINAL_TYPE (TcKeyRow, tc_key_row, ADW_TYPE_ACTION_ROW)

/* The titles of those that use it and have not ended since somebody asked. */
static GPtrArray *
collect_titles (TcKeyRow *self)
{
  GPtrArray *titles = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  guint n;
  const guint64 *uses = tc_key_item_get_uses (self->item, &n);

  for (guint i = 0; i < n; i++)
    {
      TcSession *session = tc_queue_lookup (self->queue, uses[i]);

      if (session != NULL && !tc_session_state_is_final (tc_session_get_state (session)))
        g_ptr_array_add (titles, tc_app_text_dup_title (session));
    }

  return titles;
}

static char *
dup_about (TcKeyRow  *self,
           GPtrArray *titles)
{
  g_autofree char *about = tc_provider_text_dup_about (tc_key_item_get (self->item), g_get_real_time ());
  g_autoptr(GString) some = g_string_new (NULL);
  guint more = titles->len > MAX_TITLES ? titles->len - MAX_TITLES : 0;
  g_autofree char *uses = NULL;

  if (titles->len == 0)
    return g_steal_pointer (&about);
  for (guint i = 0; i < titles->len - more; i++)
    g_string_append_printf (some, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index (titles, i));
  /* Translators: %s are the titles of sessions, "Grok 4.7 → Helix100m, Baseline". */
  uses = more == 0 ? g_strdup_printf (_("Used by %s"), some->str)
                   : g_strdup_printf (ngettext ("Used by %s and %u more", "Used by %s and %u more", more),
                                      some->str, more);

  return g_strdup_printf ("%s\n%s", about, uses);
}

static void
on_changed (TcKeyItem *item,
            TcKeyRow  *self)
{
  const TcApiKey *key = tc_key_item_get (item);
  const TcProviderText *provider = tc_provider_text_find (key->provider);
  g_autoptr(GPtrArray) titles = collect_titles (self);
  g_autofree char *about = dup_about (self, titles);
  g_autofree char *all = titles->len > MAX_TITLES ? g_strjoinv ("\n", (GStrv) titles->pdata) : NULL;
  g_autofree char *name = tc_text_sanitize (key->name, -1, -1, TC_TEXT_SINGLE_LINE);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), about);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), all);
  adw_avatar_set_text (self->mark, provider != NULL ? _(provider->title) : key->provider);
  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), self->style);
  self->style = tc_provider_text_get_class (key->state);
  gtk_widget_add_css_class (GTK_WIDGET (self->status), self->style);
  gtk_image_set_from_icon_name (self->status, tc_provider_text_get_icon (key->state));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), tc_provider_text_get_state (key->state));
}

static gboolean
on_age (gpointer user_data)
{
  TcKeyRow *self = user_data;

  on_changed (self->item, self);

  return G_SOURCE_CONTINUE;
}

static void
tc_key_row_map (GtkWidget *widget)
{
  TcKeyRow *self = TC_KEY_ROW (widget);

  GTK_WIDGET_CLASS (tc_key_row_parent_class)->map (widget);
  on_changed (self->item, self);
  if (self->age_id == 0)
    self->age_id = g_timeout_add_seconds (AGE_SECONDS, on_age, self);
}

static void
tc_key_row_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&TC_KEY_ROW (widget)->age_id, g_source_remove);
  GTK_WIDGET_CLASS (tc_key_row_parent_class)->unmap (widget);
}

static void
append (GMenu      *menu,
        const char *title,
        const char *action,
        guint64     id)
{
  g_autoptr(GMenuItem) item = g_menu_item_new (title, NULL);

  g_menu_item_set_action_and_target (item, action, "t", id);
  g_menu_append_item (menu, item);
}

static GMenuModel *
create_menu (const TcApiKey *key)
{
  const TcProviderText *provider = tc_provider_text_find (key->provider);
  GMenu *menu = g_menu_new ();

  append (menu, _("Re_name…"), "keys.rename", key->id);
  if (key->secret_id != NULL || (provider != NULL && provider->needs_key))
    append (menu, _("Re_place…"), "keys.replace", key->id);
  append (menu, _("_Remove"), "keys.remove", key->id);

  return G_MENU_MODEL (menu);
}

static void
tc_key_row_dispose (GObject *object)
{
  TcKeyRow *self = TC_KEY_ROW (object);

  g_clear_handle_id (&self->age_id, g_source_remove);
  g_clear_object (&self->item);
  g_clear_object (&self->queue);

  G_OBJECT_CLASS (tc_key_row_parent_class)->dispose (object);
}

static void
tc_key_row_class_init (TcKeyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_key_row_dispose;
  widget_class->map = tc_key_row_map;
  widget_class->unmap = tc_key_row_unmap;
}

static void
add_suffix (TcKeyRow   *self,
            GtkWidget  *button,
            const char *tooltip)
{
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);
}

static void
tc_key_row_init (TcKeyRow *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  self->mark = ADW_AVATAR (adw_avatar_new (MARK_SIZE, NULL, TRUE));
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->mark), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  self->status = GTK_IMAGE (gtk_image_new ());
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->mark));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->status));
  self->check = GTK_BUTTON (gtk_button_new_from_icon_name ("view-refresh-symbolic"));
  self->more = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_icon_name (self->more, "view-more-symbolic");
  add_suffix (self, GTK_WIDGET (self->check), _("Check Again"));
  add_suffix (self, GTK_WIDGET (self->more), _("More"));
}

/**
 * tc_key_row_new:
 * @queue: with the sessions that use the key
 *
 * Returns: (transfer floating): a row that follows @item
 */
GtkWidget *
tc_key_row_new (TcKeyItem *item,
                TcQueue   *queue)
{
  TcKeyRow *self = g_object_new (TC_TYPE_KEY_ROW, NULL);
  const TcApiKey *key = tc_key_item_get (item);
  g_autoptr(GMenuModel) menu = create_menu (key);

  self->item = g_object_ref (item);
  self->queue = g_object_ref (queue);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->check), "t", key->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->check), "keys.check");
  gtk_menu_button_set_menu_model (self->more, menu);
  g_signal_connect_object (item, "changed", G_CALLBACK (on_changed), self, 0);
  on_changed (item, self);

  return GTK_WIDGET (self);
}
