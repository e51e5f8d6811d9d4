/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-compare-samples.h"

#include <glib/gi18n.h>

#include "tc-compare-gates.h"
#include "tc-facts-text.h"
#include "tc-gate-report.h"
#include "tc-gate-row.h"
#include "tc-json.h"
#include "tc-text.h"

/* What is shown of one text: a model may have written pages. */
#define TEXT_BYTES 2000
#define ANSWER_CHARS 14

struct _TcCompareSamples
{
  AdwPreferencesGroup  parent_instance;

  TcClient            *client;    /* (owned) (nullable) until there is something to show */
  GPtrArray           *sessions;  /* (owned) (nullable) (element-type TcSession) */
  GPtrArray           *gates;     /* (owned) (nullable) (element-type GListModel) */
  GPtrArray           *reports;   /* (owned) (element-type TcGateReport) (nullable) one a session */
  guint               *epochs;    /* (owned) (nullable) what can be chosen after the last of each */
  guint                n_epochs;
  guint                fill_id;
  gboolean             is_narrow; /* the tests have their names above the results */

  GtkDropDown         *choice;
  GtkBox              *box;
};

G_DEFINE_FINAL_TYPE (TcCompareSamples, tc_compare_samples, ADW_TYPE_PREFERENCES_GROUP)

/* ---- Parts ---- */

static GtkWidget *
create_label (const char *text,
              const char *style)
{
  g_autofree char *clean = tc_text_sanitize (text, -1, TEXT_BYTES, TC_TEXT_DEFAULT);
  GtkWidget *label = gtk_label_new (clean);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), ANSWER_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (label), ANSWER_CHARS);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

static JsonObject *
get_object (JsonArray *array,
            guint      index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static guint
get_length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

static JsonArray *
get_array (TcCompareSamples *self,
           guint             index,
           const char       *member)
{
  TcGateReport *report = g_ptr_array_index (self->reports, index);
  JsonObject *json = report != NULL ? tc_gate_report_get_json (report) : NULL;

  return json != NULL ? tc_json_get_array (json, member) : NULL;
}

static gboolean
is_same (JsonObject *a,
         JsonObject *b,
         const char *member)
{
  return g_strcmp0 (tc_json_get_string (a, member, NULL), tc_json_get_string (b, member, NULL)) == 0;
}

/* The one of the session about the same; NULL: it has none. */
static JsonObject *
find (TcCompareSamples  *self,
      guint              index,
      const char        *array,
      const char *const *members,
      JsonObject        *wanted)
{
  JsonArray *all = get_array (self, index, array);

  for (guint i = 0; i < get_length (all); i++)
    {
      JsonObject *object = get_object (all, i);
      gboolean is_it = object != NULL;

      for (guint k = 0; is_it && members[k] != NULL; k++)
        is_it = is_same (object, wanted, members[k]);
      if (is_it)
        return object;
    }

  return NULL;
}

/* Every one that any of the reports has, those of the first report first. */
static GPtrArray *
collect (TcCompareSamples  *self,
         const char        *array,
         const char *const *members)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < self->reports->len; i++)
    {
      JsonArray *all = get_array (self, i, array);

      for (guint k = 0; k < get_length (all); k++)
        {
          JsonObject *object = get_object (all, k);
          gboolean is_known = object == NULL;

          for (guint j = 0; !is_known && j < i; j++)
            is_known = find (self, j, array, members, object) != NULL;
          if (!is_known && find (self, i, array, members, object) == object)
            g_ptr_array_add (found, object);
        }
    }

  return found;
}

/* ---- Tests ---- */

