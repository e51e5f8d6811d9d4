/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-log-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tc-facts-text.h"
#include "tc-log-lines.h"
#include "tc-log-search.h"
#include "tc-widget.h"

/* Closer to the end than this counts as being there. */
#define END_PIXELS 8

/* As much as a clipboard is for. */
#define COPY_LINES 100000

/* What errors look like when nothing better is known. */
static const char *const error_texts[] = {
  "error", "traceback (most recent call last)", "exception", "out of memory", "fatal", NULL
};

struct _TcLogView
{
  GtkWidget           parent_instance;

  TcLogLines         *lines;       /* (owned) (nullable) */
  TcLogSearch        *hits;        /* (owned) (nullable) of what is typed */
  TcLogSearch        *errors;      /* (owned) (nullable) */
  char               *reason;      /* (owned) (nullable) the line why the run failed */
  GtkMultiSelection  *selection;   /* (owned) */
  GCancellable       *cancellable; /* (owned) of the copying */
  gboolean            is_following;
  guint               awaited_line;  /* to be shown when the list has its place; or invalid */
  GtkListScrollFlags  awaited_flags;
  gboolean            has_jumped;  /* to an error; the next jump goes on from there */
  gboolean            wrap;

  GtkBox             *toolbar;
  GtkToggleButton    *search_button;
  GtkSearchBar       *search_bar;
  GtkSearchEntry     *search;
  GtkLabel           *place;
  GtkStack           *stack;
  GtkLabel           *empty;
  GtkScrolledWindow  *scrolled;
  GtkListView        *list;
  GtkButton          *follow;
};

enum
{
  PROP_WRAP = 1,
  N_PROPS
};

enum
{
  SIGNAL_TOLD,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TcLogView, tc_log_view, GTK_TYPE_WIDGET)

/* ---- Rows ---- */

/* What a program writes runs from left to right wherever it is read. */
static void
set_left_to_right (GtkWidget *widget)
{
  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
}

