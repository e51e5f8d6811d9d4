/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-log-view.h"

#include <glib/gi18n.h>

#include "tc-log-lines.h"
#include "tc-widget.h"

/* Closer to the end than this counts as being there. */
#define END_PIXELS 8

struct _TcLogView
{
  GtkWidget           parent_instance;

  TcLogLines         *lines;       /* (owned) (nullable) */
  GtkSingleSelection *selection;   /* (owned) */
  GCancellable       *cancellable; /* (owned) (nullable) of the search under way */
  gboolean            is_following;

  GtkSearchBar       *search_bar;
  GtkSearchEntry     *search;
  GtkStack           *stack;
  GtkLabel           *empty;
  GtkScrolledWindow  *scrolled;
  GtkListView        *list;
  GtkButton          *follow;
};

G_DEFINE_FINAL_TYPE (TcLogView, tc_log_view, GTK_TYPE_WIDGET)

/* ---- Rows ---- */

/* What a program writes runs from left to right wherever it is read. */
static void
set_left_to_right (GtkWidget *widget)
{
  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          TcLogView                *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *number = gtk_label_new (NULL);
  GtkWidget *text = gtk_label_new (NULL);

  gtk_label_set_width_chars (GTK_LABEL (number), 7);
  gtk_label_set_xalign (GTK_LABEL (number), 1);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_widget_add_css_class (number, "dim-label");
  gtk_widget_add_css_class (number, "numeric");
  gtk_widget_add_css_class (text, "monospace");
  set_left_to_right (box);
  set_left_to_right (number);
  set_left_to_right (text);
  gtk_box_append (GTK_BOX (box), number);
  gtk_box_append (GTK_BOX (box), text);
  gtk_list_item_set_child (item, box);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         TcLogView                *self)
{
  TcLogLine *line = gtk_list_item_get_item (item);
  GtkWidget *number = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  g_autofree char *text = g_strdup_printf ("%u", tc_log_line_get_number (line));

  gtk_label_set_text (GTK_LABEL (number), text);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (number)), tc_log_line_get_text (line));
  /* An empty line is called by its number. */
  gtk_list_item_set_accessible_label (item, tc_log_line_get_text (line)[0] != '\0' ? tc_log_line_get_text (line)
                                                                                 : text);
}

/* ---- Following ---- */

static guint
get_n_lines (TcLogView *self)
{
  return self->lines != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->lines)) : 0;
}

static void
show_line (TcLogView *self,
           guint      line)
{
  gtk_list_view_scroll_to (self->list, line, GTK_LIST_SCROLL_SELECT | GTK_LIST_SCROLL_FOCUS, NULL);
}

static void
set_following (TcLogView *self,
               gboolean   is_following)
{
  self->is_following = is_following;
  gtk_widget_set_visible (GTK_WIDGET (self->follow), !is_following && get_n_lines (self) > 0);
}

static void
on_items_changed (TcLogView *self)
{
  guint n = get_n_lines (self);

  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
  if (self->is_following && n > 0)
    gtk_list_view_scroll_to (self->list, n - 1, GTK_LIST_SCROLL_NONE, NULL);
}

/* Scrolling up by hand ends following, scrolling back to the end begins it. */
static gboolean
on_scrolled (GtkEventControllerScroll *controller,
             double                    dx,
             double                    dy,
             TcLogView                *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double below = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment)
                 - gtk_adjustment_get_value (adjustment);

  if (dy < 0)
    set_following (self, FALSE);
  else if (below < END_PIXELS)
    set_following (self, TRUE);

  return GDK_EVENT_PROPAGATE;
}

static void
on_follow (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcLogView *self = TC_LOG_VIEW (widget);

  set_following (self, TRUE);
  on_items_changed (self);
}

/* ---- Searching ---- */

static void
on_found (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcLogView) self = user_data;
  g_autoptr(GError) error = NULL;
  guint line;

  if (tc_log_lines_find_finish (TC_LOG_LINES (object), result, &line, &error))
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
      show_line (self, line);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_add_css_class (GTK_WIDGET (self->search), "error");
}

static void
find (TcLogView  *self,
      const char *text,
      gint64      from_line,
      int         direction)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->lines == NULL || text[0] == '\0' || from_line < 0)
    return;
  set_following (self, FALSE);
  self->cancellable = g_cancellable_new ();
  tc_log_lines_find_async (self->lines, text, (guint) from_line, direction, self->cancellable,
                           on_found, g_object_ref (self));
}

