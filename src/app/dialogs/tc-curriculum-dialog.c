/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-curriculum-dialog.h"

#include <glib/gi18n.h>

#include "tc-install.h"
#include "tc-model-row.h"
#include "tc-plan-bar.h"
#include "tc-session-entry.h"

#define N_PHASES 3

typedef struct
{
  TcProviderRow *provider;
  TcModelRow    *model;
  AdwSpinRow    *epochs;
} Phase;

struct _TcCurriculumDialog
{
  AdwDialog           parent_instance;

  TcPlan             *plan;     /* (owned) (nullable) while it is being made */
  TcModelChoices     *models;   /* (owned) */
  Phase               phases[N_PHASES];
  gboolean            is_ready; /* all widgets are there */

  AdwPreferencesPage *page;
  AdwComboRow        *target;
  TcPlanBar          *bar;
};

G_DEFINE_FINAL_TYPE (TcCurriculumDialog, tc_curriculum_dialog, ADW_TYPE_DIALOG)

static const char *const corpora[N_PHASES] = { "english", "hlx", "translation" };
static const char *const targets[] = { "helix-100m", "helix-10m", "helix-1m" };

static TcSessionConfig *
build_config (TcCurriculumDialog *self,
              guint               i)
{
  TcSessionConfig *config = tc_session_config_new ();
  const Phase *phase = &self->phases[i];
  g_autoptr(GSettings) settings = tc_install_new_settings ();
  g_autofree char *script = g_settings_get_string (settings, TC_SETTINGS_SCRIPT);
  g_autofree char *python = g_settings_get_string (settings, TC_SETTINGS_PYTHON);

  g_set_str (&config->corpus, corpora[i]);
  g_set_str (&config->target, targets[MIN (adw_combo_row_get_selected (self->target), G_N_ELEMENTS (targets) - 1)]);
  g_set_str (&config->provider, tc_provider_row_get_word (phase->provider));
  if (!g_str_equal (config->provider, "none"))
    g_set_str (&config->model, tc_model_row_get_id (phase->model));
  config->epochs = (guint) adw_spin_row_get_value (phase->epochs);
  if (script[0] != '\0')
    g_set_str (&config->script, script);
  if (python[0] != '\0')
    g_set_str (&config->python, python);

  return config;
}

static gboolean
is_fine (const Phase *phase)
{
  return g_str_equal (tc_provider_row_get_word (phase->provider), "none") ||
         (tc_provider_row_has_key (phase->provider) && tc_model_row_is_usable (phase->model));
}

static void
on_edited (TcCurriculumDialog *self)
{
  g_autoptr(GPtrArray) configs = NULL;
  gboolean are_fine = TRUE;

  if (!self->is_ready)
    return;
  configs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_session_config_unref);
  for (guint i = 0; i < N_PHASES; i++)
    {
      g_ptr_array_add (configs, build_config (self, i));
      are_fine = are_fine && is_fine (&self->phases[i]);
    }
  tc_plan_set_configs (self->plan, are_fine ? configs : NULL);
  tc_plan_bar_set_ready (self->bar, are_fine);
}

static void
add_phase (TcCurriculumDialog *self,
           guint               i)
{
  static const char *const titles[N_PHASES] = {
    N_("Phase 1 · English Mastery"), N_("Phase 2 · HLX Family"), N_("Phase 3 · Translation"),
  };
  GtkWidget *group = adw_preferences_group_new ();
  Phase *phase = &self->phases[i];

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _(titles[i]));
  phase->provider = g_object_new (TC_TYPE_PROVIDER_ROW, "title", _("Provider"), NULL);
  phase->model = g_object_new (TC_TYPE_MODEL_ROW, "title", _("Model"), NULL);
  /* By itself it is presentation only, and a screen reader does not find it (libadwaita 1.7). */
  phase->epochs = g_object_new (ADW_TYPE_SPIN_ROW, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  adw_spin_row_set_range (phase->epochs, 1, TC_EPOCHS_MAX);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (phase->epochs), _("Epochs"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (phase->epochs), _("From 1 to 500"));
  adw_spin_row_set_value (phase->epochs, tc_session_entry_get_epochs (corpora[i]));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (phase->provider));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (phase->model));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (phase->epochs));
  g_signal_connect_object (phase->provider, "edited", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (phase->model, "edited", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (phase->epochs, "notify::value", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (group));
}

/* The next session begins with the same. */
static void
on_queued (TcCurriculumDialog *self)
{
  g_autoptr(GSettings) settings = tc_install_new_settings ();

  g_settings_set_string (settings, TC_SETTINGS_PROVIDER, tc_provider_row_get_word (self->phases[0].provider));
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
tc_curriculum_dialog_dispose (GObject *object)
{
  TcCurriculumDialog *self = TC_CURRICULUM_DIALOG (object);

  self->is_ready = FALSE;
  /* A dialog that was presented keeps its content otherwise (libadwaita 1.7). */
  adw_dialog_set_child (ADW_DIALOG (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_CURRICULUM_DIALOG);
  g_clear_object (&self->plan);
  g_clear_object (&self->models);

  G_OBJECT_CLASS (tc_curriculum_dialog_parent_class)->dispose (object);
}

static void
tc_curriculum_dialog_class_init (TcCurriculumDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_curriculum_dialog_dispose;

  g_type_ensure (TC_TYPE_PLAN_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/dialogs/tc-curriculum-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TcCurriculumDialog, page);
  gtk_widget_class_bind_template_child (widget_class, TcCurriculumDialog, target);
  gtk_widget_class_bind_template_child (widget_class, TcCurriculumDialog, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_queued);
}

static void
tc_curriculum_dialog_init (TcCurriculumDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_PHASES; i++)
    add_phase (self, i);
}

/**
 * tc_curriculum_dialog_new:
 *
 * Returns: (transfer floating): a dialog that queues with @client
 */
TcCurriculumDialog *
tc_curriculum_dialog_new (TcClient *client)
{
  TcCurriculumDialog *self = g_object_new (TC_TYPE_CURRICULUM_DIALOG, NULL);
  g_autoptr(GSettings) settings = tc_install_new_settings ();
  g_autofree char *provider = g_settings_get_string (settings, TC_SETTINGS_PROVIDER);

  self->plan = tc_plan_new (client);
  self->models = tc_model_choices_new (client);
  tc_plan_bar_set_plan (self->bar, self->plan, TRUE);
  for (guint i = 0; i < N_PHASES; i++)
    {
      tc_provider_row_set_models (self->phases[i].provider, client, self->models);
      tc_model_row_follow (self->phases[i].model, self->phases[i].provider, self->models);
      tc_provider_row_suggest (self->phases[i].provider, provider);
    }
  self->is_ready = TRUE;
  on_edited (self);

  return self;
}
