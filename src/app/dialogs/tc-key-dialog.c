/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-key-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tc-json.h"
#include "tc-provider-text.h"

struct _TcKeyDialog
{
  AdwDialog            parent_instance;

  TcClient            *client;  /* (owned) */

  AdwComboRow         *provider;
  AdwEntryRow         *name;
  AdwEntryRow         *base_url;
  AdwPasswordEntryRow *secret;
  AdwExpanderRow      *advanced;
  AdwEntryRow         *other_url;
  GtkLabel            *problem;
  GtkButton           *add;
  GtkSpinner          *spinner;
};

G_DEFINE_FINAL_TYPE (TcKeyDialog, tc_key_dialog, ADW_TYPE_DIALOG)

static const char *
get_text (gpointer row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/* A server of one's own has no other place than the one that is asked for; who
 * goes to a provider by another way, through a proxy say, unfolds it. */
static gpointer
get_url_row (TcKeyDialog          *self,
             const TcProviderText *provider)
{
  return provider->needs_url ? self->base_url : self->other_url;
}

static void
show_address (TcKeyDialog          *self,
              const TcProviderText *provider)
{
  const char *other = get_text (self->other_url);

  gtk_widget_set_visible (GTK_WIDGET (self->base_url), provider->needs_url);
  gtk_widget_set_visible (GTK_WIDGET (self->advanced), !provider->needs_url);
  adw_expander_row_set_subtitle (self->advanced, other[0] != '\0' ? other
                                                                  : provider->address != NULL ? provider->address : "");
}

static void
on_changed (TcKeyDialog *self)
{
  const TcProviderText *provider = tc_provider_text_get (adw_combo_row_get_selected (self->provider));
  gboolean is_complete;

  if (provider == NULL)
    return;
  show_address (self, provider);
  is_complete = get_text (self->name)[0] != '\0' &&
                (!provider->needs_key || get_text (self->secret)[0] != '\0') &&
                (!provider->needs_url || get_text (self->base_url)[0] != '\0');
  gtk_widget_set_sensitive (GTK_WIDGET (self->add), is_complete);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
}

static void
set_busy (TcKeyDialog *self,
          gboolean     is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->add), !is_busy);
}

static void
show_problem (TcKeyDialog *self,
              const char  *text)
{
  gtk_label_set_label (self->problem, text);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

/* A key that was stored but is not good is told too: it can stay, or be replaced. */
static void
on_added (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcKeyDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  set_busy (self, FALSE);
  if (reply == NULL)
    show_problem (self, error->message);
  else
    adw_dialog_force_close (ADW_DIALOG (self));
}

static void
set_member (JsonObject *request,
            const char *member,
            const char *text)
{
  if (text[0] != '\0')
    json_object_set_string_member (request, member, text);
}

static void
on_add (TcKeyDialog *self)
{
  const TcProviderText *provider = tc_provider_text_get (adw_combo_row_get_selected (self->provider));
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *request = json_object_new ();
  const char *copy;

  json_object_set_string_member (request, "provider", provider->word);
  set_member (request, "name", get_text (self->name));
  set_member (request, "base_url", get_text (get_url_row (self, provider)));
  set_member (request, "secret", get_text (self->secret));
  json_node_take_object (body, request);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  set_busy (self, TRUE);
  tc_client_request_async (self->client, "POST", "/api/keys/add", body, NULL, on_added,
                           g_object_ref (self));
  copy = tc_json_get_string (request, "secret", NULL);
  if (copy != NULL)
    explicit_bzero ((char *) copy, strlen (copy));
}

static void
tc_key_dialog_dispose (GObject *object)
{
  TcKeyDialog *self = TC_KEY_DIALOG (object);

  /* libadwaita keeps the content of a dialog that was presented. */
  adw_dialog_set_child (ADW_DIALOG (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_KEY_DIALOG);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_key_dialog_parent_class)->dispose (object);
}

static void
tc_key_dialog_class_init (TcKeyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_key_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/dialogs/tc-key-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TcKeyDialog, provider);
  gtk_widget_class_bind_template_child (widget_class, TcKeyDialog, name);
  gtk_widget_class_bind_template_child (widget_class, TcKeyDialog, base_url);
  gtk_widget_class_bind_template_child (widget_class, TcKeyDialog, secret);
  gtk_widget_class_bind_template_child (widget_class, TcKeyDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, TcKeyDialog, add);
  gtk_widget_class_bind_template_child (widget_class, TcKeyDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcKeyDialog, advanced);
  gtk_widget_class_bind_template_child (widget_class, TcKeyDialog, other_url);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
}

static void
tc_key_dialog_init (TcKeyDialog *self)
{
  g_autoptr(GtkStringList) titles = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; tc_provider_text_get (i) != NULL; i++)
    gtk_string_list_append (titles, _(tc_provider_text_get (i)->title));
  adw_combo_row_set_model (self->provider, G_LIST_MODEL (titles));
  on_changed (self);
}

/**
 * tc_key_dialog_new:
 * @provider: (nullable): the one chosen at first
 *
 * Returns: (transfer floating): the dialog
 */
TcKeyDialog *
tc_key_dialog_new (TcClient   *client,
                   const char *provider)
{
  TcKeyDialog *self = g_object_new (TC_TYPE_KEY_DIALOG, NULL);

  self->client = g_object_ref (client);
  for (guint i = 0; tc_provider_text_get (i) != NULL; i++)
    {
      if (g_strcmp0 (tc_provider_text_get (i)->word, provider) == 0)
        adw_combo_row_set_selected (self->provider, i);
    }

  return self;
}
