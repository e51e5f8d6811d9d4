/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-models-page.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-checkpoint-actions.h"
#include "tc-checkpoint-list.h"
#include "tc-checkpoint-row.h"
#include "tc-duration.h"
#include "tc-free-space.h"

struct _TcModelsPage
{
  AdwNavigationPage   parent_instance;

  TcClient           *client;      /* (owned) */
  TcCheckpointList   *checkpoints; /* (owned) */
  GtkSingleSelection *selection;   /* (owned) */

  GtkWidget          *free;
  AdwBanner          *removed;
  GtkStack           *stack;
  GtkListView        *list;
};

G_DEFINE_FINAL_TYPE (TcModelsPage, tc_models_page, ADW_TYPE_NAVIGATION_PAGE)

static guint opened_signal;

static TcSession *
find_session (TcModelsPage     *self,
              TcCheckpointItem *item)
{
  return tc_queue_lookup (tc_client_get_queue (self->client), tc_checkpoint_item_get (item)->record->session_id);
}

/* ---- Rows ---- */

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          TcModelsPage             *self)
{
  gtk_list_item_set_child (item, tc_checkpoint_row_new (self->checkpoints));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         TcModelsPage             *self)
{
  const TcCheckpointFacts *facts = tc_checkpoint_item_get (gtk_list_item_get_item (item));
  TcSession *session = find_session (self, gtk_list_item_get_item (item));
  g_autofree char *title = session != NULL ? tc_app_text_dup_title (session) : g_strdup (_("Session"));
  const char *contents = tc_checkpoint_row_get_contents (facts);
  /* Translators: a checkpoint to a screen reader: "Epoch 47 of Grok 4 → Helix100m" */
  g_autofree char *name = g_strdup_printf (_("Epoch %u of %s"), facts->record->epoch, title);
  g_autofree char *label = contents != NULL ? g_strdup_printf ("%s, %s", name, contents) : g_strdup (name);

  tc_checkpoint_row_set_item (TC_CHECKPOINT_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
  gtk_list_item_set_accessible_label (item, label);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           TcModelsPage             *self)
{
  tc_checkpoint_row_set_item (TC_CHECKPOINT_ROW (gtk_list_item_get_child (item)), NULL);
}

/* ---- Headers: the run ---- */

static GtkWidget *
make_label (const char *style,
            const char *other_style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, style);
  if (other_style != NULL)
    gtk_widget_add_css_class (label, other_style);

  return label;
}

static void
on_setup_header (GtkSignalListItemFactory *factory,
                 GtkListHeader            *header,
                 TcModelsPage             *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_box_append (GTK_BOX (box), make_label ("heading", NULL));
  gtk_box_append (GTK_BOX (box), make_label ("caption", "dim-label"));
  gtk_list_header_set_child (header, box);
}

/* "English Mastery · 200 epochs · 101.4 million parameters". */
static char *
dup_about (TcSession              *session,
           const TcCheckpointFacts *facts)
{
  g_autofree char *subtitle = session != NULL ? tc_app_text_dup_subtitle (session) : NULL;
  g_autofree char *parameters = NULL;

  if (facts->parameters >= 1000000)
    /* Translators: %.1f is a number of millions */
    parameters = g_strdup_printf (_("%.1f million parameters"), (double) facts->parameters / 1e6);
  else if (facts->parameters > 0)
    parameters = g_strdup_printf (ngettext ("%u parameter", "%u parameters", (gulong) facts->parameters),
                                  (guint) facts->parameters);
  if (subtitle == NULL || parameters == NULL)
    return g_strdup (subtitle != NULL ? subtitle : parameters != NULL ? parameters : "");

  return g_strdup_printf ("%s · %s", subtitle, parameters);
}

static void
on_bind_header (GtkSignalListItemFactory *factory,
                GtkListHeader            *header,
                TcModelsPage             *self)
{
  GtkWidget *box = gtk_list_header_get_child (header);
  TcCheckpointItem *item = gtk_list_header_get_item (header);
  TcSession *session = find_session (self, item);
  g_autofree char *title = session != NULL ? tc_app_text_dup_title (session) : g_strdup (_("Session"));
  g_autofree char *about = dup_about (session, tc_checkpoint_item_get (item));

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_first_child (box)), title);
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), about);
}

/* ---- The list ---- */

static int
compare_runs (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  guint64 first = tc_checkpoint_item_get ((TcCheckpointItem *) a)->record->session_id;
  guint64 second = tc_checkpoint_item_get ((TcCheckpointItem *) b)->record->session_id;

  return first > second ? -1 : first < second;
}

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  return tc_checkpoint_item_compare ((TcCheckpointItem *) a, (TcCheckpointItem *) b);
}

/* The view would stay where the first ones were put. */
static void
show_list (TcModelsPage *self)
{
  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "list"))
    return;
  gtk_stack_set_visible_child_name (self->stack, "list");
  gtk_list_view_scroll_to (self->list, 0, GTK_LIST_SCROLL_NONE, NULL);
}

