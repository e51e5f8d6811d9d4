/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-details-view.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-details-text.h"
#include "tc-facts-text.h"
#include "tc-json.h"
#include "tc-redactor.h"
#include "tc-run-details.h"
#include "tc-text.h"
#include "tc-widget.h"

/* An environment can be long, and a value a page. */
#define VALUE_BYTES 1000

struct _TcDetailsView
{
  GtkWidget            parent_instance;

  TcSession           *session;       /* (owned) */
  TcRunDetails        *details;       /* (owned) */
  TcRedactor          *redactor;      /* (owned) for keys that somebody wrote into an option */
  char                *run_dir;       /* (owned) */
  GPtrArray           *variables;     /* (owned) rows of the environment */
  GPtrArray           *attempts;      /* (owned) rows of the attempts */
  GHashTable          *rows;          /* (owned) title → the row that has it */

  GtkLabel            *command;
  AdwActionRow        *left_out;
  AdwExpanderRow      *environment;
  AdwPreferencesGroup *command_group;
  AdwPreferencesGroup *outcome_group;
  AdwPreferencesGroup *times_group;
  AdwPreferencesGroup *attempts_group;
  AdwPreferencesGroup *machine_group;
  AdwPreferencesGroup *files_group;
  AdwPreferencesGroup *config_group;
};

enum
{
  SIGNAL_FAILED,
  SIGNAL_COPIED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcDetailsView, tc_details_view, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* ---- Rows ---- */

/* Foreign text goes into a row as it is, never as markup. */
static GtkWidget *
create_row (const char *title,
            const char *text)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *clean = tc_text_sanitize (text, -1, VALUE_BYTES, TC_TEXT_SINGLE_LINE);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), clean);
  adw_action_row_set_subtitle_selectable (ADW_ACTION_ROW (row), TRUE);
  gtk_widget_add_css_class (row, "property");

  return row;
}

/* A row of a group stays the same while its text changes; without a text there
 * is no row. Takes ownership of @text. */
static void
show_fact (TcDetailsView       *self,
           AdwPreferencesGroup *group,
           const char          *title,
           char                *text)
{
  g_autofree char *owned = text;
  g_autofree char *masked = tc_redactor_mask_text (self->redactor, text);
  g_autofree char *clean = text != NULL ? tc_text_sanitize (masked, -1, VALUE_BYTES, TC_TEXT_SINGLE_LINE) : NULL;
  GtkWidget *row = g_hash_table_lookup (self->rows, title);

  if (row == NULL && clean == NULL)
    return;
  if (row == NULL)
    {
      row = create_row (title, clean);
      adw_preferences_group_add (group, row);
      g_hash_table_insert (self->rows, g_strdup (title), row);
    }
  if (clean != NULL && g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), clean) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), clean);
  gtk_widget_set_visible (row, clean != NULL);
  if (clean != NULL)
    gtk_widget_set_visible (GTK_WIDGET (group), TRUE);
}

static void
add_file (TcDetailsView *self,
          const char    *title,
          const char    *path,
          const char    *icon)
{
  GtkWidget *row = create_row (title, path);
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, _("Show in Files"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "details.show");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", path);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (self->files_group, row);
}

static void
add_files (TcDetailsView *self)
{
  static const struct { const char *name; const char *title; } files[] = {
    { "output.log", N_("Log") },
    { "events.jsonl", N_("Events of the Script") },
    { "checkpoints", N_("Checkpoints") },
    { "gates", N_("Reports of the Gates") },
  };
  const char *workdir = tc_session_get_config (self->session)->workdir;

  add_file (self, _("Run Folder"), self->run_dir, "folder-open-symbolic");
  if (workdir != NULL)
    add_file (self, _("Working Folder"), workdir, "folder-open-symbolic");
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      gboolean is_ours = i < 2 || workdir == NULL;
      g_autofree char *path = g_build_filename (is_ours ? self->run_dir : workdir, files[i].name, NULL);

      add_file (self, _(files[i].title), path, "folder-open-symbolic");
    }
}

