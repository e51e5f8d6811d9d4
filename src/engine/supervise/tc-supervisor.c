/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-json.h"
#include "tc-provider.h"
#include "tc-store-verdicts.h"
#include "tc-supervisor.h"
#include "tc-verdict-missed.h"
#include "tc-verdict-policy.h"

/* A gate is often told twice, by the log and by the events file, and the store
 * puts the two together. */
#define DELAY_MS 700
/* Of one session; what is told beyond is told again. */
#define MAX_CAUSES 32

/* What is known of one session that is supervised. */
typedef struct
{
  TcSupervisor *self;         /* (unowned) */
  TcSession    *session;      /* (owned) */
  guint         attempt;      /* the figures below are of this one */
  guint         asked_epoch;  /* the latest that was asked about, or waits */
  guint         every_epoch;  /* the latest multiple of verdict_every that was noticed */
  guint         epoch;        /* waits to be asked about; 0: none */
  TcGrant      *grant;        /* (owned) (nullable) as it was then */
  guint         delay_id;
  gboolean      is_asking;
  gboolean      is_caught_up; /* what an earlier engine left was looked for */
  GHashTable   *causes;       /* (owned) why there were no verdicts; told already */
} Watch;

struct _TcSupervisor
{
  GObject        parent_instance;

  TcScheduler   *scheduler;   /* (owned) */
  TcRunAccess   *access;      /* (owned) */
  TcVerdictTools tools;       /* (owned) all in it */
  GCancellable  *cancellable; /* (owned) of all questions */
  GHashTable    *watches;     /* (owned) guint64* of the session → Watch */
  gboolean       is_shut_down;
};

G_DEFINE_FINAL_TYPE (TcSupervisor, tc_supervisor, G_TYPE_OBJECT)

static void ask_if_due (Watch *watch);

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  g_clear_handle_id (&watch->delay_id, g_source_remove);
  g_clear_pointer (&watch->grant, tc_grant_unref);
  g_object_unref (watch->session);
  g_hash_table_unref (watch->causes);
  g_free (watch);
}

static Watch *
lookup_watch (TcSupervisor *self,
              guint64       id)
{
  return g_hash_table_lookup (self->watches, &id);
}

/* ---- What a verdict leads to ---- */

static void
tell_policy_failed (TcSupervisor *self,
                    TcVerdict    *verdict,
                    const char   *what,
                    const GError *error)
{
  g_autofree char *text = NULL;

  if (self->is_shut_down)
    return;
  text = g_strdup_printf ("Its supervisor gave grade %s at epoch %u, but it could not be %s: %s",
                          tc_verdict_get_grade (verdict), verdict->epoch, what, error->message);
  tc_scheduler_report (self->scheduler, verdict->session_id, TC_SEVERITY_WARNING, "verdict", text);
}

/* A verdict that is being carried out. */
typedef struct
{
  TcSupervisor *self;    /* (owned) */
  TcVerdict    *verdict; /* (owned) */
} Order;

static void
order_free (Order *order)
{
  g_object_unref (order->self);
  tc_verdict_free (order->verdict);
  g_free (order);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Order, order_free)

static void
on_paused (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Order) order = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  if (!tc_scheduler_command_finish (TC_SCHEDULER (object), result, &error))
    {
      tell_policy_failed (order->self, order->verdict, "paused", error);
      return;
    }
  text = g_strdup_printf ("Paused by its supervisor: grade %s at epoch %u. Look at it with "
                          "“trainctl gates %" G_GUINT64_FORMAT "”; “trainctl resume "
                          "%" G_GUINT64_FORMAT "” lets it go on",
                          tc_verdict_get_grade (order->verdict), order->verdict->epoch,
                          order->verdict->session_id, order->verdict->session_id);
  tc_scheduler_report (TC_SCHEDULER (object), order->verdict->session_id, TC_SEVERITY_WARNING,
                        "verdict", text);
}

static void
on_stopped (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(Order) order = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_scheduler_stop_finish (TC_SCHEDULER (object), result, &error))
    tell_policy_failed (order->self, order->verdict, "stopped", error);
}

static void
carry_out (TcSupervisor    *self,
           const TcVerdict *verdict)
{
  g_autofree char *reason = NULL;
  Order *order;

  if (verdict->action == TC_VERDICT_ACTION_NONE)
    return;
  order = g_new0 (Order, 1);
  order->self = g_object_ref (self);
  order->verdict = tc_verdict_copy (verdict);
  if (verdict->action == TC_VERDICT_ACTION_PAUSE)
    {
      tc_scheduler_command_async (self->scheduler, TC_VERB_SUSPEND, verdict->session_id, NULL, NULL,
                                  on_paused, order);
      return;
    }
  reason = tc_verdict_dup_stop_reason (verdict);
  tc_scheduler_stop_async (self->scheduler, verdict->session_id, "verdict", reason, NULL, on_stopped,
                           order);
}

