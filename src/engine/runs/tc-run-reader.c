/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>

#include "tc-events.h"
#include "tc-exit-record.h"
#include "tc-line-splitter.h"
#include "tc-log-parser.h"
#include "tc-point-sieve.h"
#include "tc-run-reader.h"
#include "tc-run-recall.h"
#include "tc-series-table.h"
#include "tc-status-file.h"

/* So much is read before the main loop gets its turn again. */
#define CHUNK_BYTES (256 * 1024)
#define EPOCH_SECONDS_WEIGHT 0.3
/* A script in trouble says the same a thousand times a second. */
#define MESSAGES_A_MINUTE 60
#define MINUTE_US (60 * G_USEC_PER_SEC)
/* Said in both places within this time it is one message. */
#define HEARD_US (3 * G_USEC_PER_SEC)
#define N_HEARD 8

typedef struct
{
  guint    hash;
  gboolean in_events; /* or in the log */
  gint64   at;        /* monotonic µs */
} Heard;

struct _TcRunReader
{
  TcSession      *session;        /* (owned) */
  TcClock        *clock;          /* (owned) */
  char           *run_dir;        /* (owned) */
  TcRedactor     *redactor;       /* (owned) (nullable) of what must not be told */
  TcLogParser    *parser;         /* (owned) */
  TcLineSplitter *events;         /* (owned) */
  int             log_fd;         /* -1: not there yet */
  int             events_fd;      /* -1: not there yet */
  gint64          log_offset;     /* read up to here */
  gint64          events_offset;
  gint64          status_mtime;   /* of the status file last read, ns */
  gint64          minute_start;   /* monotonic µs */
  guint           n_messages;     /* of the script in this minute */
  guint           n_left_out;     /* of them */
  Heard           heard[N_HEARD]; /* the last ones, oldest overwritten */
  guint           n_heard;
  gboolean        in_events;      /* what is read now is a line of events.jsonl */
  double          epoch_seconds;  /* smoothed; 0: unknown */
  TcProgress      progress;
  gboolean        is_resumed;     /* the beginning was read by another reader */
  gboolean        is_changed;     /* there is something to take */
  gboolean        wants_estimate; /* an epoch has ended since the last ETA */
  TcIngest       *ingest;         /* (owned) what was read since the last take */
  TcPointSieve   *sieve;          /* (owned) */
  GArray         *new_points;     /* (owned) (element-type TcPoint) those of ingest that are no echoes */
  TcRunReason     reason;
  TcLogParser    *recaller;       /* (owned) (nullable) holds the names of: */
  GArray         *recalled;       /* (owned) (element-type TcPoint) */
};

static gint64
now (TcRunReader *self)
{
  return tc_clock_get_realtime (self->clock);
}

static void
note_loss (TcRunReader   *self,
           const TcPoint *point)
{
  TcProgress *p = &self->progress;

  switch (point->series)
    {
    case TC_SERIES_TRAIN_LOSS:
      p->train_loss = point->value;
      p->has_train_loss = TRUE;
      break;
    case TC_SERIES_VAL_LOSS:
      p->val_loss = point->value;
      p->has_val_loss = TRUE;
      if (point->kind == TC_POINT_FINITE &&
          (isnan (p->best_val_loss) || point->value < p->best_val_loss))
        {
          p->best_val_loss = point->value;
          p->best_epoch = p->epoch;
        }
      break;
    case TC_SERIES_TOKENS_PER_SECOND:
      p->tokens_per_second = point->kind == TC_POINT_FINITE ? point->value : 0;
      break;
    case TC_SERIES_EPOCH_SECONDS:
      if (point->kind == TC_POINT_FINITE && point->value > 0)
        {
          self->epoch_seconds = self->epoch_seconds > 0
            ? self->epoch_seconds + EPOCH_SECONDS_WEIGHT * (point->value - self->epoch_seconds)
            : point->value;
          self->wants_estimate = TRUE;
        }
      break;
    default:
      break;
    }
}

