/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-history-page.h"

#include <glib/gi18n.h>

#include "tc-annotate-dialog.h"
#include "tc-app-text.h"
#include "tc-facts-text.h"
#include "tc-history-menu.h"
#include "tc-history-model.h"
#include "tc-provider-text.h"
#include "tc-queue-page.h"
#include "tc-text.h"

/* What comes from many answers is put in order again at most this often. */
#define SORT_INTERVAL_MS 400
/* At least; in other languages the heads of the columns leave no more in a window of the usual width. */
#define TITLE_CHARS 9
#define CORPUS_CHARS 7

struct _TcHistoryPage
{
  AdwNavigationPage   parent_instance;

  TcClient           *client;     /* (owned) */
  TcHistory          *history;    /* (owned) */
  TcHistoryModel     *model;      /* (owned) */
  GtkMultiSelection  *selection;  /* (owned) */
  GtkSorter          *sorters[TC_HISTORY_N_COLUMNS]; /* (owned) */
  GStrv               tags;       /* (owned) (nullable) those of the filter */
  guint               sort_id;

  GtkStack           *stack;
  GtkSearchBar       *search_bar;
  GtkSearchEntry     *search;
  GtkMenuButton      *filter_button;
  AdwComboRow        *state_filter;
  AdwComboRow        *corpus_filter;
  AdwComboRow        *provider_filter;
  AdwComboRow        *tag_filter;
  GtkActionBar       *bar;
  GtkLabel           *count;
  GtkColumnView      *table;
  GtkWidget          *menu;
  GtkColumnViewColumn *check;
  GtkColumnViewColumn *columns[TC_HISTORY_N_COLUMNS];
};

/* A column of the table; found by whoever compares or shows its cells. */
typedef struct
{
  TcHistoryPage   *page;   /* (unowned) it has the column */
  TcHistoryColumn  column;
} ColumnInfo;

enum
{
  SIGNAL_OPENED,
  SIGNAL_COMPARE,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcHistoryPage, tc_history_page, ADW_TYPE_NAVIGATION_PAGE)

static guint signals[N_SIGNALS];

static const TcSessionState filter_states[] = {
  TC_SESSION_COMPLETED, TC_SESSION_FAILED, TC_SESSION_CANCELLED, TC_SESSION_SKIPPED
};

static const struct {
  const char *word;
  const char *title;
} filter_corpora[] = {
  { "english", N_("English Mastery") },
  { "hlx", N_("HLX Family") },
  { "translation", N_("Translation") },
};

/* ---- Cells ---- */

static void
show_status (GtkImage  *image,
             TcSession *session)
{
  static const TcSessionState all[] = {
    TC_SESSION_COMPLETED, TC_SESSION_FAILED, TC_SESSION_CANCELLED, TC_SESSION_SKIPPED
  };
  TcSessionState state = tc_session_get_state (session);

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (image), tc_app_text_get_state_class (all[i]));
  gtk_widget_add_css_class (GTK_WIDGET (image), tc_app_text_get_state_class (state));
  gtk_image_set_from_icon_name (image, tc_app_text_get_state_icon (state));
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tc_app_text_get_state (state), -1);
}