static void
add_test (TcCompareSamples *self,
          GtkGrid          *grid,
          JsonObject       *test,
          int               row)
{
  static const char *const members[] = { "name", NULL };
  g_autofree char *name = tc_gate_row_dup_test_name (tc_json_get_string (test, "name", NULL));

  gtk_grid_attach (grid, create_label (name, "dim-label"), 0, row,
                   self->is_narrow ? (int) self->sessions->len : 1, 1);
  for (guint i = 0; i < self->reports->len; i++)
    {
      JsonObject *mine = find (self, i, "tests", members, test);
      const char *details = mine != NULL ? tc_json_get_string (mine, "details", NULL) : NULL;
      g_autofree char *clean = details != NULL ? tc_text_sanitize (details, -1, TEXT_BYTES, TC_TEXT_SINGLE_LINE)
                                               : NULL;
      g_autofree char *whose = g_strdup_printf ("#%" G_GUINT64_FORMAT ", %s",
                                                tc_session_get_id (g_ptr_array_index (self->sessions, i)), name);
      GtkWidget *cell =
        tc_compare_gates_create_cell (mine != NULL ? tc_json_get_string (mine, "status", NULL) : NULL, whose);

      gtk_widget_set_tooltip_text (cell, clean);
      gtk_grid_attach (grid, cell, self->is_narrow ? (int) i : (int) i + 1, self->is_narrow ? row + 1 : row, 1, 1);
    }
}

static void
add_tests (TcCompareSamples *self)
{
  static const char *const members[] = { "name", NULL };
  g_autoptr(GPtrArray) tests = collect (self, "tests", members);
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 24);
  gtk_grid_set_row_spacing (GTK_GRID (grid), self->is_narrow ? 3 : 9);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), self->is_narrow);
  gtk_widget_add_css_class (grid, "verdict-box");
  for (guint i = 0; i < self->sessions->len; i++)
    gtk_grid_attach (GTK_GRID (grid), tc_compare_gates_create_head (g_ptr_array_index (self->sessions, i)),
                     self->is_narrow ? (int) i : (int) i + 1, 0, 1, 1);
  for (guint i = 0; i < tests->len; i++)
    add_test (self, GTK_GRID (grid), g_ptr_array_index (tests, i), self->is_narrow ? 2 * (int) i + 1 : (int) i + 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Tests of the sessions"), -1);
  tc_compare_gates_limit_scrolling (scroller, self->sessions->len, self->is_narrow ? 2 : 3);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), grid);
  gtk_widget_set_visible (scroller, tests->len > 0);
  gtk_widget_add_css_class (scroller, "card");
  gtk_box_append (self->box, scroller);
}

/* ---- Samples ---- */

static void
add_line (GtkBox     *box,
          const char *title,
          const char *text)
{
  GtkWidget *label;

  if (text == NULL)
    return;
  label = create_label (title, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (box, label);
  label = create_label (*text != '\0' ? text : TC_NO_TEXT, "monospace");
  gtk_widget_add_css_class (label, "caption");
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_box_append (box, label);
}

/* What one model wrote, below whose it is. */
static GtkWidget *
create_answer (TcCompareSamples *self,
               guint             index,
               JsonObject       *sample)
{
  TcSession *session = g_ptr_array_index (self->sessions, index);
  g_autofree char *name = tc_compare_gates_dup_name (session);
  g_autofree char *epoch = g_strdup_printf (_("Epoch %u"),
                                            tc_gate_report_get_epoch (g_ptr_array_index (self->reports, index)));
  const char *answer = sample != NULL ? tc_json_get_string (sample, "answer", NULL) : NULL;
  GtkWidget *child = gtk_flow_box_child_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *head = create_label (name, "heading");

  gtk_label_set_wrap (GTK_LABEL (head), FALSE);
  gtk_label_set_ellipsize (GTK_LABEL (head), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (head, "caption-heading");
  gtk_widget_set_tooltip_text (head, name);
  gtk_widget_add_css_class (box, "sample");
  gtk_box_append (GTK_BOX (box), head);
  if (answer != NULL)
    add_line (GTK_BOX (box), epoch, answer);
  else
    gtk_box_append (GTK_BOX (box), create_label (_("Was not asked this."), "dim-label"));
  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);

  return child;
}

static void
add_sample (TcCompareSamples  *self,
            const char *const *members,
            JsonObject        *sample)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *answers = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (answers), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (answers), TRUE);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (answers), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (answers), 6);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (answers), self->reports->len);
  gtk_accessible_update_property (GTK_ACCESSIBLE (answers), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Written by the models"), -1);
  add_line (GTK_BOX (box), _("Asked"), tc_json_get_string (sample, "prompt", NULL));
  add_line (GTK_BOX (box), _("Expected"), tc_json_get_string (sample, "expected", NULL));
  for (guint i = 0; i < self->reports->len; i++)
    {
      /* Those without a report are told of once, above. */
      if (get_array (self, i, "samples") != NULL)
        gtk_flow_box_append (GTK_FLOW_BOX (answers),
                             create_answer (self, i, find (self, i, "samples", members, sample)));
    }
  gtk_box_append (GTK_BOX (box), answers);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "verdict-box");
  gtk_box_append (self->box, box);
}

