/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-notes-dialog.h"

struct _TcNotesDialog
{
  AdwDialog  parent_instance;
};

G_DEFINE_FINAL_TYPE (TcNotesDialog, tc_notes_dialog, ADW_TYPE_DIALOG)

static void
tc_notes_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TC_TYPE_NOTES_DIALOG);

  G_OBJECT_CLASS (tc_notes_dialog_parent_class)->dispose (object);
}

static void
tc_notes_dialog_class_init (TcNotesDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_notes_dialog_dispose;

  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/dev/hlx/TrainingCenter/dialogs/tc-notes-dialog.ui");
}

static void
tc_notes_dialog_init (TcNotesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/** tc_notes_dialog_new: Returns: (transfer floating): the dialog */
AdwDialog *
tc_notes_dialog_new (void)
{
  return g_object_new (TC_TYPE_NOTES_DIALOG, NULL);
}