static void
show_title (GtkWidget  *box,
            const char *title,
            TcSession  *session)
{
  GtkWidget *tags = gtk_widget_get_first_child (gtk_widget_get_last_child (box));
  g_autofree char *words = tc_facts_text_dup_tags (session);
  g_autofree char *note = tc_facts_text_dup_note (session);

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_first_child (box)), title);
  gtk_label_set_label (GTK_LABEL (tags), words);
  gtk_widget_set_visible (tags, words[0] != '\0');
  if (note != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, note, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

static void
show_cell (GtkColumnViewCell *cell,
           ColumnInfo        *info)
{
  TcSession *session = gtk_column_view_cell_get_item (cell);
  GtkWidget *child = gtk_column_view_cell_get_child (cell);
  g_autofree char *text = NULL;

  if (session == NULL || info->page->history == NULL)
    return;
  if (info->column == TC_HISTORY_STATUS)
    {
      show_status (GTK_IMAGE (child), session);
      return;
    }
  text = tc_history_dup_cell (info->column, session,
                              tc_history_get (info->page->history, tc_session_get_id (session)));
  if (info->column == TC_HISTORY_TITLE)
    show_title (child, text, session);
  else
    gtk_label_set_label (GTK_LABEL (child), text);
}

static ColumnInfo *
get_info (GtkColumnViewCell *cell)
{
  return g_object_get_data (G_OBJECT (cell), "column");
}

/* Asked for when it is wanted: to set it asks the X server where the mouse is. */
static gboolean
on_query_tooltip (GtkWidget         *child,
                  int                x,
                  int                y,
                  gboolean           is_keyboard,
                  GtkTooltip        *tooltip,
                  GtkColumnViewCell *cell)
{
  TcSession *session = gtk_column_view_cell_get_item (cell);
  g_autofree char *text = session != NULL ? tc_history_dup_tooltip (get_info (cell)->column, session) : NULL;

  gtk_tooltip_set_text (tooltip, text);

  return text != NULL;
}

static void
on_session_changed (TcSession         *session,
                    GtkColumnViewCell *cell)
{
  show_cell (cell, get_info (cell));
}

static void
on_cell_facts_changed (TcHistory         *history,
                       guint64            id,
                       GtkColumnViewCell *cell)
{
  TcSession *session = gtk_column_view_cell_get_item (cell);

  if (session != NULL && (id == 0 || id == tc_session_get_id (session)))
    show_cell (cell, get_info (cell));
}

static gboolean
is_number (TcHistoryColumn column)
{
  return column == TC_HISTORY_EPOCHS || column == TC_HISTORY_LOSS || column == TC_HISTORY_DURATION ||
         column == TC_HISTORY_SPEND;
}

static gboolean
is_of_facts (TcHistoryColumn column)
{
  return column == TC_HISTORY_GATES || column == TC_HISTORY_VERDICT || column == TC_HISTORY_SPEND;
}

static GtkWidget *
create_text (int         width,
             const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), width);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

/* Where there is no room for their column the tags are below the title. */
static GtkWidget *
create_title (TcHistoryPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *below = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *tags = create_text (TITLE_CHARS, "caption");

  gtk_widget_add_css_class (tags, "dim-label");
  gtk_box_append (GTK_BOX (box), create_text (TITLE_CHARS, NULL));
  gtk_box_append (GTK_BOX (below), tags);
  gtk_box_append (GTK_BOX (box), below);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  g_object_bind_property (self->columns[TC_HISTORY_TAGS], "visible", below, "visible",
                          G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);

  return box;
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkColumnViewCell        *cell,
          ColumnInfo               *info)
{
  GtkWidget *child;

  g_object_set_data (G_OBJECT (cell), "column", info);
  if (info->column == TC_HISTORY_STATUS)
    child = gtk_image_new ();
  else if (info->column == TC_HISTORY_TITLE)
    child = create_title (info->page);
  else if (info->column == TC_HISTORY_TAGS)
    child = create_text (14, "dim-label");
  else if (info->column == TC_HISTORY_CORPUS)
    child = create_text (CORPUS_CHARS, NULL);
  else
    {
      child = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (child), is_number (info->column) ? 1 : 0);
      gtk_widget_add_css_class (child, "numeric");
    }
  gtk_widget_set_has_tooltip (child, TRUE);
  g_signal_connect_object (child, "query-tooltip", G_CALLBACK (on_query_tooltip), cell, 0);
  tc_history_menu_set_cell (child, cell);
  gtk_column_view_cell_set_child (cell, child);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkColumnViewCell        *cell,
         ColumnInfo               *info)
{
  g_signal_connect_object (gtk_column_view_cell_get_item (cell), "changed", G_CALLBACK (on_session_changed),
                           cell, 0);
  if (is_of_facts (info->column))
    g_signal_connect_object (info->page->history, "changed", G_CALLBACK (on_cell_facts_changed), cell, 0);
  show_cell (cell, info);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkColumnViewCell        *cell,
           ColumnInfo               *info)
{
  g_signal_handlers_disconnect_by_func (gtk_column_view_cell_get_item (cell), on_session_changed, cell);
  if (is_of_facts (info->column) && info->page->history != NULL)
    g_signal_handlers_disconnect_by_func (info->page->history, on_cell_facts_changed, cell);
}

