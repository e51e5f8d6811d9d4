/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-keys-page.h"

#include <glib/gi18n.h>

#include "tc-budget-row.h"
#include "tc-facts-text.h"
#include "tc-json.h"
#include "tc-key-change.h"
#include "tc-key-dialog.h"
#include "tc-key-list.h"
#include "tc-key-row.h"
#include "tc-model-card.h"
#include "tc-provider-text.h"
#include "tc-queue-estimates.h"
#include "tc-spend-days.h"
#include "tc-text.h"

struct _TcKeysPage
{
  AdwNavigationPage    parent_instance;

  TcClient            *client;       /* (owned) */
  TcKeyList           *list;         /* (owned) */
  TcModelChoices      *choices;      /* (owned) */
  TcPullList          *pulls;        /* (owned) */
  TcBudgetStatus      *budgets;      /* (owned) */
  TcSpendHistory      *spend;        /* (owned) */
  TcQueueEstimates    *estimates;    /* (owned) (nullable) until the page was seen once */
  GHashTable          *budget_rows;  /* (owned) scope → TcBudgetRow (in the list) */

  GtkListBox          *keys;
  GtkWidget           *locked;
  AdwActionRow        *locked_row;
  GtkWidget           *unlock;
  GtkWidget           *keyring;
  AdwActionRow        *keyring_row;
  GtkWidget           *missing;
  AdwActionRow        *missing_row;
  AdwPreferencesGroup *budgets_group;
  GtkListBox          *budgets_list;
  AdwExpanderRow      *days_row;
  TcSpendDays         *days;
  AdwPreferencesGroup *models_group;
  GtkBox              *models;
  GtkWidget           *refresh;
  GtkSpinner          *refreshing;
};

enum
{
  SIGNAL_FAILED,
  SIGNAL_REMOVED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcKeysPage, tc_keys_page, ADW_TYPE_NAVIGATION_PAGE)

static guint signals[N_SIGNALS];

/* ---- Keys ---- */

static GtkWidget *
create_key_row (gpointer item,
                gpointer user_data)
{
  return tc_key_row_new (item, tc_client_get_queue (TC_KEYS_PAGE (user_data)->client));
}

static void
show_warning (TcKeysPage *self)
{
  const char *warning = tc_key_list_get_warning (self->list);
  g_autofree char *clean = warning != NULL ? tc_text_sanitize (warning, -1, -1, TC_TEXT_SINGLE_LINE) : NULL;

  adw_action_row_set_subtitle (self->keyring_row, clean != NULL ? clean : "");
  gtk_widget_set_visible (self->keyring, clean != NULL);
}

/* The window's banner says it of keys that are held back; here it is for who
 * wants to add one. */
static void
show_locked (TcKeysPage *self)
{
  const char *problem = tc_key_list_get_problem (self->list);
  gboolean is_unlocking = tc_key_list_is_unlocking (self->list);
  const char *text = is_unlocking ? _("The desktop asks for its password.")
                                  : _("No key can be added or used until it is open.");

  adw_action_row_set_subtitle (self->locked_row, problem != NULL && !is_unlocking ? problem : text);
  gtk_widget_set_visible (self->unlock, !is_unlocking);
  gtk_widget_set_visible (self->locked,
                          tc_key_list_is_locked (self->list) && !tc_key_list_is_held_back (self->list));
}

static void
on_unlock (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  tc_key_list_unlock (TC_KEYS_PAGE (widget)->list);
}

static void
on_add (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  TcKeysPage *self = TC_KEYS_PAGE (widget);

  adw_dialog_present (ADW_DIALOG (tc_key_dialog_new (self->client, NULL)), widget);
}

static void
on_add_for (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  TcKeysPage *self = TC_KEYS_PAGE (widget);

  adw_dialog_present (ADW_DIALOG (tc_key_dialog_new (self->client, g_variant_get_string (parameter, NULL))),
                      widget);
}