/* ---- What was started ---- */

static void
clear_rows (GPtrArray           *rows,
            AdwPreferencesGroup *group,
            AdwExpanderRow      *expander)
{
  for (guint i = 0; i < rows->len; i++)
    {
      if (group != NULL)
        adw_preferences_group_remove (group, g_ptr_array_index (rows, i));
      else
        adw_expander_row_remove (expander, g_ptr_array_index (rows, i));
    }
  g_ptr_array_set_size (rows, 0);
}

static void
show_environment (TcDetailsView *self,
                  JsonObject    *spec)
{
  JsonObject *environment = tc_json_get_object (spec, "environment");
  g_autoptr(GList) names = environment != NULL ? json_object_get_members (environment) : NULL;
  g_autofree char *text = NULL;
  guint n = g_list_length (names);

  clear_rows (self->variables, NULL, self->environment);
  names = g_list_sort (names, (GCompareFunc) g_strcmp0);
  for (GList *item = names; item != NULL; item = item->next)
    {
      g_autofree char *name = tc_text_sanitize (item->data, -1, VALUE_BYTES, TC_TEXT_SINGLE_LINE);
      GtkWidget *row = create_row (name, tc_json_get_string (environment, item->data, ""));

      adw_expander_row_add_row (self->environment, row);
      g_ptr_array_add (self->variables, row);
    }
  text = g_strdup_printf (ngettext ("%u variable; what holds a secret is kept nowhere",
                                    "%u variables; what holds a secret is kept nowhere", n), n);
  adw_expander_row_set_subtitle (self->environment, text);
}

static void
show_machine (TcDetailsView *self,
              JsonObject    *spec)
{
  JsonObject *machine = tc_json_get_object (spec, "machine");
  g_auto(GStrv) gpus = tc_json_dup_strv (machine, "gpus");
  const char *cpu = tc_json_get_string (machine, "cpu", NULL);
  guint n = (guint) tc_json_get_int (machine, "cpus", 0);
  gint64 memory = tc_json_get_int (machine, "memory_bytes", 0);

  if (machine == NULL)
    return;
  show_fact (self, self->machine_group, _("Processor"),
             g_strdup_printf (ngettext ("%s, %u core", "%s, %u cores", n),
                              cpu != NULL ? cpu : _("Not known"), n));
  show_fact (self, self->machine_group, _("Memory"), memory > 0 ? g_format_size ((guint64) memory) : NULL);
  show_fact (self, self->machine_group, _("Graphics Processor"),
             gpus != NULL && gpus[0] != NULL ? g_strjoinv (", ", gpus) : g_strdup (_("None found")));
}

/* Of what was not begun by a Python there is nothing to tell. */
static void
show_python (TcDetailsView *self,
             JsonObject    *spec)
{
  JsonObject *python = tc_json_get_object (spec, "python");
  const char *program = tc_json_get_string (python, "program", NULL);
  const char *torch = tc_json_get_string (python, "torch", NULL);
  g_autofree char *version = NULL;

  if (program == NULL)
    return;
  /* Translators: a version and a program, "3.11.2, /usr/bin/python3" */
  version = g_strdup_printf (_("%s, %s"), tc_json_get_string (python, "version", ""), program);
  show_fact (self, self->machine_group, _("Python"), g_steal_pointer (&version));
  show_fact (self, self->machine_group, _("PyTorch"), g_strdup (torch != NULL ? torch : _("None found")));
}

