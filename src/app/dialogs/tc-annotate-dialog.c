/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-annotate-dialog.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"

/* Between the tags in the row; whoever types others there means the same. */
#define SEPARATOR ", "
#define SEPARATORS ",،、，"

struct _TcAnnotateDialog
{
  AdwDialog        parent_instance;

  TcClient        *client;   /* (owned) */
  TcSession       *session;  /* (owned) */
  gboolean         is_busy;

  AdwWindowTitle  *heading;
  AdwEntryRow     *tags;
  GtkTextView     *note;
  GtkLabel        *problem;
  GtkButton       *save;
  GtkSpinner      *spinner;
};

G_DEFINE_FINAL_TYPE (TcAnnotateDialog, tc_annotate_dialog, ADW_TYPE_DIALOG)

static char *
dup_note (TcAnnotateDialog *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->note);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

static GStrv
split_tags (const char *text)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GString) word = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (g_utf8_strchr (SEPARATORS, -1, character) == NULL)
        {
          g_string_append_unichar (word, character);
          continue;
        }
      g_strv_builder_add (builder, word->str);
      g_string_truncate (word, 0);
    }
  g_strv_builder_add (builder, word->str);

  return g_strv_builder_end (builder);
}

/* In words of the window: the engine's would not be translated. */
static const char *
find_problem (const char         *note,
              const char *const  *words)
{
  g_auto(GStrv) tags = tc_session_parse_tags (words, NULL);

  if (!tc_session_check_note (note, NULL))
    return _("The note is too long.");
  if (tags == NULL)
    return _("There are too many tags, or one of them is too long.");

  return NULL;
}

static void
show (TcAnnotateDialog *self,
      const char       *problem)
{
  gtk_label_set_label (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), !self->is_busy);
  gtk_spinner_set_spinning (self->spinner, self->is_busy);
}

static void
on_changed (TcAnnotateDialog *self)
{
  g_autofree char *note = dup_note (self);
  g_auto(GStrv) words = split_tags (gtk_editable_get_text (GTK_EDITABLE (self->tags)));
  const char *problem = find_problem (note, (const char *const *) words);

  show (self, problem);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), problem == NULL && !self->is_busy);
}

static void
on_saved (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcAnnotateDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  self->is_busy = FALSE;
  if (reply != NULL)
    adw_dialog_force_close (ADW_DIALOG (self));
  else if (self->client != NULL)
    show (self, error->message);
}

static void
on_save (TcAnnotateDialog *self)
{
  g_autofree char *target = g_strdup_printf ("/api/training/annotate/%" G_GUINT64_FORMAT,
                                             tc_session_get_id (self->session));
  g_auto(GStrv) words = split_tags (gtk_editable_get_text (GTK_EDITABLE (self->tags)));
  g_autofree char *note = dup_note (self);
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *request = json_object_new ();
  JsonArray *tags = json_array_new ();

  for (guint i = 0; words[i] != NULL; i++)
    json_array_add_string_element (tags, words[i]);
  json_object_set_array_member (request, "tags", tags);
  json_object_set_string_member (request, "note", note);
  json_node_take_object (body, request);
  self->is_busy = TRUE;
  show (self, NULL);
  tc_client_request_async (self->client, "POST", target, body, NULL, on_saved, g_object_ref (self));
}

static void
tc_annotate_dialog_dispose (GObject *object)
{
  TcAnnotateDialog *self = TC_ANNOTATE_DIALOG (object);

  /* libadwaita keeps the content of a dialog that was presented. */
  adw_dialog_set_child (ADW_DIALOG (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_ANNOTATE_DIALOG);
  g_clear_object (&self->session);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_annotate_dialog_parent_class)->dispose (object);
}

static void
tc_annotate_dialog_class_init (TcAnnotateDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_annotate_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/dialogs/tc-annotate-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TcAnnotateDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, TcAnnotateDialog, tags);
  gtk_widget_class_bind_template_child (widget_class, TcAnnotateDialog, note);
  gtk_widget_class_bind_template_child (widget_class, TcAnnotateDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, TcAnnotateDialog, save);
  gtk_widget_class_bind_template_child (widget_class, TcAnnotateDialog, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
}

static void
tc_annotate_dialog_init (TcAnnotateDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tc_annotate_dialog_new:
 *
 * Returns: (transfer floating): the dialog
 */
TcAnnotateDialog *
tc_annotate_dialog_new (TcClient  *client,
                        TcSession *session)
{
  TcAnnotateDialog *self = g_object_new (TC_TYPE_ANNOTATE_DIALOG, NULL);
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *tags = g_strjoinv (SEPARATOR, (GStrv) tc_session_get_tags (session));
  const char *note = tc_session_get_note (session);

  self->client = g_object_ref (client);
  self->session = g_object_ref (session);
  adw_window_title_set_subtitle (self->heading, title);
  gtk_editable_set_text (GTK_EDITABLE (self->tags), tags);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->note), note != NULL ? note : "", -1);
  g_signal_connect_object (gtk_text_view_get_buffer (self->note), "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  on_changed (self);

  return self;
}
