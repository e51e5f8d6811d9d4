/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-queue-page.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-curriculum-dialog.h"
#include "tc-new-session.h"
#include "tc-queue-edits.h"
#include "tc-queue-row.h"
#include "tc-row-filler.h"
#include "tc-section-header.h"
#include "tc-section-model.h"
#include "tc-stop-question.h"

struct _TcQueuePage
{
  AdwNavigationPage   parent_instance;

  TcClient           *client;     /* (owned) */
  TcHistory          *history;    /* (owned) */
  TcQueueEdits       *edits;      /* (owned) */
  TcQueueEstimates   *estimates;  /* (owned) */
  TcSectionModel     *sections;   /* (owned) */
  TcRowFiller        *filler;     /* (owned) */
  GtkNoSelection     *selection;  /* (owned) nothing is selected, only focused */
  guint64             focus_id;   /* whose row gets the keyboard when the list has changed; 0: none's */
  guint               focus_source;
  gboolean            has_answer; /* of the engine */
  guint64             top_id;     /* whose row was the first when the keyboard was in the list */

  GtkButton          *start;
  AdwSplitButton     *add;
  GtkStack           *stack;
  GtkListView        *list;
};

enum
{
  SIGNAL_FAILED,
  SIGNAL_OPENED,
  SIGNAL_REMOVED,
  SIGNAL_RESTORED,
  SIGNAL_CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcQueuePage, tc_queue_page, ADW_TYPE_NAVIGATION_PAGE)

static guint signals[N_SIGNALS];

/* ---- Rows and headers ---- */

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          TcQueuePage              *self)
{
  gtk_list_item_set_child (item, tc_queue_row_new (self->client, self->history, self->estimates));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         TcQueuePage              *self)
{
  TcSession *session = gtk_list_item_get_item (item);
  g_autofree char *title = tc_app_text_dup_title (session);

  tc_row_filler_add (self->filler, gtk_list_item_get_child (item), session);
  gtk_list_item_set_accessible_label (item, title);
}

static void
fill (GtkWidget *row,
      gpointer   session)
{
  tc_queue_row_set_session (TC_QUEUE_ROW (row), session);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           TcQueuePage              *self)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (self->filler != NULL)
    tc_row_filler_remove (self->filler, row);
  tc_queue_row_set_session (TC_QUEUE_ROW (row), NULL);
}

static void
on_setup_header (GtkSignalListItemFactory *factory,
                 GtkListHeader            *header,
                 TcQueuePage              *self)
{
  gtk_list_header_set_child (header, tc_section_header_new (self->estimates));
}

static void
on_bind_header (GtkSignalListItemFactory *factory,
                GtkListHeader            *header,
                TcQueuePage              *self)
{
  tc_section_header_set_section (TC_SECTION_HEADER (gtk_list_header_get_child (header)),
                                 tc_section_of (gtk_list_header_get_item (header)));
}

/* ---- What the page shows ---- */

static void
on_queue_changed (TcQueuePage *self)
{
  guint n = tc_queue_get_n (tc_client_get_queue (self->client));
  gboolean is_paused = tc_client_get_paused (self->client);

  /* Before the engine has answered nobody knows that there is nothing. */
  self->has_answer = self->has_answer || tc_client_get_state (self->client) == TC_CLIENT_CONNECTED;
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : self->has_answer ? "empty" : "loading");
  gtk_widget_set_visible (GTK_WIDGET (self->start), n > 0);
  gtk_button_set_icon_name (self->start, is_paused ? "media-playback-start-symbolic"
                                                   : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->start),
                               is_paused ? _("Start the queue")
                                         : _("Pause the queue: what is on goes on, nothing new begins"));
  if (is_paused)
    gtk_widget_add_css_class (GTK_WIDGET (self->start), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->start), "suggested-action");
}

/* ---- Actions ---- */