/* Why there is nothing of a session. */
static void
add_problem (TcCompareSamples *self,
             guint             index)
{
  TcGateReport *report = g_ptr_array_index (self->reports, index);
  g_autofree char *name = tc_compare_gates_dup_name (g_ptr_array_index (self->sessions, index));
  g_autofree char *text = NULL;
  const char *problem = NULL;

  if (report == NULL)
    problem = gtk_drop_down_get_selected (self->choice) == 0 ? _("There was no gate.")
                                                             : _("There was no gate at this epoch.");
  else if (tc_gate_report_get_problem (report) != NULL)
    problem = tc_gate_report_get_problem (report);
  else if (tc_gate_report_get_json (report) != NULL && get_length (get_array (self, index, "samples")) == 0)
    problem = _("The report has no samples.");
  if (problem == NULL)
    return;
  text = g_strdup_printf ("%s\n%s", name, problem[0] != '\0' ? problem : _("There is no report."));
  gtk_box_append (self->box, create_label (text, "dim-label"));
}

static gboolean
on_fill (gpointer user_data)
{
  static const char *const members[] = { "prompt", "format", NULL };
  TcCompareSamples *self = user_data;
  g_autoptr(GPtrArray) samples = collect (self, "samples", members);
  GtkWidget *child;

  self->fill_id = 0;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    gtk_box_remove (self->box, child);
  add_tests (self);
  for (guint i = 0; i < self->reports->len; i++)
    add_problem (self, i);
  for (guint i = 0; i < samples->len; i++)
    add_sample (self, members, g_ptr_array_index (samples, i));

  return G_SOURCE_REMOVE;
}

static void
queue_fill (TcCompareSamples *self)
{
  if (self->fill_id == 0)
    self->fill_id = g_idle_add (on_fill, self);
}

/* ---- Which gate ---- */

static void
report_free (gpointer data)
{
  g_clear_object (&data);
}

/* Reports that are there already stay. */
static void
choose (TcCompareSamples *self)
{
  guint selected = gtk_drop_down_get_selected (self->choice);
  guint wanted = selected > 0 && selected <= self->n_epochs ? self->epochs[selected - 1] : 0;

  if (self->sessions == NULL)
    return;
  for (guint i = 0; i < self->sessions->len; i++)
    {
      TcGateReport *known = g_ptr_array_index (self->reports, i);
      guint epoch = tc_compare_gates_find_last (g_ptr_array_index (self->gates, i), wanted);

      if ((known != NULL ? tc_gate_report_get_epoch (known) : 0) == epoch)
        continue;
      if (known != NULL)
        g_signal_handlers_disconnect_by_data (known, self);
      g_clear_object (&g_ptr_array_index (self->reports, i));
      if (epoch == 0)
        continue;
      known = tc_gate_report_new (self->client, tc_session_get_id (g_ptr_array_index (self->sessions, i)), epoch);
      g_signal_connect_object (known, "changed", G_CALLBACK (queue_fill), self, G_CONNECT_SWAPPED);
      g_ptr_array_index (self->reports, i) = known;
    }
  queue_fill (self);
}

