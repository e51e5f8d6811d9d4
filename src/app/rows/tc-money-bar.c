/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-money-bar.h"

#include <glib/gi18n.h>

#define WARN_SHARE 0.8
#define HEIGHT 8

struct _TcMoneyBar
{
  GtkWidget   parent_instance;

  double      spent;     /* of the limit, 0 to 1 */
  double      expected;  /* likewise, on top of it */
  const char *style;     /* (nullable) the class that warns */

  GtkWidget  *expected_part;
  GtkWidget  *spent_part;
};

G_DEFINE_FINAL_TYPE (TcMoneyBar, tc_money_bar, GTK_TYPE_WIDGET)

static void
measure (GtkWidget      *widget,
         GtkOrientation  orientation,
         int             for_size,
         int            *minimum,
         int            *natural,
         int            *minimum_baseline,
         int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : HEIGHT * 2;
}

static void
allocate_part (TcMoneyBar *self,
               GtkWidget  *part,
               double      share,
               int         width,
               int         height)
{
  int length = (int) (share * width + 0.5);
  gboolean is_reversed = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  /* A little is seen too, and not as a sliver without round ends. */
  length = share > 0 ? MAX (length, height) : 0;
  gtk_widget_set_child_visible (part, length > 0);
  if (length > 0)
    gtk_widget_size_allocate (part, &(GtkAllocation) { is_reversed ? width - length : 0, 0, length, height }, -1);
}

static void
size_allocate (GtkWidget *widget,
               int        width,
               int        height,
               int        baseline)
{
  TcMoneyBar *self = TC_MONEY_BAR (widget);
  double all = MIN (self->spent + self->expected, 1);

  allocate_part (self, self->expected_part, self->expected > 0 ? all : 0, width, height);
  allocate_part (self, self->spent_part, self->spent, width, height);
}

static void
tc_money_bar_dispose (GObject *object)
{
  TcMoneyBar *self = TC_MONEY_BAR (object);

  g_clear_pointer (&self->expected_part, gtk_widget_unparent);
  g_clear_pointer (&self->spent_part, gtk_widget_unparent);

  G_OBJECT_CLASS (tc_money_bar_parent_class)->dispose (object);
}

static void
tc_money_bar_class_init (TcMoneyBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_money_bar_dispose;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  gtk_widget_class_set_css_name (widget_class, "moneybar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_METER);
}

static void
tc_money_bar_init (TcMoneyBar *self)
{
  self->expected_part = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->spent_part = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->expected_part, "expected");
  gtk_widget_add_css_class (self->spent_part, "spent");
  gtk_widget_set_parent (self->expected_part, GTK_WIDGET (self));
  gtk_widget_set_parent (self->spent_part, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Spent of the limit"),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 1.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 0.0, -1);
}

/** tc_money_bar_new: Returns: (transfer floating): a bar of which nothing is spent */
GtkWidget *
tc_money_bar_new (void)
{
  return g_object_new (TC_TYPE_MONEY_BAR, NULL);
}

/**
 * tc_money_bar_set:
 * @spent: part of the limit, 0 to 1
 * @expected: part of the limit on top of it, 0 or more
 */
void
tc_money_bar_set (TcMoneyBar *self,
                  double      spent,
                  double      expected)
{
  const char *style = spent >= 1 ? "over" : spent >= WARN_SHARE ? "nearly" : NULL;

  g_return_if_fail (TC_IS_MONEY_BAR (self));

  self->spent = CLAMP (spent, 0, 1);
  self->expected = CLAMP (expected, 0, 1);
  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->style);
  self->style = style;
  if (style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), style);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, self->spent, -1);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
