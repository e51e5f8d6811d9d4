/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-python-field.h"

#include <glib/gi18n.h>

#include "tc-answer.h"
#include "tc-json.h"
#include "tc-python.h"

static G_DEFINE_QUARK (tc-python-field-answer, answer)

static void
show_path (TcFieldRow *row,
           GFile      *file)
{
  const char *path = file != NULL ? g_file_peek_path (file) : NULL;

  if (path != NULL)
    tc_field_row_set_text (row, path);
}

static void
on_program_chosen (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(TcFieldRow) row = user_data;
  g_autoptr(GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (object), result, NULL);

  show_path (row, file);
}

static void
on_environment_chosen (GObject      *object,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr(TcFieldRow) row = user_data;
  g_autoptr(GFile) file = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (object), result, NULL);

  show_path (row, file);
}

static GtkFileDialog *
create_dialog (TcFieldRow *row,
               const char *title)
{
  GtkFileDialog *dialog = gtk_file_dialog_new ();
  g_autofree char *path = tc_python_field_dup_path (row);

  gtk_file_dialog_set_title (dialog, title);
  if (path != NULL && g_path_is_absolute (path))
    {
      g_autoptr(GFile) file = g_file_new_for_path (path);

      gtk_file_dialog_set_initial_file (dialog, file);
    }

  return dialog;
}

static void
on_choose_program (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  TcFieldRow *row = user_data;
  g_autoptr(GtkFileDialog) dialog = create_dialog (row, _("Choose Program"));

  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (row))), NULL, on_program_chosen,
                        g_object_ref (row));
}

static void
on_choose_environment (GSimpleAction *action,
                       GVariant      *parameter,
                       gpointer       user_data)
{
  TcFieldRow *row = user_data;
  g_autoptr(GtkFileDialog) dialog = create_dialog (row, _("Choose Virtual Environment"));

  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (row))), NULL,
                                 on_environment_chosen, g_object_ref (row));
}

/* As if it had been typed just now: what is known decides whether it is fine. */
static void
on_answered (TcFieldRow *row)
{
  g_signal_emit_by_name (row, "edited");
}

/* The row is gone: nobody waits for the answer any more. */
static void
forget_answer (gpointer answer)
{
  g_object_run_dispose (G_OBJECT (answer));
  g_object_unref (answer);
}

/**
 * tc_python_field_set_up:
 * @row: gets a button to choose with, and becomes edited when there is an answer
 * @client: whose engine is asked
 */
void
tc_python_field_set_up (TcFieldRow *row,
                        TcClient   *client)
{
  static const GActionEntry entries[] = {
    { .name = "choose-program", .activate = on_choose_program },
    { .name = "choose-environment", .activate = on_choose_environment },
  };
  g_autoptr(GSimpleActionGroup) actions = g_simple_action_group_new ();
  g_autoptr(GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();
  TcAnswer *answer = tc_answer_new (client, "/api/python", "python");

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), row);
  gtk_widget_insert_action_group (GTK_WIDGET (row), "python", G_ACTION_GROUP (actions));
  g_menu_append (menu, _("_Program…"), "python.choose-program");
  g_menu_append (menu, _("_Virtual Environment…"), "python.choose-environment");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "document-open-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (button, _("Choose Python"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_signal_connect_object (answer, "changed", G_CALLBACK (on_answered), row, G_CONNECT_SWAPPED);
  g_object_set_qdata_full (G_OBJECT (row), answer_quark (), answer, forget_answer);
}

/** tc_python_field_dup_path: Returns: (transfer full) (nullable): what was typed, with the home folder for "~" */
char *
tc_python_field_dup_path (TcFieldRow *row)
{
  g_autofree char *text = g_strstrip (g_strdup (tc_field_row_get_text (row)));

  if (text[0] == '\0')
    return NULL;
  if (text[0] == '~' && (text[1] == '/' || text[1] == '\0'))
    return g_build_filename (g_get_home_dir (), text + 1, NULL);

  return g_steal_pointer (&text);
}

static void
show_answer (TcFieldRow *row,
             TcAnswer   *answer,
             gboolean    is_chosen)
{
  JsonObject *facts = tc_answer_get_facts (answer);
  const char *version = tc_json_get_string (facts, "version", NULL);
  const char *torch = tc_json_get_string (facts, "torch", NULL);
  g_autofree char *text = NULL;

  if (version == NULL)
    return;
  if (torch == NULL && is_chosen)
    text = g_strdup_printf (_("Python %s without PyTorch"), version);
  else if (torch == NULL)
    text = g_strdup_printf (_("The system’s: Python %s without PyTorch"), version);
  else if (is_chosen)
    text = g_strdup_printf (_("Python %s, PyTorch %s"), version, torch);
  else
    text = g_strdup_printf (_("The system’s: Python %s, PyTorch %s"), version, torch);
  tc_field_row_say (ADW_ACTION_ROW (row), text, FALSE);
}

/* Returns: whether the engine has not said that it is no Python */
static gboolean
check_answer (TcFieldRow *row,
              const char *path)
{
  TcAnswer *answer = g_object_get_qdata (G_OBJECT (row), answer_quark ());
  const char *problem;

  if (answer == NULL)
    return TRUE;
  if (!tc_answer_is_of (answer, path))
    tc_answer_ask (answer, path);
  problem = tc_answer_get_problem (answer);
  if (path != NULL && problem != NULL)
    {
      tc_field_row_set_problem (row, problem);
      return FALSE;
    }
  show_answer (row, answer, path != NULL);

  return TRUE;
}

/** tc_python_field_check: Returns: whether nothing, or what may be a Python, was typed; if not, the row says why */
gboolean
tc_python_field_check (TcFieldRow *row)
{
  static const char *const sentences[] = {
    [TC_PYTHON_NOT_ABSOLUTE] = N_("Write the whole path, from / or ~ on"),
    [TC_PYTHON_MISSING] = N_("Nothing is there. Choose a Python, or none for the system’s."),
    [TC_PYTHON_NO_ENVIRONMENT] = N_("This folder has no bin/python3 and is no virtual environment. Choose another."),
    [TC_PYTHON_NOT_EXECUTABLE] = N_("This file is not a program. Choose a python3, or a virtual environment."),
  };
  g_autofree char *path = tc_python_field_dup_path (row);
  TcPythonProblem problem = path != NULL ? tc_python_check (path) : TC_PYTHON_FINE;

  tc_field_row_set_problem (row, problem != TC_PYTHON_FINE ? _(sentences[problem]) : NULL);

  return problem == TC_PYTHON_FINE && check_answer (row, path);
}
