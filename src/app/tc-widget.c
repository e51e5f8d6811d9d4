/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-widget.h"

#include <string.h>

/* A longer one is no option, and has to be broken somewhere. */
#define OPTION_BYTES 32

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

/**
 * tc_widget_keep_options:
 * @label: shows a command over several lines
 *
 * Breaks no line within “--batch-size”: an option is one word. To be called
 * when the text has been set.
 */
void
tc_widget_keep_options (GtkLabel *label)
{
  const char *text = gtk_label_get_text (label);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  for (const char *at = text; *at != '\0';)
    {
      gsize length = strcspn (at, " =");
      PangoAttribute *attribute;

      if (at[0] == '-' && length <= OPTION_BYTES)
        {
          attribute = pango_attr_allow_breaks_new (FALSE);
          attribute->start_index = (guint) (at - text);
          attribute->end_index = (guint) (at - text + length);
          pango_attr_list_insert (attributes, attribute);
        }
      at += length;
      at += strspn (at, " =");
    }
  gtk_label_set_attributes (label, attributes);
}