/* Epochs are only added while sessions run: the chosen one stays. */
static void
offer_epochs (TcCompareSamples *self)
{
  guint selected = gtk_drop_down_get_selected (self->choice);
  guint wanted = selected > 0 && selected <= self->n_epochs ? self->epochs[selected - 1] : 0;
  guint n = 0;
  g_autofree guint *epochs = tc_compare_gates_dup_epochs (self->gates, &n);
  g_autoptr(GtkStringList) list = gtk_string_list_new (NULL);

  if (self->epochs != NULL && n == self->n_epochs)
    return;
  selected = 0;
  gtk_string_list_append (list, _("Last Gate of Each"));
  for (guint i = 0; i < n; i++)
    {
      gtk_string_list_take (list, g_strdup_printf (_("Epoch %u"), epochs[i]));
      if (epochs[i] == wanted)
        selected = i + 1;
    }
  g_signal_handlers_block_by_func (self->choice, choose, self);
  g_free (self->epochs);
  self->epochs = g_steal_pointer (&epochs);
  self->n_epochs = n;
  gtk_drop_down_set_model (self->choice, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->choice, selected);
  g_signal_handlers_unblock_by_func (self->choice, choose, self);
}

/**
 * tc_compare_samples_show:
 * @client: asked for the reports
 * @sessions: (element-type TcSession): the same each time
 * @gates: (element-type GListModel): of TcRecord, one a session; the same each time
 *
 * Shows what there is of the gates now; hides itself when there are none.
 */
void
tc_compare_samples_show (TcCompareSamples *self,
                         TcClient         *client,
                         GPtrArray        *sessions,
                         GPtrArray        *gates,
                         gboolean          is_narrow)
{
  g_return_if_fail (TC_IS_COMPARE_SAMPLES (self));

  if (self->sessions == NULL)
    {
      self->client = g_object_ref (client);
      self->sessions = g_ptr_array_ref (sessions);
      self->gates = g_ptr_array_ref (gates);
      g_ptr_array_set_size (self->reports, (int) sessions->len);
    }
  self->is_narrow = is_narrow;
  offer_epochs (self);
  gtk_widget_set_visible (GTK_WIDGET (self), self->n_epochs > 0);
  choose (self);
}

/* ---- The object ---- */

static void
tc_compare_samples_dispose (GObject *object)
{
  TcCompareSamples *self = TC_COMPARE_SAMPLES (object);

  g_clear_handle_id (&self->fill_id, g_source_remove);
  if (self->choice != NULL)
    g_signal_handlers_disconnect_by_func (self->choice, choose, self);
  self->choice = NULL;
  g_ptr_array_set_size (self->reports, 0);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  g_clear_pointer (&self->gates, g_ptr_array_unref);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_compare_samples_parent_class)->dispose (object);
}

static void
tc_compare_samples_finalize (GObject *object)
{
  TcCompareSamples *self = TC_COMPARE_SAMPLES (object);

  g_ptr_array_unref (self->reports);
  g_free (self->epochs);

  G_OBJECT_CLASS (tc_compare_samples_parent_class)->finalize (object);
}

static void
tc_compare_samples_class_init (TcCompareSamplesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_compare_samples_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_compare_samples_finalize;
}

static void
tc_compare_samples_init (TcCompareSamples *self)
{
  self->reports = g_ptr_array_new_with_free_func (report_free);
  self->choice = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  gtk_widget_set_valign (GTK_WIDGET (self->choice), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Which gate"), -1);
  g_signal_connect_object (self->choice, "notify::selected", G_CALLBACK (choose), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Samples"));
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->choice));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->box));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
