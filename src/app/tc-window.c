/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-window.h"

#include <glib/gi18n.h>
#include <malloc.h>

#include "tc-app-text.h"
#include "tc-compare-page.h"
#include "tc-install.h"
#include "tc-history-page.h"
#include "tc-keys-page.h"
#include "tc-models-page.h"
#include "tc-queue-page.h"
#include "tc-session-page.h"
#include "tc-spend-bar.h"
#include "tc-state-banner.h"

/* When all that comes with a connection has come and is shown. */
#define REST_AFTER_MS 1000

struct _TcWindow
{
  AdwApplicationWindow    parent_instance;

  TcClient               *client;  /* (owned) */
  TcPaths                *paths;   /* (owned) */
  TcHistory              *history; /* (owned) what all pages know of sessions */
  TcKeyList              *keys;    /* (owned) for the banners */
  TcHostState            *host;    /* (owned) for the banners */
  GSettings              *settings; /* (owned) (nullable) what is remembered */
  TcQueuePage            *queue;   /* (owned) */
  guint                   rest_id;
  AdwToast               *undo;    /* (owned) (nullable) offers to put the last session removed back */
  GArray                 *removed_keys; /* (owned) (element-type guint64) that were not put back, the last one last */

  AdwToastOverlay        *toasts;
  AdwNavigationSplitView *split;
  AdwNavigationView      *pages;
  GtkListBox             *sidebar;
  GtkListBoxRow          *chosen;  /* (nullable) of the page that is shown */
  GtkLabel               *count;
  TcSpendBar             *spend;
  GtkWidget              *awake;
  GtkMenuButton          *menu_button;
};

G_DEFINE_FINAL_TYPE (TcWindow, tc_window, ADW_TYPE_APPLICATION_WINDOW)

static void ensure_page (TcWindow   *self,
                         const char *tag);

/* The keyboard selects what it passes; which page is shown is chosen with Enter. */
static void
on_page_selected (GtkListBox    *sidebar,
                  GtkListBoxRow *row,
                  TcWindow      *self)
{
  if (row != NULL && self->chosen != NULL && row != self->chosen)
    gtk_list_box_select_row (sidebar, self->chosen);
}

/* The pages of the sidebar replace one another; what was opened on top of the
 * one before goes. */
static void
on_page_chosen (GtkListBox    *sidebar,
                GtkListBoxRow *row,
                TcWindow      *self)
{
  const char *tags[] = { gtk_widget_get_name (GTK_WIDGET (row)) };

  self->chosen = row;
  gtk_list_box_select_row (sidebar, row);
  ensure_page (self, tags[0]);
  adw_navigation_view_replace_with_tags (self->pages, tags, G_N_ELEMENTS (tags));
  adw_navigation_split_view_set_show_content (self->split, TRUE);
}

/* How many sessions have not ended yet. */
static void
on_queue_changed (TcWindow *self)
{
  TcQueue *queue = tc_client_get_queue (self->client);
  g_autofree char *text = NULL;
  guint n = 0;

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    n += !tc_session_state_is_final (tc_session_get_state (tc_queue_peek (queue, i)));
  text = n > 0 ? g_strdup_printf ("%u", n) : g_strdup ("");
  gtk_label_set_label (self->count, text);
}

/**
 * tc_window_show_text:
 * @text: a sentence
 *
 * Tells something that went wrong without being in the way.
 */
