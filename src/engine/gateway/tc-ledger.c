/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-ledger-db.h"
#include "tc-ledger-private.h"

/* No call holds or costs more than a thousand million dollars: sums stay far
 * from where they would not fit. */
#define MAX_AMOUNT (TC_MONEY_DOLLAR * 1000000000)

/* The same refusal within so long is counted, not written down again: a script
 * that asks in a loop must not fill the disk. */
#define REFUSAL_US (60 * (gint64) G_USEC_PER_SEC)

/* The latest refusal of a session. */
typedef struct
{
  guint64  id;
  char    *provider;  /* (owned) */
  char    *model;     /* (owned) */
  guint    status;
  gint64   at_us;
} Refusal;

enum
{
  SIGNAL_SPENT,
  SIGNAL_ALERT,
  SIGNAL_RECOVERED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcLedger, tc_ledger, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
refusal_free (gpointer data)
{
  Refusal *self = data;

  g_free (self->provider);
  g_free (self->model);
  g_free (self);
}

static void
tc_ledger_dispose (GObject *object)
{
  TcLedger *self = TC_LEDGER (object);

  /* The thread may be in the middle of a write; only its owner can wait. */
  g_assert (self->thread == NULL);
  g_clear_handle_id (&self->alert_id, g_source_remove);

  G_OBJECT_CLASS (tc_ledger_parent_class)->dispose (object);
}

static void
tc_ledger_finalize (GObject *object)
{
  TcLedger *self = TC_LEDGER (object);

  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_pointer (&self->book, tc_ledger_book_free);
  g_clear_pointer (&self->refusals, g_hash_table_unref);
  g_clear_pointer (&self->recovery_message, g_free);

  G_OBJECT_CLASS (tc_ledger_parent_class)->finalize (object);
}

static void
tc_ledger_class_init (TcLedgerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_ledger_dispose;
  object_class->finalize = tc_ledger_finalize;

  signals[SIGNAL_SPENT] =
    g_signal_new ("spent", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_INT64);
  signals[SIGNAL_ALERT] =
    g_signal_new ("alert", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_INT, G_TYPE_UINT64, G_TYPE_STRING);
  signals[SIGNAL_RECOVERED] =
    g_signal_new ("recovered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tc_ledger_init (TcLedger *self)
{
  self->book = tc_ledger_book_new ();
  self->refusals = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, refusal_free);
}

/**
 * tc_ledger_get_month:
 *
 * Returns: the month it is where the user lives, 202611
 */
int
tc_ledger_get_month (TcLedger *self)
{
  return tc_ledger_book_get_day (tc_clock_get_realtime (self->clock)) / 100;
}

/**
 * tc_ledger_new_task:
 * @source_tag: the public function
 *
 * Returns: (transfer full): the task of one call
 */
GTask *
tc_ledger_new_task (TcLedger            *self,
                    gpointer             source_tag,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  /* Whoever cancels is told after what was held was given back. */
  g_task_set_check_cancellable (task, FALSE);

  return task;
}

/**
 * tc_ledger_start:
 * @operation: a static description
 * @data: (transfer full) (nullable): its argument
 * @task: (transfer full) (nullable): what to answer
 *
 * Everything that is written goes through here.
 */
void
tc_ledger_start (TcLedger                *self,
                 const TcLedgerOperation *operation,
                 gpointer                 data,
                 GTask                   *task)
{
  if (self->thread != NULL)
    {
      tc_ledger_thread_push (self->thread, tc_ledger_job_new (operation, self, data, task));
      return;
    }

  if (data != NULL)
    operation->free_data (data);
  if (task != NULL)
    g_task_return_new_error_literal (task, TC_ERROR, TC_ERROR_UNAVAILABLE, "The book of money is closed");
  g_clear_object (&task);
}

static void
note_alert (TcLedger            *self,
            const TcLedgerAlert *alert)
{
  static const TcLedgerOperation operation = {
    tc_ledger_write_alert, NULL, tc_ledger_note_free, TC_LEDGER_RETRIED
  };
  TcLedgerNote *note = g_new0 (TcLedgerNote, 1);

  note->scope = g_strdup (alert->scope);
  note->period = g_strdup (alert->period);
  note->amount = alert->limit;
  note->percent = alert->percent;
  note->at_us = tc_clock_get_realtime (self->clock);
  tc_ledger_start (self, &operation, note, NULL);
}

/**
 * tc_ledger_alert:
 * @call: whose budgets have changed
 * @is_refused: one of them has just refused it
 *
 * Says what has not been said yet.
 */
void
tc_ledger_alert (TcLedger           *self,
                 const TcLedgerCall *call,
                 gboolean            is_refused)
{
  g_autoptr (GPtrArray) alerts = tc_ledger_book_take_alerts (self->book, call, tc_ledger_get_month (self),
                                                             is_refused);

  for (guint i = 0; i < alerts->len; i++)
    {
      const TcLedgerAlert *alert = alerts->pdata[i];

      note_alert (self, alert);
      g_signal_emit (self, signals[SIGNAL_ALERT], 0,
                     alert->session_id != 0 ? "session" : alert->scope, alert->percent,
                     alert->session_id, alert->text);
    }
}

/* What an earlier engine left may have passed a step. */
static gboolean
on_opened (gpointer user_data)
{
  TcLedger *self = user_data;
  g_autofree const char **scopes = (const char **) g_hash_table_get_keys_as_array (self->book->budgets, NULL);

  self->alert_id = 0;
  tc_ledger_back_up (self);
  for (const char **scope = scopes; *scope != NULL; scope++)
    {
      TcLedgerCall call = { .provider = *scope, .hold = TC_MONEY_UNKNOWN, .session_limit = TC_MONEY_UNKNOWN };

      tc_ledger_alert (self, &call, FALSE);
    }

  return G_SOURCE_REMOVE;
}

/**
 * tc_ledger_open:
 * @path: of ledger.db; its folder is made if need be
 * @clock: the process's clock
 * @error: TC_ERROR: NEWER, NO_SPACE, PERMISSION, BUSY, FAILED
 *
 * Opens the book of money. Blocks for that. Calls that an earlier engine left
 * held are unsettled from now on. A damaged database is set aside and what can
 * be read of it taken over; see tc_ledger_get_recovery_message(). Answers come
 * in the thread-default main context of the caller.
 *
 * Returns: (transfer full) (nullable): the ledger
 */
TcLedger *
tc_ledger_open (const char  *path,
                TcClock     *clock,
                GError     **error)
{
  g_autoptr (TcLedger) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (clock != NULL, NULL);

  self = g_object_new (TC_TYPE_LEDGER, NULL);
  self->path = g_strdup (path);
  self->clock = tc_clock_ref (clock);
  self->thread = tc_ledger_thread_new (path, clock, self->book, &self->recovery_message, error);
  if (self->thread == NULL)
    return NULL;
  self->alert_id = g_idle_add (on_opened, self);

  return g_steal_pointer (&self);
}

/**
 * tc_ledger_close:
 *
 * Waits until everything asked for so far is on the disk and the database is
 * closed. Answers that were not given yet come when the main context runs
 * again. Does nothing the second time.
 */
void
tc_ledger_close (TcLedger *self)
{
  g_return_if_fail (TC_IS_LEDGER (self));

  g_clear_handle_id (&self->alert_id, g_source_remove);
  tc_ledger_stop_backup (self);
  g_clear_pointer (&self->thread, tc_ledger_thread_stop);
}

/**
 * tc_ledger_tell_recovery:
 * @message: what was damaged and what was done, for people
 */
void
tc_ledger_tell_recovery (TcLedger   *self,
                         const char *message)
{
  g_set_str (&self->recovery_message, message);
  g_signal_emit (self, signals[SIGNAL_RECOVERED], 0, message);
}

/**
 * tc_ledger_get_recovery_message:
 *
 * Returns: (nullable) (transfer none): what was last recovered from, for
 *   people; when it happens later than at the opening, ::recovered says it
 */
const char *
tc_ledger_get_recovery_message (TcLedger *self)
{
  g_return_val_if_fail (TC_IS_LEDGER (self), NULL);

  return self->recovery_message;
}

/**
 * tc_ledger_get_lost:
 *
 * Returns: when money went missing from the book last, in microseconds UTC: calls
 *   before may be in no sum; 0: never
 */
gint64
tc_ledger_get_lost (TcLedger *self)
{
  g_return_val_if_fail (TC_IS_LEDGER (self), 0);

  return tc_ledger_db_get_lost (self->path);
}

static Refusal *
find_refusal (TcLedger           *self,
              const TcLedgerCall *call,
              guint               status,
              gint64              now_us)
{
  Refusal *refusal = g_hash_table_lookup (self->refusals, &call->session_id);

  if (refusal != NULL && refusal->status == status &&
      g_strcmp0 (refusal->provider, call->provider) == 0 && g_strcmp0 (refusal->model, call->model) == 0 &&
      now_us - refusal->at_us >= 0 && now_us - refusal->at_us < REFUSAL_US)
    return refusal;

  return NULL;
}

static void
add_refusal (TcLedger           *self,
             const TcLedgerCall *call,
             guint               status,
             const char         *why)
{
  static const TcLedgerOperation write = {
    tc_ledger_write_call, NULL, tc_ledger_row_free, TC_LEDGER_RETRIED
  };
  static const TcLedgerOperation repeat = {
    tc_ledger_write_repeat, NULL, tc_ledger_row_free, TC_LEDGER_RETRIED
  };
  gint64 now_us = tc_clock_get_realtime (self->clock);
  Refusal *refusal = find_refusal (self, call, status, now_us);
  TcLedgerRow *row;

  if (refusal != NULL)
    {
      tc_ledger_start (self, &repeat, tc_ledger_row_new (refusal->id, call, now_us), NULL);
      return;
    }

  refusal = g_new0 (Refusal, 1);
  refusal->id = self->book->next_id++;
  refusal->provider = g_strdup (call->provider);
  refusal->model = g_strdup (call->model);
  refusal->status = status;
  refusal->at_us = now_us;
  g_hash_table_insert (self->refusals, g_memdup2 (&call->session_id, sizeof call->session_id), refusal);

  row = tc_ledger_row_new (refusal->id, call, now_us);
  row->state = "refused";
  row->status = status;
  row->why = g_strdup (why);
  tc_ledger_start (self, &write, row, NULL);
}

/**
 * tc_ledger_note_refusal:
 * @session_id: 0 if it is of none
 * @status: that was answered
 * @why: a sentence
 *
 * Writes down that a request was turned away by us, before it got as far as a
 * budget.
 */
void
tc_ledger_note_refusal (TcLedger   *self,
                        guint64     session_id,
                        guint       status,
                        const char *why)
{
  TcLedgerCall call = { .session_id = session_id, .hold = TC_MONEY_UNKNOWN,
                        .session_limit = TC_MONEY_UNKNOWN };

  g_return_if_fail (TC_IS_LEDGER (self));

  add_refusal (self, &call, status, why);
}

/* The call is in the database, or it cannot be made. */
static void
answer_hold (TcLedgerJob *job)
{
  const TcLedgerRow *row = job->data;
  GCancellable *cancellable = g_task_get_cancellable (job->task);

  if (job->error != NULL)
    {
      g_autoptr (TcLedgerFlight) flight = tc_ledger_book_end (job->ledger->book, row->id);

      g_prefix_error_literal (&job->error, "The call was not made, because it could not be written down "
                                           "in the book of money. ");
      g_task_return_error (job->task, g_steal_pointer (&job->error));
    }
  else if (cancellable != NULL && g_cancellable_is_cancelled (cancellable))
    {
      tc_ledger_release (job->ledger, row->id, 0, "It was given up before it was sent.");
      g_task_return_new_error_literal (job->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The call was given up");
    }
  else
    g_task_return_int (job->task, (gssize) row->id);
}

/**
 * tc_ledger_hold_async:
 * @call: what is about to be made; copied
 *
 * Asks the budgets, and writes the call down with the most it can cost. What
 * is free is always allowed. What has no price is allowed as long as something
 * is left.
 */
void
tc_ledger_hold_async (TcLedger            *self,
                      const TcLedgerCall  *call,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  static const TcLedgerOperation operation = {
    tc_ledger_write_call, answer_hold, tc_ledger_row_free, TC_LEDGER_DEFAULT
  };
  TcLedgerCall wanted;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  TcLedgerRow *row;

  g_return_if_fail (TC_IS_LEDGER (self));
  g_return_if_fail (call != NULL && call->provider != NULL);

  task = tc_ledger_new_task (self, tc_ledger_hold_async, cancellable, callback, user_data);
  wanted = *call;
  if (wanted.hold != TC_MONEY_UNKNOWN)
    wanted.hold = CLAMP (wanted.hold, 0, MAX_AMOUNT);
  row = tc_ledger_row_new (self->book->next_id, &wanted, tc_clock_get_realtime (self->clock));
  if (!tc_ledger_book_check (self->book, &wanted, row->day / 100, &error))
    {
      tc_ledger_row_free (row);
      add_refusal (self, &wanted, 402, error->message);
      tc_ledger_alert (self, &wanted, TRUE);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  self->book->next_id++;
  row->state = "held";
  if (self->thread != NULL)
    tc_ledger_book_hold (self->book, row->id, &wanted, row->day / 100);
  tc_ledger_start (self, &operation, row, g_steal_pointer (&task));
}

/**
 * tc_ledger_hold_finish:
 * @error: TC_ERROR_PERMISSION if a budget does not allow it; else why it could
 *   not be written down
 *
 * Returns: the call's number, to be settled or released; 0: it must not be made
 */
guint64
tc_ledger_hold_finish (TcLedger      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  gssize id;

  g_return_val_if_fail (g_task_is_valid (result, self), 0);
  g_return_val_if_fail (g_async_result_is_tagged (result, tc_ledger_hold_async), 0);

  id = g_task_propagate_int (G_TASK (result), error);

  return id > 0 ? (guint64) id : 0;
}

static const char *
get_source_word (TcCostSource source)
{
  static const char *const words[] = { "exact", "computed", "estimated", "unknown" };

  return words[source];
}

static void
write_end (TcLedger    *self,
           TcLedgerRow *row)
{
  static const TcLedgerOperation operation = {
    tc_ledger_write_end, NULL, tc_ledger_row_free, TC_LEDGER_RETRIED
  };

  row->at_us = tc_clock_get_realtime (self->clock);
  tc_ledger_start (self, &operation, row, NULL);
  tc_ledger_back_up (self);
}

/**
 * tc_ledger_settle:
 * @call: of tc_ledger_hold_finish()
 * @status: that the provider answered
 * @usage: (nullable): what it used
 * @cost: micro-dollars, TC_MONEY_UNKNOWN if nobody knows
 * @source: where @cost comes from
 *
 * The call has been made and costs this. It is on the disk within a tenth of a
 * second. Does nothing with a call that is not held (any more).
 */
void
tc_ledger_settle (TcLedger      *self,
                  guint64        call,
                  guint          status,
                  const TcUsage *usage,
                  TcMoney        cost,
                  TcCostSource   source)
{
  g_autoptr (TcLedgerFlight) flight = NULL;
  TcLedgerSum sum = { 0, 0, 0 };
  TcLedgerCall changed = { 0, };
  TcLedgerRow *row;

  g_return_if_fail (TC_IS_LEDGER (self));

  flight = tc_ledger_book_end (self->book, call);
  if (flight == NULL)
    return;

  if (cost == TC_MONEY_UNKNOWN)
    sum.n_unknown = 1;
  else
    sum.spent = CLAMP (cost, 0, MAX_AMOUNT);
  tc_ledger_book_add (self->book, flight->session_id, flight->provider, flight->month, &sum);

  row = g_new0 (TcLedgerRow, 1);
  row->id = call;
  row->state = "settled";
  row->status = status;
  row->usage = usage != NULL ? *usage : TC_USAGE_NONE;
  row->cost = cost == TC_MONEY_UNKNOWN ? cost : sum.spent;
  row->source = get_source_word (cost == TC_MONEY_UNKNOWN ? TC_COST_UNKNOWN : source);
  write_end (self, row);

  if (sum.spent == 0)
    return;
  g_signal_emit (self, signals[SIGNAL_SPENT], 0, flight->session_id,
                 tc_ledger_book_peek_session (self->book, flight->session_id)->spent);
  changed.session_id = flight->session_id;
  changed.provider = flight->provider;
  changed.hold = TC_MONEY_UNKNOWN;
  changed.session_limit = flight->session_limit;
  tc_ledger_alert (self, &changed, FALSE);
}

/**
 * tc_ledger_release:
 * @call: of tc_ledger_hold_finish()
 * @status: that the provider answered; 0: it did not
 * @why: (nullable): a sentence
 *
 * The call costs nothing: it failed, or was not made. Does nothing with a call
 * that is not held (any more).
 */
void
tc_ledger_release (TcLedger   *self,
                   guint64     call,
                   guint       status,
                   const char *why)
{
  g_autoptr (TcLedgerFlight) flight = NULL;
  TcLedgerRow *row;

  g_return_if_fail (TC_IS_LEDGER (self));

  flight = tc_ledger_book_end (self->book, call);
  if (flight == NULL)
    return;

  row = g_new0 (TcLedgerRow, 1);
  row->id = call;
  row->state = "released";
  row->status = status;
  row->cost = TC_MONEY_UNKNOWN;
  row->why = g_strdup (why);
  write_end (self, row);
}

/**
 * tc_ledger_get_room:
 * @provider: the word
 * @session_limit: of the session; TC_MONEY_UNKNOWN: none
 * @room: (out): what is left
 */
void
tc_ledger_get_room (TcLedger     *self,
                    guint64       session_id,
                    const char   *provider,
                    TcMoney       session_limit,
                    TcLedgerRoom *room)
{
  TcLedgerCall call = { .session_id = session_id, .provider = provider, .hold = TC_MONEY_UNKNOWN,
                        .session_limit = session_limit };

  g_return_if_fail (TC_IS_LEDGER (self));
  g_return_if_fail (room != NULL);

  tc_ledger_book_get_room (self->book, &call, tc_ledger_get_month (self), room);
}

/**
 * tc_ledger_flush_async:
 *
 * Waits until all that was written so far has survived a power cut.
 */
void
tc_ledger_flush_async (TcLedger            *self,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  static const TcLedgerOperation operation = {
    NULL, NULL, NULL, TC_LEDGER_SYNCED | TC_LEDGER_BARRIER
  };

  g_return_if_fail (TC_IS_LEDGER (self));

  tc_ledger_start (self, &operation, NULL,
                   tc_ledger_new_task (self, tc_ledger_flush_async, NULL, callback, user_data));
}

/**
 * tc_ledger_flush_finish:
 * @error: TC_ERROR; what could not be written is tried again
 *
 * Returns: whether it is on the disk
 */
gboolean
tc_ledger_flush_finish (TcLedger      *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, tc_ledger_flush_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
