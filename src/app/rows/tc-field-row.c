/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-field-row.h"

struct _TcFieldRow
{
  AdwActionRow  parent_instance;

  GtkEntry     *entry;
  char         *hint;  /* (owned) (nullable) shown while nothing is wrong */
};

enum
{
  PROP_HINT = 1,
  PROP_WIDTH_CHARS,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (TcFieldRow, tc_field_row, ADW_TYPE_ACTION_ROW)

static GParamSpec *properties[N_PROPS];
static guint edited_signal;

/**
 * tc_field_row_say:
 * @text: (nullable): plain text, not markup
 * @is_problem: whether it says that something is wrong
 */
void
tc_field_row_say (AdwActionRow *row,
                  const char   *text,
                  gboolean      is_problem)
{
  g_return_if_fail (ADW_IS_ACTION_ROW (row));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_subtitle (row, text != NULL ? text : "");
  if (is_problem)
    gtk_widget_add_css_class (GTK_WIDGET (row), "invalid");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "invalid");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                               is_problem ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static void
on_changed (TcFieldRow *self)
{
  g_signal_emit (self, edited_signal, 0);
}

static void
tc_field_row_finalize (GObject *object)
{
  g_free (TC_FIELD_ROW (object)->hint);

  G_OBJECT_CLASS (tc_field_row_parent_class)->finalize (object);
}

static void
tc_field_row_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  TcFieldRow *self = TC_FIELD_ROW (object);

  switch (prop_id)
    {
    case PROP_HINT:
      g_value_set_string (value, self->hint);
      break;

    case PROP_WIDTH_CHARS:
      g_value_set_int (value, gtk_editable_get_width_chars (GTK_EDITABLE (self->entry)));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_field_row_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  TcFieldRow *self = TC_FIELD_ROW (object);

  switch (prop_id)
    {
    case PROP_HINT:
      if (g_set_str (&self->hint, g_value_get_string (value)))
        g_object_notify_by_pspec (object, pspec);
      tc_field_row_say (ADW_ACTION_ROW (self), self->hint, FALSE);
      break;

    case PROP_WIDTH_CHARS:
      gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), g_value_get_int (value));
      gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), g_value_get_int (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_field_row_class_init (TcFieldRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tc_field_row_finalize;
  object_class->get_property = tc_field_row_get_property;
  object_class->set_property = tc_field_row_set_property;
  properties[PROP_HINT] =
    g_param_spec_string ("hint", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_WIDTH_CHARS] =
    g_param_spec_int ("width-chars", NULL, NULL, -1, G_MAXINT, -1,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  edited_signal = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
tc_field_row_init (TcFieldRow *self)
{
  self->entry = GTK_ENTRY (gtk_entry_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->entry), GTK_ALIGN_CENTER);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, self, NULL, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->entry));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->entry));
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}

/** tc_field_row_get_text: Returns: (transfer none): what was typed */
const char *
tc_field_row_get_text (TcFieldRow *self)
{
  g_return_val_if_fail (TC_IS_FIELD_ROW (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

/** tc_field_row_set_text: types something */
void
tc_field_row_set_text (TcFieldRow *self,
                       const char *text)
{
  g_return_if_fail (TC_IS_FIELD_ROW (self));

  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

/**
 * tc_field_row_set_problem:
 * @problem: (nullable): a sentence; NULL when it is fine, which shows the hint
 */
void
tc_field_row_set_problem (TcFieldRow *self,
                          const char *problem)
{
  g_return_if_fail (TC_IS_FIELD_ROW (self));

  tc_field_row_say (ADW_ACTION_ROW (self), problem != NULL ? problem : self->hint, problem != NULL);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}
