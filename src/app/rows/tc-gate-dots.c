/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-gate-dots.h"

#include <glib/gi18n.h>

#include "tc-even-box.h"

static const guint gate_epochs[] = { 1, 5, 10, 20, 50, 100, 150, 200 };

struct _TcGateDots
{
  GtkWidget  parent_instance;

  GtkWidget *box;
  GtkWidget *labels[G_N_ELEMENTS (gate_epochs)];
  char      *results[G_N_ELEMENTS (gate_epochs)]; /* (owned) (nullable) */
  guint      epochs; /* of the session */
  guint      now;    /* the epoch it is in */
};

G_DEFINE_FINAL_TYPE (TcGateDots, tc_gate_dots, GTK_TYPE_WIDGET)

static const struct {
  const char *result;
  const char *sign;
  const char *style;
  const char *text;
} signs[] = {
  { "pass", "●", "success", N_("Gate at epoch %u: passed") },
  { "warn", "◐", "warning", N_("Gate at epoch %u: passed with a warning") },
  { "fail", "✕", "error", N_("Gate at epoch %u: failed") },
  { "skipped", "–", "dim-label", N_("Gate at epoch %u: skipped") },
};

static void
show_gate (TcGateDots *self,
           guint       i)
{
  const char *sign = "○";
  const char *style = "dim-label";
  g_autofree char *tooltip = NULL;
  g_autofree char *text = NULL;
  const char *classes[] = { "numeric", "caption", NULL, NULL };

  for (guint j = 0; j < G_N_ELEMENTS (signs); j++)
    {
      if (g_strcmp0 (self->results[i], signs[j].result) != 0)
        continue;
      sign = signs[j].sign;
      style = signs[j].style;
      tooltip = g_strdup_printf (_(signs[j].text), gate_epochs[i]);
    }
  if (tooltip == NULL)
    tooltip = g_strdup_printf (self->now >= gate_epochs[i] ? _("Gate at epoch %u: not heard of")
                                                          : _("Gate at epoch %u: to come"),
                               gate_epochs[i]);
  text = g_strdup_printf ("%s %u", sign, gate_epochs[i]);
  classes[2] = style;
  gtk_label_set_label (GTK_LABEL (self->labels[i]), text);
  gtk_widget_set_css_classes (self->labels[i], classes);
  gtk_widget_set_tooltip_text (self->labels[i], tooltip);
  gtk_widget_set_visible (self->labels[i], gate_epochs[i] <= self->epochs);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->labels[i]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tooltip, -1);
}

static void
tc_gate_dots_dispose (GObject *object)
{
  TcGateDots *self = TC_GATE_DOTS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  for (guint i = 0; i < G_N_ELEMENTS (gate_epochs); i++)
    g_clear_pointer (&self->results[i], g_free);

  G_OBJECT_CLASS (tc_gate_dots_parent_class)->dispose (object);
}

static void
tc_gate_dots_class_init (TcGateDotsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_gate_dots_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "gates");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tc_gate_dots_init (TcGateDots *self)
{
  self->box = tc_even_box_new_packed (12);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Quality gates"), -1);
  for (guint i = 0; i < G_N_ELEMENTS (gate_epochs); i++)
    {
      self->labels[i] = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (self->labels[i]), 0);
      tc_even_box_append (TC_EVEN_BOX (self->box), self->labels[i]);
      show_gate (self, i);
    }
}

/**
 * tc_gate_dots_new:
 *
 * Returns: (transfer floating): a row without gates
 */
GtkWidget *
tc_gate_dots_new (void)
{
  return g_object_new (TC_TYPE_GATE_DOTS, NULL);
}

/**
 * tc_gate_dots_set_epochs:
 * @epochs: of the session; later gates are not shown
 * @now: the epoch it is in
 */
void
tc_gate_dots_set_epochs (TcGateDots *self,
                         guint       epochs,
                         guint       now)
{
  g_return_if_fail (TC_IS_GATE_DOTS (self));

  if (self->epochs == epochs && self->now == now)
    return;
  self->epochs = epochs;
  self->now = now;
  for (guint i = 0; i < G_N_ELEMENTS (gate_epochs); i++)
    show_gate (self, i);
}

/**
 * tc_gate_dots_set_result:
 * @epoch: of the gate; others are ignored
 * @result: "pass", "warn", "fail" or "skipped"
 */
void
tc_gate_dots_set_result (TcGateDots *self,
                         guint       epoch,
                         const char *result)
{
  g_return_if_fail (TC_IS_GATE_DOTS (self));

  for (guint i = 0; i < G_N_ELEMENTS (gate_epochs); i++)
    {
      if (gate_epochs[i] == epoch && g_set_str (&self->results[i], result))
        show_gate (self, i);
    }
}

/** tc_gate_dots_clear: Forgets all results. */
void
tc_gate_dots_clear (TcGateDots *self)
{
  g_return_if_fail (TC_IS_GATE_DOTS (self));

  for (guint i = 0; i < G_N_ELEMENTS (gate_epochs); i++)
    {
      g_clear_pointer (&self->results[i], g_free);
      show_gate (self, i);
    }
}