/* ---- The check column ---- */

static void
on_check_toggled (GtkCheckButton    *button,
                  GtkColumnViewCell *cell)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (gtk_widget_get_ancestor (GTK_WIDGET (button), TC_TYPE_HISTORY_PAGE));
  gboolean is_active = gtk_check_button_get_active (button);

  if (self == NULL || is_active == gtk_column_view_cell_get_selected (cell))
    return;
  if (is_active)
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection),
                                     gtk_column_view_cell_get_position (cell), FALSE);
  else
    gtk_selection_model_unselect_item (GTK_SELECTION_MODEL (self->selection),
                                       gtk_column_view_cell_get_position (cell));
}

static void
on_selected (GtkColumnViewCell *cell,
             GParamSpec        *pspec,
             GtkCheckButton    *button)
{
  gtk_check_button_set_active (button, gtk_column_view_cell_get_selected (cell));
}

static void
on_setup_check (GtkSignalListItemFactory *factory,
                GtkColumnViewCell        *cell,
                TcHistoryPage            *self)
{
  GtkWidget *button = gtk_check_button_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Select to compare"), -1);
  tc_history_menu_set_cell (button, cell);
  gtk_column_view_cell_set_child (cell, button);
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_check_toggled), cell, 0);
  g_signal_connect_object (cell, "notify::selected", G_CALLBACK (on_selected), button, 0);
}

/* ---- Order ---- */

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  ColumnInfo *info = user_data;
  TcHistoryPage *self = info->page;
  TcHistory *history = self->history;
  TcSession *first = (TcSession *) a;
  TcSession *second = (TcSession *) b;

  if (info->column == TC_HISTORY_TITLE || info->column == TC_HISTORY_TAGS || info->column == TC_HISTORY_CORPUS)
    return tc_history_compare_words (info->column, tc_history_model_peek_words (self->model, first),
                                     tc_history_model_peek_words (self->model, second));
  if (!is_of_facts (info->column))
    return tc_history_compare (info->column, first, NULL, second, NULL);

  return tc_history_compare (info->column, first, tc_history_peek (history, tc_session_get_id (first)),
                             second, tc_history_peek (history, tc_session_get_id (second)));
}

static gboolean
on_sort (gpointer user_data)
{
  TcHistoryPage *self = user_data;

  self->sort_id = 0;
  for (guint i = 0; i < TC_HISTORY_N_COLUMNS; i++)
    {
      if (is_of_facts (i))
        gtk_sorter_changed (self->sorters[i], GTK_SORTER_CHANGE_DIFFERENT);
    }

  return G_SOURCE_REMOVE;
}

static void
on_facts_changed (TcHistoryPage *self)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->table);
  GtkColumnViewColumn *column = gtk_column_view_sorter_get_primary_sort_column (GTK_COLUMN_VIEW_SORTER (sorter));

  for (guint i = 0; i < TC_HISTORY_N_COLUMNS; i++)
    {
      if (self->columns[i] == column && is_of_facts (i) && self->sort_id == 0)
        self->sort_id = g_timeout_add (SORT_INTERVAL_MS, on_sort, self);
    }
}

/* To sort by what only answers tell, all of them are needed. */
static void
on_sorter_changed (GtkSorter       *sorter,
                   GtkSorterChange  change,
                   TcHistoryPage   *self)
{
  GListModel *all = self->model != NULL ? tc_history_model_get_all (self->model) : NULL;
  GtkColumnViewColumn *column = gtk_column_view_sorter_get_primary_sort_column (GTK_COLUMN_VIEW_SORTER (sorter));
  guint n = all != NULL ? g_list_model_get_n_items (all) : 0;

  if (column != self->columns[TC_HISTORY_GATES] && column != self->columns[TC_HISTORY_VERDICT])
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcSession) session = g_list_model_get_item (all, i);

      tc_history_get (self->history, tc_session_get_id (session));
    }
}

/* ---- What is shown ---- */

static void
show_content (TcHistoryPage *self)
{
  guint n_all, n_found;

  /* The lists empty themselves when the page goes. */
  if (self->model == NULL)
    return;
  n_all = g_list_model_get_n_items (tc_history_model_get_all (self->model));
  n_found = g_list_model_get_n_items (tc_history_model_get_found (self->model));
  gtk_stack_set_visible_child_name (self->stack, n_all == 0 ? "empty" : n_found == 0 ? "none" : "table");
}