static void
on_requested (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(TcQueuePage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  if (reply == NULL)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

static void
start_queue (TcQueuePage *self)
{
  tc_client_request_async (self->client, "POST", "/api/training/start", NULL, NULL, on_requested,
                           g_object_ref (self));
}

static void
on_try_queued (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(TcQueuePage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  if (reply == NULL)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  else
    start_queue (self);
}

/* What the trainer calls its short curriculum, without a provider: it needs no
 * key and costs nothing. */
static void
on_try (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  TcQueuePage *self = TC_QUEUE_PAGE (widget);
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *request = json_object_new ();

  json_object_set_string_member (request, "preset", "short");
  json_object_set_string_member (request, "provider", "none");
  json_node_take_object (body, request);
  tc_client_request_async (self->client, "POST", "/api/training/queue", body, NULL, on_try_queued,
                           g_object_ref (self));
}

static void
on_new (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  adw_dialog_present (ADW_DIALOG (tc_new_session_new (TC_QUEUE_PAGE (widget)->client)), widget);
}

static void
on_curriculum (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  adw_dialog_present (ADW_DIALOG (tc_curriculum_dialog_new (TC_QUEUE_PAGE (widget)->client)), widget);
}

static void
on_toggle (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcQueuePage *self = TC_QUEUE_PAGE (widget);

  if (tc_client_get_paused (self->client))
    start_queue (self);
  else
    tc_client_request_async (self->client, "POST", "/api/training/pause", NULL, NULL, on_requested,
                             g_object_ref (self));
}

static void
on_commanded (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(TcQueuePage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_client_command_finish (TC_CLIENT (object), result, &error))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

/* "session.suspend" and its like, with the id of the session. */
static void
on_session_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  TcQueuePage *self = TC_QUEUE_PAGE (widget);

  tc_client_command_async (self->client, name + strlen ("session."), g_variant_get_uint64 (parameter),
                           NULL, on_commanded, g_object_ref (self));
}

static void
on_stop_answered (AdwAlertDialog *dialog,
                  const char     *response,
                  TcQueuePage    *self)
{
  guint64 *id = g_object_get_data (G_OBJECT (dialog), "session");

  if (g_str_equal (response, TC_STOP_RESPONSE))
    tc_client_command_async (self->client, "cancel", *id, NULL, on_commanded, g_object_ref (self));
}

static void
on_stop (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  AdwDialog *dialog = tc_stop_question_new ();
  guint64 id = g_variant_get_uint64 (parameter);

  g_object_set_data_full (G_OBJECT (dialog), "session", g_memdup2 (&id, sizeof id), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_stop_answered), widget, 0);
  adw_dialog_present (dialog, widget);
}

static void
on_activated (GtkListView *list,
              guint        position,
              TcQueuePage *self)
{
  g_autoptr(TcSession) session = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  g_signal_emit (self, signals[SIGNAL_OPENED], 0, session);
}

/* ---- Rows that move, go and come back ---- */

/* Returns: (nullable): the row that has the keyboard */
static TcQueueRow *
find_focused (TcQueuePage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *child = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list)))
    return NULL;
  if (child != NULL && TC_IS_QUEUE_ROW (child))
    return TC_QUEUE_ROW (child);

  return TC_QUEUE_ROW (gtk_widget_get_ancestor (focus, TC_TYPE_QUEUE_ROW));
}

static guint
find_position (TcQueuePage *self,
               guint64      id)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n = g_list_model_get_n_items (model);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcSession) session = g_list_model_get_item (model, i);

      if (tc_session_get_id (session) == id)
        return i;
    }

  return GTK_INVALID_LIST_POSITION;
}

static guint64
find_top (TcQueuePage *self)
{
  g_autoptr(TcSession) session = g_list_model_get_item (G_LIST_MODEL (self->selection), 0);

  return session != NULL ? tc_session_get_id (session) : 0;
}

static gboolean
on_focus (gpointer user_data)
{
  TcQueuePage *self = user_data;
  guint position = find_position (self, self->focus_id);

  self->focus_source = 0;
  if (position != GTK_INVALID_LIST_POSITION && gtk_widget_get_mapped (GTK_WIDGET (self->list)))
    {
      gtk_list_view_scroll_to (self->list, position, GTK_LIST_SCROLL_FOCUS, NULL);
      self->focus_id = 0;
      self->top_id = find_top (self);
    }

  return G_SOURCE_REMOVE;
}

static gboolean
is_in_list (TcQueuePage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list));
}

static void
on_rows_changed (TcQueuePage *self)
{
  tc_queue_estimates_update (self->estimates);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (self->focus_id != 0 && self->focus_source == 0)
    self->focus_source = g_idle_add (on_focus, self);
}

/* The neighbour of a row that goes away. */
static guint64
find_neighbour (TcQueuePage *self,
                guint64      id)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n = g_list_model_get_n_items (model);
  guint position = find_position (self, id);
  g_autoptr(TcSession) neighbour = NULL;

  if (position == GTK_INVALID_LIST_POSITION || n < 2)
    return 0;
  neighbour = g_list_model_get_item (model, position + 1 < n ? position + 1 : position - 1);

  return tc_session_get_id (neighbour);
}

