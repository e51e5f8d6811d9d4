/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-new-session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tc-answer.h"
#include "tc-corpus-text.h"
#include "tc-field-row.h"
#include "tc-file-row.h"
#include "tc-install.h"
#include "tc-key-list.h"
#include "tc-model-row.h"
#include "tc-plan-bar.h"
#include "tc-python-field.h"
#include "tc-session-entry.h"

struct _TcNewSession
{
  AdwDialog       parent_instance;

  TcPlan         *plan;     /* (owned) (nullable) while it is being made */
  TcModelChoices    *models;   /* (owned) */
  TcKeyList      *keys;     /* (owned) */
  TcAnswer       *contents; /* (owned) of the corpus */
  TcSessionConfig *like;    /* (owned) (nullable) what no row shows is taken from it */
  GArray         *key_ids;  /* (owned) (element-type guint64) of the entries behind the first */
  guint64         key_id;   /* that was chosen; 0: the best there is */
  gboolean        is_filling_keys;
  gboolean        is_ready; /* all widgets are there */

  TcProviderRow  *provider;
  TcModelRow     *model;
  AdwComboRow    *corpus;
  TcFileRow      *corpus_file;
  AdwSpinRow     *epochs;
  AdwComboRow    *target;
  AdwExpanderRow *advanced;
  TcFieldRow     *batch_size;
  TcFieldRow     *sequence_length;
  TcFieldRow     *learning_rate;
  TcFieldRow     *early_stop;
  TcFileRow      *resume_from;
  AdwComboRow    *key;
  TcFieldRow     *budget;
  AdwComboRow    *policy;
  AdwSpinRow     *verdict_every;
  AdwSwitchRow   *auto_stop;
  TcFileRow      *script;
  TcFieldRow     *command;
  TcFieldRow     *python;
  TcFieldRow     *environment;
  TcPlanBar      *bar;
};

G_DEFINE_FINAL_TYPE (TcNewSession, tc_new_session, ADW_TYPE_DIALOG)

static const char *const corpora[] = { "english", "hlx", "translation" };
static const char *const targets[] = { "helix-100m", "helix-10m", "helix-1m" };
static const char *const policies[] = { "off", "notify", "pause", "stop" };

/* ---- What is wrong, in words ---- */

static char *
dup_problem (TcEntry        entry,
             TcEntryProblem problem)
{
  double minimum = 0;
  double maximum = 0;

  switch (problem)
    {
    case TC_ENTRY_NOT_WHOLE:
      return g_strdup (_("This must be a whole number"));

    case TC_ENTRY_NOT_A_NUMBER:
      return g_strdup (_("This must be a number such as 0.003"));

    case TC_ENTRY_OUT_OF_RANGE:
      tc_session_entry_get_range (entry, &minimum, &maximum);
      if (entry == TC_ENTRY_LEARNING_RATE)
        return g_strdup (_("A learning rate is above 0 and at most 1"));
      return g_strdup_printf (_("This must be from %.0f to %.0f"), minimum, maximum);

    case TC_ENTRY_NOT_MONEY:
      return g_strdup (_("This must be an amount such as 5.00"));

    case TC_ENTRY_NOT_PAIRS:
      return g_strdup (_("Write each as NAME=value; quote values with blanks"));

    case TC_ENTRY_NO_NAME:
      return g_strdup (_("A name starts with a letter and has letters, digits and _ only"));

    case TC_ENTRY_FINE:
    default:
      return NULL;
    }
}

static gboolean
apply (TcSessionConfig *config,
       TcEntry          entry,
       TcFieldRow      *row)
{
  TcEntryProblem problem = tc_session_entry_apply (config, entry, tc_field_row_get_text (row));
  g_autofree char *text = dup_problem (entry, problem);

  tc_field_row_set_problem (row, text);

  return problem == TC_ENTRY_FINE;
}

/* ---- From the rows to a session ---- */