/* When the line was written, while the pointer rests on it. */
static gboolean
on_query_tooltip (GtkWidget   *row,
                  int          x,
                  int          y,
                  gboolean     is_keyboard,
                  GtkTooltip  *tooltip,
                  GtkListItem *item)
{
  TcLogView *self = TC_LOG_VIEW (gtk_widget_get_ancestor (row, TC_TYPE_LOG_VIEW));
  TcLogLine *line = gtk_list_item_get_item (item);
  gint64 at_us = self != NULL && line != NULL && self->lines != NULL
                   ? tc_log_lines_get_time (self->lines, tc_log_line_get_number (line) - 1)
                   : 0;
  g_autofree char *text = at_us > 0 ? tc_facts_text_dup_day (at_us, TRUE) : NULL;

  gtk_tooltip_set_text (tooltip, text);

  return text != NULL;
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
  gtk_widget_set_valign (number, GTK_ALIGN_START);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_wrap_mode (GTK_LABEL (text), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_margin_end (text, 12);
  g_object_bind_property (self, "wrap", text, "wrap", G_BINDING_SYNC_CREATE);
  gtk_widget_add_css_class (number, "dim-label");
  gtk_widget_add_css_class (number, "numeric");
  gtk_widget_add_css_class (text, "monospace");
  set_left_to_right (box);
  set_left_to_right (number);
  set_left_to_right (text);
  gtk_box_append (GTK_BOX (box), number);
  gtk_box_append (GTK_BOX (box), text);
  gtk_widget_set_has_tooltip (box, TRUE);
  g_signal_connect_object (box, "query-tooltip", G_CALLBACK (on_query_tooltip), item, 0);
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

/* A list that has no place on the screen yet loses its rows when it is scrolled. */
static gboolean
has_place (TcLogView *self)
{
  return gtk_widget_get_mapped (GTK_WIDGET (self->list)) && gtk_widget_get_height (GTK_WIDGET (self->list)) > 0;
}

/* Now, or when the list is there. */
static void
show_line (TcLogView          *self,
           guint               line,
           GtkListScrollFlags  flags)
{
  self->awaited_line = has_place (self) ? GTK_INVALID_LIST_POSITION : line;
  self->awaited_flags = flags;
  if (line < get_n_lines (self) && has_place (self))
    gtk_list_view_scroll_to (self->list, line, GTK_LIST_SCROLL_SELECT | flags, NULL);
}

static void
set_following (TcLogView *self,
               gboolean   is_following)
{
  self->is_following = is_following;
  gtk_widget_set_visible (GTK_WIDGET (self->follow), !is_following && get_n_lines (self) > 0);
}

static void
scroll_to_end (TcLogView *self)
{
  guint n = get_n_lines (self);

  if (self->is_following && n > 0 && has_place (self))
    gtk_list_view_scroll_to (self->list, n - 1, GTK_LIST_SCROLL_NONE, NULL);
}

static gboolean
on_first_frame (GtkWidget     *list,
                GdkFrameClock *clock,
                gpointer       user_data)
{
  TcLogView *self = user_data;

  if (!has_place (self))
    return G_SOURCE_CONTINUE;
  if (self->awaited_line != GTK_INVALID_LIST_POSITION)
    show_line (self, self->awaited_line, self->awaited_flags);
  else
    scroll_to_end (self);

  return G_SOURCE_REMOVE;
}

static void
on_list_mapped (GtkWidget *list,
                TcLogView *self)
{
  gtk_widget_add_tick_callback (list, on_first_frame, self, NULL);
}

static void
on_items_changed (TcLogView *self)
{
  guint n = get_n_lines (self);

  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
  gtk_widget_set_sensitive (GTK_WIDGET (self->toolbar), n > 0);
  scroll_to_end (self);
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
show_place (TcLogView *self)
{
  g_autofree char *text = NULL;
  guint nth;
  guint n;

  if (self->hits != NULL && tc_log_search_get_place (self->hits, &nth, &n))
    /* Translators: which of how many lines that have what is searched for */
    text = g_strdup_printf (_("%u of %u"), nth, n);
  gtk_label_set_label (self->place, text != NULL ? text : "");
}

static void
on_hit (TcLogSearch *hits,
        guint        line,
        TcLogView   *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
  show_line (self, line, GTK_LIST_SCROLL_NONE);
}

static void
on_no_hit (TcLogSearch *hits,
           TcLogView   *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self->search), "error");
  gtk_label_set_label (self->place, _("Not found"));
}

/* From the first line that is selected, or else from the first. */
static guint
get_selected (TcLogView *self)
{
  g_autoptr(GtkBitset) selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  return gtk_bitset_is_empty (selected) ? 0 : gtk_bitset_get_minimum (selected);
}

static void
on_search_changed (GtkSearchEntry *search,
                   TcLogView      *self)
{
  const char *const texts[] = { gtk_editable_get_text (GTK_EDITABLE (self->search)), NULL };

  gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
  gtk_label_set_label (self->place, "");
  if (self->hits == NULL)
    return;
  if (texts[0][0] != '\0')
    set_following (self, FALSE);
  tc_log_search_start (self->hits, texts, get_selected (self), 1);
}

static void
on_search_next (GtkSearchEntry *search,
                TcLogView      *self)
{
  if (self->hits != NULL)
    tc_log_search_step (self->hits, 1);
}

static void
on_search_previous (GtkSearchEntry *search,
                    TcLogView      *self)
{
  if (self->hits != NULL)
    tc_log_search_step (self->hits, -1);
}

/* ---- Errors ---- */

/* The last one first, then the one before it. */
static void
jump_to_error (TcLogView *self)
{
  const char *const reason[] = { self->reason, NULL };
  guint n = get_n_lines (self);

  if (n == 0)
    return;
  if (self->has_jumped)
    tc_log_search_step (self->errors, -1);
  else
    tc_log_search_start (self->errors, self->reason != NULL ? reason : error_texts, n - 1, -1);
}

static void
on_error_found (TcLogSearch *errors,
                guint        line,
                TcLogView   *self)
{
  self->has_jumped = TRUE;
  set_following (self, FALSE);
  show_line (self, line, GTK_LIST_SCROLL_FOCUS);
}

/* The reason may stand in the log in another form than it was told in. */
static void
on_no_error (TcLogSearch *errors,
             TcLogView   *self)
{
  self->has_jumped = FALSE;
  if (self->reason == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_TOLD], 0, _("There is no error in this log."));
      return;
    }
  g_clear_pointer (&self->reason, g_free);
  jump_to_error (self);
}

static void
on_action (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcLogView *self = TC_LOG_VIEW (widget);

  if (g_str_equal (name, "log.search"))
    tc_log_view_begin_search (self);
  else if (g_str_equal (name, "log.next"))
    on_search_next (self->search, self);
  else if (g_str_equal (name, "log.previous"))
    on_search_previous (self->search, self);
  else if (g_str_equal (name, "log.error"))
    jump_to_error (self);
}

/* ---- Copying ---- */

static void
on_selection_changed (TcLogView *self)
{
  g_autoptr(GtkBitset) selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy", !gtk_bitset_is_empty (selected));
}

static void
on_copied (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcLogView) self = user_data;
  g_autofree char *text = tc_log_lines_read_finish (TC_LOG_LINES (object), result, NULL);
  g_autofree char *said = NULL;
  guint n = 1;

  if (text == NULL)
    return;
  for (const char *at = text; (at = strchr (at, '\n')) != NULL; at++)
    n++;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  said = g_strdup_printf (ngettext ("%u line copied", "%u lines copied", n), n);
  g_signal_emit (self, signals[SIGNAL_TOLD], 0, said);
}

