/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-checkpoint-row.h"

#include <glib/gi18n.h>
#include <math.h>

#include "tc-app-text.h"
#include "tc-checkpoint-actions.h"
#include "tc-duration.h"
#include "tc-new-session.h"
#include "tc-text.h"
#include "tc-widget.h"

struct _TcCheckpointRow
{
  GtkWidget         parent_instance;

  TcCheckpointList *list;      /* (owned) */
  TcCheckpointItem *item;      /* (owned) (nullable) */

  GtkLabel         *title;
  GtkWidget        *best;
  GtkLabel         *contents;
  GtkLabel         *subtitle;
  GtkWidget        *gate_box;
  GtkImage         *gate_icon;
  GtkLabel         *gate;
  GtkWidget        *needed;
  GtkLabel         *size;
  GtkMenuButton    *menu;
};

G_DEFINE_FINAL_TYPE (TcCheckpointRow, tc_checkpoint_row, GTK_TYPE_WIDGET)

/* ---- What is shown ---- */

static void
add_text (GString    *text,
          const char *more)
{
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, more);
}

static void
add_loss (GString    *text,
          const char *format,
          double      loss)
{
  g_autofree char *number = isfinite (loss) ? tc_app_text_dup_loss (loss, TRUE) : NULL;
  g_autofree char *more = NULL;

  if (number == NULL)
    return;
  more = g_strdup_printf (format, number);
  add_text (text, more);
}

static void
show_gate (TcCheckpointRow *self,
           const char      *result)
{
  static const struct { const char *result; const char *text; const char *icon; const char *style; } gates[] = {
    { "pass", N_("Gate passed"), "object-select-symbolic", "success" },
    { "warn", N_("Gate warned"), "dialog-warning-symbolic", "warning" },
    { "fail", N_("Gate failed"), "dialog-error-symbolic", "error" },
  };

  gtk_widget_set_visible (self->gate_box, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    {
      gboolean is_this = g_strcmp0 (gates[i].result, result) == 0;

      if (!is_this)
        {
          gtk_widget_remove_css_class (self->gate_box, gates[i].style);
          continue;
        }
      gtk_widget_add_css_class (self->gate_box, gates[i].style);
      gtk_label_set_label (self->gate, _(gates[i].text));
      gtk_image_set_from_icon_name (self->gate_icon, gates[i].icon);
      gtk_widget_set_visible (self->gate_box, TRUE);
    }
}

/* "val 1.283 · train 1.201"; the file's name where nothing is known. */
static char *
dup_about (const TcCheckpointFacts *facts)
{
  GString *text = g_string_new (NULL);

  /* Translators: the validation loss, short: "val 1.02" */
  add_loss (text, _("val %s"), facts->record->val_loss);
  /* Translators: the training loss, short: "train 1.02" */
  add_loss (text, _("train %s"), facts->record->train_loss);
  if (text->len == 0)
    {
      g_autofree char *name = tc_text_sanitize (facts->name, -1, -1, TC_TEXT_SINGLE_LINE);

      add_text (text, name);
    }

  return g_string_free_and_steal (text);
}

/**
 * tc_checkpoint_row_get_contents:
 *
 * Returns: (nullable): what tells two checkpoints of one epoch apart, if that is known
 */
const char *
tc_checkpoint_row_get_contents (const TcCheckpointFacts *facts)
{
  switch (facts->contents)
    {
    case TC_CHECKPOINT_CONTENTS_WEIGHTS:
      /* Translators: of a checkpoint that has no more than the model's weights */
      return _("Weights only");

    case TC_CHECKPOINT_CONTENTS_RESUMABLE:
      /* Translators: of a checkpoint that has all a training needs to go on from it */
      return _("Resumable");

    case TC_CHECKPOINT_CONTENTS_UNKNOWN:
    default:
      return NULL;
    }
}

static void
show_item (TcCheckpointRow         *self,
           const TcCheckpointFacts *facts)
{
  g_autofree char *title = g_strdup_printf (_("Epoch %u"), facts->record->epoch);
  g_autofree char *about = dup_about (facts);
  g_autofree char *name = tc_text_sanitize (facts->name, -1, -1, TC_TEXT_SINGLE_LINE);
  g_autofree char *size = tc_size_format ((guint64) MAX (facts->disk_bytes, 0));
  /* Translators: of a checkpoint: "More actions for epoch 47" */
  g_autofree char *label = g_strdup_printf (_("More actions for epoch %u"), facts->record->epoch);
  const char *contents = tc_checkpoint_row_get_contents (facts);

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->contents, contents != NULL ? contents : "");
  gtk_widget_set_visible (GTK_WIDGET (self->contents), contents != NULL);
  gtk_label_set_label (self->subtitle, about);
  gtk_label_set_label (self->size, size);
  show_gate (self, facts->record->gate);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), name);
  gtk_widget_set_visible (self->best, facts->record->is_best);
  gtk_widget_set_visible (self->needed, facts->needed != NULL);
  gtk_widget_set_tooltip_text (self->needed, facts->needed);
  if (facts->needed != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->needed), GTK_ACCESSIBLE_PROPERTY_LABEL, facts->needed, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "checkpoint.remove", facts->needed == NULL);
}

/* ---- What can be done ---- */

static const TcCheckpoint *
get_record (TcCheckpointRow *self)
{
  return tc_checkpoint_item_get (self->item)->record;
}

