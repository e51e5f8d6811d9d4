/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-model-row.h"

#include <glib/gi18n.h>

#include "tc-field-row.h"
#include "tc-model-text.h"

struct _TcModelRow
{
  AdwComboRow    parent_instance;

  TcProviderRow *provider;  /* (owned) (nullable) until it follows one */
  GtkFilter     *filter;    /* (owned) */
  GtkWidget     *tier;
  char          *wanted;      /* (owned) (nullable) the id to select as soon as it is listed */
  gboolean       is_settling; /* the list is being changed */
};

G_DEFINE_FINAL_TYPE (TcModelRow, tc_model_row, ADW_TYPE_COMBO_ROW)

static guint edited_signal;

static TcModelItem *
get_item (TcModelRow *self)
{
  gpointer item = adw_combo_row_get_selected_item (ADW_COMBO_ROW (self));

  return TC_IS_MODEL_ITEM (item) ? item : NULL;
}

/* ---- The entries of the list ---- */

static GtkWidget *
new_label (const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          TcModelRow               *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *tier = new_label (NULL);

  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), new_label (NULL));
  gtk_box_append (GTK_BOX (words), new_label ("caption"));
  gtk_widget_set_valign (tier, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (tier, "tag");
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), tier);
  gtk_list_item_set_child (item, box);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         TcModelRow               *self)
{
  TcModelItem *model = gtk_list_item_get_item (item);
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *words = gtk_widget_get_first_child (box);
  GtkWidget *about = gtk_widget_get_last_child (words);
  g_autofree char *text = tc_model_text_dup_about (model, FALSE);
  gboolean is_usable = tc_model_item_is_usable (model);

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_first_child (words)), tc_model_item_get_name (model));
  gtk_label_set_label (GTK_LABEL (about), text);
  gtk_widget_set_visible (about, text[0] != '\0');
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)),
                       tc_model_text_get_tier (tc_model_item_get_tier (model)));
  gtk_list_item_set_activatable (item, is_usable);
  gtk_list_item_set_selectable (item, is_usable);
  gtk_list_item_set_accessible_label (item, tc_model_item_get_name (model));
  gtk_list_item_set_accessible_description (item, text);
  gtk_widget_set_sensitive (box, is_usable);
}

static gboolean
is_of_provider (gpointer item,
                gpointer user_data)
{
  TcModelRow *self = user_data;

  return self->provider != NULL &&
         g_strcmp0 (tc_model_item_get_provider (item), tc_provider_row_get_word (self->provider)) == 0;
}

/* ---- The row ---- */

static void
show (TcModelRow *self)
{
  TcModelItem *item = get_item (self);
  gboolean is_nobody = g_str_equal (tc_provider_row_get_word (self->provider), "none");
  gboolean has_key = tc_provider_row_has_key (self->provider);
  g_autofree char *about = item != NULL ? tc_model_text_dup_about (item, FALSE) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), !is_nobody);
  gtk_widget_set_sensitive (GTK_WIDGET (self), has_key);
  gtk_widget_set_visible (self->tier, item != NULL);
  if (item != NULL)
    gtk_label_set_label (GTK_LABEL (self->tier), tc_model_text_get_tier (tc_model_item_get_tier (item)));
  if (!has_key)
    tc_field_row_say (ADW_ACTION_ROW (self), _("No key"), FALSE);
  else if (item == NULL)
    tc_field_row_say (ADW_ACTION_ROW (self), _("This provider lists no models"), TRUE);
  else
    tc_field_row_say (ADW_ACTION_ROW (self), about, !tc_model_item_is_usable (item));
}

/* The models may come later than the wish. */
static void
select_wanted (TcModelRow *self)
{
  GListModel *models = adw_combo_row_get_model (ADW_COMBO_ROW (self));
  guint n = models != NULL && self->wanted != NULL ? g_list_model_get_n_items (models) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcModelItem) item = g_list_model_get_item (models, i);

      if (g_strcmp0 (tc_model_item_get_id (item), self->wanted) != 0)
        continue;
      g_clear_pointer (&self->wanted, g_free);
      adw_combo_row_set_selected (ADW_COMBO_ROW (self), i);
      break;
    }
}