static void
on_point (const TcPoint *point,
          gpointer       user_data)
{
  TcRunReader *self = user_data;

  g_array_append_vals (self->ingest->points, point, 1);
  if (tc_point_sieve_is_new (self->sieve, point, self->in_events))
    {
      g_array_append_vals (self->new_points, point, 1);
      note_loss (self, point);
    }
  self->is_changed = TRUE;
}

static void
on_epoch (int      epoch,
          int      total_epochs,
          gint64   offset,
          gpointer user_data)
{
  TcRunReader *self = user_data;

  if (epoch > 0 && (guint) epoch != self->progress.epoch)
    {
      self->progress.epoch = epoch;
      self->progress.batch = 0;
      self->progress.batches = 0;
    }
  if (total_epochs > 0)
    self->progress.total_epochs = total_epochs;
  self->is_changed = TRUE;
}

static void
on_batch (int      epoch,
          int      batch,
          int      batches,
          gint64   offset,
          gpointer user_data)
{
  TcRunReader *self = user_data;

  if (epoch > 0)
    self->progress.epoch = epoch;
  self->progress.batch = MAX (batch, 0);
  self->progress.batches = MAX (batches, 0);
  self->is_changed = TRUE;
}

static void
on_model (gint64      parameters,
          const char *target,
          gint64      offset,
          gpointer    user_data)
{
  TcRunReader *self = user_data;

  self->progress.parameters = parameters;
  self->is_changed = TRUE;
}

/* What a run says may hold a key: none is stored, or told. */
static char *
dup_masked (TcRunReader *self,
            const char  *text)
{
  return self->redactor != NULL ? tc_redactor_mask_text (self->redactor, text) : g_strdup (text);
}

static void
add_event (TcRunReader *self,
           TcSeverity   severity,
           const char  *kind,
           const char  *text)
{
  g_autofree char *masked = dup_masked (self, text);

  g_ptr_array_add (self->ingest->events,
                   tc_event_new (tc_session_get_id (self->session), severity, kind, masked,
                                 now (self)));
  self->is_changed = TRUE;
}

static void
on_gate (const TcParsedGate *parsed,
         gpointer            user_data)
{
  TcRunReader *self = user_data;
  TcGate *gate = g_new0 (TcGate, 1);

  gate->session_id = tc_session_get_id (self->session);
  gate->attempt = tc_session_get_attempt (self->session);
  gate->epoch = parsed->epoch > 0 ? parsed->epoch : (int) self->progress.epoch;
  gate->result = g_strdup (parsed->result);
  gate->text = dup_masked (self, parsed->text);
  gate->report = g_strdup (parsed->report);
  gate->at_us = now (self);
  g_ptr_array_add (self->ingest->gates, gate);
  self->is_changed = TRUE;
}

static char *
make_absolute (TcRunReader *self,
               const char  *path)
{
  TcSessionConfig *config = tc_session_get_config (self->session);

  return g_canonicalize_filename (path, config->workdir != NULL ? config->workdir
                                                                : self->run_dir);
}

static void
on_checkpoint (const TcParsedCheckpoint *parsed,
               gpointer                  user_data)
{
  TcRunReader *self = user_data;
  TcCheckpoint *checkpoint = g_new0 (TcCheckpoint, 1);

  checkpoint->session_id = tc_session_get_id (self->session);
  checkpoint->attempt = tc_session_get_attempt (self->session);
  checkpoint->epoch = parsed->epoch > 0 ? parsed->epoch : (int) self->progress.epoch;
  checkpoint->path = make_absolute (self, parsed->path);
  checkpoint->sha256 = g_strdup (parsed->sha256);
  checkpoint->bytes = parsed->bytes;
  checkpoint->val_loss = parsed->val_loss;
  checkpoint->train_loss = NAN;
  checkpoint->is_best = parsed->best;
  checkpoint->at_us = now (self);
  /* The best one may be weights only; the last one is what a retry resumes. */
  tc_session_set_checkpoints (self->session, parsed->best ? checkpoint->path : NULL,
                              parsed->best ? NULL : checkpoint->path);
  g_ptr_array_add (self->ingest->checkpoints, checkpoint);
  self->is_changed = TRUE;
}