/* Returns: the key that is shown; 0: the best there is */
static guint64
get_key_id (TcNewSession *self)
{
  guint selected = adw_combo_row_get_selected (self->key);

  if (selected == GTK_INVALID_LIST_POSITION || selected == 0 || selected > self->key_ids->len)
    return 0;

  return g_array_index (self->key_ids, guint64, selected - 1);
}

static void
apply_teacher (TcNewSession    *self,
               TcSessionConfig *config)
{
  g_set_str (&config->provider, tc_provider_row_get_word (self->provider));
  g_clear_pointer (&config->model, g_free);
  config->key_id = 0;
  if (g_str_equal (config->provider, "none"))
    return;
  g_set_str (&config->model, tc_model_row_get_id (self->model));
  g_set_str (&config->policy, policies[MIN (adw_combo_row_get_selected (self->policy), G_N_ELEMENTS (policies) - 1)]);
  config->verdict_every = (guint) adw_spin_row_get_value (self->verdict_every);
  config->key_id = get_key_id (self);
}

static gboolean
apply_command (TcNewSession    *self,
               TcSessionConfig *config)
{
  g_autofree char *command = g_strstrip (g_strdup (tc_field_row_get_text (self->command)));
  const char *problem = NULL;

  g_set_str (&config->command, command[0] != '\0' ? command : NULL);
  if (config->command != NULL && !g_shell_parse_argv (command, NULL, NULL, NULL))
    problem = _("A quote is not closed, or nothing follows a backslash");
  else if (config->command != NULL && config->script != NULL)
    problem = _("Clear either this or the script");
  tc_field_row_set_problem (self->command, problem);

  return problem == NULL;
}

static TcSessionConfig *
build_config (TcNewSession *self,
              gboolean     *is_fine)
{
  TcSessionConfig *config = self->like != NULL ? tc_session_config_copy (self->like) : tc_session_config_new ();
  const struct { TcEntry entry; TcFieldRow *row; } fields[] = {
    { TC_ENTRY_BATCH_SIZE, self->batch_size },
    { TC_ENTRY_SEQUENCE_LENGTH, self->sequence_length },
    { TC_ENTRY_LEARNING_RATE, self->learning_rate },
    { TC_ENTRY_EARLY_STOP, self->early_stop },
    { TC_ENTRY_BUDGET, self->budget },
    { TC_ENTRY_ENVIRONMENT, self->environment },
  };

  g_set_str (&config->corpus, corpora[MIN (adw_combo_row_get_selected (self->corpus), G_N_ELEMENTS (corpora) - 1)]);
  g_set_str (&config->target, targets[MIN (adw_combo_row_get_selected (self->target), G_N_ELEMENTS (targets) - 1)]);
  g_set_str (&config->corpus_file, tc_file_row_get_path (self->corpus_file));
  g_set_str (&config->script, tc_file_row_get_path (self->script));
  g_set_str (&config->resume_from, tc_file_row_get_path (self->resume_from));
  config->epochs = (guint) adw_spin_row_get_value (self->epochs);
  config->auto_stop = adw_switch_row_get_active (self->auto_stop);
  g_clear_pointer (&config->python, g_free);
  config->python = tc_python_field_dup_path (self->python);
  apply_teacher (self, config);
  *is_fine = apply_command (self, config);
  *is_fine = tc_python_field_check (self->python) && *is_fine;
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    *is_fine = apply (config, fields[i].entry, fields[i].row) && *is_fine;

  return config;
}