/* What a policy says only counts for the run that was judged, while it is on. */
static TcVerdictAction
decide (Watch           *watch,
        const TcVerdict *verdict)
{
  TcSessionState state = tc_session_get_state (watch->session);
  TcVerdictAction action = tc_verdict_policy_decide (tc_session_get_config (watch->session)->policy,
                                                     verdict);

  if (tc_session_get_attempt (watch->session) != verdict->attempt)
    return TC_VERDICT_ACTION_NONE;
  if (state == TC_SESSION_RUNNING || (state == TC_SESSION_PAUSED && action == TC_VERDICT_ACTION_STOP))
    return action;

  return TC_VERDICT_ACTION_NONE;
}

/* ---- Keeping and telling it ---- */

static void
on_stored (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Order) order = user_data;
  TcSupervisor *self = order->self;
  TcVerdict *verdict = order->verdict;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;

  if (!tc_store_add_verdict_finish (TC_STORE (object), result, &verdict->id, &error))
    g_warning ("Session %" G_GUINT64_FORMAT ": a verdict could not be stored: %s",
               verdict->session_id, error->message);
  if (self->is_shut_down)
    return;
  node = tc_verdict_to_json (verdict);
  tc_scheduler_emit_record (self->scheduler, "verdict", verdict->session_id, node);
}

/* Returns: whether the cause is a new one */
static gboolean
note_cause (Watch           *watch,
            const TcVerdict *verdict)
{
  g_autofree char *cause = tc_verdict_dup_cause (verdict);

  if (g_hash_table_size (watch->causes) >= MAX_CAUSES)
    g_hash_table_remove_all (watch->causes);

  return g_hash_table_add (watch->causes, g_steal_pointer (&cause));
}

/* Takes the verdict. */
static void
take_verdict (Watch     *watch,
              TcVerdict *verdict)
{
  TcSupervisor *self = watch->self;
  g_autofree char *sentence = tc_verdict_dup_sentence (verdict);
  Order *order = g_new0 (Order, 1);

  if (verdict->error == NULL)
    verdict->action = decide (watch, verdict);
  if (verdict->error == NULL || note_cause (watch, verdict))
    tc_scheduler_report (self->scheduler, verdict->session_id, tc_verdict_get_severity (verdict),
                          "verdict", sentence);
  order->self = g_object_ref (self);
  order->verdict = verdict;
  tc_store_add_verdict_async (self->tools.store, verdict, NULL, on_stored, order);
  carry_out (self, verdict);
}

/* ---- Asking ---- */

typedef struct
{
  TcSupervisor *self; /* (owned) */
  guint64       id;
} Question;

static void
on_asked (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr(TcSupervisor) self = question->self;
  g_autoptr(GError) error = NULL;
  TcVerdict *verdict = tc_verdict_ask_finish (result, &error);
  Watch *watch = self->is_shut_down ? NULL : lookup_watch (self, question->id);

  if (watch == NULL)
    {
      g_clear_pointer (&verdict, tc_verdict_free);
      return;
    }
  watch->is_asking = FALSE;
  if (verdict != NULL)
    take_verdict (watch, verdict);
  ask_if_due (watch);
}

/* The history has it that nobody could be asked. */
static void
take_no_grant (Watch *watch,
               guint  epoch)
{
  TcSessionConfig *config = tc_session_get_config (watch->session);
  TcVerdict *verdict = tc_verdict_new (tc_session_get_id (watch->session), watch->attempt, epoch);

  verdict->at_us = tc_clock_get_realtime (watch->self->tools.clock);
  verdict->provider = g_strdup (config->provider);
  verdict->model = g_strdup (config->model != NULL ? config->model : "");
  verdict->cost = 0;
  verdict->error = g_strdup ("The run has no way to its provider now; retry the session to give it one");
  take_verdict (watch, verdict);
}

/* That it has at the moment, if any. */
static void
take_grant (Watch *watch)
{
  TcGrant *grant = tc_run_access_get_grant (watch->self->access, tc_session_get_id (watch->session));

  g_clear_pointer (&watch->grant, tc_grant_unref);
  watch->grant = grant != NULL ? tc_grant_ref (grant) : NULL;
}

