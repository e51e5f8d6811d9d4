/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-notifier.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-gate-row.h"
#include "tc-install.h"
#include "tc-json.h"
#include "tc-sentence.h"
#include "tc-text.h"

#define EPOCH_PAUSE_US (5 * 60 * G_USEC_PER_SEC)
#define BODY_BYTES 500

/* What was last told of a session. */
typedef struct
{
  TcSessionState state;
  guint          epoch;
  gint64         told_at_us;  /* monotonic; when an epoch was told */
  guint          gate_epoch;  /* of the last gate that was told */
  char           gate_result; /* "p"ass, "w"arn or "f"ail */
} Known;

struct _TcNotifier
{
  GObject         parent_instance;

  GtkApplication *application;  /* (unowned) owns this */
  TcClient       *client;       /* (owned) */
  GSettings      *settings;     /* (owned) */
  GHashTable     *known;        /* (owned) id → Known; ids are never used again */
  gint64          since_us;     /* UTC; what ended earlier is no news */
};

G_DEFINE_FINAL_TYPE (TcNotifier, tc_notifier, G_TYPE_OBJECT)

/* ---- Sending ---- */

/* Some notification servers read markup in a body, others show it: what could
 * be a tag is written so that it is none to either. */
static char *
dup_body (const char *text)
{
  g_autofree char *clean = tc_text_sanitize (text, -1, BODY_BYTES, TC_TEXT_SINGLE_LINE);
  g_autoptr(GString) body = g_string_new (clean);

  g_string_replace (body, "<", "‹", 0);
  g_string_replace (body, ">", "›", 0);

  return g_string_free_and_steal (g_steal_pointer (&body));
}

/* One notification a session and kind: a newer one takes the older one's place. */
static void
send (TcNotifier            *self,
      TcSession             *session,
      const char            *kind,
      GNotificationPriority  priority,
      const char            *title,
      const char            *text)
{
  guint64 id = tc_session_get_id (session);
  TcSessionState state = tc_session_get_state (session);
  g_autofree char *name = g_strdup_printf ("session-%" G_GUINT64_FORMAT "-%s", id, kind);
  g_autofree char *body = dup_body (text);
  g_autoptr(GNotification) notification = g_notification_new (title);

  if (!g_settings_get_boolean (self->settings, kind))
    return;
  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, priority);
  g_notification_set_default_action_and_target (notification, "app.show-session", "t", id);
  g_notification_add_button_with_target (notification, _("Show"), "app.show-session", "t", id);
  if (state == TC_SESSION_RUNNING)
    g_notification_add_button_with_target (notification, _("Pause"), "app.pause-session", "t", id);
  if (state == TC_SESSION_RUNNING || state == TC_SESSION_PAUSED)
    g_notification_add_button_with_target (notification, _("Stop"), "app.stop-session", "t", id);
  g_application_send_notification (G_APPLICATION (self->application), name, notification);
}

static void
tell_end (TcNotifier *self,
          TcSession  *session)
{
  const TcProgress *progress = tc_session_get_progress (session);
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *loss = tc_app_text_dup_loss (progress->best_val_loss, TRUE);
  g_autofree char *took = tc_app_text_dup_end (session, g_get_real_time ());
  g_autoptr(GString) text = g_string_new (title);

  if (progress->best_epoch > 0)
    g_string_append_printf (text, _(" · best validation loss %s in epoch %u"), loss, progress->best_epoch);
  if (took != NULL)
    g_string_append_printf (text, " · %s", took);
  send (self, session, TC_SETTINGS_NOTIFY_ENDS, G_NOTIFICATION_PRIORITY_NORMAL,
        _("Training Complete"), text->str);
}

static void
tell_failure (TcNotifier *self,
              TcSession  *session)
{
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *reason = tc_sentence_dup_local (tc_session_get_reason (session));
  g_autofree char *text = NULL;

  if (reason != NULL)
    text = g_strdup_printf ("%s · %s", title, reason);
  send (self, session, TC_SETTINGS_NOTIFY_FAILURES, G_NOTIFICATION_PRIORITY_HIGH,
        _("Training Failed"), text != NULL ? text : title);
}

static gboolean
is_looked_at (TcNotifier *self)
{
  GtkWindow *window = gtk_application_get_active_window (self->application);

  return window != NULL && gtk_window_is_active (window);
}

/* Epochs may take a second each, and who looks at the window sees them. */
static void
tell_epoch (TcNotifier *self,
            TcSession  *session,
            Known      *known)
{
  const TcProgress *progress = tc_session_get_progress (session);
  gint64 now = g_get_monotonic_time ();
  g_autofree char *title = NULL;
  g_autofree char *epoch = NULL;
  g_autofree char *loss = NULL;
  g_autofree char *text = NULL;

  if (is_looked_at (self) || (known->told_at_us > 0 && now - known->told_at_us < EPOCH_PAUSE_US))
    return;
  title = tc_app_text_dup_title (session);
  epoch = tc_app_text_dup_progress (session);
  loss = tc_app_text_dup_loss (progress->val_loss, progress->has_val_loss);
  text = g_strdup_printf (_("%s · validation loss %s"), title, loss);
  known->told_at_us = now;
  send (self, session, TC_SETTINGS_NOTIFY_EPOCHS, G_NOTIFICATION_PRIORITY_LOW, epoch, text);
}