/* Says what there is to learn. Returns: whether the engine has not said that there is nothing */
static gboolean
check_corpus (TcNewSession *self)
{
  static const char *const about[] = {
    N_("Phase 1: the English lines"),
    N_("Phase 2: the four HLX notations"),
    N_("Phase 3: from English to HLX"),
  };
  const char *path = tc_file_row_get_path (self->corpus_file);
  guint selected = MIN (adw_combo_row_get_selected (self->corpus), G_N_ELEMENTS (corpora) - 1);
  g_autofree char *contents = NULL;

  if (!tc_answer_is_of (self->contents, path))
    tc_answer_ask (self->contents, path);
  if (tc_answer_get_facts (self->contents) != NULL)
    contents = tc_corpus_text_dup_contents (tc_answer_get_facts (self->contents));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->corpus), _(about[selected]));
  tc_file_row_set_contents (self->corpus_file, contents);
  tc_file_row_set_problem (self->corpus_file, tc_answer_get_problem (self->contents));

  return tc_answer_get_problem (self->contents) == NULL;
}

static gboolean
is_teacher_fine (TcNewSession *self)
{
  return g_str_equal (tc_provider_row_get_word (self->provider), "none") ||
         (tc_provider_row_has_key (self->provider) && tc_model_row_is_usable (self->model));
}

static void
on_edited (TcNewSession *self)
{
  g_autoptr(GPtrArray) configs = NULL;
  gboolean is_fine;

  if (!self->is_ready)
    return;
  configs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_session_config_unref);
  g_ptr_array_add (configs, build_config (self, &is_fine));
  tc_file_row_set_problem (self->script, NULL);
  tc_file_row_set_problem (self->resume_from, NULL);
  is_fine = check_corpus (self) && is_fine && is_teacher_fine (self);
  tc_plan_set_configs (self->plan, is_fine ? configs : NULL);
  tc_plan_bar_set_ready (self->bar, is_fine);
}

static void
show_refused_words (TcNewSession *self,
                    const char   *sentence)
{
  g_autofree char *python = tc_python_field_dup_path (self->python);
  g_auto(GStrv) words = NULL;

  if (python != NULL && strstr (sentence, python) != NULL)
    tc_field_row_set_problem (self->python, sentence);
  else if (g_shell_parse_argv (tc_field_row_get_text (self->command), NULL, &words, NULL) &&
           (strstr (sentence, words[0]) != NULL || strstr (sentence, "command") != NULL))
    tc_field_row_set_problem (self->command, sentence);
  else
    return;
  adw_expander_row_set_expanded (self->advanced, TRUE);
}

/* The engine looks at the files. What it says of one of them belongs beside it. */
static void
on_refused (TcNewSession *self,
            const char   *sentence)
{
  TcFileRow *rows[] = { self->corpus_file, self->script, self->resume_from };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *path = tc_file_row_get_path (rows[i]);

      if (path == NULL || strstr (sentence, path) == NULL)
        continue;
      tc_file_row_set_problem (rows[i], sentence);
      if (rows[i] != self->corpus_file)
        adw_expander_row_set_expanded (self->advanced, TRUE);
      return;
    }
  show_refused_words (self, sentence);
}

/* ---- What depends on something else ---- */

static void
on_corpus_changed (TcNewSession *self)
{
  guint selected = MIN (adw_combo_row_get_selected (self->corpus), G_N_ELEMENTS (corpora) - 1);

  if (self->is_ready)
    adw_spin_row_set_value (self->epochs, tc_session_entry_get_epochs (corpora[selected]));
  on_edited (self);
}

/* The keys come late, and change while the dialog is open: the choice stays. */
static void
fill_keys (TcNewSession *self)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  const char *word = tc_provider_row_get_word (self->provider);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->keys));
  guint selected = 0;

  g_array_set_size (self->key_ids, 0);
  gtk_string_list_append (names, _("The Best There Is"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcKeyItem) item = g_list_model_get_item (G_LIST_MODEL (self->keys), i);
      const TcApiKey *known = tc_key_item_get (item);

      if (!g_str_equal (known->provider, word))
        continue;
      gtk_string_list_append (names, known->name);
      g_array_append_val (self->key_ids, known->id);
      if (known->id == self->key_id)
        selected = self->key_ids->len;
    }
  self->is_filling_keys = TRUE;
  adw_combo_row_set_model (self->key, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->key, selected);
  self->is_filling_keys = FALSE;
}

