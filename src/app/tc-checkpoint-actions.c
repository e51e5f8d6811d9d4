/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-checkpoint-actions.h"

#include <glib/gi18n.h>

#include "tc-duration.h"

/* What a toast needs to take a removal back. The overlay has the toast, and a
 * window that was closed meanwhile needs no answer. */
typedef struct
{
  GWeakRef          overlay; /* of a widget */
  TcCheckpointList *list;    /* (owned) */
  GArray           *ids;     /* (owned) (nullable) */
} Change;

static void
change_free (Change *change)
{
  g_weak_ref_clear (&change->overlay);
  g_object_unref (change->list);
  g_clear_pointer (&change->ids, g_array_unref);
  g_free (change);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

static Change *
change_new (GtkWidget        *overlay,
            TcCheckpointList *list,
            GArray           *ids)
{
  Change *change = g_new0 (Change, 1);

  g_weak_ref_init (&change->overlay, overlay);
  change->list = g_object_ref (list);
  change->ids = ids != NULL ? g_array_ref (ids) : NULL;

  return change;
}

static void
change_closure_free (gpointer  data,
                     GClosure *closure)
{
  change_free (data);
}

/* The overlay around @from, or @from if nothing is: a row may be gone by the
 * time an answer comes. */
static GtkWidget *
find_overlay (GtkWidget *from)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (from, ADW_TYPE_TOAST_OVERLAY);

  return overlay != NULL ? overlay : from;
}

static AdwToast *
make_toast (const char *text)
{
  AdwToast *toast = adw_toast_new ("");

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);

  return toast;
}

static void
show_toast (GtkWidget *overlay,
            AdwToast  *toast)
{
  if (ADW_IS_TOAST_OVERLAY (overlay))
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
  else
    g_object_unref (g_object_ref_sink (toast));
}

/** tc_checkpoint_actions_tell: shows a sentence without being in the way */
void
tc_checkpoint_actions_tell (GtkWidget  *from,
                            const char *sentence)
{
  show_toast (find_overlay (from), make_toast (sentence));
}

static void
on_restored (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(Change) change = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GtkWidget) overlay = g_weak_ref_get (&change->overlay);
  gint64 bytes;
  g_autoptr(GArray) ids = tc_checkpoint_list_change_finish (TC_CHECKPOINT_LIST (object), result, &bytes, &error);

  if (ids == NULL && overlay != NULL)
    tc_checkpoint_actions_tell (overlay, error->message);
}

#define TOAST "tc-checkpoint-undo-toast"

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* The offer to undo, while it is shown; the toast holds the list. */
static void
set_offer (TcCheckpointList *list,
           AdwToast         *toast)
{
  GWeakRef *ref = g_new0 (GWeakRef, 1);

  g_weak_ref_init (ref, toast);
  g_object_set_data_full (G_OBJECT (list), TOAST, ref, weak_ref_free);
}

/* An offer that is no longer one does not stay. */
static void
withdraw_offer (TcCheckpointList *list)
{
  GWeakRef *ref = g_object_get_data (G_OBJECT (list), TOAST);
  g_autoptr(AdwToast) toast = ref != NULL ? g_weak_ref_get (ref) : NULL;

  if (toast != NULL)
    adw_toast_dismiss (toast);
}

/** tc_checkpoint_actions_restore: brings removed ones back; what fails is told */
void
tc_checkpoint_actions_restore (GtkWidget        *from,
                               TcCheckpointList *list,
                               GArray           *ids)
{
  withdraw_offer (list);
  tc_checkpoint_list_restore_async (list, ids, on_restored, change_new (find_overlay (from), list, NULL));
}

static void
on_undo (AdwToast *toast,
         Change   *change)
{
  g_autoptr(GtkWidget) overlay = g_weak_ref_get (&change->overlay);

  if (overlay != NULL)
    tc_checkpoint_actions_restore (overlay, change->list, change->ids);
}

/**
 * tc_checkpoint_actions_offer_undo:
 * @ids: (element-type gint64): what was removed
 * @bytes: what the disk gains by it
 *
 * Says that it happened, and offers to take it back.
 */
void
tc_checkpoint_actions_offer_undo (GtkWidget        *from,
                                  TcCheckpointList *list,
                                  GArray           *ids,
                                  gint64            bytes)
{
  GtkWidget *overlay = find_overlay (from);
  g_autofree char *size = tc_size_format ((guint64) MAX (bytes, 0));
  /* Translators: %s is a size such as 4.2 MB */
  g_autofree char *text = g_strdup_printf (ngettext ("%u checkpoint deleted (%s)", "%u checkpoints deleted (%s)",
                                                     ids->len), ids->len, size);
  AdwToast *toast = make_toast (text);

  adw_toast_set_button_label (toast, _("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo), change_new (overlay, list, ids),
                         change_closure_free, 0);
  set_offer (list, toast);
  show_toast (overlay, toast);
}

static void
on_removed (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(Change) change = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GtkWidget) overlay = g_weak_ref_get (&change->overlay);
  gint64 bytes;
  g_autoptr(GArray) ids = tc_checkpoint_list_change_finish (TC_CHECKPOINT_LIST (object), result, &bytes, &error);

  if (overlay == NULL)
    return;
  if (ids == NULL)
    tc_checkpoint_actions_tell (overlay, error->message);
  else
    tc_checkpoint_actions_offer_undo (overlay, change->list, ids, bytes);
}

/** tc_checkpoint_actions_remove: @ids: (element-type gint64): all or none; what fails is told */
void
tc_checkpoint_actions_remove (GtkWidget        *from,
                              TcCheckpointList *list,
                              GArray           *ids)
{
  tc_checkpoint_list_remove_async (list, ids, on_removed, change_new (find_overlay (from), list, NULL));
}