static void
ask_if_due (Watch *watch)
{
  g_autoptr(TcGrant) grant = NULL;
  Question *question;
  guint epoch = watch->epoch;

  if (epoch == 0 || watch->is_asking || watch->delay_id != 0)
    return;
  /* A gate of a run that was found may be told before its key is: see
   * on_access_changed(). */
  if (watch->grant == NULL)
    take_grant (watch);
  if (watch->grant == NULL && tc_run_access_is_resuming (watch->self->access))
    return;
  watch->epoch = 0;
  grant = g_steal_pointer (&watch->grant);
  if (grant == NULL)
    {
      take_no_grant (watch, epoch);
      return;
    }
  question = g_new0 (Question, 1);
  question->self = g_object_ref (watch->self);
  question->id = tc_session_get_id (watch->session);
  watch->is_asking = TRUE;
  tc_verdict_ask_async (&watch->self->tools, watch->session, grant, epoch, watch->self->cancellable,
                        on_asked, question);
}

static gboolean
on_delay_over (gpointer user_data)
{
  Watch *watch = user_data;

  watch->delay_id = 0;
  ask_if_due (watch);

  return G_SOURCE_REMOVE;
}

/* The grant is taken now: at the last gate of a run it is gone a moment later. */
static void
want_verdict (Watch *watch,
              guint  epoch)
{
  if (epoch <= watch->asked_epoch)
    return;
  watch->asked_epoch = epoch;
  watch->epoch = epoch;
  take_grant (watch);
  if (watch->delay_id == 0)
    watch->delay_id = g_timeout_add (DELAY_MS, on_delay_over, watch);
}

/* ---- Noticing ---- */

/* Epochs that are over for sure. */
static guint
count_epochs (TcSession *session)
{
  guint epoch = tc_session_get_progress (session)->epoch;

  if (tc_session_get_state (session) == TC_SESSION_COMPLETED)
    return epoch;

  return epoch > 0 ? epoch - 1 : 0;
}

static guint
find_multiple (TcSession *session)
{
  guint every = tc_session_get_config (session)->verdict_every;
  guint epochs = count_epochs (session);

  return every > 0 ? epochs - epochs % every : 0;
}

/* A retry counts anew; what went before it was judged before. */
static void
begin_attempt (Watch *watch)
{
  watch->attempt = tc_session_get_attempt (watch->session);
  watch->asked_epoch = 0;
  watch->every_epoch = find_multiple (watch->session);
}

static gboolean
is_supervised (TcSession *session)
{
  TcSessionConfig *config = tc_session_get_config (session);

  return g_strcmp0 (config->policy, "off") != 0 && tc_provider_find (config->provider) != NULL;
}

/* Returns: (nullable): what is known of a session that is supervised */
static Watch *
ensure_watch (TcSupervisor *self,
              TcSession    *session)
{
  guint64 id = tc_session_get_id (session);
  Watch *watch = lookup_watch (self, id);

  if (self->is_shut_down || !is_supervised (session))
    return NULL;
  if (watch == NULL)
    {
      watch = g_new0 (Watch, 1);
      watch->self = self;
      watch->session = g_object_ref (session);
      watch->causes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      begin_attempt (watch);
      g_hash_table_insert (self->watches, g_memdup2 (&id, sizeof id), watch);
    }
  else if (watch->attempt != tc_session_get_attempt (session))
    begin_attempt (watch);

  return watch;
}

/* ---- What an earlier engine left ---- */

static gboolean
is_on (TcSession *session)
{
  TcSessionState state = tc_session_get_state (session);

  return state == TC_SESSION_RUNNING || state == TC_SESSION_PAUSED;
}

static void
on_missed_found (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr(TcSupervisor) self = question->self;
  g_autoptr(GError) error = NULL;
  guint attempt = 0;
  guint epoch = tc_verdict_find_missed_finish (result, &attempt, &error);
  Watch *watch = self->is_shut_down ? NULL : lookup_watch (self, question->id);

  if (error != NULL && !self->is_shut_down)
    g_message ("Session %" G_GUINT64_FORMAT ": what was not judged could not be looked up: %s", question->id,
               error->message);
  if (epoch == 0 || watch == NULL || attempt != watch->attempt || !is_on (watch->session) ||
      !is_supervised (watch->session))
    return;
  g_message ("Session %" G_GUINT64_FORMAT ": the gate of epoch %u was not judged; asking again", question->id,
             epoch);
  want_verdict (watch, epoch);
}

/* An answer that was on its way when the engine ended is lost, and paid for. It
 * is asked for again, once, when there is somebody to ask. */
static void
catch_up (Watch *watch)
{
  TcSupervisor *self = watch->self;
  guint64 id = tc_session_get_id (watch->session);
  Question *question;

  if (watch->is_caught_up || !is_on (watch->session) || tc_run_access_get_grant (self->access, id) == NULL)
    return;
  watch->is_caught_up = TRUE;
  question = g_new0 (Question, 1);
  question->self = g_object_ref (self);
  question->id = id;
  tc_verdict_find_missed_async (self->tools.store, watch->session, self->cancellable, on_missed_found,
                                question);
}