static void
on_reason (const TcParsedReason *parsed,
           gpointer              user_data)
{
  TcRunReader *self = user_data;
  g_autofree char *text = NULL;
  g_autofree char *detail = NULL;

  if (parsed->weight < self->reason.weight)
    return;

  text = dup_masked (self, parsed->text);
  detail = dup_masked (self, parsed->detail);
  self->reason.weight = parsed->weight;
  g_set_str (&self->reason.code, parsed->code);
  g_set_str (&self->reason.text, text);
  g_set_str (&self->reason.detail, detail);
}

static void
tell_left_out (TcRunReader *self)
{
  g_autofree char *text = NULL;

  if (self->n_left_out == 0)
    return;
  text = g_strdup_printf ("%u more messages of the script were left out; its log and events.jsonl "
                          "have them all", self->n_left_out);
  self->n_left_out = 0;
  add_event (self, TC_SEVERITY_WARNING, "script", text);
}

static void
begin_minute_if_due (TcRunReader *self)
{
  gint64 at = tc_clock_get_monotonic (self->clock);

  if (at - self->minute_start < MINUTE_US)
    return;
  tell_left_out (self);
  self->minute_start = at;
  self->n_messages = 0;
}

/* A script that writes a message into events.jsonl prints it too, behind a sign. */
static gboolean
has_heard (TcRunReader *self,
           const char  *text)
{
  const char *bare = g_str_has_prefix (text, "⚠") ? text + strlen ("⚠") : text;
  Heard new = { .in_events = self->in_events, .at = tc_clock_get_monotonic (self->clock) };

  new.hash = g_str_hash (bare + strspn (bare, " "));
  for (guint i = 0; i < MIN (self->n_heard, N_HEARD); i++)
    if (self->heard[i].hash == new.hash && self->heard[i].in_events != new.in_events &&
        new.at - self->heard[i].at < HEARD_US)
      return TRUE;
  self->heard[self->n_heard++ % N_HEARD] = new;

  return FALSE;
}

static void
on_message (const char *severity,
            const char *text,
            gint64      offset,
            gpointer    user_data)
{
  TcRunReader *self = user_data;
  TcSeverity level = g_str_equal (severity, "error") ? TC_SEVERITY_ERROR
                   : g_str_equal (severity, "warning") ? TC_SEVERITY_WARNING
                   : TC_SEVERITY_INFO;

  if (has_heard (self, text))
    return;
  begin_minute_if_due (self);
  if (self->n_messages++ < MESSAGES_A_MINUTE)
    add_event (self, level, "script", text);
  else
    self->n_left_out++;
}

static void
on_end (const char *status,
        const char *reason,
        gint64      offset,
        gpointer    user_data)
{
  TcRunReader *self = user_data;

  g_set_str (&self->reason.end_status, status);
  self->is_changed = TRUE;
}

static const TcParseSink sink = {
  .point = on_point,
  .epoch = on_epoch,
  .batch = on_batch,
  .model = on_model,
  .gate = on_gate,
  .checkpoint = on_checkpoint,
  .reason = on_reason,
  .message = on_message,
  .end = on_end,
};

static void
renew_ingest (TcRunReader *self)
{
  TcIngest *ingest = tc_ingest_new (tc_session_get_id (self->session),
                                    tc_session_get_attempt (self->session));

  ingest->points = g_array_new (FALSE, FALSE, sizeof (TcPoint));
  ingest->gates = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_gate_free);
  ingest->checkpoints = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_checkpoint_free);
  ingest->events = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_event_free);
  self->ingest = ingest;
  self->is_changed = FALSE;
}

/**
 * tc_run_reader_new:
 * @session: whose progress it updates
 * @run_dir: where the run's files are
 * @cursor: how far they were read before
 * @error: TC_ERROR_INVALID when the user's expression is none
 *
 * Returns: (transfer full) (nullable): a reader at @cursor
 */