static void
on_checked (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(TcKeysPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  if (reply == NULL)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

static void
on_check (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  TcKeysPage *self = TC_KEYS_PAGE (widget);
  g_autofree char *target = g_strdup_printf ("/api/keys/check/%" G_GUINT64_FORMAT,
                                             g_variant_get_uint64 (parameter));

  tc_client_request_async (self->client, "POST", target, NULL, NULL, on_checked, g_object_ref (self));
}

static void
on_removed (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(TcKeysPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;
  JsonObject *key;
  guint64 id = 0;

  if (node == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
      return;
    }
  key = tc_json_get_object (json_node_get_object (node), "key");
  if (g_ascii_string_to_unsigned (tc_json_get_string (key, "id", ""), 10, 1, G_MAXINT64, &id, NULL))
    g_signal_emit (self, signals[SIGNAL_REMOVED], 0, id, tc_json_get_string (key, "name", ""));
}

static void
on_remove (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcKeysPage *self = TC_KEYS_PAGE (widget);
  g_autofree char *target = g_strdup_printf ("/api/keys/%" G_GUINT64_FORMAT,
                                             g_variant_get_uint64 (parameter));

  tc_client_request_async (self->client, "DELETE", target, NULL, NULL, on_removed, g_object_ref (self));
}

static void
present_change (TcKeysPage      *self,
                guint64          id,
                TcKeyChangeKind  kind)
{
  g_autoptr(TcKeyItem) item = tc_key_list_find (self->list, id);

  if (item != NULL)
    adw_dialog_present (ADW_DIALOG (tc_key_change_new (self->client, tc_key_item_get (item), kind)),
                        GTK_WIDGET (self));
}

static void
on_rename (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  present_change (TC_KEYS_PAGE (widget), g_variant_get_uint64 (parameter), TC_KEY_CHANGE_NAME);
}

static void
on_replace (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  present_change (TC_KEYS_PAGE (widget), g_variant_get_uint64 (parameter), TC_KEY_CHANGE_SECRET);
}

/* ---- Models ---- */

static void
on_models_loaded (TcKeysPage *self)
{
  gboolean is_refreshing = tc_model_choices_is_refreshing (self->choices);

  gtk_widget_set_visible (GTK_WIDGET (self->models_group), tc_model_choices_is_loaded (self->choices));
  gtk_widget_set_visible (self->refresh, !is_refreshing);
  gtk_widget_set_visible (GTK_WIDGET (self->refreshing), is_refreshing);
  gtk_spinner_set_spinning (self->refreshing, is_refreshing);
}

static void
on_refresh (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  tc_model_choices_refresh (TC_KEYS_PAGE (widget)->choices);
}

static void
on_pull_failed (TcKeysPage *self,
                const char *text)
{
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, text);
}

static void
add_cards (TcKeysPage *self)
{
  for (guint i = 0; tc_provider_text_get (i) != NULL; i++)
    {
      GtkWidget *list = gtk_list_box_new ();
      GtkWidget *card = tc_model_card_new (self->choices, self->pulls, self->list, tc_provider_text_get (i)->word);

      gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
      gtk_widget_add_css_class (list, "boxed-list");
      /* Shown with its card, once there is something in it. */
      gtk_widget_set_visible (card, TRUE);
      gtk_widget_set_visible (list, FALSE);
      gtk_list_box_append (GTK_LIST_BOX (list), card);
      gtk_box_append (self->models, list);
    }
}

/* ---- Budgets ---- */

static void
on_budget_set (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(TcKeysPage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_budget_status_set_limit_finish (TC_BUDGET_STATUS (object), result, &error))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

static void
on_limit_changed (TcBudgetRow *row,
                  const char  *limit,
                  TcKeysPage  *self)
{
  tc_budget_status_set_limit_async (self->budgets, tc_budget_row_get_scope (row), limit, NULL, on_budget_set,
                                    g_object_ref (self));
}

/* What the sessions that wait, and may be charged to the budget, will cost. */
static TcMoney
sum_expected (TcKeysPage *self,
              const char *scope)
{
  TcQueue *queue = tc_client_get_queue (self->client);
  gboolean is_month = g_str_equal (scope, TC_BUDGET_MONTH);
  guint n = self->estimates != NULL ? tc_queue_get_n (queue) : 0;
  TcMoney sum = 0;

  for (guint i = 0; i < n; i++)
    {
      TcSession *session = tc_queue_peek (queue, i);
      const TcExpected *expected = tc_queue_estimates_peek (self->estimates, session);

      if (expected != NULL && expected->has_money && !tc_session_state_is_active (tc_session_get_state (session)) &&
          (is_month || g_strcmp0 (tc_session_get_config (session)->provider, scope) == 0))
        sum += expected->money;
    }

  return sum;
}

static void
show_budget (TcKeysPage     *self,
             const TcBudget *budget)
{
  TcBudgetRow *row = g_hash_table_lookup (self->budget_rows, budget->scope);

  if (row == NULL)
    {
      row = TC_BUDGET_ROW (tc_budget_row_new (budget->scope));
      g_signal_connect_object (row, "limit-changed", G_CALLBACK (on_limit_changed), self, 0);
      gtk_list_box_append (self->budgets_list, GTK_WIDGET (row));
      g_hash_table_insert (self->budget_rows, g_strdup (budget->scope), row);
    }
  tc_budget_row_show (row, budget, sum_expected (self, budget->scope));
}

/* Sums of a book that was lost once are too small. */
static void
show_missing (TcKeysPage *self)
{
  gint64 lost_us = tc_budget_status_get_missing_before (self->budgets);
  g_autofree char *day = tc_facts_text_dup_day (lost_us, TRUE);
  /* Translators: %s is a day and a time. */
  g_autofree char *text = g_strdup_printf (_("The book of money was lost: calls before %s may be missing here. "
                                             "Your provider knows what they cost."), day);

  adw_action_row_set_subtitle (self->missing_row, text);
  gtk_widget_set_visible (self->missing, lost_us > 0);
}

/* A provider that costs money can be given a limit before the first call. */
static void
show_budgets (TcKeysPage *self)
{
  guint n = tc_budget_status_get_n (self->budgets);

  gtk_widget_set_visible (GTK_WIDGET (self->budgets_group), tc_budget_status_is_loaded (self->budgets));
  if (!tc_budget_status_is_loaded (self->budgets))
    return;
  show_missing (self);
  for (guint i = 0; i < n; i++)
    show_budget (self, tc_budget_status_get (self->budgets, i));
  for (guint i = 0; tc_provider_text_get (i) != NULL; i++)
    {
      const TcProviderText *provider = tc_provider_text_get (i);
      TcBudget budget = { .scope = (char *) provider->word };
      gboolean has_row = g_hash_table_contains (self->budget_rows, provider->word);
      gboolean has_key = provider->needs_key && tc_model_choices_has_key (self->choices, provider->word);

      if ((has_row || has_key) && tc_budget_status_find (self->budgets, provider->word) == NULL)
        show_budget (self, &budget);
    }
  if (adw_expander_row_get_expanded (self->days_row))
    tc_spend_history_load (self->spend);
}

static void
on_days_expanded (TcKeysPage *self)
{
  tc_spend_history_load (self->spend);
}

static void
on_days_changed (TcKeysPage *self)
{
  tc_spend_days_show (self->days, self->spend);
}

/* ---- The object ---- */

static void
tc_keys_page_dispose (GObject *object)
{
  TcKeysPage *self = TC_KEYS_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_KEYS_PAGE);
  g_clear_pointer (&self->budget_rows, g_hash_table_unref);
  g_clear_object (&self->list);
  g_clear_object (&self->choices);
  g_clear_object (&self->pulls);
  g_clear_object (&self->budgets);
  g_clear_object (&self->spend);
  g_clear_object (&self->estimates);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_keys_page_parent_class)->dispose (object);
}

/* Estimates are work for the engine: not before somebody looks. */
static void
tc_keys_page_map (GtkWidget *widget)
{
  TcKeysPage *self = TC_KEYS_PAGE (widget);

  GTK_WIDGET_CLASS (tc_keys_page_parent_class)->map (widget);
  if (self->estimates != NULL)
    return;
  self->estimates = tc_queue_estimates_new (self->client);
  g_signal_connect_object (self->estimates, "changed", G_CALLBACK (show_budgets), self, G_CONNECT_SWAPPED);
}

static void
tc_keys_page_class_init (TcKeysPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_keys_page_dispose;
  widget_class->map = tc_keys_page_map;
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_REMOVED] =
    g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_STRING);

  g_type_ensure (TC_TYPE_SPEND_DAYS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/pages/tc-keys-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, keys);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, locked);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, locked_row);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, unlock);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, keyring);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, keyring_row);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, missing);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, missing_row);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, budgets_group);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, budgets_list);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, days_row);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, days);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, models_group);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, models);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, refresh);
  gtk_widget_class_bind_template_child (widget_class, TcKeysPage, refreshing);
  gtk_widget_class_bind_template_callback (widget_class, on_days_expanded);
  gtk_widget_class_install_action (widget_class, "keys.add", NULL, on_add);
  gtk_widget_class_install_action (widget_class, "keys.add-for", "s", on_add_for);
  gtk_widget_class_install_action (widget_class, "keys.unlock", NULL, on_unlock);
  gtk_widget_class_install_action (widget_class, "keys.refresh-models", NULL, on_refresh);
  gtk_widget_class_install_action (widget_class, "keys.check", "t", on_check);
  gtk_widget_class_install_action (widget_class, "keys.remove", "t", on_remove);
  gtk_widget_class_install_action (widget_class, "keys.rename", "t", on_rename);
  gtk_widget_class_install_action (widget_class, "keys.replace", "t", on_replace);
}