static void
on_key_selected (TcNewSession *self)
{
  if (self->is_filling_keys)
    return;
  self->key_id = get_key_id (self);
  on_edited (self);
}

static void
on_provider_edited (TcNewSession *self)
{
  gboolean is_asked = !g_str_equal (tc_provider_row_get_word (self->provider), "none");

  if (!self->is_ready)
    return;
  fill_keys (self);
  gtk_widget_set_visible (GTK_WIDGET (self->key), is_asked);
  gtk_widget_set_visible (GTK_WIDGET (self->budget), is_asked);
  gtk_widget_set_visible (GTK_WIDGET (self->policy), is_asked);
  gtk_widget_set_visible (GTK_WIDGET (self->verdict_every), is_asked);
  on_edited (self);
}

/* ---- The object ---- */

/* The next session begins with the same. */
static void
on_queued (TcNewSession *self)
{
  g_autoptr(GSettings) settings = tc_install_new_settings ();

  g_settings_set_string (settings, TC_SETTINGS_PROVIDER, tc_provider_row_get_word (self->provider));
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
tc_new_session_dispose (GObject *object)
{
  TcNewSession *self = TC_NEW_SESSION (object);

  self->is_ready = FALSE;
  /* A dialog that was presented keeps its content otherwise (libadwaita 1.7). */
  adw_dialog_set_child (ADW_DIALOG (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_NEW_SESSION);
  g_clear_object (&self->plan);
  g_clear_object (&self->models);
  g_clear_object (&self->keys);
  g_object_run_dispose (G_OBJECT (self->contents));
  g_clear_object (&self->contents);
  g_clear_pointer (&self->key_ids, g_array_unref);
  g_clear_pointer (&self->like, tc_session_config_unref);

  G_OBJECT_CLASS (tc_new_session_parent_class)->dispose (object);
}

static void
bind_advanced (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, advanced);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, batch_size);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, sequence_length);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, learning_rate);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, early_stop);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, resume_from);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, key);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, budget);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, policy);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, verdict_every);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, auto_stop);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, script);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, command);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, python);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, environment);
}

static void
tc_new_session_class_init (TcNewSessionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_new_session_dispose;

  g_type_ensure (TC_TYPE_FIELD_ROW);
  g_type_ensure (TC_TYPE_FILE_ROW);
  g_type_ensure (TC_TYPE_MODEL_ROW);
  g_type_ensure (TC_TYPE_PLAN_BAR);
  g_type_ensure (TC_TYPE_PROVIDER_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/dialogs/tc-new-session.ui");
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, provider);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, model);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, corpus);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, corpus_file);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, epochs);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, target);
  gtk_widget_class_bind_template_child (widget_class, TcNewSession, bar);
  bind_advanced (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_key_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_provider_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_corpus_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_refused);
  gtk_widget_class_bind_template_callback (widget_class, on_queued);
}

static void
tc_new_session_init (TcNewSession *self)
{
  self->key_ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  gtk_widget_init_template (GTK_WIDGET (self));
  on_corpus_changed (self);
}

/* What is set in the preferences is where one begins. */
static void
use_settings (TcNewSession *self)
{
  g_autoptr(GSettings) settings = tc_install_new_settings ();
  g_autofree char *script = g_settings_get_string (settings, TC_SETTINGS_SCRIPT);
  g_autofree char *python = g_settings_get_string (settings, TC_SETTINGS_PYTHON);

  if (script[0] != '\0')
    tc_file_row_set_path (self->script, script);
  tc_field_row_set_text (self->python, python);
  /* What holds the session back is not to be looked for. */
  if (!tc_python_field_check (self->python))
    adw_expander_row_set_expanded (self->advanced, TRUE);
}

