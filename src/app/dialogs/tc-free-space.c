/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-free-space.h"

#include <glib/gi18n.h>

#include "tc-checkpoint-actions.h"
#include "tc-duration.h"
#include "tc-retention-setting.h"

struct _TcFreeSpace
{
  AdwDialog         parent_instance;

  TcCheckpointList *list;     /* (owned) */
  GtkWidget        *from;     /* (owned) the page, which tells how it went */
  guint             n_asked;  /* questions so far: only the last answer counts */
  gboolean          is_told;  /* the switch shows what the engine does */

  AdwSpinRow       *last;
  AdwActionRow     *result;
  GtkWidget        *apply;
  AdwSwitchRow     *always;
};

G_DEFINE_FINAL_TYPE (TcFreeSpace, tc_free_space, ADW_TYPE_DIALOG)

/* One question on its way. */
typedef struct
{
  TcFreeSpace *self;  /* (owned) */
  guint        number;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
show_result (TcFreeSpace *self,
             guint        n,
             gint64       bytes)
{
  g_autofree char *size = tc_size_format ((guint64) MAX (bytes, 0));
  /* Translators: how many checkpoints would be deleted */
  g_autofree char *title = g_strdup_printf (ngettext ("Deletes %u checkpoint", "Deletes %u checkpoints", n), n);
  /* Translators: %s is a size such as 4.2 GB */
  g_autofree char *subtitle = g_strdup_printf (_("Frees %s"), size);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->result), n > 0 ? title : _("Nothing to delete"));
  adw_action_row_set_subtitle (self->result, n > 0 ? subtitle : _("No run has more checkpoints than that"));
  gtk_widget_set_sensitive (self->apply, n > 0);
}

static void
on_previewed (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(Question) question = user_data;
  g_autoptr(GError) error = NULL;
  gint64 bytes;
  g_autoptr(GArray) ids = tc_checkpoint_list_change_finish (TC_CHECKPOINT_LIST (object), result, &bytes, &error);

  if (question->self->n_asked != question->number || question->self->result == NULL)
    return;
  if (ids != NULL)
    {
      show_result (question->self, ids->len, bytes);
      return;
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (question->self->result), _("Not known"));
  adw_action_row_set_subtitle (question->self->result, error->message);
}

/* ---- By itself ---- */

/* By itself no run loses all but its best. */
static void
set_lowest (TcFreeSpace *self,
            double       lowest)
{
  gtk_adjustment_set_lower (adw_spin_row_get_adjustment (self->last), lowest);
  if (adw_spin_row_get_value (self->last) < lowest)
    adw_spin_row_set_value (self->last, lowest);
}

static void
show_setting (TcFreeSpace              *self,
              const TcRetentionSetting *setting)
{
  self->is_told = FALSE;
  set_lowest (self, setting->enabled ? 1 : 0);
  if (setting->enabled)
    adw_spin_row_set_value (self->last, setting->last);
  adw_switch_row_set_active (self->always, setting->enabled);
  gtk_widget_set_sensitive (GTK_WIDGET (self->always), TRUE);
  self->is_told = TRUE;
}

static void
on_setting (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(TcFreeSpace) self = user_data;
  g_autoptr(GError) error = NULL;
  TcRetentionSetting setting;
  gboolean is_known = tc_retention_setting_finish (TC_CLIENT (object), result, &setting, &error);

  if (self->always == NULL)
    return;
  if (is_known)
    show_setting (self, &setting);
  else
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->always), error->message);
}

static void
on_setting_saved (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(TcFreeSpace) self = user_data;
  TcClient *client = TC_CLIENT (object);
  g_autoptr(GError) error = NULL;
  TcRetentionSetting setting;

  if (tc_retention_setting_finish (client, result, &setting, &error) || self->always == NULL)
    return;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->always), error->message);
  tc_retention_setting_load_async (client, on_setting, g_object_ref (self));
}

static void
save_setting (TcFreeSpace *self)
{
  TcRetentionSetting wanted = { adw_switch_row_get_active (self->always), 1 };

  wanted.last = (guint) MAX (adw_spin_row_get_value (self->last), 1);
  tc_retention_setting_save_async (tc_checkpoint_list_get_client (self->list), &wanted, on_setting_saved,
                                   g_object_ref (self));
}

static void
on_always (TcFreeSpace *self)
{
  if (!self->is_told)
    return;
  self->is_told = FALSE;
  set_lowest (self, adw_switch_row_get_active (self->always) ? 1 : 0);
  self->is_told = TRUE;
  save_setting (self);
}

/* ---- Now ---- */

static void
on_edited (TcFreeSpace *self)
{
  Question *question;

  if (self->list == NULL)
    return;
  gtk_widget_set_sensitive (self->apply, FALSE);
  question = g_new0 (Question, 1);
  question->self = g_object_ref (self);
  question->number = ++self->n_asked;
  if (self->is_told && adw_switch_row_get_active (self->always))
    save_setting (self);
  tc_checkpoint_list_keep_async (self->list, (guint) adw_spin_row_get_value (self->last), TRUE, on_previewed,
                                 question);
}

static void
on_kept (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GtkWidget) from = user_data;
  TcCheckpointList *list = TC_CHECKPOINT_LIST (object);
  g_autoptr(GError) error = NULL;
  gint64 bytes;
  g_autoptr(GArray) ids = tc_checkpoint_list_change_finish (list, result, &bytes, &error);

  if (ids == NULL)
    tc_checkpoint_actions_tell (from, error->message);
  else if (ids->len > 0)
    tc_checkpoint_actions_offer_undo (from, list, ids, bytes);
}

static void
on_apply (TcFreeSpace *self)
{
  tc_checkpoint_list_keep_async (self->list, (guint) adw_spin_row_get_value (self->last), FALSE, on_kept,
                                 g_object_ref (self->from));
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
tc_free_space_dispose (GObject *object)
{
  TcFreeSpace *self = TC_FREE_SPACE (object);

  /* A dialog that was presented keeps its content otherwise (libadwaita 1.7). */
  adw_dialog_set_child (ADW_DIALOG (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_FREE_SPACE);
  g_clear_object (&self->list);
  g_clear_object (&self->from);

  G_OBJECT_CLASS (tc_free_space_parent_class)->dispose (object);
}

static void
tc_free_space_class_init (TcFreeSpaceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_free_space_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/dev/hlx/TrainingCenter/dialogs/tc-free-space.ui");
  gtk_widget_class_bind_template_child (widget_class, TcFreeSpace, last);
  gtk_widget_class_bind_template_child (widget_class, TcFreeSpace, result);
  gtk_widget_class_bind_template_child (widget_class, TcFreeSpace, apply);
  gtk_widget_class_bind_template_child (widget_class, TcFreeSpace, always);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_always);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_force_close);
}

static void
tc_free_space_init (TcFreeSpace *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tc_free_space_new:
 * @from: in an overlay that shows how it went
 *
 * Returns: (transfer floating): a dialog that changes nothing before it is told to
 */
TcFreeSpace *
tc_free_space_new (TcCheckpointList *list,
                   GtkWidget        *from)
{
  TcFreeSpace *self = g_object_new (TC_TYPE_FREE_SPACE, NULL);

  self->list = g_object_ref (list);
  self->from = g_object_ref (from);
  on_edited (self);
  tc_retention_setting_load_async (tc_checkpoint_list_get_client (list), on_setting, g_object_ref (self));

  return self;
}