/* ---- Sessions ---- */

static void
on_session_changed (TcSession  *session,
                    TcNotifier *self)
{
  guint64 id = tc_session_get_id (session);
  Known *known = g_hash_table_lookup (self->known, &id);
  TcSessionState state = tc_session_get_state (session);
  guint epoch = tc_session_get_progress (session)->epoch;

  if (known == NULL)
    return;
  /* Another attempt comes by the same gates. */
  if (state != known->state && state == TC_SESSION_STARTING)
    known->gate_epoch = 0;
  if (state != known->state && state == TC_SESSION_COMPLETED)
    tell_end (self, session);
  else if (state != known->state && state == TC_SESSION_FAILED)
    tell_failure (self, session);
  else if (epoch > known->epoch && state == TC_SESSION_RUNNING)
    tell_epoch (self, session, known);
  known->state = state;
  known->epoch = epoch;
}

/* What a session is when it is first seen is no news, unless it has ended since:
 * one that fails at once was never seen before. */
static void
follow (TcNotifier *self,
        TcSession  *session)
{
  guint64 id = tc_session_get_id (session);
  Known *known = g_hash_table_lookup (self->known, &id);

  g_signal_handlers_disconnect_by_func (session, on_session_changed, self);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  if (known != NULL)
    return;
  known = g_new0 (Known, 1);
  known->state = tc_session_get_ended_at (session) >= self->since_us ? TC_SESSION_QUEUED
                                                                     : tc_session_get_state (session);
  known->epoch = tc_session_get_progress (session)->epoch;
  g_hash_table_insert (self->known, g_memdup2 (&id, sizeof id), known);
  on_session_changed (session, self);
}

static void
on_items_changed (GListModel *queue,
                  guint       position,
                  guint       removed,
                  guint       added,
                  TcNotifier *self)
{
  for (guint i = 0; i < added; i++)
    follow (self, tc_queue_peek (TC_QUEUE (queue), position + i));
}

/* ---- Records ---- */

/* A script may tell of a gate in its output and in its events. */
static gboolean
is_old_gate (TcNotifier *self,
             TcSession  *session,
             guint       epoch,
             const char *result)
{
  guint64 id = tc_session_get_id (session);
  Known *known = g_hash_table_lookup (self->known, &id);

  if (known == NULL)
    return FALSE;
  if (known->gate_epoch == epoch && known->gate_result == result[0])
    return TRUE;
  known->gate_epoch = epoch;
  known->gate_result = result[0];

  return FALSE;
}

static void
tell_gate (TcNotifier *self,
           TcSession  *session,
           JsonObject *gate)
{
  const char *result = tc_json_get_string (gate, "result", "");
  g_autofree char *detail = tc_gate_row_dup_text (gate);
  guint epoch = (guint) tc_json_get_int (gate, "epoch", 0);
  gboolean is_bad = g_str_equal (result, "fail");
  g_autofree char *session_title = tc_app_text_dup_title (session);
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  if (is_old_gate (self, session, epoch, result))
    return;
  if (g_str_equal (result, "pass"))
    title = g_strdup_printf (_("Quality Gate Passed at Epoch %u"), epoch);
  else if (g_str_equal (result, "warn"))
    title = g_strdup_printf (_("Quality Gate Warns at Epoch %u"), epoch);
  else if (is_bad)
    title = g_strdup_printf (_("Quality Gate Failed at Epoch %u"), epoch);
  else
    return;
  text = detail != NULL ? g_strdup_printf ("%s · %s", session_title, detail) : g_strdup (session_title);
  send (self, session, TC_SETTINGS_NOTIFY_GATES,
        is_bad ? G_NOTIFICATION_PRIORITY_HIGH : G_NOTIFICATION_PRIORITY_NORMAL, title, text);
}

static void
tell_verdict (TcNotifier *self,
              TcSession  *session,
              JsonObject *verdict)
{
  const char *grade = tc_json_get_string (verdict, "grade", NULL);
  const char *advice = tc_json_get_string (verdict, "recommendation", NULL);
  guint epoch = (guint) tc_json_get_int (verdict, "epoch", 0);
  guint score = (guint) tc_json_get_int (verdict, "score", 0);
  g_autofree char *session_title = tc_app_text_dup_title (session);
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  if (grade == NULL || tc_json_get_string (verdict, "error", NULL) != NULL)
    return;
  /* Translators: the mark a supervising model gives, “Verdict at Epoch 20: B, 74 of 100” */
  title = g_strdup_printf (_("Verdict at Epoch %u: %.8s, %u of 100"), epoch, grade, score);
  text = advice != NULL ? g_strdup_printf ("%s · %s", session_title, advice) : g_strdup (session_title);
  send (self, session, TC_SETTINGS_NOTIFY_VERDICTS, G_NOTIFICATION_PRIORITY_NORMAL, title, text);
}