TcRunReader *
tc_run_reader_new (TcSession             *session,
                   const char            *run_dir,
                   TcClock               *clock,
                   const TcIngestCursor  *cursor,
                   GError               **error)
{
  TcSessionConfig *config = tc_session_get_config (session);
  g_autoptr(TcRunReader) self = g_new0 (TcRunReader, 1);

  self->log_fd = -1;
  self->events_fd = -1;
  self->session = g_object_ref (session);
  self->clock = tc_clock_ref (clock);
  self->run_dir = g_strdup (run_dir);
  self->progress = *tc_session_get_progress (session);
  self->events = tc_line_splitter_new (TC_LINE_SPLITTER_DEFAULT, cursor->events_offset);
  self->log_offset = cursor->log_offset;
  self->events_offset = cursor->events_offset;
  self->is_resumed = cursor->log_offset > 0 || cursor->events_offset > 0;
  self->recalled = g_array_new (FALSE, FALSE, sizeof (TcPoint));
  self->new_points = g_array_new (FALSE, FALSE, sizeof (TcPoint));
  self->sieve = tc_point_sieve_new ();
  renew_ingest (self);

  self->parser = tc_log_parser_new (config->progress_regex, error);
  if (self->parser == NULL)
    return NULL;
  if (cursor->parser_state != NULL &&
      !tc_log_parser_load_state (self->parser, cursor->parser_state, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * tc_run_reader_set_redactor:
 * @redactor: (nullable): masks what is not to be told of what the run says
 */
void
tc_run_reader_set_redactor (TcRunReader *self,
                            TcRedactor  *redactor)
{
  g_clear_pointer (&self->redactor, tc_redactor_free);
  self->redactor = redactor != NULL ? tc_redactor_ref (redactor) : NULL;
}

/**
 * tc_run_reader_free:
 */
void
tc_run_reader_free (TcRunReader *self)
{
  g_clear_fd (&self->log_fd, NULL);
  g_clear_fd (&self->events_fd, NULL);
  g_clear_pointer (&self->redactor, tc_redactor_free);
  g_clear_pointer (&self->ingest, tc_ingest_free);
  g_clear_pointer (&self->parser, tc_log_parser_free);
  g_clear_pointer (&self->recaller, tc_log_parser_free);
  g_clear_pointer (&self->recalled, g_array_unref);
  g_clear_pointer (&self->new_points, g_array_unref);
  g_clear_pointer (&self->sieve, tc_point_sieve_free);
  g_clear_pointer (&self->events, tc_line_splitter_free);
  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_object (&self->session);
  g_free (self->reason.code);
  g_free (self->reason.text);
  g_free (self->reason.detail);
  g_free (self->reason.end_status);
  g_free (self->run_dir);
  g_free (self);
}

/* Opens a file of the run folder: regular or nothing (a script may have put a
 * FIFO or a link there, and neither must make the engine wait). */
static gboolean
ensure_open (TcRunReader *self,
             const char  *name,
             int         *fd)
{
  g_autofree char *path = NULL;
  struct stat info;

  if (*fd >= 0)
    return TRUE;

  path = g_build_filename (self->run_dir, name, NULL);
  *fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (*fd >= 0 && (fstat (*fd, &info) != 0 || !S_ISREG (info.st_mode)))
    g_clear_fd (fd, NULL);

  return *fd >= 0;
}

static gboolean
read_log (TcRunReader *self,
          char        *buffer)
{
  gssize n;

  if (!ensure_open (self, "output.log", &self->log_fd))
    return FALSE;
  n = tc_run_read_at (self->log_fd, buffer, CHUNK_BYTES, self->log_offset);
  if (n == 0)
    return FALSE;

  tc_log_parser_push (self->parser, buffer, n, self->log_offset, &sink, self);
  self->log_offset += n;
  self->is_changed = TRUE;

  return n == CHUNK_BYTES;
}

static void
on_event_line (const TcLine *line,
               gpointer      user_data)
{
  TcRunReader *self = user_data;

  self->in_events = TRUE;
  tc_events_parse_line (line->text, line->length, line->start,
                        tc_log_parser_get_series_table (self->parser), &sink, self);
  self->in_events = FALSE;
}

static gboolean
read_events (TcRunReader *self,
             char        *buffer,
             gboolean     is_last)
{
  gssize n;

  if (!ensure_open (self, "events.jsonl", &self->events_fd))
    return FALSE;
  n = tc_run_read_at (self->events_fd, buffer, CHUNK_BYTES, self->events_offset);
  if (n > 0)
    {
      tc_line_splitter_push (self->events, buffer, n, on_event_line, self);
      self->events_offset += n;
      self->is_changed = TRUE;
    }
  else if (is_last)
    tc_line_splitter_finish (self->events, on_event_line, self);

  return n == CHUNK_BYTES;
}

/* The status file only fills what neither log nor events said: a script that
 * prints nothing still has an epoch, losses and an ETA. */
static void
use_status (TcRunReader        *self,
            const TcStatusFile *status)
{
  TcProgress *p = &self->progress;

  if (status->stale)
    return;
  if (status->epoch > 0 && (guint) status->epoch > p->epoch)
    {
      p->epoch = status->epoch;
      p->batch = p->batches = 0;
    }
  if (status->total_epochs > 0)
    p->total_epochs = status->total_epochs;
  if (status->has_train_loss && !p->has_train_loss)
    {
      p->train_loss = status->train_loss;
      p->has_train_loss = TRUE;
    }
  if (status->has_val_loss && !p->has_val_loss)
    {
      p->val_loss = status->val_loss;
      p->has_val_loss = TRUE;
    }
  if (status->eta_seconds >= 0 && self->epoch_seconds <= 0)
    p->eta_seconds = status->eta_seconds;
  self->is_changed = TRUE;
}

static void
read_status (TcRunReader *self)
{
  g_autofree char *path = make_absolute (self, "training_status.json");
  g_autoptr(TcStatusFile) status = NULL;
  GStatBuf info;
  gint64 mtime;

  if (g_lstat (path, &info) != 0)
    return;
  mtime = info.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info.st_mtim.tv_nsec;
  if (mtime == self->status_mtime)
    return;

  /* Half written: it will be written to the end, and we come by again. */
  status = tc_status_file_load (path, tc_session_get_started_at (self->session), NULL);
  if (status == NULL)
    return;
  self->status_mtime = mtime;
  use_status (self, status);
}

static void
estimate (TcRunReader *self)
{
  TcProgress *p = &self->progress;

  self->wants_estimate = FALSE;
  if (self->epoch_seconds > 0 && p->total_epochs >= p->epoch)
    p->eta_seconds = self->epoch_seconds * (p->total_epochs - p->epoch);
}

/**
 * tc_run_reader_read:
 * @is_last: the run has ended, so that a line without end is a line
 *
 * Reads what is there, at most a chunk of each file.
 *
 * Returns: whether there is more to read at once
 */
gboolean
tc_run_reader_read (TcRunReader *self,
                    gboolean     is_last)
{
  g_autofree char *buffer = g_malloc (CHUNK_BYTES);
  gboolean more = FALSE;

  more |= read_log (self, buffer);
  more |= read_events (self, buffer, is_last && !more);
  read_status (self);
  if (is_last && !more)
    {
      tc_log_parser_finish (self->parser, &sink, self);
      tell_left_out (self);
    }
  if (self->wants_estimate)
    estimate (self);

  return more;
}

/**
 * tc_run_reader_touch:
 *
 * Makes the next take() give a batch even without news from the run.
 */
void
tc_run_reader_touch (TcRunReader *self)
{
  self->is_changed = TRUE;
}

/**
 * tc_run_reader_take:
 *
 * Brings the session's progress up to date and hands over what was read since
 * the last time, with the cursor after it.
 *
 * Returns: (transfer full) (nullable): a batch for the store; NULL without news
 */
TcIngest *
tc_run_reader_take (TcRunReader *self)
{
  TcIngest *ingest;

  if (!self->is_changed)
    return NULL;

  /* The time that has passed is not in the files; the run keeps it. */
  self->progress.elapsed_seconds = tc_session_get_progress (self->session)->elapsed_seconds;
  tc_session_set_progress (self->session, &self->progress);
  ingest = g_steal_pointer (&self->ingest);
  ingest->cursor.log_offset = tc_log_parser_get_offset (self->parser);
  ingest->cursor.events_offset = tc_line_splitter_get_line_start (self->events);
  ingest->cursor.parser_state = tc_log_parser_save_state (self->parser);
  renew_ingest (self);

  return ingest;
}

/**
 * tc_run_reader_take_new_points:
 *
 * Returns: (transfer full) (element-type TcPoint): what was measured since the
 *   last time, each value once; the names are the reader's
 */
GArray *
tc_run_reader_take_new_points (TcRunReader *self)
{
  GArray *points = g_steal_pointer (&self->new_points);

  self->new_points = g_array_new (FALSE, FALSE, sizeof (TcPoint));

  return points;
}

static void
on_recalled_point (const TcPoint *point,
                   gpointer       user_data)
{
  TcRunReader *self = user_data;

  if (tc_point_sieve_is_new (self->sieve, point, self->in_events))
    g_array_append_vals (self->recalled, point, 1);
}

static const TcParseSink reason_sink = {
  .reason = on_reason,
  .end = on_end,
};

static const TcParseSink point_sink = {
  .point = on_recalled_point,
};

/* Returns: where in the log the present attempt begins */
static gint64
get_attempt_start (TcRunReader *self)
{
  guint attempt = tc_session_get_attempt (self->session);
  g_autofree char *number = g_strdup_printf ("%u", attempt - 1);
  g_autofree char *folder = g_build_filename (self->run_dir, "attempts", number, NULL);
  g_autoptr(TcExitRecord) record = attempt > 1 ? tc_exit_record_load (folder, NULL) : NULL;

  return record != NULL ? record->log_bytes : 0;
}

/* Reads once more what another reader, in an engine that is gone, has read:
 * its cursor tells how far it came, but not what it thought of it. */
static void
recall (TcRunReader       *self,
        const TcParseSink *recall_sink)
{
  TcSeriesTable *names;

  g_clear_pointer (&self->recaller, tc_log_parser_free);
  self->recaller = tc_log_parser_new (tc_session_get_config (self->session)->progress_regex, NULL);
  names = tc_log_parser_get_series_table (self->recaller);
  ensure_open (self, "output.log", &self->log_fd);
  tc_run_recall_log (self->log_fd, get_attempt_start (self), self->log_offset, self->recaller, recall_sink, self);

  /* Where an attempt begins in the events is not written anywhere. */
  ensure_open (self, "events.jsonl", &self->events_fd);
  self->in_events = TRUE;
  tc_run_recall_events (self->events_fd, tc_session_get_attempt (self->session) > 1 ? self->events_offset : 0,
                        self->events_offset, names, recall_sink, self);
  self->in_events = FALSE;
}

/**
 * tc_run_reader_recall_points:
 *
 * To be asked before anything is read.
 *
 * Returns: (transfer none) (element-type TcPoint): the last points another
 *   engine has read, for who learns from them
 */
const GArray *
tc_run_reader_recall_points (TcRunReader *self)
{
  g_array_set_size (self->recalled, 0);
  if (self->is_resumed)
    recall (self, &point_sink);

  return self->recalled;
}

/**
 * tc_run_reader_recall_reason:
 *
 * To be asked once, at the end.
 *
 * Returns: (transfer none): the best-founded reason of a failure
 */
const TcRunReason *
tc_run_reader_recall_reason (TcRunReader *self)
{
  if (self->is_resumed)
    recall (self, &reason_sink);

  return &self->reason;
}

/**
 * tc_run_reader_get_log_size:
 *
 * Returns: bytes of the log read so far
 */
gint64
tc_run_reader_get_log_size (TcRunReader *self)
{
  return self->log_offset;
}
