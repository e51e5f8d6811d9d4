/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What sessions need from outside before they start: those that lack it wait
 * without keeping others from running, and are tried again. */

#include "config.h"

#include "tc-error.h"
#include "tc-scheduler-private.h"

#define FIRST_DELAY_US (60 * G_USEC_PER_SEC)
#define MAX_DELAY_US (600 * G_USEC_PER_SEC)
/* News may come with each try; this far apart they are no storm. */
#define NEWS_DELAY_US (2 * G_USEC_PER_SEC)
/* Some obstacles go away with time alone. */
#define LOOK_AGAIN_US (60 * G_USEC_PER_SEC)

/* A try that failed, and when the next one is due. Monotonic time. */
typedef struct
{
  char  *text;      /* (owned) the sentence it waits with */
  gint64 failed_at;
  gint64 try_at;
  gint64 delay_us;
} Wait;

typedef struct
{
  TcScheduler  *self;        /* (owned) */
  TcSession    *session;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Opening;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_free (wait->text);
  g_free (wait);
}

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->self);
  g_object_unref (opening->session);
  g_object_unref (opening->cancellable);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

void
tc_scheduler_init_access (TcScheduler *self)
{
  self->openings = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->waits = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, wait_free);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Whoever is still asked for something is told that nobody waits any more. */
void
tc_scheduler_stop_access (TcScheduler *self)
{
  GHashTableIter iter;
  gpointer cancellable;

  g_clear_handle_id (&self->wake_id, g_source_remove);
  if (self->openings == NULL)
    return;
  g_hash_table_iter_init (&iter, self->openings);
  while (g_hash_table_iter_next (&iter, NULL, &cancellable))
    g_cancellable_cancel (cancellable);
  g_hash_table_remove_all (self->openings);
}

void
tc_scheduler_clear_access (TcScheduler *self)
{
  tc_scheduler_stop_access (self);
  g_clear_pointer (&self->openings, g_hash_table_unref);
  g_clear_pointer (&self->waits, g_hash_table_unref);
  g_clear_pointer (&self->told, g_hash_table_unref);
  g_clear_object (&self->access);
}

/* ---- Who waits ---- */

/* A sentence is told once, whatever number of sessions it is about and however
 * often they are tried. */
static void
tell_once (TcScheduler *self,
           TcSession   *session,
           const char  *text)
{
  guint64 id = tc_session_get_id (session);

  if (g_hash_table_contains (self->told, text))
    return;
  g_hash_table_insert (self->told, g_strdup (text), g_memdup2 (&id, sizeof id));
  tc_scheduler_tell (self, session, TC_SEVERITY_WARNING, "access", text);
}

static gboolean
is_about (gpointer text,
          gpointer id,
          gpointer session)
{
  return *(guint64 *) id == tc_session_get_id (session);
}

/* Returns: whether nothing that is known keeps @session, whose other
 *   conditions are met, from being tried now */
gboolean
tc_scheduler_check_access (TcScheduler *self,
                           TcSession   *session,
                           gboolean     is_its_turn)
{
  guint64 id = tc_session_get_id (session);
  Wait *wait = g_hash_table_lookup (self->waits, &id);
  g_autofree char *obstacle = NULL;
  const char *text = NULL;

  if (self->access != NULL)
    obstacle = tc_access_dup_obstacle (self->access, session);
  if (obstacle != NULL)
    text = obstacle;
  else if (wait != NULL && (!is_its_turn || tc_clock_get_monotonic (self->clock) < wait->try_at))
    text = wait->text;

  tc_session_set_waiting_for (session, text);
  if (text != NULL && is_its_turn)
    {
      self->n_held++;
      tell_once (self, session, text);
    }

  return text == NULL;
}

static gboolean
on_wake (gpointer user_data)
{
  TcScheduler *self = user_data;

  self->wake_id = 0;
  tc_scheduler_schedule (self);

  return G_SOURCE_REMOVE;
}

/* Forgets the tries of sessions that do not wait any more.
 *
 * Returns: when the first of the others is due; G_MAXINT64 without any */
static gint64
find_next_try (TcScheduler *self)
{
  GHashTableIter iter;
  gpointer key, value;
  gint64 next = G_MAXINT64;

  g_hash_table_iter_init (&iter, self->waits);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      TcSession *session = tc_queue_lookup (self->queue, *(guint64 *) key);
      Wait *wait = value;

      if (session == NULL || (tc_session_get_state (session) != TC_SESSION_QUEUED &&
                              tc_session_get_state (session) != TC_SESSION_STARTING))
        g_hash_table_iter_remove (&iter);
      else
        next = MIN (next, wait->try_at);
    }

  return next;
}

/* At the end of each look at the queue: when to look again. While a session
 * runs there is no need to, since its end is a reason by itself. */
void
tc_scheduler_plan_wake (TcScheduler *self)
{
  gint64 now = tc_clock_get_monotonic (self->clock);
  gint64 next = find_next_try (self);

  g_clear_handle_id (&self->wake_id, g_source_remove);
  if (self->n_held == 0)
    return;
  next = CLAMP (next, now, now + LOOK_AGAIN_US);
  self->wake_id = g_timeout_add ((guint) ((next - now) / 1000 + 1), on_wake, self);
}

/* ---- Opening ---- */

