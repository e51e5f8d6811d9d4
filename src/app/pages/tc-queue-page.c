/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-queue-page.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-curriculum-dialog.h"
#include "tc-new-session.h"
#include "tc-queue-row.h"
#include "tc-section-model.h"

struct _TcQueuePage
{
  AdwNavigationPage  parent_instance;

  TcClient          *client;    /* (owned) */
  TcSectionModel    *sections;  /* (owned) */
  GtkSingleSelection *selection; /* (owned) */

  AdwSplitButton    *add;
  GtkButton         *start;
  GtkStack          *stack;
  GtkListView       *list;
};

enum
{
  SIGNAL_FAILED,
  SIGNAL_OPENED,
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
  gtk_list_item_set_child (item, tc_queue_row_new (self->client));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         TcQueuePage              *self)
{
  g_autofree char *title = tc_app_text_dup_title (gtk_list_item_get_item (item));

  gtk_list_item_set_accessible_label (item, title);
  tc_queue_row_set_session (TC_QUEUE_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           TcQueuePage              *self)
{
  tc_queue_row_set_session (TC_QUEUE_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
on_setup_header (GtkSignalListItemFactory *factory,
                 GtkListHeader            *header,
                 TcQueuePage              *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_list_header_set_child (header, label);
}

static void
on_bind_header (GtkSignalListItemFactory *factory,
                GtkListHeader            *header,
                TcQueuePage              *self)
{
  static const char *const titles[] = { N_("Running"), N_("Up Next"), N_("Finished") };
  TcSession *session = gtk_list_header_get_item (header);

  gtk_label_set_label (GTK_LABEL (gtk_list_header_get_child (header)),
                       _(titles[tc_section_of (session)]));
}

/* ---- What the page shows ---- */

static void
on_queue_changed (TcQueuePage *self)
{
  guint n = tc_queue_get_n (tc_client_get_queue (self->client));
  gboolean is_paused = tc_client_get_paused (self->client);

  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
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
on_activated (GtkListView *list,
              guint        position,
              TcQueuePage *self)
{
  g_autoptr(TcSession) session = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  g_signal_emit (self, signals[SIGNAL_OPENED], 0, session);
}

/* The rows come in pieces, and the list stays where it was between them. */
static void
on_state_changed (TcQueuePage *self)
{
  if (tc_client_get_state (self->client) == TC_CLIENT_CONNECTED &&
      tc_queue_get_n (tc_client_get_queue (self->client)) > 0)
    gtk_list_view_scroll_to (self->list, 0, GTK_LIST_SCROLL_NONE, NULL);
}

static void
tc_queue_page_dispose (GObject *object)
{
  TcQueuePage *self = TC_QUEUE_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_QUEUE_PAGE);
  g_clear_object (&self->selection);
  g_clear_object (&self->sections);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_queue_page_parent_class)->dispose (object);
}

static void
tc_queue_page_class_init (TcQueuePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const char *const verbs[] = {
    "session.suspend", "session.resume", "session.cancel", "session.retry"
  };

  G_OBJECT_CLASS (klass)->dispose = tc_queue_page_dispose;
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_OPENED] =
    g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, TC_TYPE_SESSION);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/pages/tc-queue-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcQueuePage, add);
  gtk_widget_class_bind_template_child (widget_class, TcQueuePage, start);
  gtk_widget_class_bind_template_child (widget_class, TcQueuePage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcQueuePage, list);
  gtk_widget_class_install_action (widget_class, "queue.new", NULL, on_new);
  gtk_widget_class_install_action (widget_class, "queue.curriculum", NULL, on_curriculum);
  gtk_widget_class_install_action (widget_class, "queue.toggle", NULL, on_toggle);
  gtk_widget_class_install_action (widget_class, "queue.try", NULL, on_try);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    gtk_widget_class_install_action (widget_class, verbs[i], "t", on_session_action);
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
 *
 * Returns: (transfer floating): the page, which follows the client's queue
 */
TcQueuePage *
tc_queue_page_new (TcClient *client)
{
  TcQueuePage *self = g_object_new (TC_TYPE_QUEUE_PAGE, NULL);
  TcQueue *queue = tc_client_get_queue (client);

  self->client = g_object_ref (client);
  self->sections = tc_section_model_new (queue);
  self->selection = gtk_single_selection_new (g_object_ref (tc_section_model_get_model (self->sections)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  set_factories (self);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (on_queue_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::paused", G_CALLBACK (on_queue_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self,
                           G_CONNECT_SWAPPED);
  on_queue_changed (self);

  return self;
}