static TcNewSession *
create (TcClient *client)
{
  TcNewSession *self = g_object_new (TC_TYPE_NEW_SESSION, NULL);

  self->plan = tc_plan_new (client);
  self->models = tc_model_choices_new (client);
  self->keys = tc_key_list_new (client);
  self->contents = tc_answer_new (client, "/api/corpus", "file");
  g_signal_connect_object (self->contents, "changed", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keys, "items-changed", G_CALLBACK (fill_keys), self, G_CONNECT_SWAPPED);
  tc_plan_bar_set_plan (self->bar, self->plan, FALSE);
  tc_provider_row_set_models (self->provider, client, self->models);
  tc_model_row_follow (self->model, self->provider, self->models);
  tc_python_field_set_up (self->python, client);
  use_settings (self);
  self->is_ready = TRUE;
  on_provider_edited (self);

  return self;
}

/**
 * tc_new_session_new:
 *
 * Returns: (transfer floating): a dialog that queues with @client
 */
TcNewSession *
tc_new_session_new (TcClient *client)
{
  TcNewSession *self = create (client);
  g_autoptr(GSettings) settings = tc_install_new_settings ();
  g_autofree char *provider = g_settings_get_string (settings, TC_SETTINGS_PROVIDER);

  tc_provider_row_suggest (self->provider, provider);

  return self;
}

/* Returns: the place of @word, or the first where it is not among @words */
static guint
find_word (const char *const *words,
           guint              n,
           const char        *word)
{
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (words[i], word) == 0)
      return i;

  return 0;
}

static void
fill (TcNewSession *self)
{
  TcSessionConfig *like = self->like;
  const struct { TcEntry entry; TcFieldRow *row; } fields[] = {
    { TC_ENTRY_BATCH_SIZE, self->batch_size },
    { TC_ENTRY_SEQUENCE_LENGTH, self->sequence_length },
    { TC_ENTRY_LEARNING_RATE, self->learning_rate },
    { TC_ENTRY_EARLY_STOP, self->early_stop },
    { TC_ENTRY_BUDGET, self->budget },
    { TC_ENTRY_ENVIRONMENT, self->environment },
  };

  adw_combo_row_set_selected (self->corpus, find_word (corpora, G_N_ELEMENTS (corpora), like->corpus));
  adw_combo_row_set_selected (self->target, find_word (targets, G_N_ELEMENTS (targets), like->target));
  adw_combo_row_set_selected (self->policy, find_word (policies, G_N_ELEMENTS (policies), like->policy));
  adw_spin_row_set_value (self->epochs, like->epochs);
  adw_spin_row_set_value (self->verdict_every, like->verdict_every);
  adw_switch_row_set_active (self->auto_stop, like->auto_stop);
  tc_file_row_set_path (self->corpus_file, like->corpus_file);
  tc_file_row_set_path (self->script, like->script);
  tc_field_row_set_text (self->command, like->command != NULL ? like->command : "");
  tc_field_row_set_text (self->python, like->python != NULL ? like->python : "");
  tc_file_row_set_path (self->resume_from, like->resume_from);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *text = tc_session_entry_take (like, fields[i].entry);

      tc_field_row_set_text (fields[i].row, text);
    }
  tc_provider_row_set_word (self->provider, like->provider);
  if (like->model != NULL)
    tc_model_row_set_id (self->model, like->model);
}

/**
 * tc_new_session_new_like:
 * @config: of another session
 *
 * Returns: (transfer floating): a dialog that is filled in already
 */
TcNewSession *
tc_new_session_new_like (TcClient        *client,
                         TcSessionConfig *config)
{
  TcNewSession *self = create (client);

  self->like = tc_session_config_copy (config);
  self->key_id = config->key_id;
  self->is_ready = FALSE;
  fill (self);
  /* What makes it more than a new session is not to be missed. */
  adw_expander_row_set_expanded (self->advanced, config->resume_from != NULL || config->command != NULL);
  self->is_ready = TRUE;
  on_provider_edited (self);

  return self;
}
