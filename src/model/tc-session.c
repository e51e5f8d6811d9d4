/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>

#include "tc-session-private.h"

enum {
  SIGNAL_CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (TcSession, tc_session, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
emit_changed (TcSession *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
tc_session_finalize (GObject *object)
{
  TcSession *self = TC_SESSION (object);

  g_clear_pointer (&self->config, tc_session_config_unref);
  g_clear_pointer (&self->reason_code, g_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->reason_detail, g_free);
  g_clear_pointer (&self->waiting_for, g_free);
  g_clear_pointer (&self->left_out, g_strfreev);
  g_clear_pointer (&self->best_checkpoint, g_free);
  g_clear_pointer (&self->last_checkpoint, g_free);
  g_clear_pointer (&self->tags, g_strfreev);
  g_clear_pointer (&self->note, g_free);

  G_OBJECT_CLASS (tc_session_parent_class)->finalize (object);
}

static void
tc_session_class_init (TcSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_session_finalize;

  /**
   * TcSession::changed:
   *
   * Emitted once after any change, whatever has changed.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", TC_TYPE_SESSION, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_session_init (TcSession *self)
{
  tc_progress_init (&self->progress, 0);
}

/* Nothing known yet, of @total_epochs. */
void
tc_progress_init (TcProgress *progress,
                  guint       total_epochs)
{
  *progress = (TcProgress) {
    .total_epochs = total_epochs,
    .train_loss = NAN,
    .val_loss = NAN,
    .best_val_loss = NAN,
    .eta_seconds = -1,
  };
}

/**
 * tc_session_new:
 * @id: its number, greater than 0
 * @config: what to train; a reference is taken
 *
 * Returns: (transfer full): a queued session
 */
TcSession *
tc_session_new (guint64          id,
                TcSessionConfig *config)
{
  TcSession *self;

  g_return_val_if_fail (id > 0, NULL);
  g_return_val_if_fail (config != NULL, NULL);

  self = g_object_new (TC_TYPE_SESSION, NULL);
  self->id = id;
  self->config = tc_session_config_ref (config);
  self->position = id;
  tc_progress_init (&self->progress, config->epochs);

  return self;
}

guint64
tc_session_get_id (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), 0);

  return self->id;
}

TcSessionConfig *
tc_session_get_config (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return self->config;
}

TcSessionState
tc_session_get_state (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), TC_SESSION_FAILED);

  return self->state;
}

/**
 * tc_session_set_state:
 * @now_us: UTC microseconds; becomes the end's time when @state is final
 *
 * Returns: whether the table of transitions allowed it; if not, nothing changed
 */
gboolean
tc_session_set_state (TcSession      *self,
                      TcSessionState  state,
                      gint64          now_us)
{
  g_return_val_if_fail (TC_IS_SESSION (self), FALSE);

  if (!tc_session_state_can_become (self->state, state))
    return FALSE;

  self->state = state;
  if (tc_session_state_is_final (state))
    {
      self->ended_at = now_us;
      self->progress.eta_seconds = -1;
    }
  if (state == TC_SESSION_QUEUED)
    self->ended_at = 0;
  if (self->created_at == 0)
    self->created_at = now_us;
  if (state != TC_SESSION_QUEUED && state != TC_SESSION_BLOCKED)
    g_clear_pointer (&self->waiting_for, g_free);
  emit_changed (self);

  return TRUE;
}

/**
 * tc_session_begin_attempt:
 * @now_us: UTC microseconds
 *
 * Counts one more attempt and forgets the reason the last one ended with.
 * Figures stay until the new attempt says others.
 */
void
tc_session_begin_attempt (TcSession *self,
                          gint64     now_us)
{
  g_return_if_fail (TC_IS_SESSION (self));

  self->attempt++;
  if (self->started_at == 0)
    self->started_at = now_us;
  self->ended_at = 0;
  tc_session_set_reason (self, NULL, NULL, NULL);
}

/**
 * tc_session_take:
 * @other: the same session as somebody else knows it
 *
 * Makes @self equal to @other, which is left with what @self was.
 */
void
tc_session_take (TcSession *self,
                 TcSession *other)
{
  TcSession fields;

  g_return_if_fail (TC_IS_SESSION (self) && TC_IS_SESSION (other));
  g_return_if_fail (self->id == other->id);

  fields = *self;
  *self = *other;
  *other = fields;
  /* All but what makes them two objects. */
  other->parent_instance = self->parent_instance;
  self->parent_instance = fields.parent_instance;
  g_signal_emit_by_name (self, "changed");
}