/* A budget of the month, or of a provider, is no one session's. */
static void
tell_budget (TcNotifier *self,
             const char *title,
             const char *text,
             gboolean    is_error)
{
  g_autofree char *body = dup_body (text);
  g_autoptr(GNotification) notification = g_notification_new (title);

  if (!g_settings_get_boolean (self->settings, TC_SETTINGS_NOTIFY_BUDGET))
    return;
  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, is_error ? G_NOTIFICATION_PRIORITY_HIGH : G_NOTIFICATION_PRIORITY_NORMAL);
  g_notification_set_default_action_and_target (notification, "app.show-page", "s", "keys");
  g_notification_add_button_with_target (notification, _("Show"), "app.show-page", "s", "keys");
  g_application_send_notification (G_APPLICATION (self->application), "budget", notification);
}

/* What the watchdog finds that somebody should look at now. */
static const char *
get_finding_title (const char *kind)
{
  static const struct { const char *kind; const char *title; } findings[] = {
    { "stall", N_("Training Stalls") },
    { "nan", N_("Loss Is Not a Number") },
    { "diverged", N_("Training Diverges") },
    { "frozen", N_("Loss Does Not Move") },
    { "collapse", N_("Loss Falls Too Fast") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (findings); i++)
    if (g_str_equal (findings[i].kind, kind))
      return _(findings[i].title);

  return NULL;
}

static void
tell_event (TcNotifier *self,
            TcSession  *session, /* (nullable) the engine's own event */
            JsonObject *event)
{
  const char *kind = tc_json_get_string (event, "kind", "");
  g_autofree char *detail = tc_sentence_dup_local (tc_json_get_string (event, "text", ""));
  const char *severity = tc_json_get_string (event, "severity", "info");
  gboolean is_error = g_str_equal (severity, "error");
  const char *finding = get_finding_title (kind);
  const char *budget = is_error ? _("Budget Used Up") : _("Budget Nearly Used Up");
  g_autofree char *session_title = NULL;
  g_autofree char *text = NULL;

  if (session == NULL)
    {
      if (g_str_equal (kind, "budget"))
        tell_budget (self, budget, detail, is_error);
      return;
    }
  session_title = tc_app_text_dup_title (session);
  text = g_strdup_printf ("%s · %s", session_title, detail);
  if (g_str_equal (kind, "budget"))
    send (self, session, TC_SETTINGS_NOTIFY_BUDGET,
          is_error ? G_NOTIFICATION_PRIORITY_HIGH : G_NOTIFICATION_PRIORITY_NORMAL, budget, text);
  else if (finding != NULL && !g_str_equal (severity, "info"))
    send (self, session, TC_SETTINGS_NOTIFY_STALLS, G_NOTIFICATION_PRIORITY_HIGH, finding, text);
}

static void
on_record (TcClient   *client,
           const char *kind,
           guint64     id,
           JsonObject *record,
           TcNotifier *self)
{
  TcSession *session = tc_queue_lookup (tc_client_get_queue (client), id);

  if (session == NULL && !g_str_equal (kind, "event"))
    return;
  if (g_str_equal (kind, "gate"))
    tell_gate (self, session, record);
  else if (g_str_equal (kind, "verdict"))
    tell_verdict (self, session, record);
  else if (g_str_equal (kind, "event"))
    tell_event (self, session, record);
}

/* ---- The object ---- */

static void
tc_notifier_finalize (GObject *object)
{
  TcNotifier *self = TC_NOTIFIER (object);

  g_hash_table_unref (self->known);
  g_object_unref (self->settings);
  g_object_unref (self->client);

  G_OBJECT_CLASS (tc_notifier_parent_class)->finalize (object);
}

static void
tc_notifier_class_init (TcNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_notifier_finalize;
}

static void
tc_notifier_init (TcNotifier *self)
{
  self->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

/**
 * tc_notifier_new:
 * @application: sends the notifications, and lives longer
 * @client: whose sessions
 * @settings: which kinds are wanted
 *
 * Returns: (transfer full): at work until it is let go
 */
TcNotifier *
tc_notifier_new (GtkApplication *application,
                 TcClient       *client,
                 GSettings      *settings)
{
  TcNotifier *self = g_object_new (TC_TYPE_NOTIFIER, NULL);
  TcQueue *queue = tc_client_get_queue (client);

  self->application = application;
  self->since_us = g_get_real_time ();
  self->client = g_object_ref (client);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  g_signal_connect_object (client, "record", G_CALLBACK (on_record), self, 0);
  on_items_changed (G_LIST_MODEL (queue), 0, 0, tc_queue_get_n (queue), self);

  return self;
}
