/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-gate-dots.h"

#include <glib/gi18n.h>

#include "tc-even-box.h"

static const guint gate_epochs[] = { 1, 5, 10, 20, 50, 100, 150, 200 };

/* A script may have gates of its own; as many as there is room for. */
#define MAX_GATES 32

typedef struct
{
  guint      epoch;
  gboolean   is_own;  /* of the script: known since it was told of */
  GtkWidget *label;   /* in the box */
  char      *result;  /* (owned) (nullable) */
} Gate;

struct _TcGateDots
{
  GtkWidget  parent_instance;

  GtkWidget *box;
  GPtrArray *gates;  /* (owned) (element-type Gate) by epoch */
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
gate_free (gpointer data)
{
  Gate *gate = data;

  g_free (gate->result);
  g_free (gate);
}

static void
show_gate (TcGateDots *self,
           Gate       *gate)
{
  const char *sign = "○";
  const char *style = "dim-label";
  g_autofree char *tooltip = NULL;
  g_autofree char *text = NULL;
  const char *classes[] = { "numeric", "caption", NULL, NULL };

  for (guint j = 0; j < G_N_ELEMENTS (signs); j++)
    {
      if (g_strcmp0 (gate->result, signs[j].result) != 0)
        continue;
      sign = signs[j].sign;
      style = signs[j].style;
      tooltip = g_strdup_printf (_(signs[j].text), gate->epoch);
    }
  if (tooltip == NULL)
    tooltip = g_strdup_printf (self->now >= gate->epoch ? _("Gate at epoch %u: not heard of")
                                                       : _("Gate at epoch %u: to come"),
                               gate->epoch);
  text = g_strdup_printf ("%s %u", sign, gate->epoch);
  classes[2] = style;
  gtk_label_set_label (GTK_LABEL (gate->label), text);
  gtk_widget_set_css_classes (gate->label, classes);
  gtk_widget_set_tooltip_text (gate->label, tooltip);
  gtk_widget_set_visible (gate->label, gate->epoch <= self->epochs);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gate->label), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip, -1);
}

static void
show_gates (TcGateDots *self)
{
  for (guint i = 0; i < self->gates->len; i++)
    show_gate (self, g_ptr_array_index (self->gates, i));
}

static Gate *
add_gate (TcGateDots *self,
          guint       epoch,
          gboolean    is_own)
{
  Gate *gate = g_new0 (Gate, 1);
  guint place = 0;

  while (place < self->gates->len && ((Gate *) g_ptr_array_index (self->gates, place))->epoch < epoch)
    place++;
  gate->epoch = epoch;
  gate->is_own = is_own;
  gate->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (gate->label), 0);
  gtk_widget_insert_after (gate->label, self->box,
                           place > 0 ? ((Gate *) g_ptr_array_index (self->gates, place - 1))->label : NULL);
  g_ptr_array_insert (self->gates, (int) place, gate);

  return gate;
}

/* Returns: (nullable): NULL if there is no room for one more */
static Gate *
ensure_gate (TcGateDots *self,
             guint       epoch)
{
  for (guint i = 0; i < self->gates->len; i++)
    {
      Gate *gate = g_ptr_array_index (self->gates, i);

      if (gate->epoch == epoch)
        return gate;
    }

  return self->gates->len < MAX_GATES ? add_gate (self, epoch, TRUE) : NULL;
}

static void
tc_gate_dots_dispose (GObject *object)
{
  TcGateDots *self = TC_GATE_DOTS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->gates, g_ptr_array_unref);

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
  self->gates = g_ptr_array_new_with_free_func (gate_free);
  for (guint i = 0; i < G_N_ELEMENTS (gate_epochs); i++)
    add_gate (self, gate_epochs[i], FALSE);
  show_gates (self);
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
  show_gates (self);
}

/**
 * tc_gate_dots_set_result:
 * @epoch: of the gate; one that nobody expected is put among the others
 * @result: "pass", "warn", "fail" or "skipped"
 */
void
tc_gate_dots_set_result (TcGateDots *self,
                         guint       epoch,
                         const char *result)
{
  Gate *gate;

  g_return_if_fail (TC_IS_GATE_DOTS (self));

  gate = ensure_gate (self, epoch);
  if (gate != NULL && g_set_str (&gate->result, result))
    show_gate (self, gate);
}

/** tc_gate_dots_clear: Forgets all results, and the gates that nobody expected. */
void
tc_gate_dots_clear (TcGateDots *self)
{
  g_return_if_fail (TC_IS_GATE_DOTS (self));

  for (guint i = self->gates->len; i-- > 0;)
    {
      Gate *gate = g_ptr_array_index (self->gates, i);

      g_clear_pointer (&gate->result, g_free);
      if (!gate->is_own)
        continue;
      gtk_widget_unparent (gate->label);
      g_ptr_array_remove_index (self->gates, i);
    }
  show_gates (self);
}