static void
tc_keys_page_init (TcKeysPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->budget_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * tc_keys_page_new:
 *
 * Returns: (transfer floating): the page, which follows the engine's keys
 */
TcKeysPage *
tc_keys_page_new (TcClient *client)
{
  TcKeysPage *self = g_object_new (TC_TYPE_KEYS_PAGE, NULL);

  self->client = g_object_ref (client);
  self->list = tc_key_list_new (client);
  self->choices = tc_model_choices_new (client);
  self->pulls = tc_pull_list_new (client);
  add_cards (self);
  g_signal_connect_object (self->choices, "loaded", G_CALLBACK (on_models_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pulls, "failed", G_CALLBACK (on_pull_failed), self, G_CONNECT_SWAPPED);
  on_models_loaded (self);
  gtk_list_box_bind_model (self->keys, G_LIST_MODEL (self->list), create_key_row, self, NULL);
  g_signal_connect_object (self->list, "keyring-changed", G_CALLBACK (show_locked), self, G_CONNECT_SWAPPED);
  show_locked (self);
  g_signal_connect_object (self->list, "warning-changed", G_CALLBACK (show_warning), self, G_CONNECT_SWAPPED);
  self->budgets = tc_budget_status_new (client);
  self->spend = tc_spend_history_new (client);
  g_signal_connect_object (self->budgets, "changed", G_CALLBACK (show_budgets), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->choices, "loaded", G_CALLBACK (show_budgets), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->spend, "changed", G_CALLBACK (on_days_changed), self, G_CONNECT_SWAPPED);
  show_budgets (self);

  return self;
}
