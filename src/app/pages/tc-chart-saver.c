/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-chart-saver.h"

#include <glib/gi18n.h>

#include "tc-save.h"
#include "tc-text.h"

#define NAME_BYTES 80

typedef struct
{
  /* Input arguments. */
  TcChart *chart;   /* (owned) */
  char    *format;  /* (owned) "png" "svg" "csv" */

  /* Results. */
  GFile   *file;    /* (owned) (nullable) */
} SaveJob;

static void
save_job_free (SaveJob *job)
{
  g_clear_object (&job->chart);
  g_clear_object (&job->file);
  g_free (job->format);
  g_free (job);
}

/**
 * tc_chart_saver_dup_name:
 * @title: of the session, foreign
 * @format: "png", "svg" or "csv"
 *
 * Returns: (transfer full): a name that a file may have
 */
char *
tc_chart_saver_dup_name (const char *title,
                         const char *format)
{
  g_autofree char *clean = tc_text_sanitize (title, -1, NAME_BYTES, TC_TEXT_SINGLE_LINE);

  g_strdelimit (clean, "/\\:*?\"<>|", '-');
  g_strstrip (clean);
  if (*clean == '.')
    *clean = '-';

  return g_strconcat (*clean != '\0' ? clean : "-", ".", format, NULL);
}

static GBytes *
make_bytes (SaveJob *job)
{
  if (g_str_equal (job->format, "png"))
    return tc_chart_to_png (job->chart);
  if (g_str_equal (job->format, "svg"))
    return tc_chart_to_svg (job->chart);

  return tc_chart_to_csv (job->chart);
}

static void
on_saved (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SaveJob *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (tc_save_finish (result, &error))
    g_task_return_pointer (task, g_steal_pointer (&job->file), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_chosen (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SaveJob *job = g_task_get_task_data (task);
  g_autoptr(GBytes) bytes = NULL;
  GError *error = NULL;

  job->file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (object), result, &error);
  if (job->file == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  bytes = make_bytes (job);
  if (bytes == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", _("The chart could not be drawn."));
  else
    tc_save_async (job->file, bytes, NULL, on_saved, g_steal_pointer (&task));
}

/**
 * tc_chart_saver_save_async:
 * @format: "png", "svg" or "csv"
 * @title: what the file is called at first
 *
 * Asks where to, and writes the chart as it is when that is said.
 */
void
tc_chart_saver_save_async (TcChart             *chart,
                           const char          *format,
                           const char          *title,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *name = tc_chart_saver_dup_name (title, format);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (chart));
  SaveJob *job = g_new0 (SaveJob, 1);
  GTask *task;

  job->chart = g_object_ref (chart);
  job->format = g_strdup (format);
  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, tc_chart_saver_save_async);
  g_task_set_task_data (task, job, (GDestroyNotify) save_job_free);
  gtk_file_dialog_set_title (dialog, _("Save Chart"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, on_chosen, task);
}

/**
 * tc_chart_saver_save_finish:
 * @error: GTK_DIALOG_ERROR_DISMISSED when nobody wanted it any more
 *
 * Returns: (transfer full) (nullable): the file
 */
GFile *
tc_chart_saver_save_finish (GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
