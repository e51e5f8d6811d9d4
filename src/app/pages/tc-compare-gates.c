/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-compare-gates.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-json.h"
#include "tc-run-records.h"

#define HEAD_MIN_CHARS 9
#define HEAD_CHARS 13
#define HEAD_LINES 3
#define MISSING "–"

/* So many columns have room in any window that is no phone. */
#define FITTING 3

struct _TcCompareGates
{
  AdwPreferencesGroup  parent_instance;

  GtkWidget           *scroller;
  GtkGrid             *grid;
};

G_DEFINE_FINAL_TYPE (TcCompareGates, tc_compare_gates, ADW_TYPE_PREFERENCES_GROUP)

static const struct {
  const char *result;
  const char *word;
  const char *icon;
  const char *style;
} looks[] = {
  { "pass", NC_("gate", "Passed"), "object-select-symbolic", "success" },
  { "warn", NC_("gate", "Warning"), "dialog-warning-symbolic", "warning" },
  { "fail", NC_("gate", "Failed"), "dialog-error-symbolic", "error" },
  { "skipped", NC_("gate", "Skipped"), "media-skip-forward-symbolic", "dim-label" },
};

/* ---- Gates ---- */

static int
compare_epochs (gconstpointer a,
                gconstpointer b)
{
  guint first = *(const guint *) a;
  guint second = *(const guint *) b;

  return first < second ? -1 : first > second;
}

static guint
get_epoch (JsonObject *gate)
{
  return (guint) CLAMP (tc_json_get_int (gate, "epoch", 0), 0, G_MAXINT);
}

/* Of two gates at one epoch the later one counts. */
static const char *
find_result (GListModel *gates,
             guint       epoch)
{
  for (guint i = g_list_model_get_n_items (gates); i-- > 0;)
    {
      g_autoptr(TcRecord) record = g_list_model_get_item (gates, i);

      if (get_epoch (tc_record_get_json (record)) == epoch)
        return tc_json_get_string (tc_record_get_json (record), "result", NULL);
    }

  return NULL;
}

/**
 * tc_compare_gates_find_last:
 * @gates: (element-type TcRecord): of one session
 * @epoch: the one looked for; 0: the last there is
 *
 * Returns: the epoch of that gate; 0 if there is none
 */
guint
tc_compare_gates_find_last (GListModel *gates,
                            guint       epoch)
{
  guint n = g_list_model_get_n_items (gates);
  guint last = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcRecord) record = g_list_model_get_item (gates, i);
      guint mine = get_epoch (tc_record_get_json (record));

      if (epoch == 0 || mine == epoch)
        last = MAX (last, mine);
    }

  return last;
}

/**
 * tc_compare_gates_dup_epochs:
 * @gates: (element-type GListModel): of TcRecord, one a session
 * @n: (out): how many
 *
 * Returns: (transfer full) (array length=n): the epochs at which any of them has a gate, in order
 */
guint *
tc_compare_gates_dup_epochs (GPtrArray *gates,
                             guint     *n)
{
  GArray *epochs = g_array_new (FALSE, FALSE, sizeof (guint));
  gsize length;

  for (guint i = 0; i < gates->len; i++)
    {
      GListModel *list = g_ptr_array_index (gates, i);

      for (guint k = 0; k < g_list_model_get_n_items (list); k++)
        {
          g_autoptr(TcRecord) record = g_list_model_get_item (list, k);
          guint epoch = get_epoch (tc_record_get_json (record));
          gboolean is_known = epoch == 0;

          for (guint j = 0; j < epochs->len; j++)
            is_known |= g_array_index (epochs, guint, j) == epoch;
          if (!is_known)
            g_array_append_val (epochs, epoch);
        }
    }
  g_array_sort (epochs, compare_epochs);
  *n = epochs->len;

  return g_array_steal (epochs, &length);
}

/* ---- Parts ---- */

/** tc_compare_gates_dup_name: Returns: (transfer full): "#3 · Grok 4.7 → Helix100m"; the chart calls it #3 */
char *
tc_compare_gates_dup_name (TcSession *session)
{
  g_autofree char *title = tc_app_text_dup_title (session);

  return g_strdup_printf ("#%" G_GUINT64_FORMAT " · %s", tc_session_get_id (session), title);
}

