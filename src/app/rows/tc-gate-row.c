/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-gate-row.h"

#include <glib/gi18n.h>

#include "tc-clock.h"
#include "tc-even-box.h"
#include "tc-facts-text.h"
#include "tc-json.h"
#include "tc-sentence.h"
#include "tc-text.h"

/* What is shown of one sample: the validator may have written pages. */
#define SAMPLE_BYTES 600

struct _TcGateRow
{
  GtkListBoxRow  parent_instance;

  GCancellable  *cancellable;  /* (owned) of the report on its way */
  guint          epoch;
  GtkWidget     *arrow;
  GtkWidget     *chips;
  GtkWidget     *revealer;
  GtkWidget     *more;         /* in the revealer */
};

G_DEFINE_FINAL_TYPE (TcGateRow, tc_gate_row, GTK_TYPE_LIST_BOX_ROW)

static const struct {
  const char *result;
  const char *title;
  const char *icon;
  const char *sign;
  const char *style;
} looks[] = {
  { "pass", N_("Gate at epoch %u: passed"), "object-select-symbolic", "✓", "success" },
  { "warn", N_("Gate at epoch %u: passed with a warning"), "dialog-warning-symbolic", "!", "warning" },
  { "fail", N_("Gate at epoch %u: failed"), "dialog-error-symbolic", "✕", "error" },
  { "skipped", N_("Gate at epoch %u: skipped"), "media-skip-forward-symbolic", "–", "dim-label" },
};

static guint
find_look (const char *result)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      if (g_strcmp0 (looks[i].result, result) == 0)
        return i;
    }

  return G_N_ELEMENTS (looks) - 1;
}

/**
 * tc_gate_row_dup_test_name:
 * @name: (nullable): as in a report
 *
 * Returns: (transfer full): for people; the validator's own five have names in
 *   every language, those of another are shown as they are
 */
char *
tc_gate_row_dup_test_name (const char *name)
{
  static const struct { const char *name; const char *title; } known[] = {
    { "parroting", N_("Parroting") },
    { "character collapse", N_("Character Collapse") },
    { "scrambled output", N_("Scrambled Output") },
    { "HLX transformation", N_("HLX Transformation") },
    { "output diversity", N_("Output Diversity") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (g_strcmp0 (known[i].name, name) == 0)
        return g_strdup (_(known[i].title));
    }

  return tc_text_sanitize (name != NULL ? name : "", -1, SAMPLE_BYTES, TC_TEXT_SINGLE_LINE);
}

/** tc_gate_row_dup_title: @gate: as in the engine's API. Returns: "Gate at epoch 20: passed" */
char *
tc_gate_row_dup_title (JsonObject *gate)
{
  guint look = find_look (tc_json_get_string (gate, "result", ""));

  return g_strdup_printf (_(looks[look].title), (guint) tc_json_get_int (gate, "epoch", 0));
}

/**
 * tc_gate_row_dup_text:
 * @gate: as in the engine's API
 *
 * Returns: (transfer full) (nullable): what the script said of it, unless that
 *   is what the title says: "Quality gate WARNING for epoch 5"
 */
char *
tc_gate_row_dup_text (JsonObject *gate)
{
  static const char title[] = "Quality gate ";
  const char *text = tc_json_get_string (gate, "text", "");

  return *text == '\0' || g_str_has_prefix (text, title) ? NULL : tc_sentence_dup_local (text);
}

/* ---- Parts ---- */

static GtkWidget *
create_label (const char *text,
              const char *style)
{
  g_autofree char *clean = tc_text_sanitize (text, -1, SAMPLE_BYTES, TC_TEXT_DEFAULT);
  GtkWidget *label = gtk_label_new (clean);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

static void
add_chip (TcGateRow  *self,
          JsonObject *test)
{
  guint look = find_look (tc_json_get_string (test, "status", ""));
  g_autofree char *name = tc_gate_row_dup_test_name (tc_json_get_string (test, "name", NULL));
  g_autofree char *details = tc_text_sanitize (tc_json_get_string (test, "details", ""), -1, SAMPLE_BYTES,
                                               TC_TEXT_SINGLE_LINE);
  g_autofree char *text = g_strdup_printf ("%s %s", looks[look].sign, name);
  GtkWidget *chip = gtk_label_new (text);

  gtk_widget_add_css_class (chip, "tag");
  gtk_widget_add_css_class (chip, looks[look].style);
  gtk_widget_set_halign (chip, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (chip, details);
  tc_even_box_append (TC_EVEN_BOX (self->chips), chip);
}

static void
add_test (TcGateRow  *self,
          JsonObject *test)
{
  const char *details = tc_json_get_string (test, "details", NULL);
  g_autofree char *name = tc_gate_row_dup_test_name (tc_json_get_string (test, "name", NULL));
  g_autofree char *text = details != NULL ? g_strdup_printf ("%s: %s", name, details) : g_strdup (name);

  gtk_box_append (GTK_BOX (self->more), create_label (text, "caption"));
}

static void
add_line (GtkWidget  *box,
          const char *title,
          const char *text)
{
  GtkWidget *label;

  if (text == NULL)
    return;
  gtk_box_append (GTK_BOX (box), create_label (title, "dim-label"));
  gtk_widget_add_css_class (gtk_widget_get_last_child (box), "caption");
  label = create_label (*text != '\0' ? text : TC_NO_TEXT, "monospace");
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), label);
}

static void
add_sample (TcGateRow  *self,
            JsonObject *sample)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_widget_add_css_class (box, "sample");
  add_line (box, _("Asked"), tc_json_get_string (sample, "prompt", NULL));
  add_line (box, _("Expected"), tc_json_get_string (sample, "expected", NULL));
  add_line (box, _("Written by the model"), tc_json_get_string (sample, "answer", NULL));
  gtk_box_append (GTK_BOX (self->more), box);
}

