/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-spend-days.h"

#include <glib/gi18n.h>

#include "tc-facts-text.h"

#define HEIGHT 64
#define MIN_HEIGHT 2
#define GAP 2

struct _TcSpendDays
{
  GtkWidget  parent_instance;

  GtkWidget *bars[TC_SPEND_N_DAYS];
  TcMoney    spent[TC_SPEND_N_DAYS];
  TcMoney    most;
};

G_DEFINE_FINAL_TYPE (TcSpendDays, tc_spend_days, GTK_TYPE_WIDGET)

static void
measure (GtkWidget      *widget,
         GtkOrientation  orientation,
         int             for_size,
         int            *minimum,
         int            *natural,
         int            *minimum_baseline,
         int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : TC_SPEND_N_DAYS * (GAP + 2);
}

static void
size_allocate (GtkWidget *widget,
               int        width,
               int        height,
               int        baseline)
{
  TcSpendDays *self = TC_SPEND_DAYS (widget);
  gboolean is_reversed = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  for (int i = 0; i < TC_SPEND_N_DAYS; i++)
    {
      int place = is_reversed ? TC_SPEND_N_DAYS - 1 - i : i;
      int start = place * width / TC_SPEND_N_DAYS;
      int end = (place + 1) * width / TC_SPEND_N_DAYS - GAP;
      double share = self->most > 0 ? (double) self->spent[i] / (double) self->most : 0;
      int size = MAX ((int) (share * height), MIN_HEIGHT);

      gtk_widget_size_allocate (self->bars[i], &(GtkAllocation) { start, height - size, MAX (end - start, 1), size },
                                -1);
    }
}

static void
tc_spend_days_dispose (GObject *object)
{
  TcSpendDays *self = TC_SPEND_DAYS (object);

  for (guint i = 0; i < TC_SPEND_N_DAYS; i++)
    g_clear_pointer (&self->bars[i], gtk_widget_unparent);

  G_OBJECT_CLASS (tc_spend_days_parent_class)->dispose (object);
}

static void
tc_spend_days_class_init (TcSpendDaysClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_spend_days_dispose;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  gtk_widget_class_set_css_name (widget_class, "spenddays");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tc_spend_days_init (TcSpendDays *self)
{
  for (guint i = 0; i < TC_SPEND_N_DAYS; i++)
    {
      self->bars[i] = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
      gtk_widget_add_css_class (self->bars[i], "day");
      gtk_widget_set_parent (self->bars[i], GTK_WIDGET (self));
    }
}

/** tc_spend_days_new: Returns: (transfer floating): days on which nothing was spent */
GtkWidget *
tc_spend_days_new (void)
{
  return g_object_new (TC_TYPE_SPEND_DAYS, NULL);
}

/* "November 14: $0.32", and what nobody could count. */
static char *
describe (const TcSpendDay *day)
{
  /* Translators: a day in a chart of money, in the format of strftime */
  g_autofree char *date = g_date_time_format (day->date, _("%B %-e"));
  g_autofree char *money = tc_facts_text_dup_money (day->spent);

  if (day->n_unknown == 0)
    /* Translators: a date and an amount of money */
    return g_strdup_printf (_("%s: %s"), date, money);

  return g_strdup_printf (ngettext ("%s: %s, and %u call without a known price",
                                    "%s: %s, and %u calls without a known price", day->n_unknown),
                          date, money, day->n_unknown);
}

/** tc_spend_days_show: @history: what to show */
void
tc_spend_days_show (TcSpendDays    *self,
                    TcSpendHistory *history)
{
  guint best = 0;
  g_autofree char *most = NULL;
  g_autofree char *summary = NULL;

  g_return_if_fail (TC_IS_SPEND_DAYS (self));

  self->most = 0;
  for (guint i = 0; i < TC_SPEND_N_DAYS; i++)
    {
      const TcSpendDay *day = tc_spend_history_get_day (history, i);
      g_autofree char *text = describe (day);

      self->spent[i] = day->spent;
      gtk_widget_set_tooltip_text (self->bars[i], text);
      if (day->spent > self->most)
        best = i;
      self->most = MAX (self->most, day->spent);
    }
  most = describe (tc_spend_history_get_day (history, best));
  summary = self->most > 0 ? g_strdup_printf (_("Spend by day; the most was on %s"), most)
                           : g_strdup (_("Nothing was spent in the last 30 days"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, summary, -1);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
