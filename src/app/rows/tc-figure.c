/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-figure.h"

struct _TcFigure
{
  GtkWidget  parent_instance;

  GtkWidget *value;
  GtkWidget *title;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_VALUE,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (TcFigure, tc_figure, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

/* Read as one: "Validation Loss: 2.416". */
static void
describe (TcFigure *self)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", gtk_label_get_label (GTK_LABEL (self->title)),
                                           gtk_label_get_label (GTK_LABEL (self->value)));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
tc_figure_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  TcFigure *self = TC_FIGURE (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_label (GTK_LABEL (self->title)));
      break;
    case PROP_VALUE:
      g_value_set_string (value, gtk_label_get_label (GTK_LABEL (self->value)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_figure_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  TcFigure *self = TC_FIGURE (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      gtk_label_set_label (GTK_LABEL (self->title), g_value_get_string (value));
      describe (self);
      break;
    case PROP_VALUE:
      tc_figure_set_value (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_figure_dispose (GObject *object)
{
  TcFigure *self = TC_FIGURE (object);

  g_clear_pointer (&self->value, gtk_widget_unparent);
  g_clear_pointer (&self->title, gtk_widget_unparent);

  G_OBJECT_CLASS (tc_figure_parent_class)->dispose (object);
}

static void
tc_figure_class_init (TcFigureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tc_figure_get_property;
  object_class->set_property = tc_figure_set_property;
  object_class->dispose = tc_figure_dispose;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, "–", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tc_figure_init (TcFigure *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->value = gtk_label_new ("–");
  self->title = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (self->value), 0);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->value), PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->value, "title-4");
  gtk_widget_add_css_class (self->value, "numeric");
  gtk_widget_add_css_class (self->title, "caption");
  gtk_widget_add_css_class (self->title, "dim-label");
  gtk_widget_set_parent (self->value, GTK_WIDGET (self));
  gtk_widget_set_parent (self->title, GTK_WIDGET (self));
}

/**
 * tc_figure_new:
 * @title: what the figure is
 *
 * Returns: (transfer floating): a figure that is not known yet
 */
GtkWidget *
tc_figure_new (const char *title)
{
  return g_object_new (TC_TYPE_FIGURE, "title", title, NULL);
}

/** tc_figure_set_value: @value: (nullable): NULL for not known */
void
tc_figure_set_value (TcFigure   *self,
                     const char *value)
{
  g_return_if_fail (TC_IS_FIGURE (self));

  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (self->value)), value) == 0)
    return;
  gtk_label_set_label (GTK_LABEL (self->value), value != NULL ? value : "–");
  describe (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}