static void
on_selected (TcModelRow *self)
{
  if (self->provider == NULL || self->is_settling)
    return;
  show (self);
  g_signal_emit (self, edited_signal, 0);
}

/* What was chosen stays if it is there still. */
static void
on_provider_edited (TcModelRow *self)
{
  self->is_settling = TRUE;
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  self->is_settling = FALSE;
  select_wanted (self);
  on_selected (self);
}

static void
tc_model_row_finalize (GObject *object)
{
  g_free (TC_MODEL_ROW (object)->wanted);

  G_OBJECT_CLASS (tc_model_row_parent_class)->finalize (object);
}

static void
tc_model_row_dispose (GObject *object)
{
  TcModelRow *self = TC_MODEL_ROW (object);

  g_clear_object (&self->provider);
  g_clear_object (&self->filter);

  G_OBJECT_CLASS (tc_model_row_parent_class)->dispose (object);
}

static void
tc_model_row_class_init (TcModelRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_model_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_model_row_finalize;
  edited_signal = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
tc_model_row_init (TcModelRow *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkExpression) name = gtk_property_expression_new (TC_TYPE_MODEL_ITEM, NULL, "name");

  self->filter = GTK_FILTER (gtk_custom_filter_new (is_of_provider, self, NULL));
  self->tier = new_label (NULL);
  gtk_widget_set_valign (self->tier, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->tier, "tag");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->tier);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  adw_combo_row_set_expression (ADW_COMBO_ROW (self), name);
  adw_combo_row_set_list_factory (ADW_COMBO_ROW (self), factory);
  adw_combo_row_set_enable_search (ADW_COMBO_ROW (self), TRUE);
  g_signal_connect (self, "notify::selected-item", G_CALLBACK (on_selected), NULL);
}

/**
 * tc_model_row_follow:
 * @provider: whose models are shown
 * @models: of all providers
 *
 * To be called once.
 */
void
tc_model_row_follow (TcModelRow    *self,
                     TcProviderRow *provider,
                     TcModelChoices   *models)
{
  g_autoptr(GtkFilterListModel) mine = NULL;

  g_return_if_fail (TC_IS_MODEL_ROW (self));
  g_return_if_fail (self->provider == NULL);

  self->provider = g_object_ref (provider);
  mine = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (models)), g_object_ref (self->filter));
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (mine));
  g_signal_connect_object (mine, "items-changed", G_CALLBACK (select_wanted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (provider, "edited", G_CALLBACK (on_provider_edited), self, G_CONNECT_SWAPPED);
  on_provider_edited (self);
}

/** tc_model_row_get_id: Returns: (transfer none) (nullable): the provider's id of the model chosen */
const char *
tc_model_row_get_id (TcModelRow *self)
{
  TcModelItem *item;

  g_return_val_if_fail (TC_IS_MODEL_ROW (self), NULL);

  item = get_item (self);

  return item != NULL ? tc_model_item_get_id (item) : NULL;
}

/** tc_model_row_set_id: @id: of the model to choose, now or as soon as it is listed */
void
tc_model_row_set_id (TcModelRow *self,
                     const char *id)
{
  g_return_if_fail (TC_IS_MODEL_ROW (self));

  g_set_str (&self->wanted, id);
  select_wanted (self);
}

/** tc_model_row_is_usable: Returns: whether what is chosen can be asked */
gboolean
tc_model_row_is_usable (TcModelRow *self)
{
  TcModelItem *item;

  g_return_val_if_fail (TC_IS_MODEL_ROW (self), FALSE);

  item = get_item (self);

  return item != NULL && tc_model_item_is_usable (item);
}