static void
wait_longer (TcScheduler *self,
             TcSession   *session,
             const char  *text)
{
  guint64 id = tc_session_get_id (session);
  Wait *wait = g_hash_table_lookup (self->waits, &id);

  if (wait == NULL)
    {
      wait = g_new0 (Wait, 1);
      wait->delay_us = FIRST_DELAY_US / 2;
      g_hash_table_insert (self->waits, g_memdup2 (&id, sizeof id), wait);
    }
  wait->delay_us = MIN (2 * wait->delay_us, MAX_DELAY_US);
  wait->failed_at = tc_clock_get_monotonic (self->clock);
  wait->try_at = wait->failed_at + wait->delay_us;
  g_set_str (&wait->text, text);

  tc_session_set_state (session, TC_SESSION_QUEUED, tc_scheduler_now (self));
  tc_session_set_waiting_for (session, text);
  tc_scheduler_save (self, session);
  tell_once (self, session, text);
  tc_scheduler_schedule (self);
}

static void
on_opened (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Opening) opening = user_data;
  TcScheduler *self = opening->self;
  TcAccess *access = TC_ACCESS (object);
  guint64 id = tc_session_get_id (opening->session);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) variables = tc_access_open_finish (access, result, &error);

  if (g_cancellable_is_cancelled (opening->cancellable))
    {
      if (variables != NULL)
        tc_access_close (access, opening->session);
      return;
    }
  g_hash_table_remove (self->openings, &id);
  if (variables != NULL)
    {
      g_hash_table_remove (self->waits, &id);
      g_hash_table_foreach_remove (self->told, is_about, opening->session);
      tc_scheduler_launch (self, opening->session, (const char *const *) variables);
    }
  else if (g_error_matches (error, TC_ERROR, TC_ERROR_UNAVAILABLE))
    wait_longer (self, opening->session, error->message);
  else
    tc_scheduler_fail (self, opening->session, error);
}

/* Brings @session on its way; it starts when it was given what it needs. Until
 * then nothing is saved: for the store it is still in the queue. */
void
tc_scheduler_open (TcScheduler *self,
                   TcSession   *session)
{
  guint64 id = tc_session_get_id (session);
  Opening *opening;

  tc_session_set_state (session, TC_SESSION_STARTING, tc_scheduler_now (self));
  if (self->access == NULL)
    {
      tc_scheduler_launch (self, session, NULL);
      return;
    }

  opening = g_new0 (Opening, 1);
  opening->self = g_object_ref (self);
  opening->session = g_object_ref (session);
  opening->cancellable = g_cancellable_new ();
  g_hash_table_insert (self->openings, g_memdup2 (&id, sizeof id),
                       g_object_ref (opening->cancellable));
  tc_access_open_async (self->access, session, opening->cancellable, on_opened, opening);
}

/* Returns: whether @session was on its way, and is not any more */
gboolean
tc_scheduler_cancel_opening (TcScheduler *self,
                             TcSession   *session)
{
  guint64 id = tc_session_get_id (session);
  GCancellable *cancellable = g_hash_table_lookup (self->openings, &id);

  if (cancellable == NULL)
    return FALSE;
  g_cancellable_cancel (cancellable);
  g_hash_table_remove (self->openings, &id);

  return TRUE;
}

void
tc_scheduler_resume_access (TcScheduler *self,
                            TcSession   *session)
{
  if (self->access != NULL)
    tc_access_resume (self->access, session);
}

void
tc_scheduler_close_access (TcScheduler *self,
                           TcSession   *session)
{
  if (self->access != NULL)
    tc_access_close (self->access, session);
}

/* ---- News ---- */

/* All are tried as soon as it is their turn, as if never before. */
void
tc_scheduler_forget_waits (TcScheduler *self)
{
  g_hash_table_remove_all (self->waits);
}

static void
on_access_changed (TcAccess    *access,
                   TcScheduler *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->waits);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Wait *wait = value;

      wait->try_at = MIN (wait->try_at, wait->failed_at + NEWS_DELAY_US);
    }
  tc_scheduler_schedule (self);
}

/** tc_scheduler_get_redactor: Returns: (transfer none) (nullable): what masks what is not to be told */
TcRedactor *
tc_scheduler_get_redactor (TcScheduler *self)
{
  g_return_val_if_fail (TC_IS_SCHEDULER (self), NULL);

  return self->redactor;
}

/**
 * tc_scheduler_set_redactor:
 * @redactor: masks what is not to be told of what runs say; before the sessions
 *   are loaded
 */
void
tc_scheduler_set_redactor (TcScheduler *self,
                           TcRedactor  *redactor)
{
  g_return_if_fail (TC_IS_SCHEDULER (self));

  g_clear_pointer (&self->redactor, tc_redactor_free);
  self->redactor = tc_redactor_ref (redactor);
}

/**
 * tc_scheduler_set_access:
 * @access: what gives runs what they need from outside; before the sessions
 *   are loaded
 */
void
tc_scheduler_set_access (TcScheduler *self,
                         TcAccess    *access)
{
  g_return_if_fail (TC_IS_SCHEDULER (self));

  g_set_object (&self->access, access);
  g_signal_connect_object (access, "changed", G_CALLBACK (on_access_changed), self, 0);
}

/**
 * tc_scheduler_is_waiting:
 *
 * Returns: whether a session is to run that waits for something from outside:
 *   it is tried again by itself
 */
gboolean
tc_scheduler_is_waiting (TcScheduler *self)
{
  g_return_val_if_fail (TC_IS_SCHEDULER (self), FALSE);

  return self->n_held > 0;
}
