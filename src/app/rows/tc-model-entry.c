/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-model-entry.h"

#include <glib/gi18n.h>

#include "tc-duration.h"
#include "tc-model-text.h"
#include "tc-text.h"

#define BAR_WIDTH 90

struct _TcModelEntry
{
  AdwActionRow    parent_instance;

  TcModelItem    *item;    /* (owned) */
  TcPullList     *pulls;   /* (owned) */
  GtkWidget      *tier;
  GtkProgressBar *bar;
  GtkWidget      *pull;
  GtkWidget      *cancel;
};

G_DEFINE_FINAL_TYPE (TcModelEntry, tc_model_entry, ADW_TYPE_ACTION_ROW)

/* "3.1 GB of 5.2 GB, 4 min left" */
static char *
describe_pull (const TcPull *pull)
{
  g_autofree char *completed = g_format_size ((guint64) pull->completed);
  g_autofree char *total = g_format_size ((guint64) pull->total);
  g_autofree char *left = NULL;

  if (pull->total <= 0)
    return g_strdup (_("Ollama begins to fetch it…"));
  if (pull->eta < 0)
    /* Translators: bytes of a download: "3.1 GB of 5.2 GB" */
    return g_strdup_printf (_("%s of %s"), completed, total);
  left = tc_duration_format ((gint64) (pull->eta * G_USEC_PER_SEC));

  /* Translators: bytes of a download and the time it needs: "3.1 GB of 5.2 GB, 4 min left" */
  return g_strdup_printf (_("%s of %s, %s left"), completed, total, left);
}

static char *
dup_subtitle (TcModelEntry *self,
              const TcPull *pull)
{
  if (pull != NULL && pull->is_active)
    return describe_pull (pull);
  if (pull != NULL && pull->problem != NULL)
    return tc_text_sanitize (pull->problem, -1, -1, TC_TEXT_SINGLE_LINE);
  if (g_str_equal (tc_model_item_get_state (self->item), "not-pulled"))
    return g_strdup (_("Not on this machine yet"));

  return tc_model_text_dup_about (self->item, TRUE);
}

static void
show (TcModelEntry *self)
{
  const TcPull *pull = tc_pull_list_find (self->pulls, tc_model_item_get_id (self->item));
  gboolean is_missing = g_str_equal (tc_model_item_get_state (self->item), "not-pulled");
  gboolean is_active = pull != NULL && pull->is_active;
  g_autofree char *subtitle = dup_subtitle (self, pull);
  g_autofree char *name = tc_text_sanitize (tc_model_item_get_name (self->item), -1, -1, TC_TEXT_SINGLE_LINE);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_label_set_label (GTK_LABEL (self->tier), tc_model_text_get_tier (tc_model_item_get_tier (self->item)));
  gtk_widget_set_visible (GTK_WIDGET (self->bar), is_active);
  gtk_progress_bar_set_fraction (self->bar, is_active && pull->total > 0
                                              ? CLAMP ((double) pull->completed / (double) pull->total, 0, 1) : 0);
  gtk_widget_set_visible (self->cancel, is_active);
  gtk_widget_set_visible (self->pull, is_missing && !is_active);
  if (tc_model_item_is_usable (self->item) || is_missing)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "dim-label");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "dim-label");
}

static void
on_pull_changed (TcPullList   *pulls,
                 const char   *model,
                 TcModelEntry *self)
{
  if (g_str_equal (model, tc_model_item_get_id (self->item)))
    show (self);
}

static void
on_pull (TcModelEntry *self)
{
  tc_pull_list_start (self->pulls, tc_model_item_get_id (self->item));
}

static void
on_cancel (TcModelEntry *self)
{
  tc_pull_list_cancel (self->pulls, tc_model_item_get_id (self->item));
}

static void
tc_model_entry_dispose (GObject *object)
{
  TcModelEntry *self = TC_MODEL_ENTRY (object);

  g_clear_object (&self->pulls);
  g_clear_object (&self->item);

  G_OBJECT_CLASS (tc_model_entry_parent_class)->dispose (object);
}

static void
tc_model_entry_class_init (TcModelEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_model_entry_dispose;
}

static void
add_suffix (TcModelEntry *self,
            GtkWidget    *widget)
{
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), widget);
}

static void
tc_model_entry_init (TcModelEntry *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->bar), BAR_WIDTH, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("How much of it has come"), -1);
  self->cancel = gtk_button_new_from_icon_name ("process-stop-symbolic");
  gtk_widget_set_tooltip_text (self->cancel, _("Stop Fetching"));
  gtk_widget_add_css_class (self->cancel, "flat");
  /* Translators: a button that lets Ollama fetch a model */
  self->pull = gtk_button_new_with_label (_("Pull"));
  self->tier = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->tier, "tag");
  add_suffix (self, GTK_WIDGET (self->bar));
  add_suffix (self, self->cancel);
  add_suffix (self, self->pull);
  add_suffix (self, self->tier);
  g_signal_connect_object (self->pull, "clicked", G_CALLBACK (on_pull), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->cancel, "clicked", G_CALLBACK (on_cancel), self, G_CONNECT_SWAPPED);
}

/**
 * tc_model_entry_new:
 * @pulls: followed for a model of Ollama
 *
 * Returns: (transfer floating): a row for @item
 */
GtkWidget *
tc_model_entry_new (TcModelItem *item,
                    TcPullList  *pulls)
{
  TcModelEntry *self = g_object_new (TC_TYPE_MODEL_ENTRY, NULL);

  self->item = g_object_ref (item);
  self->pulls = g_object_ref (pulls);
  g_signal_connect_object (pulls, "changed", G_CALLBACK (on_pull_changed), self, 0);
  show (self);

  return GTK_WIDGET (self);
}
