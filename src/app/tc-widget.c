/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-widget.h"

/**
 * tc_widget_dispose:
 * @widget: a widget that derives from GtkWidget itself and has a template
 * @type: the class that has the template
 *
 * For its dispose: lets go of the template's children. GTK forgets those that
 * are bound to fields; the others have to be taken out, for nobody else does it.
 */
void
tc_widget_dispose (GtkWidget *widget,
                   GType      type)
{
  GtkWidget *child;

  gtk_widget_dispose_template (widget, type);
  while ((child = gtk_widget_get_first_child (widget)) != NULL)
    gtk_widget_unparent (child);
}
