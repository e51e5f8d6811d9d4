/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-provider-row.h"

#include <glib/gi18n.h>

#include "tc-field-row.h"
#include "tc-key-dialog.h"
#include "tc-provider-text.h"

#define NOBODY "none"

struct _TcProviderRow
{
  AdwComboRow  parent_instance;

  TcClient    *client;  /* (owned) (nullable) until it has models */
  TcModelChoices *models;  /* (owned) (nullable) likewise */
  GtkWidget   *add_key;
  char        *suggestion;  /* (owned) (nullable) whom to begin with; "": the first who has a key */
};

G_DEFINE_FINAL_TYPE (TcProviderRow, tc_provider_row, ADW_TYPE_COMBO_ROW)

static guint edited_signal;

static void
on_changed (TcProviderRow *self)
{
  const TcProviderText *provider = tc_provider_text_find (tc_provider_row_get_word (self));
  gboolean has_key = tc_provider_row_has_key (self);
  gboolean is_known = self->models != NULL && tc_model_choices_is_loaded (self->models);
  g_autofree char *text = NULL;

  if (provider == NULL)
    text = g_strdup (_("Nobody is asked: no verdicts, no cost"));
  else if (!has_key && is_known)
    text = g_strdup_printf (_("There is no key for %s yet"), _(provider->title));
  gtk_widget_set_visible (self->add_key, provider != NULL && !has_key && is_known);
  tc_field_row_say (ADW_ACTION_ROW (self), text, provider != NULL && !has_key && is_known);
  g_signal_emit (self, edited_signal, 0);
}

/* Ollama can always be asked, whether it is there or not: it is nobody's choice by itself. */
static gboolean
is_wanted (TcProviderRow        *self,
           const TcProviderText *provider,
           const char           *suggestion)
{
  gboolean is_meant = suggestion[0] == '\0' ? provider->needs_key || provider->needs_url
                                            : g_str_equal (suggestion, provider->word);

  return is_meant && tc_model_choices_has_key (self->models, provider->word) &&
         tc_model_choices_get_provider_problem (self->models, provider->word) == NULL;
}

/* Once it is known who has a key, and unless somebody has chosen before. */
static void
on_loaded (TcProviderRow *self)
{
  g_autofree char *suggestion = g_steal_pointer (&self->suggestion);
  const TcProviderText *provider;

  for (guint i = 0; suggestion != NULL && (provider = tc_provider_text_get (i)) != NULL; i++)
    {
      if (is_wanted (self, provider, suggestion))
        {
          tc_provider_row_set_word (self, provider->word);
          return;
        }
    }
  on_changed (self);
}

static void
on_selected (TcProviderRow *self)
{
  g_clear_pointer (&self->suggestion, g_free);
  on_changed (self);
}

static void
on_add_key (TcProviderRow *self)
{
  adw_dialog_present (ADW_DIALOG (tc_key_dialog_new (self->client, tc_provider_row_get_word (self))),
                      GTK_WIDGET (self));
}

static void
tc_provider_row_dispose (GObject *object)
{
  TcProviderRow *self = TC_PROVIDER_ROW (object);

  g_clear_pointer (&self->suggestion, g_free);
  g_clear_object (&self->models);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_provider_row_parent_class)->dispose (object);
}

static void
tc_provider_row_class_init (TcProviderRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_provider_row_dispose;
  edited_signal = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
tc_provider_row_init (TcProviderRow *self)
{
  g_autoptr(GtkStringList) titles = gtk_string_list_new (NULL);

  /* With words it would leave none for the row's own on a narrow screen. */
  self->add_key = gtk_button_new_from_icon_name ("list-add-symbolic");
  gtk_widget_set_tooltip_text (self->add_key, _("Add Key…"));
  gtk_widget_add_css_class (self->add_key, "flat");
  gtk_widget_set_valign (self->add_key, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->add_key, FALSE);
  g_signal_connect_object (self->add_key, "clicked", G_CALLBACK (on_add_key), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->add_key);
  gtk_string_list_append (titles, C_("provider", "None"));
  for (guint i = 0; tc_provider_text_get (i) != NULL; i++)
    gtk_string_list_append (titles, _(tc_provider_text_get (i)->title));
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (titles));
  g_signal_connect (self, "notify::selected", G_CALLBACK (on_selected), NULL);
}

/**
 * tc_provider_row_set_models:
 * @client: to add a key with
 * @models: says which providers have one
 *
 * To be called once.
 */
void
tc_provider_row_set_models (TcProviderRow *self,
                            TcClient      *client,
                            TcModelChoices   *models)
{
  g_return_if_fail (TC_IS_PROVIDER_ROW (self));
  g_return_if_fail (self->models == NULL);

  self->client = g_object_ref (client);
  self->models = g_object_ref (models);
  g_signal_connect_object (models, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  on_changed (self);
}

/**
 * tc_provider_row_suggest:
 * @word: of the provider chosen last, "none" for nobody; "" for the first that has a key
 *
 * Begins with that one as soon as it is known to have a key that works, if
 * nobody has chosen by then.
 */
void
tc_provider_row_suggest (TcProviderRow *self,
                         const char    *word)
{
  g_return_if_fail (TC_IS_PROVIDER_ROW (self));

  g_set_str (&self->suggestion, word);
}

/** tc_provider_row_get_word: Returns: (transfer none): the provider's word, "none" for nobody */
const char *
tc_provider_row_get_word (TcProviderRow *self)
{
  guint selected;

  g_return_val_if_fail (TC_IS_PROVIDER_ROW (self), NULL);

  selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self));
  if (selected == 0 || selected == GTK_INVALID_LIST_POSITION)
    return NOBODY;

  return tc_provider_text_get (selected - 1)->word;
}

/** tc_provider_row_set_word: @word: of a provider; any other is nobody */
void
tc_provider_row_set_word (TcProviderRow *self,
                          const char    *word)
{
  guint selected = 0;

  g_return_if_fail (TC_IS_PROVIDER_ROW (self));

  for (guint i = 0; tc_provider_text_get (i) != NULL; i++)
    {
      if (g_strcmp0 (tc_provider_text_get (i)->word, word) == 0)
        selected = i + 1;
    }
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), selected);
}

/** tc_provider_row_has_key: Returns: whether the provider can be asked; nobody always can */
gboolean
tc_provider_row_has_key (TcProviderRow *self)
{
  const char *word;

  g_return_val_if_fail (TC_IS_PROVIDER_ROW (self), FALSE);

  word = tc_provider_row_get_word (self);

  return g_str_equal (word, NOBODY) || (self->models != NULL && tc_model_choices_has_key (self->models, word));
}