static gint64
get_selected (TcLogView *self)
{
  guint selected = gtk_single_selection_get_selected (self->selection);

  return selected != GTK_INVALID_LIST_POSITION ? selected : 0;
}

static void
on_search_changed (GtkSearchEntry *search,
                   TcLogView      *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
  find (self, gtk_editable_get_text (GTK_EDITABLE (self->search)), get_selected (self), 1);
}

static void
on_search_next (GtkSearchEntry *search,
                TcLogView      *self)
{
  find (self, gtk_editable_get_text (GTK_EDITABLE (self->search)), get_selected (self) + 1, 1);
}

static void
on_search_previous (GtkSearchEntry *search,
                    TcLogView      *self)
{
  find (self, gtk_editable_get_text (GTK_EDITABLE (self->search)), get_selected (self) - 1, -1);
}

static void
on_action (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcLogView *self = TC_LOG_VIEW (widget);

  if (g_str_equal (name, "log.search"))
    gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  else if (g_str_equal (name, "log.next"))
    on_search_next (self->search, self);
  else if (g_str_equal (name, "log.previous"))
    on_search_previous (self->search, self);
  else if (g_str_equal (name, "log.error"))
    find (self, "error", (gint64) get_n_lines (self) - 1, -1);
}

static void
on_copy (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  TcLogView *self = TC_LOG_VIEW (widget);
  TcLogLine *line = gtk_single_selection_get_selected_item (self->selection);

  if (line != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), tc_log_line_get_text (line));
}

/* ---- The object ---- */

static void
tc_log_view_dispose (GObject *object)
{
  TcLogView *self = TC_LOG_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_LOG_VIEW);
  g_clear_object (&self->selection);
  g_clear_object (&self->lines);

  G_OBJECT_CLASS (tc_log_view_parent_class)->dispose (object);
}

static void
tc_log_view_class_init (TcLogViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const char *const actions[] = { "log.search", "log.next", "log.previous", "log.error" };

  G_OBJECT_CLASS (klass)->dispose = tc_log_view_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/log/tc-log-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TcLogView, search_bar);
  gtk_widget_class_bind_template_child (widget_class, TcLogView, search);
  gtk_widget_class_bind_template_child (widget_class, TcLogView, stack);
  gtk_widget_class_bind_template_child (widget_class, TcLogView, empty);
  gtk_widget_class_bind_template_child (widget_class, TcLogView, scrolled);
  gtk_widget_class_bind_template_child (widget_class, TcLogView, list);
  gtk_widget_class_bind_template_child (widget_class, TcLogView, follow);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_next);
  gtk_widget_class_bind_template_callback (widget_class, on_search_previous);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i], NULL, on_action);
  gtk_widget_class_install_action (widget_class, "log.follow", NULL, on_follow);
  gtk_widget_class_install_action (widget_class, "log.copy", NULL, on_copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "log.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "log.error", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "log.copy", NULL);
}

static void
tc_log_view_init (TcLogView *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_following = TRUE;
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  set_left_to_right (GTK_WIDGET (self->scrolled));
  set_left_to_right (GTK_WIDGET (self->list));
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search));
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect_object (scroll, "scroll", G_CALLBACK (on_scrolled), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self->scrolled), scroll);
}

/**
 * tc_log_view_new:
 *
 * Returns: (transfer floating): a view without a log
 */
GtkWidget *
tc_log_view_new (void)
{
  return g_object_new (TC_TYPE_LOG_VIEW, NULL);
}

/**
 * tc_log_view_open:
 * @path: the log; need not be there yet
 */
void
tc_log_view_open (TcLogView  *self,
                  const char *path)
{
  g_return_if_fail (TC_IS_LOG_VIEW (self));

  g_clear_object (&self->lines);
  self->lines = tc_log_lines_new (path);
  g_signal_connect_object (self->lines, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->lines));
  on_items_changed (self);
}

/** tc_log_view_update: The log has grown. */
void
tc_log_view_update (TcLogView *self)
{
  g_return_if_fail (TC_IS_LOG_VIEW (self));

  if (self->lines != NULL)
    tc_log_lines_update (self->lines);
}