static void
move (TcQueuePage *self,
      const char  *name,
      guint64      id)
{
  int step = -1;

  if (g_str_has_suffix (name, "move-down"))
    step = 1;
  else if (g_str_has_suffix (name, "move-to-top"))
    step = -G_MAXINT;
  self->focus_id = id;
  tc_queue_edits_step (self->edits, id, step);
}

static void
remove_session (TcQueuePage *self,
                TcSession   *session)
{
  if (session == NULL || tc_session_state_is_active (tc_session_get_state (session)))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  self->focus_id = find_neighbour (self, tc_session_get_id (session));
  tc_queue_edits_remove (self->edits, session);
}

/* "session.…" from a menu, with the id of the session. */
static void
on_row_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  TcQueuePage *self = TC_QUEUE_PAGE (widget);
  guint64 id = g_variant_get_uint64 (parameter);
  TcSession *session = tc_queue_lookup (tc_client_get_queue (self->client), id);

  if (session == NULL)
    return;
  if (g_str_equal (name, "session.open"))
    g_signal_emit (self, signals[SIGNAL_OPENED], 0, session);
  else if (g_str_equal (name, "session.remove"))
    remove_session (self, session);
  else if (g_str_equal (name, "session.duplicate"))
    adw_dialog_present (ADW_DIALOG (tc_new_session_new_like (self->client, tc_session_get_config (session))),
                        widget);
  else
    move (self, name, id);
}

/* "queue.…" by keyboard: of the row that has the focus. */
static void
on_focus_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  TcQueuePage *self = TC_QUEUE_PAGE (widget);
  TcQueueRow *row = find_focused (self);
  TcSession *session = row != NULL ? tc_queue_row_get_session (row) : NULL;

  if (session == NULL)
    return;
  if (g_str_equal (name, "queue.row-menu"))
    tc_queue_row_show_menu (row);
  else if (g_str_equal (name, "queue.remove"))
    remove_session (self, session);
  else
    move (self, name, tc_session_get_id (session));
}

static void
on_place (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  TcQueuePage *self = TC_QUEUE_PAGE (widget);
  guint64 other;
  gboolean is_behind;

  g_variant_get (parameter, "(ttb)", &self->focus_id, &other, &is_behind);
  tc_queue_edits_place (self->edits, self->focus_id, other, is_behind);
}

static void
on_undo (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  if (!tc_queue_edits_undo (TC_QUEUE_PAGE (widget)->edits))
    gtk_widget_error_bell (widget);
}

static void
on_removed (TcQueuePage *self,
            TcSession   *session)
{
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0, session);
}

static void
on_restored (TcQueuePage *self,
             guint64      id)
{
  self->focus_id = id;
  g_signal_emit (self, signals[SIGNAL_RESTORED], 0);
}

static void
on_edit_failed (TcQueuePage *self,
                const char  *text)
{
  self->focus_id = 0;
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, text);
}

/**
 * tc_queue_page_restore:
 * @id: a session that was removed
 *
 * Puts it back.
 */
void
tc_queue_page_restore (TcQueuePage *self,
                       guint64      id)
{
  g_return_if_fail (TC_IS_QUEUE_PAGE (self));

  tc_queue_edits_restore (self->edits, id);
}

/* The rows come in pieces, and the list stays where it was between them. */
static void
on_state_changed (TcQueuePage *self)
{
  on_queue_changed (self);
  if (tc_client_get_state (self->client) == TC_CLIENT_CONNECTED &&
      tc_queue_get_n (tc_client_get_queue (self->client)) > 0)
    gtk_list_view_scroll_to (self->list, 0, is_in_list (self) ? GTK_LIST_SCROLL_FOCUS : GTK_LIST_SCROLL_NONE, NULL);
}

/* The list takes the row that came first, which may be the last by now: who
 * comes when another row leads begins there. */
static gboolean
tc_queue_page_focus (GtkWidget        *widget,
                     GtkDirectionType  direction)
{
  TcQueuePage *self = TC_QUEUE_PAGE (widget);
  gboolean was_in_list = is_in_list (self);
  gboolean is_moved = GTK_WIDGET_CLASS (tc_queue_page_parent_class)->focus (widget, direction);

  if (!is_moved || !is_in_list (self))
    return is_moved;
  if (!was_in_list && self->top_id != find_top (self))
    gtk_list_view_scroll_to (self->list, 0, GTK_LIST_SCROLL_FOCUS, NULL);
  self->top_id = find_top (self);

  return TRUE;
}

