/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-model-card.h"

#include <glib/gi18n.h>

#include "tc-model-entry.h"
#include "tc-provider-text.h"
#include "tc-text.h"

struct _TcModelCard
{
  AdwExpanderRow        parent_instance;

  TcModelChoices       *choices;   /* (owned) */
  TcPullList           *pulls;     /* (owned) */
  TcKeyList            *keys;      /* (owned) */
  const TcProviderText *provider;
  GPtrArray            *rows;      /* (owned) (element-type GtkWidget) of the models, when unfolded once */
  gboolean              is_stale;  /* the rows are not what there is */

  GtkWidget            *add_key;
};

G_DEFINE_FINAL_TYPE (TcModelCard, tc_model_card, ADW_TYPE_EXPANDER_ROW)

static gboolean
is_mine (TcModelCard *self,
         TcModelItem *item)
{
  return g_strcmp0 (tc_model_item_get_provider (item), self->provider->word) == 0;
}

static guint
count (TcModelCard *self,
       guint       *n_usable)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->choices));
  guint n_mine = 0;

  *n_usable = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcModelItem) item = g_list_model_get_item (G_LIST_MODEL (self->choices), i);

      if (!is_mine (self, item))
        continue;
      n_mine++;
      *n_usable += tc_model_item_is_usable (item) ? 1 : 0;
    }

  return n_mine;
}

/* What is not known to be bad may work: a server that did not answer, say. */
static gboolean
is_bad (TcKeyState state)
{
  return state == TC_KEY_WRONG || state == TC_KEY_BLOCKED || state == TC_KEY_NO_CREDIT || state == TC_KEY_NO_SECRET;
}

/* Returns: (transfer full) (nullable): a key of the provider, if none of them works */
static TcKeyItem *
find_bad_key (TcModelCard *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->keys));
  g_autoptr(TcKeyItem) bad = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcKeyItem) item = g_list_model_get_item (G_LIST_MODEL (self->keys), i);
      const TcApiKey *key = tc_key_item_get (item);

      if (g_strcmp0 (key->provider, self->provider->word) != 0)
        continue;
      if (!is_bad (key->state))
        return NULL;
      g_set_object (&bad, item);
    }

  return g_steal_pointer (&bad);
}

static char *
describe (TcModelCard *self,
          gboolean     has_key,
          TcKeyItem   *bad,
          guint        n,
          guint        n_usable)
{
  const char *problem = tc_model_choices_get_provider_problem (self->choices, self->provider->word);

  if (!has_key)
    return g_strdup_printf (ngettext ("%u model, once there is a key", "%u models, once there is a key", n), n);
  if (bad != NULL)
    /* Translators: the state of a key, such as "No credit left" */
    return g_strdup_printf (_("%s: see the key above"), tc_provider_text_get_state (tc_key_item_get (bad)->state));
  if (problem != NULL)
    return tc_text_sanitize (problem, -1, -1, TC_TEXT_SINGLE_LINE);
  if (n == n_usable)
    return g_strdup_printf (ngettext ("%u model", "%u models", n), n);

  /* Translators: of so many models in all, so many can be asked */
  return g_strdup_printf (ngettext ("%u model, %u of which can be used", "%u models, %u of which can be used", n),
                          n, n_usable);
}

/* A provider may list hundreds, so they are made when somebody looks. */
static void
fill (TcModelCard *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->choices));

  if (!self->is_stale || !adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    return;
  self->is_stale = FALSE;
  for (guint i = 0; i < self->rows->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcModelItem) item = g_list_model_get_item (G_LIST_MODEL (self->choices), i);
      GtkWidget *row;

      if (!is_mine (self, item))
        continue;
      row = tc_model_entry_new (item, self->pulls);
      adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
      g_ptr_array_add (self->rows, row);
    }
}

static void
set_dimmed (TcModelCard *self,
            gboolean     is_dimmed)
{
  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_set_sensitive (g_ptr_array_index (self->rows, i), !is_dimmed);
}

static void
show (TcModelCard *self)
{
  gboolean has_key = tc_model_choices_has_key (self->choices, self->provider->word);
  guint n_usable;
  guint n = count (self, &n_usable);
  g_autoptr(TcKeyItem) bad = find_bad_key (self);
  g_autofree char *subtitle = describe (self, has_key, bad, n, n_usable);
  GtkWidget *list = gtk_widget_get_parent (GTK_WIDGET (self));

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), subtitle);
  gtk_widget_set_visible (self->add_key, !has_key);
  /* Whoever has no server of their own need not read of it. */
  gtk_widget_set_visible (list != NULL ? list : GTK_WIDGET (self),
                          tc_model_choices_is_loaded (self->choices) && (n > 0 || has_key));
  fill (self);
  set_dimmed (self, !has_key || bad != NULL);
}

static void
on_items_changed (TcModelCard *self)
{
  self->is_stale = TRUE;
}

static void
tc_model_card_dispose (GObject *object)
{
  TcModelCard *self = TC_MODEL_CARD (object);

  g_clear_object (&self->choices);
  g_clear_object (&self->pulls);
  g_clear_object (&self->keys);

  G_OBJECT_CLASS (tc_model_card_parent_class)->dispose (object);
}

static void
tc_model_card_finalize (GObject *object)
{
  g_ptr_array_unref (TC_MODEL_CARD (object)->rows);

  G_OBJECT_CLASS (tc_model_card_parent_class)->finalize (object);
}

static void
tc_model_card_class_init (TcModelCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_model_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_model_card_finalize;
}

static void
on_expanded (TcModelCard *self)
{
  if (self->choices != NULL)
    show (self);
}

static void
tc_model_card_init (TcModelCard *self)
{
  self->rows = g_ptr_array_new ();
  self->is_stale = TRUE;
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  /* With words it would leave none for the row's own on a narrow screen. */
  self->add_key = gtk_button_new_from_icon_name ("list-add-symbolic");
  gtk_widget_set_tooltip_text (self->add_key, _("Add Key…"));
  gtk_widget_add_css_class (self->add_key, "flat");
  gtk_widget_set_valign (self->add_key, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->add_key, FALSE);
  adw_expander_row_add_suffix (ADW_EXPANDER_ROW (self), self->add_key);
  g_signal_connect (self, "notify::expanded", G_CALLBACK (on_expanded), NULL);
}

/**
 * tc_model_card_new:
 * @provider: its word
 *
 * Returns: (transfer floating): the provider's models out of @choices
 */
GtkWidget *
tc_model_card_new (TcModelChoices *choices,
                   TcPullList     *pulls,
                   TcKeyList      *keys,
                   const char     *provider)
{
  TcModelCard *self = g_object_new (TC_TYPE_MODEL_CARD, NULL);

  self->choices = g_object_ref (choices);
  self->pulls = g_object_ref (pulls);
  self->keys = g_object_ref (keys);
  self->provider = tc_provider_text_find (provider);
  g_return_val_if_fail (self->provider != NULL, GTK_WIDGET (self));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _(self->provider->title));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->add_key), "s", provider);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->add_key), "keys.add-for");
  g_signal_connect_object (choices, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);
  /* The models are asked for again when a key changes, so this tells of keys too. */
  g_signal_connect_object (choices, "loaded", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keys, "items-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);

  return GTK_WIDGET (self);
}