void
tc_window_show_text (TcWindow   *self,
                     const char *text)
{
  AdwToast *toast;

  g_return_if_fail (TC_IS_WINDOW (self));

  toast = adw_toast_new ("");
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_failed (AdwNavigationPage *page,
           const char        *text,
           TcWindow          *self)
{
  tc_window_show_text (self, text);
}

static void
on_restored (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(TcWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  if (reply == NULL)
    tc_window_show_text (self, error->message);
}

static void
restore_key (TcWindow *self,
             guint64   id)
{
  g_autofree char *target = g_strdup_printf ("/api/keys/restore/%" G_GUINT64_FORMAT, id);

  for (guint i = self->removed_keys->len; i-- > 0;)
    if (g_array_index (self->removed_keys, guint64, i) == id)
      g_array_remove_index (self->removed_keys, i);
  tc_client_request_async (self->client, "POST", target, NULL, NULL, on_restored, g_object_ref (self));
}

static void
on_restore_key (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  restore_key (TC_WINDOW (widget), g_variant_get_uint64 (parameter));
}

static void
on_key_removed (AdwNavigationPage *page,
                guint64            id,
                const char        *name,
                TcWindow          *self)
{
  g_autofree char *text = g_strdup_printf (_("“%s” was removed"), name);
  AdwToast *toast = adw_toast_new ("");

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);
  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_action_name (toast, "win.restore-key");
  adw_toast_set_action_target (toast, "t", id);
  adw_toast_overlay_add_toast (self->toasts, toast);
  g_array_append_val (self->removed_keys, id);
}

static gboolean
undo_key (TcWindow *self)
{
  guint n = self->removed_keys->len;

  if (n > 0)
    restore_key (self, g_array_index (self->removed_keys, guint64, n - 1));

  return n > 0;
}

/* ---- Sessions ---- */

static void
on_restore_session (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  tc_queue_page_restore (TC_WINDOW (widget)->queue, g_variant_get_uint64 (parameter));
}

/* An offer that is no longer one does not stay. */
static void
on_session_restored (TcQueuePage *page,
                     TcWindow    *self)
{
  if (self->undo != NULL)
    adw_toast_dismiss (self->undo);
  g_clear_object (&self->undo);
}

static void
on_session_removed (TcQueuePage *page,
                    TcSession   *session,
                    TcWindow    *self)
{
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *text = g_strdup_printf (_("“%s” was removed"), title);
  AdwNavigationPage *shown = adw_navigation_view_get_visible_page (self->pages);
  AdwToast *toast = adw_toast_new ("");

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);
  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_action_name (toast, "win.restore-session");
  adw_toast_set_action_target (toast, "t", tc_session_get_id (session));
  on_session_restored (page, self);
  self->undo = g_object_ref (toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
  if (TC_IS_SESSION_PAGE (shown) && tc_session_page_get_session (TC_SESSION_PAGE (shown)) == session)
    adw_navigation_view_pop (self->pages);
}

static void
on_opened (AdwNavigationPage *page,
           TcSession         *session,
           TcWindow          *self)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (session));
  g_autofree char *run_dir = tc_paths_dup_run_dir (self->paths, id);
  AdwNavigationPage *shown = adw_navigation_view_get_visible_page (self->pages);

  adw_navigation_split_view_set_show_content (self->split, TRUE);
  /* A notification shows a session that may be shown already, or over another one. */
  if (TC_IS_SESSION_PAGE (shown) && tc_session_page_get_session (TC_SESSION_PAGE (shown)) == session)
    return;
  if (TC_IS_SESSION_PAGE (shown))
    adw_navigation_view_pop (self->pages);
  adw_navigation_view_push (self->pages,
                            ADW_NAVIGATION_PAGE (tc_session_page_new (self->client, self->settings, session,
                                                                  self->history, run_dir)));
}

/* ---- Banners ---- */

static AdwToolbarView *
find_toolbar_view (GtkWidget *widget)
{
  AdwToolbarView *found = NULL;

  if (ADW_IS_TOOLBAR_VIEW (widget))
    return ADW_TOOLBAR_VIEW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_toolbar_view (child);

  return found;
}

/* Every page tells under its own header bar what is wrong. */
static void
on_visible_page (TcWindow *self)
{
  AdwNavigationPage *page = adw_navigation_view_get_visible_page (self->pages);
  AdwToolbarView *view = page != NULL ? find_toolbar_view (GTK_WIDGET (page)) : NULL;

  if (view == NULL || g_object_get_data (G_OBJECT (view), "tc-state-banner") != NULL)
    return;
  g_object_set_data (G_OBJECT (view), "tc-state-banner", GINT_TO_POINTER (TRUE));
  adw_toolbar_view_add_top_bar (view, tc_state_banner_new (self->client, self->keys, self->host));
}

static void
on_compare (AdwNavigationPage *page,
            GPtrArray         *sessions,
            TcWindow          *self)
{
  adw_navigation_view_push (self->pages,
                            ADW_NAVIGATION_PAGE (tc_compare_page_new (self->client, self->history, sessions)));
}

/* Those that nobody has looked at are not there: together they take as much
 * memory and time as all that is shown first. */
static void
ensure_page (TcWindow   *self,
             const char *tag)
{
  AdwNavigationPage *page;

  if (adw_navigation_view_find_page (self->pages, tag) != NULL)
    return;
  if (g_str_equal (tag, "history"))
    {
      page = ADW_NAVIGATION_PAGE (tc_history_page_new (self->client, self->history));
      g_signal_connect_object (page, "opened", G_CALLBACK (on_opened), self, 0);
      g_signal_connect_object (page, "compare", G_CALLBACK (on_compare), self, 0);
    }
  else if (g_str_equal (tag, "models"))
    {
      page = ADW_NAVIGATION_PAGE (tc_models_page_new (self->client));
      g_signal_connect_object (page, "opened", G_CALLBACK (on_opened), self, 0);
    }
  else
    {
      page = ADW_NAVIGATION_PAGE (tc_keys_page_new (self->client));
      g_signal_connect_object (page, "failed", G_CALLBACK (on_failed), self, 0);
      g_signal_connect_object (page, "removed", G_CALLBACK (on_key_removed), self, 0);
    }
  adw_navigation_view_add (self->pages, page);
}