static void
tc_queue_page_dispose (GObject *object)
{
  TcQueuePage *self = TC_QUEUE_PAGE (object);

  g_clear_handle_id (&self->focus_source, g_source_remove);
  g_clear_object (&self->filler);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_QUEUE_PAGE);
  g_clear_object (&self->selection);
  g_clear_object (&self->sections);
  g_clear_object (&self->estimates);
  g_clear_object (&self->edits);
  g_clear_object (&self->history);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_queue_page_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  static const struct { const char *name; const char *type; GtkWidgetActionActivateFunc activate; } actions[] = {
    { "queue.new", NULL, on_new },
    { "queue.curriculum", NULL, on_curriculum },
    { "queue.toggle", NULL, on_toggle },
    { "queue.try", NULL, on_try },
    { "queue.undo", NULL, on_undo },
    { "queue.move-up", NULL, on_focus_action },
    { "queue.move-down", NULL, on_focus_action },
    { "queue.remove", NULL, on_focus_action },
    { "queue.row-menu", NULL, on_focus_action },
    { "session.suspend", "t", on_session_action },
    { "session.resume", "t", on_session_action },
    { "session.cancel", "t", on_stop },
    { "session.retry", "t", on_session_action },
    { "session.open", "t", on_row_action },
    { "session.move-to-top", "t", on_row_action },
    { "session.move-up", "t", on_row_action },
    { "session.move-down", "t", on_row_action },
    { "session.duplicate", "t", on_row_action },
    { "session.remove", "t", on_row_action },
    { "session.place", "(ttb)", on_place },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, actions[i].type, actions[i].activate);
}

static void
tc_queue_page_class_init (TcQueuePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_queue_page_dispose;
  widget_class->focus = tc_queue_page_focus;
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_OPENED] =
    g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, TC_TYPE_SESSION);
  signals[SIGNAL_REMOVED] =
    g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, TC_TYPE_SESSION);
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
  signals[SIGNAL_RESTORED] =
    g_signal_new ("restored", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/pages/tc-queue-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcQueuePage, add);
  gtk_widget_class_bind_template_child (widget_class, TcQueuePage, start);
  gtk_widget_class_bind_template_child (widget_class, TcQueuePage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcQueuePage, list);
  install_actions (widget_class);
}

static void
tc_queue_page_init (TcQueuePage *self)
{
  GtkAccessible *new_session;

  gtk_widget_init_template (GTK_WIDGET (self));
  /* libadwaita gives both halves the name of the second. */
  new_session = GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (self->add)));
  gtk_accessible_reset_relation (new_session, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_reset_relation (new_session, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY);
  gtk_accessible_update_property (new_session, GTK_ACCESSIBLE_PROPERTY_LABEL, _("New Session"), -1);
  g_signal_connect_object (self->list, "activate", G_CALLBACK (on_activated), self, 0);
}

static void
set_factories (TcQueuePage *self)
{
  g_autoptr(GtkListItemFactory) rows = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkListItemFactory) headers = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (rows, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (rows, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (rows, "unbind", G_CALLBACK (on_unbind), self, 0);
  g_signal_connect_object (headers, "setup", G_CALLBACK (on_setup_header), self, 0);
  g_signal_connect_object (headers, "bind", G_CALLBACK (on_bind_header), self, 0);
  gtk_list_view_set_factory (self->list, rows);
  gtk_list_view_set_header_factory (self->list, headers);
}

/**
 * tc_queue_page_new:
 * @client: connected, or yet to be
 * @history: what the sessions have cost
 *
 * Returns: (transfer floating): the page, which follows the client's queue
 */
TcQueuePage *
tc_queue_page_new (TcClient  *client,
                   TcHistory *history)
{
  TcQueuePage *self = g_object_new (TC_TYPE_QUEUE_PAGE, NULL);
  TcQueue *queue = tc_client_get_queue (client);

  self->client = g_object_ref (client);
  self->history = g_object_ref (history);
  self->edits = tc_queue_edits_new (client);
  self->estimates = tc_queue_estimates_new (client);
  self->sections = tc_section_model_new (queue);
  self->selection = gtk_no_selection_new (g_object_ref (tc_section_model_get_model (self->sections)));
  self->filler = tc_row_filler_new (GTK_WIDGET (self->list), fill);
  set_factories (self);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->edits, "removed", G_CALLBACK (on_removed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->edits, "restored", G_CALLBACK (on_restored), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->edits, "failed", G_CALLBACK (on_edit_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_rows_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "sessions", G_CALLBACK (on_rows_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (on_queue_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::paused", G_CALLBACK (on_queue_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self,
                           G_CONNECT_SWAPPED);
  on_queue_changed (self);

  return self;
}
