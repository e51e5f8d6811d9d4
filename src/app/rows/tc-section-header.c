/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-section-header.h"

#include <glib/gi18n.h>

#include "tc-expected-text.h"

struct _TcSectionHeader
{
  GtkBox            parent_instance;

  TcQueueEstimates *estimates;  /* (owned) */
  TcSection         section;

  GtkLabel         *title;
  GtkLabel         *total;
  GtkWidget        *all;
};

G_DEFINE_FINAL_TYPE (TcSectionHeader, tc_section_header, GTK_TYPE_BOX)

static void
show_total (TcSectionHeader *self)
{
  g_autofree char *text = NULL;
  TcExpected total;
  gboolean is_whole;

  if (self->section == TC_SECTION_NEXT &&
      tc_queue_estimates_get_total (self->estimates, &total, &is_whole) > 0)
    text = tc_expected_text_dup_total (&total, is_whole);
  gtk_label_set_label (self->total, text != NULL ? text : "");
}

static void
tc_section_header_dispose (GObject *object)
{
  g_clear_object (&TC_SECTION_HEADER (object)->estimates);

  G_OBJECT_CLASS (tc_section_header_parent_class)->dispose (object);
}

static void
tc_section_header_class_init (TcSectionHeaderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_section_header_dispose;
}

static void
tc_section_header_init (TcSectionHeader *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 12);

  self->title = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->title, 0);
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "heading");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->title));

  self->total = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->total), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->total), "numeric");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->total));

  self->all = gtk_button_new_with_label (_("All History"));
  gtk_widget_add_css_class (self->all, "flat");
  gtk_widget_set_valign (self->all, GTK_ALIGN_CENTER);
  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (self->all), "app.show-page::history");
  gtk_box_append (GTK_BOX (self), self->all);
}

/**
 * tc_section_header_new:
 *
 * Returns: (transfer floating): a head without a section
 */
GtkWidget *
tc_section_header_new (TcQueueEstimates *estimates)
{
  TcSectionHeader *self = g_object_new (TC_TYPE_SECTION_HEADER, NULL);

  self->estimates = g_object_ref (estimates);
  g_signal_connect_object (estimates, "changed", G_CALLBACK (show_total), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

/** tc_section_header_set_section: what it is the head of from now on */
void
tc_section_header_set_section (TcSectionHeader *self,
                               TcSection        section)
{
  static const char *const titles[] = { N_("Running"), N_("Up Next"), N_("Finished") };

  g_return_if_fail (TC_IS_SECTION_HEADER (self));

  self->section = section;
  gtk_label_set_label (self->title, _(titles[section]));
  gtk_widget_set_visible (self->all, section == TC_SECTION_ENDED);
  show_total (self);
}