/* To read the engine's answers and make the rows takes more than what is kept:
 * several megabytes, and of ten thousand sessions many. */
static gboolean
on_rest (gpointer user_data)
{
  TC_WINDOW (user_data)->rest_id = 0;
#ifdef __GLIBC__
  malloc_trim (0);
#endif

  return G_SOURCE_REMOVE;
}

static void
on_state_changed (TcWindow *self)
{
  if (tc_client_get_state (self->client) == TC_CLIENT_CONNECTED && self->rest_id == 0)
    self->rest_id = g_timeout_add (REST_AFTER_MS, on_rest, self);
}

static void
tc_window_dispose (GObject *object)
{
  TcWindow *self = TC_WINDOW (object);

  g_clear_handle_id (&self->rest_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_WINDOW);
  g_clear_object (&self->undo);
  g_clear_object (&self->queue);
  g_clear_object (&self->host);
  g_clear_object (&self->settings);
  g_clear_object (&self->keys);
  g_clear_object (&self->history);
  g_clear_object (&self->client);
  g_clear_object (&self->paths);
  g_clear_pointer (&self->removed_keys, g_array_unref);

  G_OBJECT_CLASS (tc_window_parent_class)->dispose (object);
}

/* ---- Keys that hold on every page ---- */

static void
on_queue_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  g_autofree char *action = g_strdup_printf ("queue.%s", name + strlen ("win.queue-"));

  gtk_widget_activate_action (GTK_WIDGET (TC_WINDOW (widget)->queue), action, NULL);
}

/* "win.session-…", with the id of the session: done by the queue, wherever it was chosen. */
static void
on_session_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  g_autofree char *action = g_strdup_printf ("session.%s", name + strlen ("win.session-"));

  gtk_widget_activate_action_variant (GTK_WIDGET (TC_WINDOW (widget)->queue), action, parameter);
}

/* What was done last on the page that is shown; elsewhere, in the queue. */
static void
on_undo (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  TcWindow *self = TC_WINDOW (widget);
  AdwNavigationPage *page = adw_navigation_view_get_visible_page (self->pages);

  if (TC_IS_MODELS_PAGE (page))
    gtk_widget_activate_action (GTK_WIDGET (page), "models.undo", NULL);
  else if (TC_IS_KEYS_PAGE (page) && undo_key (self))
    return;
  else if (TC_IS_SESSION_PAGE (page) && tc_session_page_undo (TC_SESSION_PAGE (page)))
    return;
  else
    gtk_widget_activate_action (GTK_WIDGET (self->queue), "queue.undo", NULL);
}

/* Here, since a page whose tab has just changed may not have the keyboard. */
static void
on_page_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  GtkWidget *page = GTK_WIDGET (adw_navigation_view_get_visible_page (TC_WINDOW (widget)->pages));
  gboolean is_search = g_str_equal (name, "win.search");

  if (TC_IS_SESSION_PAGE (page))
    gtk_widget_activate_action (page, is_search ? "session-page.search-log" : "session-page.jump-to-error", NULL);
  else if (TC_IS_HISTORY_PAGE (page) && is_search)
    gtk_widget_activate_action (page, "history.search", NULL);
}

/* The menu is in the sidebar, which a narrow window does not show. */
static void
on_open_menu (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  TcWindow *self = TC_WINDOW (widget);

  if (adw_navigation_split_view_get_collapsed (self->split))
    adw_navigation_split_view_set_show_content (self->split, FALSE);
  gtk_menu_button_popup (self->menu_button);
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  static const struct { guint key; GdkModifierType modifiers; const char *action; } keys[] = {
    { GDK_KEY_n, GDK_CONTROL_MASK, "win.queue-new" },
    { GDK_KEY_n, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.queue-curriculum" },
    { GDK_KEY_Return, GDK_CONTROL_MASK, "win.queue-toggle" },
    { GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "win.queue-toggle" },
    { GDK_KEY_z, GDK_CONTROL_MASK, "win.undo" },
    { GDK_KEY_f, GDK_CONTROL_MASK, "win.search" },
    { GDK_KEY_e, GDK_CONTROL_MASK, "win.jump-to-error" },
    { GDK_KEY_F10, 0, "win.open-menu" },
  };
  static const char *const session_actions[] = {
    "win.session-open", "win.session-duplicate", "win.session-retry", "win.session-remove",
  };

  gtk_widget_class_install_action (widget_class, "win.open-menu", NULL, on_open_menu);
  gtk_widget_class_install_action (widget_class, "win.queue-new", NULL, on_queue_action);
  gtk_widget_class_install_action (widget_class, "win.queue-curriculum", NULL, on_queue_action);
  gtk_widget_class_install_action (widget_class, "win.queue-toggle", NULL, on_queue_action);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, on_undo);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, on_page_action);
  gtk_widget_class_install_action (widget_class, "win.jump-to-error", NULL, on_page_action);
  for (guint i = 0; i < G_N_ELEMENTS (session_actions); i++)
    gtk_widget_class_install_action (widget_class, session_actions[i], "t", on_session_action);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].modifiers, keys[i].action, NULL);
}