/* A run may have got its key. */
static void
on_access_changed (TcRunAccess  *access,
                   TcSupervisor *self)
{
  TcQueue *queue = tc_scheduler_get_queue (self->scheduler);

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSession *session = tc_queue_peek (queue, i);
      Watch *watch = is_on (session) ? ensure_watch (self, session) : lookup_watch (self, tc_session_get_id (session));

      if (watch == NULL)
        continue;
      catch_up (watch);
      ask_if_due (watch);
    }
}

/* ---- News of runs ---- */

static void
on_record (TcScheduler  *scheduler,
           const char   *kind,
           guint64       id,
           JsonNode     *record,
           TcSupervisor *self)
{
  TcSession *session = tc_queue_lookup (tc_scheduler_get_queue (scheduler), id);
  JsonObject *object = json_node_get_object (record);
  Watch *watch;
  gint64 epoch;

  if (!g_str_equal (kind, "gate") || session == NULL)
    return;
  watch = ensure_watch (self, session);
  epoch = tc_json_get_int (object, "epoch", 0);
  if (watch != NULL && epoch > 0 && epoch <= G_MAXINT &&
      tc_json_get_int (object, "attempt", 0) == watch->attempt)
    want_verdict (watch, (guint) epoch);
}

/* The gate of an epoch comes after its figures; so an epoch counts when the
 * next one has begun, or the run is through. */
static void
on_session_changed (TcScheduler  *scheduler,
                    TcSession    *session,
                    TcSupervisor *self)
{
  TcSessionState state = tc_session_get_state (session);
  Watch *watch;
  guint epoch;

  if (state != TC_SESSION_RUNNING && state != TC_SESSION_PAUSED && state != TC_SESSION_COMPLETED)
    return;
  watch = ensure_watch (self, session);
  if (watch == NULL)
    return;
  catch_up (watch);
  epoch = find_multiple (session);
  if (epoch <= watch->every_epoch)
    return;
  watch->every_epoch = epoch;
  want_verdict (watch, epoch);
}

static void
on_session_removed (TcScheduler  *scheduler,
                    guint64       id,
                    TcSupervisor *self)
{
  g_hash_table_remove (self->watches, &id);
}

/* ---- The object ---- */

static void
tc_supervisor_dispose (GObject *object)
{
  TcSupervisor *self = TC_SUPERVISOR (object);

  if (self->cancellable != NULL)
    tc_supervisor_shutdown (self);
  g_clear_pointer (&self->watches, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->access);
  g_clear_object (&self->tools.store);
  g_clear_object (&self->tools.paths);
  g_clear_object (&self->tools.gateway);
  g_clear_pointer (&self->tools.clock, tc_clock_unref);

  G_OBJECT_CLASS (tc_supervisor_parent_class)->dispose (object);
}

static void
tc_supervisor_class_init (TcSupervisorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_supervisor_dispose;
}

static void
tc_supervisor_init (TcSupervisor *self)
{
  self->cancellable = g_cancellable_new ();
  self->watches = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, watch_free);
}

/**
 * tc_supervisor_new:
 * @scheduler: whose runs are to be judged
 * @access: knows what each run may use
 * @tools: what is asked with
 *
 * Returns: (transfer full): a supervisor at work; make it before the scheduler
 *   loads its sessions
 */
TcSupervisor *
tc_supervisor_new (TcScheduler          *scheduler,
                   TcRunAccess          *access,
                   const TcVerdictTools *tools)
{
  TcSupervisor *self = g_object_new (TC_TYPE_SUPERVISOR, NULL);

  self->scheduler = g_object_ref (scheduler);
  self->access = g_object_ref (access);
  self->tools.store = g_object_ref (tools->store);
  self->tools.paths = g_object_ref (tools->paths);
  self->tools.gateway = g_object_ref (tools->gateway);
  self->tools.clock = tc_clock_ref (tools->clock);
  self->tools.seconds = tools->seconds;
  g_signal_connect_object (scheduler, "record", G_CALLBACK (on_record), self, 0);
  g_signal_connect_object (scheduler, "session-changed", G_CALLBACK (on_session_changed), self, 0);
  g_signal_connect_object (scheduler, "session-removed", G_CALLBACK (on_session_removed), self, 0);
  g_signal_connect_object (access, "changed", G_CALLBACK (on_access_changed), self, 0);

  return self;
}

/**
 * tc_supervisor_shutdown:
 *
 * Lets go of all questions. Before the gateway and the store are closed.
 */
void
tc_supervisor_shutdown (TcSupervisor *self)
{
  g_return_if_fail (TC_IS_SUPERVISOR (self));

  self->is_shut_down = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_hash_table_remove_all (self->watches);
}
