/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-log-search.h"

#include "tc-error.h"

struct _TcLogSearch
{
  GObject       parent_instance;

  TcLogLines   *lines;       /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) of what is under way */
  GStrv         texts;       /* (owned) (nullable) any of them is a hit */
  gint64        at;          /* the line it stands on, or where it began */
  gboolean      has_hit;     /* there is a hit at it */
  gint64        counted_size; /* bytes of the log that were counted; -1: none */
  guint         n_lines;     /* with a hit */
  guint         nth;         /* of them is the one at it */
};

enum
{
  SIGNAL_FOUND,
  SIGNAL_MISSED,
  SIGNAL_COUNTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TcLogSearch, tc_log_search, G_TYPE_OBJECT)

/* What a worker gets and gives. */
typedef struct
{
  TcLogIndex *index;        /* (owned) */
  GStrv       texts;        /* (owned) */
  gint64      from_line;
  int         direction;
  int         is_cancelled;

  gint64      size;         /* of what was counted */
  guint       n_lines;
  guint       n_until;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  tc_log_index_unref (job->index);
  g_strfreev (job->texts);
  g_free (job);
}

static void
on_cancelled (GCancellable *cancellable,
              Job          *job)
{
  g_atomic_int_set (&job->is_cancelled, 1);
}

/* One that goes on behind the end at the other one. */
static gint64
find (Job *job)
{
  const char *const *texts = (const char *const *) job->texts;
  gint64 n_lines = tc_log_index_get_n_lines (job->index);
  gint64 end = job->direction > 0 ? 0 : n_lines - 1;
  gint64 line = -1;

  if (job->from_line >= 0 && job->from_line < n_lines)
    line = tc_log_index_find (job->index, texts, job->from_line, job->direction, &job->is_cancelled);
  if (line < 0 && !g_atomic_int_get (&job->is_cancelled))
    line = tc_log_index_find (job->index, texts, end, job->direction, &job->is_cancelled);

  return line;
}

static void
find_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Job *job = data;
  gulong id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), job, NULL);
  gint64 line = find (job);

  g_cancellable_disconnect (cancellable, id);
  if (line >= 0)
    g_task_return_int (task, (gssize) line);
  else
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND, "No line has that text");
}

static void
count_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Job *job = data;
  gulong id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), job, NULL);

  job->size = tc_log_index_get_size (job->index);
  job->n_lines = tc_log_index_count (job->index, job->texts[0], job->from_line, &job->n_until, &job->is_cancelled);
  g_cancellable_disconnect (cancellable, id);
  g_task_return_boolean (task, TRUE);
}

static void
start_job (TcLogSearch         *self,
           gint64               from_line,
           int                  direction,
           GTaskThreadFunc      func,
           GAsyncReadyCallback  callback)
{
  g_autoptr(GTask) task = g_task_new (self, self->cancellable, callback, NULL);
  Job *job = g_new0 (Job, 1);

  g_task_set_source_tag (task, start_job);
  job->index = tc_log_index_ref (tc_log_lines_get_index (self->lines));
  job->texts = g_strdupv (self->texts);
  job->from_line = from_line;
  job->direction = direction;
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, func);
}

/* ---- Counting ---- */

static void
on_counted (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  TcLogSearch *self = TC_LOG_SEARCH (object);
  Job *job = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  self->counted_size = job->size;
  self->n_lines = job->n_lines;
  self->nth = job->n_until;
  g_signal_emit (self, signals[SIGNAL_COUNTED], 0);
}

/* Of several texts nobody asks how many there are. */
static void
count (TcLogSearch *self,
       int          direction)
{
  if (g_strv_length (self->texts) != 1)
    return;
  if (self->counted_size != tc_log_index_get_size (tc_log_lines_get_index (self->lines)))
    {
      start_job (self, self->at, 1, count_in_thread, on_counted);
      return;
    }
  if (direction > 0)
    self->nth = self->nth % self->n_lines + 1;
  else
    self->nth = (self->nth + self->n_lines - 2) % self->n_lines + 1;
  g_signal_emit (self, signals[SIGNAL_COUNTED], 0);
}

/* ---- Looking ---- */

static void
on_found (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  TcLogSearch *self = TC_LOG_SEARCH (object);
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;
  gssize line = g_task_propagate_int (G_TASK (result), &error);

  if (line >= 0)
    {
      self->at = line;
      self->has_hit = TRUE;
      g_signal_emit (self, signals[SIGNAL_FOUND], 0, (guint) line);
      count (self, job->direction);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_signal_emit (self, signals[SIGNAL_MISSED], 0);
    }
}

/** tc_log_search_stop: Whatever is under way is no longer wanted. */
void
tc_log_search_stop (TcLogSearch *self)
{
  g_return_if_fail (TC_IS_LOG_SEARCH (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->texts, g_strfreev);
  self->has_hit = FALSE;
  self->counted_size = -1;
}

static void
look (TcLogSearch *self,
      gint64       from_line,
      int          direction)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  start_job (self, from_line, direction, find_in_thread, on_found);
}

/**
 * tc_log_search_start:
 * @texts: (array zero-terminated=1): any of them is a hit
 * @from_line: where to begin, from 0
 * @direction: 1 or -1
 *
 * Looks for the first hit.
 */
void
tc_log_search_start (TcLogSearch        *self,
                     const char *const  *texts,
                     guint               from_line,
                     int                 direction)
{
  g_return_if_fail (TC_IS_LOG_SEARCH (self));

  tc_log_search_stop (self);
  if (texts[0] == NULL || texts[0][0] == '\0')
    return;
  if (tc_log_lines_get_index (self->lines) == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_MISSED], 0);
      return;
    }
  self->texts = g_strdupv ((GStrv) texts);
  self->at = from_line;
  look (self, from_line, direction);
}

/** tc_log_search_step: Looks for the next hit in a direction; nothing without a start. */
void
tc_log_search_step (TcLogSearch *self,
                    int          direction)
{
  g_return_if_fail (TC_IS_LOG_SEARCH (self));

  if (self->texts != NULL)
    look (self, self->at + (self->has_hit ? direction : 0), direction);
}

/**
 * tc_log_search_get_place:
 * @nth: (out): which hit it stands on, from 1
 * @n_lines: (out): how many lines have one
 *
 * Returns: whether they have been counted
 */
gboolean
tc_log_search_get_place (TcLogSearch *self,
                         guint       *nth,
                         guint       *n_lines)
{
  g_return_val_if_fail (TC_IS_LOG_SEARCH (self), FALSE);

  *nth = self->nth;
  *n_lines = self->n_lines;

  return self->has_hit && self->counted_size >= 0;
}

/* ---- The object ---- */

static void
tc_log_search_dispose (GObject *object)
{
  TcLogSearch *self = TC_LOG_SEARCH (object);

  tc_log_search_stop (self);
  g_clear_object (&self->lines);

  G_OBJECT_CLASS (tc_log_search_parent_class)->dispose (object);
}

static void
tc_log_search_class_init (TcLogSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_log_search_dispose;

  signals[SIGNAL_FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_MISSED] = g_signal_new ("missed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  signals[SIGNAL_COUNTED] = g_signal_new ("counted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
tc_log_search_init (TcLogSearch *self)
{
  self->counted_size = -1;
}

/** tc_log_search_new: Returns: (transfer full): one that looks for nothing yet */
TcLogSearch *
tc_log_search_new (TcLogLines *lines)
{
  TcLogSearch *self = g_object_new (TC_TYPE_LOG_SEARCH, NULL);

  self->lines = g_object_ref (lines);

  return self;
}