static void
on_filter_changed (TcHistoryPage *self)
{
  guint state = adw_combo_row_get_selected (self->state_filter);
  guint corpus = adw_combo_row_get_selected (self->corpus_filter);
  guint provider = adw_combo_row_get_selected (self->provider_filter);
  guint tag = adw_combo_row_get_selected (self->tag_filter);
  TcHistoryFilter filter = { NULL, TC_SESSION_N_STATES, NULL, NULL, NULL };
  const TcProviderText *text;

  if (self->model == NULL)
    return;
  filter.search = gtk_editable_get_text (GTK_EDITABLE (self->search));
  if (state > 0 && state <= G_N_ELEMENTS (filter_states))
    filter.state = filter_states[state - 1];
  if (corpus > 0 && corpus <= G_N_ELEMENTS (filter_corpora))
    filter.corpus = filter_corpora[corpus - 1].word;
  text = provider > 0 && provider != GTK_INVALID_LIST_POSITION ? tc_provider_text_get (provider - 1) : NULL;
  if (text != NULL)
    filter.provider = text->word;
  if (tag > 0 && self->tags != NULL && tag <= g_strv_length (self->tags))
    filter.tag = self->tags[tag - 1];
  tc_history_model_set_filter (self->model, &filter);
  if (state + corpus + provider > 0 || filter.tag != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->filter_button), "accent");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->filter_button), "accent");
  show_content (self);
}

/* Tags come and go; those there are now are offered, and the one chosen stays. */
static void
on_filters_shown (TcHistoryPage *self)
{
  guint selected = adw_combo_row_get_selected (self->tag_filter);
  g_auto(GStrv) tags = tc_history_model_dup_tags (self->model);
  g_autoptr(GtkStringList) list = gtk_string_list_new (NULL);
  guint chosen = 0;

  if (self->tags != NULL && g_strv_equal ((const char *const *) tags, (const char *const *) self->tags))
    return;
  gtk_string_list_append (list, _("Any"));
  for (guint i = 0; tags[i] != NULL; i++)
    {
      gtk_string_list_take (list, tc_text_sanitize (tags[i], -1, -1, TC_TEXT_SINGLE_LINE));
      if (self->tags != NULL && selected > 0 && selected <= g_strv_length (self->tags) &&
          g_str_equal (tags[i], self->tags[selected - 1]))
        chosen = i + 1;
    }
  adw_combo_row_set_selected (self->tag_filter, 0);
  g_strfreev (self->tags);
  self->tags = g_steal_pointer (&tags);
  adw_combo_row_set_model (self->tag_filter, G_LIST_MODEL (list));
  adw_combo_row_set_selected (self->tag_filter, chosen);
  gtk_widget_set_visible (GTK_WIDGET (self->tag_filter), self->tags[0] != NULL);
}

static guint
get_n_selected (TcHistoryPage *self)
{
  g_autoptr(GtkBitset) selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  return (guint) gtk_bitset_get_size (selected);
}

static void
on_selection_changed (TcHistoryPage *self)
{
  guint n = get_n_selected (self);
  g_autofree char *text = g_strdup_printf (ngettext ("%u session", "%u sessions", n), n);

  gtk_label_set_label (self->count, text);
  gtk_action_bar_set_revealed (self->bar, n >= 1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.compare", n >= 2);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.annotate", n == 1);
}

/* ---- Actions ---- */

static void
on_activated (GtkColumnView *table,
              guint          position,
              TcHistoryPage *self)
{
  g_autoptr(TcSession) session = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (session != NULL)
    g_signal_emit (self, signals[SIGNAL_OPENED], 0, session);
}

/* Returns: (transfer full) (element-type TcSession): those that are selected */
static GPtrArray *
list_selected (TcHistoryPage *self)
{
  g_autoptr(GtkBitset) selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  GPtrArray *sessions = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < gtk_bitset_get_size (selected); i++)
    g_ptr_array_add (sessions, g_list_model_get_item (G_LIST_MODEL (self->selection),
                                                      gtk_bitset_get_nth (selected, i)));

  return sessions;
}