static void
on_changed (TcModelsPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->checkpoints));
  gint64 bytes;
  g_autoptr(GArray) ids = tc_checkpoint_list_list_removed (self->checkpoints, &bytes);
  g_autofree char *size = tc_size_format ((guint64) bytes);
  g_autofree char *text = NULL;

  if (!tc_checkpoint_list_is_loaded (self->checkpoints))
    return;
  if (n > 0)
    show_list (self);
  else
    gtk_stack_set_visible_child_name (self->stack, "empty");
  gtk_widget_set_visible (self->free, n > 0);
  adw_banner_set_revealed (self->removed, ids->len > 0);
  if (ids->len == 0)
    return;
  /* Translators: %s is a size such as 4.2 MB */
  text = g_strdup_printf (ngettext ("%u deleted checkpoint (%s) can be restored for an hour",
                                    "%u deleted checkpoints (%s) can be restored for an hour", ids->len),
                          ids->len, size);
  adw_banner_set_title (self->removed, text);
}

/* ---- Actions ---- */

static void
on_free (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  adw_dialog_present (ADW_DIALOG (tc_free_space_new (TC_MODELS_PAGE (widget)->checkpoints, widget)), widget);
}

static void
on_restore (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  TcModelsPage *self = TC_MODELS_PAGE (widget);
  gint64 bytes;
  g_autoptr(GArray) ids = tc_checkpoint_list_list_removed (self->checkpoints, &bytes);

  if (ids->len > 0)
    tc_checkpoint_actions_restore (widget, self->checkpoints, ids);
}

/* The last deletion that was made here and still holds; then the one before. */
static void
on_undo (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  TcModelsPage *self = TC_MODELS_PAGE (widget);
  g_autoptr(GArray) ids = tc_checkpoint_list_take_undo (self->checkpoints);

  if (ids != NULL)
    tc_checkpoint_actions_restore (widget, self->checkpoints, ids);
  else
    gtk_widget_error_bell (widget);
}

static void
on_remove (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  TcModelsPage *self = TC_MODELS_PAGE (widget);
  TcCheckpointItem *item = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (item == NULL)
    return;
  g_array_append_val (ids, tc_checkpoint_item_get (item)->record->id);
  tc_checkpoint_actions_remove (widget, self->checkpoints, ids);
}

/* Of the row that has the focus. */
static void
on_row_menu (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (TC_IS_CHECKPOINT_ROW (row))
    tc_checkpoint_row_show_menu (TC_CHECKPOINT_ROW (row));
}

static void
on_activated (GtkListView  *list,
              guint         position,
              TcModelsPage *self)
{
  g_autoptr(TcCheckpointItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  TcSession *session = find_session (self, item);

  if (session != NULL)
    g_signal_emit (self, opened_signal, 0, session);
}

/* ---- The object ---- */

static void
tc_models_page_dispose (GObject *object)
{
  TcModelsPage *self = TC_MODELS_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_MODELS_PAGE);
  g_clear_object (&self->selection);
  g_clear_object (&self->checkpoints);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_models_page_parent_class)->dispose (object);
}

static void
tc_models_page_class_init (TcModelsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_models_page_dispose;
  opened_signal = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, TC_TYPE_SESSION);

  gtk_widget_class_set_template_from_resource (widget_class, "/dev/hlx/TrainingCenter/pages/tc-models-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcModelsPage, free);
  gtk_widget_class_bind_template_child (widget_class, TcModelsPage, removed);
  gtk_widget_class_bind_template_child (widget_class, TcModelsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcModelsPage, list);
  gtk_widget_class_install_action (widget_class, "models.free", NULL, on_free);
  gtk_widget_class_install_action (widget_class, "models.remove", NULL, on_remove);
  gtk_widget_class_install_action (widget_class, "models.restore", NULL, on_restore);
  gtk_widget_class_install_action (widget_class, "models.undo", NULL, on_undo);
  gtk_widget_class_install_action (widget_class, "models.row-menu", NULL, on_row_menu);
}

static void
tc_models_page_init (TcModelsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->list, "activate", G_CALLBACK (on_activated), self, 0);
}

static void
set_factories (TcModelsPage *self)
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

/** tc_models_page_new: Returns: (transfer floating): the page, which follows what runs save */
TcModelsPage *
tc_models_page_new (TcClient *client)
{
  TcModelsPage *self = g_object_new (TC_TYPE_MODELS_PAGE, NULL);
  g_autoptr(GtkSorter) runs = GTK_SORTER (gtk_custom_sorter_new (compare_runs, NULL, NULL));
  GtkSortListModel *sorted;

  self->client = g_object_ref (client);
  self->checkpoints = tc_checkpoint_list_new (client, 0);
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->checkpoints)),
                                    GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL)));
  gtk_sort_list_model_set_section_sorter (sorted, runs);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  set_factories (self);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->checkpoints, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);

  return self;
}