/** tc_compare_gates_create_head: Returns: (transfer floating): what is above the column of @session */
GtkWidget *
tc_compare_gates_create_head (TcSession *session)
{
  g_autofree char *name = tc_compare_gates_dup_name (session);
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_lines (GTK_LABEL (label), HEAD_LINES);
  gtk_label_set_width_chars (GTK_LABEL (label), HEAD_MIN_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (label), HEAD_CHARS);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_tooltip_text (label, name);
  gtk_widget_add_css_class (label, "heading");

  return label;
}

/**
 * tc_compare_gates_create_cell:
 * @result: (nullable): "pass" …; %NULL: there was none
 * @whose: for those who do not see rows and columns, "#3, Epoch 20"
 *
 * Returns: (transfer floating): an icon and a word
 */
GtkWidget *
tc_compare_gates_create_cell (const char *result,
                              const char *whose)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (MISSING);
  g_autofree char *name = NULL;
  guint look = 0;

  while (look < G_N_ELEMENTS (looks) && g_strcmp0 (looks[look].result, result) != 0)
    look++;
  if (look < G_N_ELEMENTS (looks))
    {
      GtkWidget *image = gtk_image_new_from_icon_name (looks[look].icon);

      gtk_accessible_update_state (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
      gtk_label_set_label (GTK_LABEL (label), g_dpgettext2 (NULL, "gate", looks[look].word));
      gtk_widget_add_css_class (box, looks[look].style);
      gtk_box_append (GTK_BOX (box), image);
    }
  else
    gtk_widget_add_css_class (box, "dim-label");
  name = g_strdup_printf ("%s: %s", whose, gtk_label_get_label (GTK_LABEL (label)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (box), label);

  return box;
}

/**
 * tc_compare_gates_limit_scrolling:
 * @scroller: (type GtkScrolledWindow): around columns of sessions
 * @n: how many there are
 * @n_fitting: as many as have room beside each other anywhere
 *
 * Lets it scroll sideways only where that may be needed: what can scroll does
 * not know how high it will be, and leaves room below.
 */
void
tc_compare_gates_limit_scrolling (GtkWidget *scroller,
                                  guint      n,
                                  guint      n_fitting)
{
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller),
                                  n > n_fitting ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER, GTK_POLICY_NEVER);
}

/* ---- The table ---- */

static void
add_epoch (TcCompareGates *self,
           GPtrArray      *sessions,
           GPtrArray      *gates,
           guint           epoch,
           int             row)
{
  g_autofree char *title = g_strdup_printf (_("Epoch %u"), epoch);
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  gtk_grid_attach (self->grid, label, 0, row, 1, 1);
  for (guint i = 0; i < gates->len; i++)
    {
      g_autofree char *whose =
        g_strdup_printf ("#%" G_GUINT64_FORMAT ", %s", tc_session_get_id (g_ptr_array_index (sessions, i)), title);
      const char *result = find_result (g_ptr_array_index (gates, i), epoch);

      gtk_grid_attach (self->grid, tc_compare_gates_create_cell (result, whose), (int) i + 1, row, 1, 1);
    }
}

/**
 * tc_compare_gates_show:
 * @sessions: (element-type TcSession)
 * @gates: (element-type GListModel): of TcRecord, one a session
 * @is_narrow: whether the window is as narrow as a phone
 *
 * Shows them; hides itself when none of them has a gate.
 */
void
tc_compare_gates_show (TcCompareGates *self,
                       GPtrArray      *sessions,
                       GPtrArray      *gates,
                       gboolean        is_narrow)
{
  GtkWidget *child;
  guint n = 0;
  g_autofree guint *epochs = NULL;

  g_return_if_fail (TC_IS_COMPARE_GATES (self));

  epochs = tc_compare_gates_dup_epochs (gates, &n);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  for (guint i = 0; i < sessions->len; i++)
    gtk_grid_attach (self->grid, tc_compare_gates_create_head (g_ptr_array_index (sessions, i)), (int) i + 1, 0,
                     1, 1);
  for (guint i = 0; i < n; i++)
    add_epoch (self, sessions, gates, epochs[i], (int) i + 1);
  tc_compare_gates_limit_scrolling (self->scroller, sessions->len, is_narrow ? 0 : FITTING);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static void
tc_compare_gates_class_init (TcCompareGatesClass *klass)
{
}

static void
tc_compare_gates_init (TcCompareGates *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->scroller = scroller;
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 24);
  gtk_grid_set_row_spacing (self->grid, 9);
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "verdict-box");
  gtk_accessible_update_property (GTK_ACCESSIBLE (scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Gates of the sessions"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->grid));
  gtk_widget_add_css_class (scroller, "card");
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Gates"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), scroller);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