static void
on_copy (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  TcLogView *self = TC_LOG_VIEW (widget);
  g_autoptr(GtkBitset) selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  GtkBitsetIter iter;
  guint number;

  for (gboolean has = gtk_bitset_iter_init_first (&iter, selected, &number); has && numbers->len < COPY_LINES;
       has = gtk_bitset_iter_next (&iter, &number))
    g_array_append_val (numbers, number);
  if (numbers->len > 0)
    tc_log_lines_read_async (self->lines, numbers, self->cancellable, on_copied, g_object_ref (self));
}

/* ---- The object ---- */

static void
tc_log_view_dispose (GObject *object)
{
  TcLogView *self = TC_LOG_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_LOG_VIEW);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->selection);
  g_clear_object (&self->hits);
  g_clear_object (&self->errors);
  g_clear_object (&self->lines);
  g_clear_pointer (&self->reason, g_free);

  G_OBJECT_CLASS (tc_log_view_parent_class)->dispose (object);
}

static void
set_wrap (TcLogView *self,
          gboolean   wrap)
{
  if (self->wrap == wrap)
    return;
  self->wrap = wrap;
  /* Rows are as wide as the window then, and have more than one line. */
  gtk_scrolled_window_set_policy (self->scrolled, wrap ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_AUTOMATIC);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WRAP]);
}

static void
tc_log_view_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_WRAP:
      g_value_set_boolean (value, TC_LOG_VIEW (object)->wrap);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_log_view_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_WRAP:
      set_wrap (TC_LOG_VIEW (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_log_view_class_init (TcLogViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const char *const actions[] = { "log.search", "log.next", "log.previous", "log.error" };

  object_class->dispose = tc_log_view_dispose;
  object_class->get_property = tc_log_view_get_property;
  object_class->set_property = tc_log_view_set_property;
  properties[PROP_WRAP] = g_param_spec_boolean ("wrap", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_TOLD] = g_signal_new ("told", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/log/tc-log-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TcLogView, toolbar);
  gtk_widget_class_bind_template_child (widget_class, TcLogView, search_button);
  gtk_widget_class_bind_template_child (widget_class, TcLogView, place);
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
  gtk_widget_class_install_property_action (widget_class, "log.wrap", "wrap");
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
  self->awaited_line = GTK_INVALID_LIST_POSITION;
  self->cancellable = g_cancellable_new ();
  self->selection = gtk_multi_selection_new (NULL);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (on_selection_changed), self,
                           G_CONNECT_SWAPPED);
  on_selection_changed (self);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  set_left_to_right (GTK_WIDGET (self->scrolled));
  set_left_to_right (GTK_WIDGET (self->list));
  g_signal_connect_object (self->list, "map", G_CALLBACK (on_list_mapped), self, 0);
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

  g_clear_object (&self->hits);
  g_clear_object (&self->errors);
  g_clear_object (&self->lines);
  self->lines = tc_log_lines_new (path);
  self->hits = tc_log_search_new (self->lines);
  self->errors = tc_log_search_new (self->lines);
  self->has_jumped = FALSE;
  g_signal_connect_object (self->hits, "found", G_CALLBACK (on_hit), self, 0);
  g_signal_connect_object (self->hits, "missed", G_CALLBACK (on_no_hit), self, 0);
  g_signal_connect_object (self->hits, "counted", G_CALLBACK (show_place), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errors, "found", G_CALLBACK (on_error_found), self, 0);
  g_signal_connect_object (self->errors, "missed", G_CALLBACK (on_no_error), self, 0);
  g_signal_connect_object (self->lines, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_multi_selection_set_model (self->selection, G_LIST_MODEL (self->lines));
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

/**
 * tc_log_view_set_reason:
 * @text: (nullable): why the run failed, as it stands in the log; of several lines
 *   the last
 *
 * Where the first jump to an error goes.
 */
void
tc_log_view_set_reason (TcLogView  *self,
                        const char *text)
{
  g_autofree char *trimmed = text != NULL ? g_strchomp (g_strdup (text)) : NULL;
  const char *last = trimmed != NULL ? strrchr (trimmed, '\n') : NULL;

  g_return_if_fail (TC_IS_LOG_VIEW (self));

  last = last != NULL ? last + 1 : trimmed;
  if (g_set_str (&self->reason, last != NULL && last[0] != '\0' ? last : NULL))
    self->has_jumped = FALSE;
}

/** tc_log_view_begin_search: Shows where to type, and waits for it. */
void
tc_log_view_begin_search (TcLogView *self)
{
  g_return_if_fail (TC_IS_LOG_VIEW (self));

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/** tc_log_view_jump_to_error: Goes to the last error, and from there to the one before it. */
void
tc_log_view_jump_to_error (TcLogView *self)
{
  g_return_if_fail (TC_IS_LOG_VIEW (self));

  jump_to_error (self);
}