static void
on_shown (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GtkWidget) self = user_data;
  g_autoptr(GError) error = NULL;

  if (gtk_file_launcher_open_containing_folder_finish (GTK_FILE_LAUNCHER (object), result, &error) ||
      g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    return;
  g_message ("The folder cannot be shown: %s", error->message);
  tc_checkpoint_actions_tell (self, _("There is no file manager that could show the folder. Copy the path instead."));
}

static void
on_show (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  TcCheckpointRow *self = TC_CHECKPOINT_ROW (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autoptr(GFile) file = NULL;
  g_autoptr(GtkFileLauncher) launcher = NULL;

  if (self->item == NULL)
    return;
  file = g_file_new_for_path (get_record (self)->path);
  launcher = gtk_file_launcher_new (file);
  gtk_file_launcher_open_containing_folder (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                                            on_shown, g_object_ref (widget));
}

static void
on_copy (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  TcCheckpointRow *self = TC_CHECKPOINT_ROW (widget);

  if (self->item == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), get_record (self)->path);
  tc_checkpoint_actions_tell (widget, _("Path copied"));
}

/* What goes on from a checkpoint. A session of as many epochs as that one had
 * would end at once when it is of the last; then as many again are asked for. */
static TcSessionConfig *
make_config (TcSession          *session,
             const TcCheckpoint *record)
{
  TcSessionConfig *config = session != NULL ? tc_session_config_copy (tc_session_get_config (session))
                                            : tc_session_config_new ();

  g_set_str (&config->title, NULL);
  g_set_str (&config->resume_from, record->path);
  config->after = 0;
  if (config->epochs <= record->epoch)
    config->epochs = MIN (config->epochs + record->epoch, TC_EPOCHS_MAX);

  return config;
}

static void
on_resume (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcCheckpointRow *self = TC_CHECKPOINT_ROW (widget);
  TcClient *client = tc_checkpoint_list_get_client (self->list);
  g_autoptr(TcSessionConfig) config = NULL;
  g_autofree char *title = NULL;
  TcNewSession *dialog;
  TcSession *session;

  if (self->item == NULL)
    return;
  session = tc_queue_lookup (tc_client_get_queue (client), get_record (self)->session_id);
  config = make_config (session, get_record (self));
  title = g_strdup_printf (_("Resume From Epoch %u"), get_record (self)->epoch);
  dialog = tc_new_session_new_like (client, config);
  adw_dialog_set_title (ADW_DIALOG (dialog), title);
  adw_dialog_present (ADW_DIALOG (dialog), widget);
}

static void
on_remove (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcCheckpointRow *self = TC_CHECKPOINT_ROW (widget);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (self->item == NULL)
    return;
  g_array_append_val (ids, get_record (self)->id);
  tc_checkpoint_actions_remove (widget, self->list, ids);
}

static void
on_menu (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  tc_checkpoint_row_show_menu (TC_CHECKPOINT_ROW (widget));
}

/* ---- The object ---- */

static void
tc_checkpoint_row_dispose (GObject *object)
{
  TcCheckpointRow *self = TC_CHECKPOINT_ROW (object);

  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_CHECKPOINT_ROW);
  g_clear_object (&self->item);
  g_clear_object (&self->list);

  G_OBJECT_CLASS (tc_checkpoint_row_parent_class)->dispose (object);
}

static void
tc_checkpoint_row_class_init (TcCheckpointRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_checkpoint_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/rows/tc-checkpoint-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, title);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, best);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, contents);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, gate_box);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, gate_icon);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, gate);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, needed);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, size);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointRow, menu);
  gtk_widget_class_install_action (widget_class, "checkpoint.show", NULL, on_show);
  gtk_widget_class_install_action (widget_class, "checkpoint.copy", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "checkpoint.resume", NULL, on_resume);
  gtk_widget_class_install_action (widget_class, "checkpoint.remove", NULL, on_remove);
  gtk_widget_class_install_action (widget_class, "checkpoint.menu", NULL, on_menu);
  /* Where the row itself does not take the keyboard, but its button does. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "checkpoint.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "checkpoint.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "checkpoint.menu", NULL);
}

/** tc_checkpoint_row_show_menu: What can be done with the checkpoint. */
void
tc_checkpoint_row_show_menu (TcCheckpointRow *self)
{
  g_return_if_fail (TC_IS_CHECKPOINT_ROW (self));

  gtk_menu_button_popup (self->menu);
}

static void
on_secondary_click (GtkGestureClick *gesture,
                    int              n_press,
                    double           x,
                    double           y,
                    TcCheckpointRow *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  tc_checkpoint_row_show_menu (self);
}

static void
tc_checkpoint_row_init (TcCheckpointRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_secondary_click), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * tc_checkpoint_row_new:
 * @list: by which things are done
 *
 * Returns: (transfer floating): a row without a checkpoint
 */
GtkWidget *
tc_checkpoint_row_new (TcCheckpointList *list)
{
  TcCheckpointRow *self = g_object_new (TC_TYPE_CHECKPOINT_ROW, NULL);

  self->list = g_object_ref (list);

  return GTK_WIDGET (self);
}

/** tc_checkpoint_row_set_item: @item: (nullable): what to show from now on */
void
tc_checkpoint_row_set_item (TcCheckpointRow  *self,
                            TcCheckpointItem *item)
{
  g_return_if_fail (TC_IS_CHECKPOINT_ROW (self));

  if (g_set_object (&self->item, item) && item != NULL)
    show_item (self, tc_checkpoint_item_get (item));
}