static void
show_attempts (TcDetailsView *self)
{
  JsonArray *attempts = tc_run_details_get_attempts (self->details);
  guint n = attempts != NULL ? json_array_get_length (attempts) : 0;

  clear_rows (self->attempts, self->attempts_group, NULL);
  /* The only one is told by the times. */
  for (guint i = n; n > 1 && i-- > 0;)
    {
      JsonNode *node = json_array_get_element (attempts, i);
      JsonObject *attempt = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      g_autofree char *title = g_strdup_printf (_("Attempt %u"), (guint) tc_json_get_int (attempt, "attempt", 0));
      g_autofree char *text = tc_details_text_dup_attempt (attempt);
      GtkWidget *row = create_row (title, text);

      adw_preferences_group_add (self->attempts_group, row);
      g_ptr_array_add (self->attempts, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->attempts_group), n > 1);
}

static void
show_outcome (TcDetailsView *self)
{
  static const struct { const char *member; const char *title; } facts[] = {
    { "time", N_("Time") },
    { "money", N_("Money") },
    { "disk", N_("Disk Space") },
    { "memory", N_("Memory Needed") },
  };
  JsonObject *outcome = tc_run_details_get_outcome (self->details);

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    show_fact (self, self->outcome_group, _(facts[i].title),
               tc_details_text_dup_outcome (outcome, facts[i].member));
}

static void
on_details_changed (TcRunDetails  *details,
                    TcDetailsView *self)
{
  JsonObject *spec = tc_run_details_get_spec (details);
  g_autofree char *command = tc_run_details_dup_command (details);
  g_autofree char *clean = command != NULL ? tc_text_sanitize (command, -1, -1, TC_TEXT_SINGLE_LINE) : NULL;
  g_auto(GStrv) options = tc_json_dup_strv (spec, "left_out");
  g_autofree char *left_out = tc_details_text_dup_left_out (options);

  gtk_label_set_label (self->command, clean != NULL ? clean : "");
  tc_widget_keep_options (self->command);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "details.copy", command != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->command_group), command != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->left_out), left_out != NULL);
  if (left_out != NULL)
    {
      g_autofree char *text = g_strdup_printf (_("%s: the script does not know it"), left_out);

      adw_action_row_set_subtitle (self->left_out, text);
    }
  show_environment (self, spec);
  show_machine (self, spec);
  show_python (self, spec);
  show_attempts (self);
  show_outcome (self);
}

/* ---- What the session says itself ---- */

static char *
dup_day (gint64 at_us)
{
  return at_us > 0 ? tc_facts_text_dup_day (at_us, TRUE) : NULL;
}

static void
on_session_changed (TcSession     *session,
                    TcDetailsView *self)
{
  guint attempt = tc_session_get_attempt (session);

  show_fact (self, self->times_group, _("Queued"), dup_day (tc_session_get_created_at (session)));
  show_fact (self, self->times_group, _("Started"), dup_day (tc_session_get_started_at (session)));
  show_fact (self, self->times_group, _("Ended"), dup_day (tc_session_get_ended_at (session)));
  show_fact (self, self->times_group, _("Running Time"),
             tc_session_get_progress (session)->elapsed_seconds > 0 ? tc_facts_text_dup_duration (session) : NULL);
  show_fact (self, self->times_group, _("Paused or Asleep"),
             tc_details_text_dup_still (session, g_get_real_time ()));
  show_fact (self, self->times_group, _("Tries"), attempt > 1 ? g_strdup_printf ("%u", attempt) : NULL);
}

static void
add_settings (TcDetailsView *self,
              GPtrArray     *settings)
{
  for (guint i = 0; settings != NULL && i < settings->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (settings, i);
      g_autofree char *name = tc_text_sanitize (setting->key, -1, VALUE_BYTES, TC_TEXT_SINGLE_LINE);

      g_autofree char *value = tc_redactor_mask_text (self->redactor, setting->value);

      adw_preferences_group_add (self->config_group, create_row (name, value));
    }
}