static void
for_each (TcGateRow  *self,
          JsonObject *report,
          const char *member,
          void      (*func) (TcGateRow *self, JsonObject *object))
{
  JsonArray *all = tc_json_get_array (report, member);

  for (guint i = 0; all != NULL && i < json_array_get_length (all); i++)
    {
      JsonNode *node = json_array_get_element (all, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        func (self, json_node_get_object (node));
    }
}

/* ---- The report ---- */

static void
on_report (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcGateRow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    tc_gate_row_set_report (self, json_node_get_object (node));
  else
    gtk_box_append (GTK_BOX (self->more),
                    create_label (error != NULL ? error->message : _("There is no report."), "dim-label"));
}

/** tc_gate_row_load: Asks for the validator's report. */
void
tc_gate_row_load (TcGateRow *self,
                  TcClient  *client,
                  guint64    session_id)
{
  g_autofree char *target = NULL;

  g_return_if_fail (TC_IS_GATE_ROW (self));

  target = g_strdup_printf ("/api/training/gate-report/%" G_GUINT64_FORMAT "?epoch=%u", session_id, self->epoch);
  tc_client_request_async (client, "GET", target, NULL, self->cancellable, on_report, g_object_ref (self));
}

/** tc_gate_row_set_report: @report: see the schema "GateReport"; once */
void
tc_gate_row_set_report (TcGateRow  *self,
                        JsonObject *report)
{
  JsonArray *samples;

  g_return_if_fail (TC_IS_GATE_ROW (self));

  for_each (self, report, "tests", add_chip);
  for_each (self, report, "tests", add_test);
  for_each (self, report, "samples", add_sample);
  gtk_widget_set_visible (self->chips, gtk_widget_get_first_child (self->chips) != NULL);
  samples = tc_json_get_array (report, "samples");
  if (samples == NULL || json_array_get_length (samples) == 0)
    gtk_box_append (GTK_BOX (self->more), create_label (_("The report has no samples."), "dim-label"));
}

/** tc_gate_row_toggle: Opens or closes it. */
void
tc_gate_row_toggle (TcGateRow *self)
{
  gboolean is_open;

  g_return_if_fail (TC_IS_GATE_ROW (self));

  is_open = !gtk_revealer_get_reveal_child (GTK_REVEALER (self->revealer));
  /* Hidden, it takes no space between the rows either. */
  gtk_widget_set_visible (self->revealer, is_open);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), is_open);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->arrow), is_open ? "pan-up-symbolic" : "pan-down-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, is_open, -1);
}

/* ---- The object ---- */

static void
tc_gate_row_dispose (GObject *object)
{
  TcGateRow *self = TC_GATE_ROW (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (tc_gate_row_parent_class)->dispose (object);
}

static void
tc_gate_row_finalize (GObject *object)
{
  g_object_unref (TC_GATE_ROW (object)->cancellable);

  G_OBJECT_CLASS (tc_gate_row_parent_class)->finalize (object);
}

static void
tc_gate_row_class_init (TcGateRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_gate_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_gate_row_finalize;
}

static void
tc_gate_row_init (TcGateRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->arrow = gtk_image_new_from_icon_name ("pan-down-symbolic");
  self->chips = tc_even_box_new_packed (6);
  self->more = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->revealer = gtk_revealer_new ();
  gtk_widget_set_halign (self->chips, GTK_ALIGN_START);
  gtk_widget_set_visible (self->chips, FALSE);
  gtk_revealer_set_child (GTK_REVEALER (self->revealer), self->more);
  gtk_widget_set_visible (self->revealer, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chips), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Tests"), -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, FALSE, -1);
}

static GtkWidget *
create_header (TcGateRow  *self,
               JsonObject *gate,
               const char *title)
{
  guint look = find_look (tc_json_get_string (gate, "result", ""));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *image = gtk_image_new_from_icon_name (looks[look].icon);
  GtkWidget *label = create_label (title, NULL);
  g_autofree char *day = NULL;
  gint64 at_us = 0;

  tc_clock_parse_iso8601 (tc_json_get_string (gate, "at", ""), &at_us);
  day = tc_facts_text_dup_day (at_us, FALSE);
  gtk_widget_add_css_class (image, looks[look].style);
  gtk_accessible_update_state (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), create_label (day, "dim-label"));
  gtk_widget_add_css_class (gtk_widget_get_last_child (box), "caption");
  gtk_box_append (GTK_BOX (box), self->arrow);

  return box;
}

/**
 * tc_gate_row_new:
 * @gate: as in the engine's API
 *
 * Returns: (transfer floating): a row without a report yet
 */
GtkWidget *
tc_gate_row_new (JsonObject *gate)
{
  TcGateRow *self = g_object_new (TC_TYPE_GATE_ROW, NULL);
  g_autofree char *title = tc_gate_row_dup_title (gate);
  g_autofree char *text = tc_gate_row_dup_text (gate);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);

  self->epoch = (guint) tc_json_get_int (gate, "epoch", 0);
  gtk_widget_add_css_class (box, "gate-row");
  gtk_box_append (GTK_BOX (box), create_header (self, gate, title));
  if (text != NULL)
    gtk_box_append (GTK_BOX (box), create_label (text, "dim-label"));
  gtk_box_append (GTK_BOX (box), self->chips);
  gtk_box_append (GTK_BOX (box), self->revealer);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);

  return GTK_WIDGET (self);
}