static void
on_compare (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (widget);
  g_autoptr(GPtrArray) sessions = list_selected (self);

  if (sessions->len >= 2)
    g_signal_emit (self, signals[SIGNAL_COMPARE], 0, sessions);
}

static void
on_annotate (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (widget);
  g_autoptr(GPtrArray) sessions = list_selected (self);

  if (sessions->len == 1)
    adw_dialog_present (ADW_DIALOG (tc_annotate_dialog_new (self->client, g_ptr_array_index (sessions, 0))), widget);
}

static void
on_menu (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  tc_history_menu_show (TC_HISTORY_PAGE (widget)->menu);
}

static void
on_select_none (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (TC_HISTORY_PAGE (widget)->selection));
}

static void
on_show_all (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (widget);

  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  adw_combo_row_set_selected (self->state_filter, 0);
  adw_combo_row_set_selected (self->corpus_filter, 0);
  adw_combo_row_set_selected (self->provider_filter, 0);
  adw_combo_row_set_selected (self->tag_filter, 0);
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  on_filter_changed (self);
}

static void
on_search (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* All that are selected; each comes back with an undo of its own. */
static void
on_remove (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (widget);
  g_autoptr(GPtrArray) sessions = list_selected (self);

  for (guint i = 0; i < sessions->len; i++)
    gtk_widget_activate_action (widget, "win.session-remove", "t",
                                tc_session_get_id (g_ptr_array_index (sessions, i)));
}

/* ---- The object ---- */

static void
tc_history_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tc_history_page_parent_class)->map (widget);
  tc_history_model_prepare (TC_HISTORY_PAGE (widget)->model);
}

static void
tc_history_page_dispose (GObject *object)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (object);

  g_clear_handle_id (&self->sort_id, g_source_remove);
  if (self->table != NULL)
    gtk_column_view_set_model (self->table, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_HISTORY_PAGE);
  g_clear_object (&self->selection);
  for (guint i = 0; i < TC_HISTORY_N_COLUMNS; i++)
    g_clear_object (&self->sorters[i]);
  g_clear_object (&self->model);
  g_clear_pointer (&self->tags, g_strfreev);
  g_clear_object (&self->history);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_history_page_parent_class)->dispose (object);
}

static void
bind_columns (GtkWidgetClass *widget_class)
{
  static const char *const names[TC_HISTORY_N_COLUMNS] = {
    [TC_HISTORY_STARTED] = "started", [TC_HISTORY_TITLE] = "title", [TC_HISTORY_CORPUS] = "corpus",
    [TC_HISTORY_EPOCHS] = "epochs", [TC_HISTORY_LOSS] = "loss", [TC_HISTORY_GATES] = "gates",
    [TC_HISTORY_VERDICT] = "verdict", [TC_HISTORY_DURATION] = "duration", [TC_HISTORY_SPEND] = "spend",
    [TC_HISTORY_TAGS] = "tags", [TC_HISTORY_STATUS] = "status",
  };

  for (guint i = 0; i < TC_HISTORY_N_COLUMNS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, names[i], FALSE,
                                               (gssize) (G_STRUCT_OFFSET (TcHistoryPage, columns) +
                                                         i * sizeof (GtkColumnViewColumn *)));
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, search);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, filter_button);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, state_filter);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, corpus_filter);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, provider_filter);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, tag_filter);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, bar);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, count);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, table);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, check);
  bind_columns (widget_class);
}

static void
tc_history_page_class_init (TcHistoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_history_page_dispose;
  widget_class->map = tc_history_page_map;
  signals[SIGNAL_OPENED] =
    g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, TC_TYPE_SESSION);
  signals[SIGNAL_COMPARE] =
    g_signal_new ("compare", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/pages/tc-history-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_filters_shown);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_install_action (widget_class, "history.compare", NULL, on_compare);
  gtk_widget_class_install_action (widget_class, "history.annotate", NULL, on_annotate);
  gtk_widget_class_install_action (widget_class, "history.menu", NULL, on_menu);
  gtk_widget_class_install_action (widget_class, "history.remove", NULL, on_remove);
  gtk_widget_class_install_action (widget_class, "history.select-none", NULL, on_select_none);
  gtk_widget_class_install_action (widget_class, "history.show-all", NULL, on_show_all);
  gtk_widget_class_install_action (widget_class, "history.search", NULL, on_search);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "history.annotate", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "history.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "history.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "history.menu", NULL);
}

