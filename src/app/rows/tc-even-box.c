/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-even-box.h"

struct _TcEvenBox
{
  GtkWidget parent_instance;

  int       spacing;
  gboolean  is_packed; /* in one row each is as wide as it wants to be */
};

enum
{
  PROP_0,
  PROP_SPACING,
};

G_DEFINE_FINAL_TYPE (TcEvenBox, tc_even_box, GTK_TYPE_WIDGET)

static int
add_up (TcEvenBox *self,
        int        size,
        int        n)
{
  return size * n + self->spacing * MAX (n - 1, 0);
}

/* The widest child, how many there are, and all of them in one row. */
static int
measure_width (TcEvenBox *self,
               GtkWidget *widget,
               gboolean   is_natural,
               int       *n,
               int       *row)
{
  int width = 0;
  int sum = 0;

  *n = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int minimum, natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
      width = MAX (width, is_natural ? natural : minimum);
      sum += natural;
      (*n)++;
    }
  *row = self->is_packed ? sum + self->spacing * MAX (*n - 1, 0) : add_up (self, width, *n);

  return width;
}

/* Returns: the columns in @width; -1: as many as there are children */
static int
find_columns (TcEvenBox *self,
              GtkWidget *widget,
              int        width,
              int       *n)
{
  int row;
  int natural = measure_width (self, widget, TRUE, n, &row);
  int half = (*n + 1) / 2;

  if (width < 0 || *n <= 1 || row <= width)
    return MAX (*n, 1);
  if (add_up (self, natural, half) <= width)
    return half;

  return add_up (self, natural, 2) <= width ? 2 : 1;
}

static int
find_column_width (TcEvenBox *self,
                   int        width,
                   int        columns)
{
  return (width - self->spacing * (columns - 1)) / columns;
}

/* The highest child, in columns that are so wide; in a packed row one can be wider than its share. */
static int
measure_height (GtkWidget *widget,
                int        width)
{
  int height = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int minimum = 0;
      int natural;

      if (!gtk_widget_should_layout (child))
        continue;
      if (width >= 0)
        gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width < 0 ? -1 : MAX (width, minimum), NULL, &natural,
                          NULL, NULL);
      height = MAX (height, natural);
    }

  return height;
}

static GtkSizeRequestMode
tc_even_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tc_even_box_measure (GtkWidget      *widget,
                     GtkOrientation  orientation,
                     int             for_size,
                     int            *minimum,
                     int            *natural,
                     int            *minimum_baseline,
                     int            *natural_baseline)
{
  TcEvenBox *self = TC_EVEN_BOX (widget);
  int columns, n, row;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = measure_width (self, widget, FALSE, &n, &row);
      measure_width (self, widget, TRUE, &n, natural);
      return;
    }

  columns = find_columns (self, widget, for_size, &n);
  *minimum = add_up (self, measure_height (widget, for_size < 0 ? -1 : find_column_width (self, for_size, columns)),
                     (n + columns - 1) / columns);
  *natural = *minimum;
}

static void
tc_even_box_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  TcEvenBox *self = TC_EVEN_BOX (widget);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int n;
  int columns = find_columns (self, widget, width, &n);
  int size = find_column_width (self, width, columns);
  int row_height = measure_height (widget, size);
  int i = 0;
  int x = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkAllocation place = { 0, 0, size, row_height };

      if (!gtk_widget_should_layout (child))
        continue;
      if (self->is_packed && columns == n)
        gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &place.width, NULL, NULL);
      place.width = MIN (place.width, width);
      if (i % columns == 0)
        x = 0;
      place.x = is_rtl ? width - x - place.width : x;
      place.y = i / columns * (row_height + self->spacing);
      gtk_widget_size_allocate (child, &place, -1);
      x += place.width + self->spacing;
      i++;
    }
}

static void
tc_even_box_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  if (prop_id == PROP_SPACING)
    g_value_set_int (value, TC_EVEN_BOX (object)->spacing);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
tc_even_box_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  if (prop_id == PROP_SPACING)
    TC_EVEN_BOX (object)->spacing = g_value_get_int (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
tc_even_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (tc_even_box_parent_class)->dispose (object);
}

static void
tc_even_box_class_init (TcEvenBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = tc_even_box_dispose;
  object_class->get_property = tc_even_box_get_property;
  object_class->set_property = tc_even_box_set_property;
  g_object_class_install_property (object_class, PROP_SPACING,
                                   g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT16, 0,
                                                     G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                                                       G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  widget_class->get_request_mode = tc_even_box_get_request_mode;
  widget_class->measure = tc_even_box_measure;
  widget_class->size_allocate = tc_even_box_size_allocate;
}

static void
tc_even_box_init (TcEvenBox *self)
{
}

/** tc_even_box_new_packed: @spacing: between the columns and the rows. Returns: (transfer floating) */
GtkWidget *
tc_even_box_new_packed (int spacing)
{
  TcEvenBox *self = g_object_new (TC_TYPE_EVEN_BOX, "spacing", spacing, NULL);

  self->is_packed = TRUE;

  return GTK_WIDGET (self);
}

/** tc_even_box_append: @child: the last one, which the box takes */
void
tc_even_box_append (TcEvenBox *self,
                    GtkWidget *child)
{
  g_return_if_fail (TC_IS_EVEN_BOX (self));

  gtk_widget_set_parent (child, GTK_WIDGET (self));
}