static void
tc_window_class_init (TcWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_window_dispose;

  g_type_ensure (TC_TYPE_SPEND_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/hlx/TrainingCenter/tc-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, split);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, count);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, spend);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, awake);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, on_page_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_page_selected);
  gtk_widget_class_install_action (widget_class, "win.restore-key", "t", on_restore_key);
  add_keys (widget_class);
  gtk_widget_class_install_action (widget_class, "win.restore-session", "t", on_restore_session);
}

static void
tc_window_init (TcWindow *self)
{
  self->removed_keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tc_window_show_page:
 * @tag: of a page of the sidebar: "queue", "keys"
 */
void
tc_window_show_page (TcWindow   *self,
                     const char *tag)
{
  GtkListBoxRow *row;

  g_return_if_fail (TC_IS_WINDOW (self));

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sidebar, i)) != NULL; i++)
    {
      if (!g_str_equal (gtk_widget_get_name (GTK_WIDGET (row)), tag))
        continue;
      on_page_chosen (self->sidebar, row, self);
    }
}

/**
 * tc_window_show_session:
 * @id: of a session; one that is not there is not shown
 *
 * Opens its page.
 */
void
tc_window_show_session (TcWindow *self,
                        guint64   id)
{
  TcSession *session;

  g_return_if_fail (TC_IS_WINDOW (self));

  session = tc_queue_lookup (tc_client_get_queue (self->client), id);
  if (session != NULL)
    on_opened (NULL, session, self);
  else
    tc_window_show_text (self, _("That session is not there any more."));
}

/**
 * tc_window_new:
 *
 * Returns: (transfer floating): a window on the queue of @client
 */
TcWindow *
tc_window_new (AdwApplication *application,
               TcClient       *client,
               TcPaths        *paths)
{
  TcWindow *self = g_object_new (TC_TYPE_WINDOW, "application", application, NULL);
  g_autoptr(TcHistory) facts = tc_history_new (client);
  TcQueuePage *queue = tc_queue_page_new (client, facts);
  g_autoptr(TcBudgetStatus) budgets = tc_budget_status_new (client);

  self->client = g_object_ref (client);
  self->paths = g_object_ref (paths);
  self->history = g_object_ref (facts);
  self->keys = tc_key_list_new (client);
  self->host = tc_host_state_new (paths);
  g_signal_connect_object (self->pages, "notify::visible-page", G_CALLBACK (on_visible_page), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "opened", G_CALLBACK (on_opened), self, 0);
  g_signal_connect_object (queue, "removed", G_CALLBACK (on_session_removed), self, 0);
  g_signal_connect_object (queue, "restored", G_CALLBACK (on_session_restored), self, 0);
  self->queue = g_object_ref (queue);
  tc_spend_bar_set_budgets (self->spend, budgets);
  g_signal_connect_object (queue, "failed", G_CALLBACK (on_failed), self, 0);
  g_signal_connect_object (queue, "changed", G_CALLBACK (on_queue_changed), self, G_CONNECT_SWAPPED);
  adw_navigation_view_add (self->pages, ADW_NAVIGATION_PAGE (queue));
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  on_state_changed (self);
  self->chosen = gtk_list_box_get_row_at_index (self->sidebar, 0);
  gtk_list_box_select_row (self->sidebar, self->chosen);
  on_queue_changed (self);

  return self;
}

/**
 * tc_window_keep_state:
 * @settings: the application's
 * @awake: whether the computer is kept awake, to tell so
 *
 * The window gets the size it had, and remembers what it gets from now on.
 */
void
tc_window_keep_state (TcWindow  *self,
                      GSettings *settings,
                      TcAwake   *awake)
{
  g_return_if_fail (TC_IS_WINDOW (self));

  g_set_object (&self->settings, settings);
  g_settings_bind (settings, TC_SETTINGS_WINDOW_WIDTH, self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, TC_SETTINGS_WINDOW_HEIGHT, self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, TC_SETTINGS_WINDOW_MAXIMIZED, self, "maximized", G_SETTINGS_BIND_DEFAULT);
  g_object_bind_property (awake, "is-inhibiting", self->awake, "visible", G_BINDING_SYNC_CREATE);
}