double
tc_session_get_position (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), 0);

  return self->position;
}

void
tc_session_set_position (TcSession *self,
                         double     position)
{
  g_return_if_fail (TC_IS_SESSION (self));

  self->position = position;
}

guint
tc_session_get_attempt (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), 0);

  return self->attempt;
}

const char *
tc_session_get_reason_code (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return self->reason_code;
}

const char *
tc_session_get_reason (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return self->reason;
}

/** tc_session_get_reason_detail: Returns: (transfer none) (nullable): the line it came from */
const char *
tc_session_get_reason_detail (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return self->reason_detail;
}

/**
 * tc_session_set_reason:
 * @code: (nullable): a code of design.md 5, "oom"
 * @text: (nullable): the reason in words
 * @detail: (nullable): the line of the log it came from
 */
void
tc_session_set_reason (TcSession  *self,
                       const char *code,
                       const char *text,
                       const char *detail)
{
  g_return_if_fail (TC_IS_SESSION (self));

  g_set_str (&self->reason_code, code);
  g_set_str (&self->reason, text);
  g_set_str (&self->reason_detail, detail);
  emit_changed (self);
}

const char *
tc_session_get_waiting_for (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return self->waiting_for;
}

void
tc_session_set_waiting_for (TcSession  *self,
                            const char *text)
{
  g_return_if_fail (TC_IS_SESSION (self));

  if (g_set_str (&self->waiting_for, text))
    emit_changed (self);
}

gint64
tc_session_get_created_at (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), 0);

  return self->created_at;
}

/**
 * tc_session_set_created_at:
 * @created_at: UTC microseconds
 */
void
tc_session_set_created_at (TcSession *self,
                           gint64     created_at)
{
  g_return_if_fail (TC_IS_SESSION (self));

  self->created_at = created_at;
}

gint64
tc_session_get_started_at (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), 0);

  return self->started_at;
}

gint64
tc_session_get_ended_at (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), 0);

  return self->ended_at;
}

const TcProgress *
tc_session_get_progress (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return &self->progress;
}

void
tc_session_set_progress (TcSession        *self,
                         const TcProgress *progress)
{
  g_return_if_fail (TC_IS_SESSION (self));

  self->progress = *progress;
  emit_changed (self);
}

/**
 * tc_session_get_fraction:
 *
 * Returns: the part that is done, 0 to 1: whole epochs and the batches of the
 *   one that runs
 */
double
tc_session_get_fraction (TcSession *self)
{
  const TcProgress *p;
  double epochs;

  g_return_val_if_fail (TC_IS_SESSION (self), 0);

  if (self->state == TC_SESSION_COMPLETED)
    return 1;

  p = &self->progress;
  if (p->total_epochs == 0 || p->epoch == 0)
    return 0;
  epochs = p->epoch;
  if (p->batches > 0 && p->batch < p->batches)
    epochs += (double) p->batch / p->batches - 1;

  return CLAMP (epochs / p->total_epochs, 0, 1);
}

/**
 * tc_session_dup_title:
 *
 * Returns: (transfer full): what a row calls it
 */
char *
tc_session_dup_title (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return tc_session_config_dup_title (self->config);
}

GStrv
tc_session_get_left_out (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return self->left_out;
}

/**
 * tc_session_set_left_out:
 * @options: (nullable): options the script does not know and was not given
 */
void
tc_session_set_left_out (TcSession          *self,
                         const char * const *options)
{
  g_return_if_fail (TC_IS_SESSION (self));

  g_strfreev (self->left_out);
  self->left_out = g_strdupv ((char **) options);
  emit_changed (self);
}

const char *
tc_session_get_best_checkpoint (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return self->best_checkpoint;
}

const char *
tc_session_get_last_checkpoint (TcSession *self)
{
  g_return_val_if_fail (TC_IS_SESSION (self), NULL);

  return self->last_checkpoint;
}

/**
 * tc_session_set_checkpoints:
 * @best: (nullable): absolute path, NULL leaves it as it is
 * @last: (nullable): likewise
 */
void
tc_session_set_checkpoints (TcSession  *self,
                            const char *best,
                            const char *last)
{
  g_return_if_fail (TC_IS_SESSION (self));

  if (best != NULL)
    g_set_str (&self->best_checkpoint, best);
  if (last != NULL)
    g_set_str (&self->last_checkpoint, last);
  emit_changed (self);
}