static void
fill_filters (TcHistoryPage *self)
{
  g_autoptr(GtkStringList) states = gtk_string_list_new (NULL);
  g_autoptr(GtkStringList) corpora = gtk_string_list_new (NULL);
  g_autoptr(GtkStringList) providers = gtk_string_list_new (NULL);
  const TcProviderText *text;

  gtk_string_list_append (states, _("Any"));
  for (guint i = 0; i < G_N_ELEMENTS (filter_states); i++)
    gtk_string_list_append (states, tc_app_text_get_state (filter_states[i]));
  gtk_string_list_append (corpora, _("Any"));
  for (guint i = 0; i < G_N_ELEMENTS (filter_corpora); i++)
    gtk_string_list_append (corpora, _(filter_corpora[i].title));
  gtk_string_list_append (providers, _("Any"));
  for (guint i = 0; (text = tc_provider_text_get (i)) != NULL; i++)
    gtk_string_list_append (providers, _(text->title));
  adw_combo_row_set_model (self->state_filter, G_LIST_MODEL (states));
  adw_combo_row_set_model (self->corpus_filter, G_LIST_MODEL (corpora));
  adw_combo_row_set_model (self->provider_filter, G_LIST_MODEL (providers));
}

static void
tc_history_page_init (TcHistoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search));
  fill_filters (self);
}

static void
set_up_column (TcHistoryPage   *self,
               TcHistoryColumn  column)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  ColumnInfo *info = g_new0 (ColumnInfo, 1);

  info->page = self;
  info->column = column;
  g_object_set_data_full (G_OBJECT (self->columns[column]), "info", info, g_free);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), info);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), info);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), info);
  gtk_column_view_column_set_factory (self->columns[column], factory);
  self->sorters[column] = GTK_SORTER (gtk_custom_sorter_new (compare, info, NULL));
  gtk_column_view_column_set_sorter (self->columns[column], self->sorters[column]);
}

static void
set_up_table (TcHistoryPage *self)
{
  g_autoptr(GtkListItemFactory) checks = gtk_signal_list_item_factory_new ();
  GtkSorter *sorter;
  GtkSortListModel *sorted;

  self->menu = tc_history_menu_new (GTK_WIDGET (self), self->table);
  g_signal_connect_object (checks, "setup", G_CALLBACK (on_setup_check), self, 0);
  gtk_column_view_column_set_factory (self->check, checks);
  for (guint i = 0; i < TC_HISTORY_N_COLUMNS; i++)
    set_up_column (self, i);
  sorter = gtk_column_view_get_sorter (self->table);
  sorted = gtk_sort_list_model_new (g_object_ref (tc_history_model_get_found (self->model)),
                                    g_object_ref (sorter));
  self->selection = gtk_multi_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_sort_by_column (self->table, self->columns[TC_HISTORY_STARTED], GTK_SORT_DESCENDING);
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (sorter, "changed", G_CALLBACK (on_sorter_changed), self, 0);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (on_selection_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_selection_changed), self,
                           G_CONNECT_SWAPPED);
}

/**
 * tc_history_page_new:
 * @client: connected, or yet to be
 *
 * Returns: (transfer floating): the page, which follows the client's queue
 */
TcHistoryPage *
tc_history_page_new (TcClient  *client,
                     TcHistory *history)
{
  TcHistoryPage *self = g_object_new (TC_TYPE_HISTORY_PAGE, NULL);

  self->client = g_object_ref (client);
  self->history = g_object_ref (history);
  self->model = tc_history_model_new (tc_client_get_queue (client));
  set_up_table (self);
  g_signal_connect_object (self->history, "changed", G_CALLBACK (on_facts_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tc_history_model_get_found (self->model), "items-changed",
                           G_CALLBACK (show_content), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tc_history_model_get_all (self->model), "items-changed",
                           G_CALLBACK (show_content), self, G_CONNECT_SWAPPED);
  show_content (self);
  on_selection_changed (self);

  return self;
}