/* It is fixed when the session is queued. */
static void
add_configuration (TcDetailsView *self)
{
  TcSessionConfig *config = tc_session_get_config (self->session);
  AdwPreferencesGroup *group = self->config_group;
  gboolean is_own = config->command != NULL;

  show_fact (self, group, _("Own Command"), g_strdup (config->command));
  show_fact (self, group, _("Corpus"), is_own ? NULL : g_strdup (tc_app_text_get_corpus (config)));
  show_fact (self, group, _("Corpus File"), g_strdup (config->corpus_file));
  show_fact (self, group, _("Target"), is_own ? NULL : g_strdup (config->target));
  show_fact (self, group, _("Model"), g_strdup (config->model));
  show_fact (self, group, _("Epochs"), g_strdup_printf ("%u", config->epochs));
  show_fact (self, group, _("Seed"), config->seed >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, config->seed) : NULL);
  show_fact (self, group, _("Script"), g_strdup (config->script));
  show_fact (self, group, _("Continues From"), g_strdup (config->resume_from));
  show_fact (self, group, _("Budget"),
             config->budget != TC_BUDGET_NONE ? tc_facts_text_dup_money (config->budget) : NULL);
  add_settings (self, config->settings);
}

/* ---- Actions ---- */

static void
on_copy (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  TcDetailsView *self = TC_DETAILS_VIEW (widget);
  g_autofree char *command = tc_run_details_dup_command (self->details);

  if (command == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), command);
  g_signal_emit (self, signals[SIGNAL_COPIED], 0);
}

static void
on_shown (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcDetailsView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!gtk_file_launcher_open_containing_folder_finish (GTK_FILE_LAUNCHER (object), result, &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, _("The folder cannot be shown: no file manager answers."));
}

static void
on_show (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  g_autoptr(GFile) file = g_file_new_for_path (g_variant_get_string (parameter, NULL));
  g_autoptr(GtkFileLauncher) launcher = gtk_file_launcher_new (file);

  gtk_file_launcher_open_containing_folder (launcher, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, on_shown,
                                            g_object_ref (widget));
}

/* ---- The object ---- */

static void
tc_details_view_dispose (GObject *object)
{
  TcDetailsView *self = TC_DETAILS_VIEW (object);

  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_DETAILS_VIEW);
  g_clear_object (&self->details);
  g_clear_object (&self->session);
  g_clear_pointer (&self->run_dir, g_free);
  g_clear_pointer (&self->redactor, tc_redactor_free);
  g_clear_pointer (&self->variables, g_ptr_array_unref);
  g_clear_pointer (&self->attempts, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_hash_table_unref);

  G_OBJECT_CLASS (tc_details_view_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, command);
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, left_out);
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, environment);
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, command_group);
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, outcome_group);
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, times_group);
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, attempts_group);
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, machine_group);
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, files_group);
  gtk_widget_class_bind_template_child (widget_class, TcDetailsView, config_group);
}

static void
tc_details_view_class_init (TcDetailsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_details_view_dispose;
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_COPIED] =
    g_signal_new ("copied", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/hlx/TrainingCenter/pages/tc-details-view.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "details.copy", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "details.show", "s", on_show);
}

static void
tc_details_view_init (TcDetailsView *self)
{
  self->redactor = tc_redactor_new ();
  tc_redactor_add_shapes (self->redactor);
  self->variables = g_ptr_array_new ();
  self->attempts = g_ptr_array_new ();
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tc_details_view_new:
 * @run_dir: the run folder of @session
 *
 * Returns: (transfer floating): a view that follows @session
 */
GtkWidget *
tc_details_view_new (TcClient   *client,
                     TcSession  *session,
                     const char *run_dir)
{
  TcDetailsView *self = g_object_new (TC_TYPE_DETAILS_VIEW, NULL);

  self->session = g_object_ref (session);
  self->run_dir = g_strdup (run_dir);
  self->details = tc_run_details_new (client, session);
  add_files (self);
  add_configuration (self);
  g_signal_connect_object (self->details, "changed", G_CALLBACK (on_details_changed), self, 0);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  on_details_changed (self->details, self);
  on_session_changed (session, self);

  return GTK_WIDGET (self);
}
