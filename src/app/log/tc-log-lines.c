/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-log-lines.h"

#include "tc-log-times.h"

/* Between two words of the worker to the main thread. */
#define SLICE_BYTES (32 * 1024 * 1024)

/* Of a line that is shown; more is cut. */
#define LINE_BYTES 4096

struct _TcLogLine
{
  GObject  parent_instance;

  guint    number;  /* from 1 */
  char    *text;    /* (owned) harmless */
};

G_DEFINE_FINAL_TYPE (TcLogLine, tc_log_line, G_TYPE_OBJECT)

struct _TcLogLines
{
  GObject       parent_instance;

  char         *path;        /* (owned) */
  TcLogIndex   *index;       /* (owned) (nullable) until there is a file */
  GCancellable *cancellable; /* (owned) of the worker */
  guint         n_lines;     /* told to those who look */
  gboolean      is_loading;
  gboolean      again;       /* asked to look again meanwhile */
};

enum
{
  PROP_0,
  PROP_LOADING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void tc_log_lines_init_model (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcLogLines, tc_log_lines, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tc_log_lines_init_model))

/* ---- One line ---- */

static void
tc_log_line_finalize (GObject *object)
{
  g_free (TC_LOG_LINE (object)->text);

  G_OBJECT_CLASS (tc_log_line_parent_class)->finalize (object);
}

static void
tc_log_line_class_init (TcLogLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_log_line_finalize;
}

static void
tc_log_line_init (TcLogLine *self)
{
}

/** tc_log_line_get_number: Returns: from 1 */
guint
tc_log_line_get_number (TcLogLine *self)
{
  return self->number;
}

/** tc_log_line_get_text: Returns: valid UTF-8 without control characters */
const char *
tc_log_line_get_text (TcLogLine *self)
{
  return self->text;
}

/* ---- The model ---- */

static GType
get_item_type (GListModel *model)
{
  return TC_TYPE_LOG_LINE;
}

static guint
get_n_items (GListModel *model)
{
  return TC_LOG_LINES (model)->n_lines;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  TcLogLines *self = TC_LOG_LINES (model);
  TcLogLine *line;

  if (position >= self->n_lines)
    return NULL;
  line = g_object_new (TC_TYPE_LOG_LINE, NULL);
  line->number = position + 1;
  line->text = tc_log_index_dup_line (self->index, position, LINE_BYTES, NULL);

  return line;
}

static void
tc_log_lines_init_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* What was the last line may have grown: it is said to have changed, and apart
 * from what is new. A list that follows the end looks for the line it lost among
 * all that came in its place, and reads each of them. */
static void
tell_growth (TcLogLines *self)
{
  guint before = self->n_lines;
  guint n_lines = tc_log_index_get_n_lines (self->index);

  if (before > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), before - 1, 1, 1);
  self->n_lines = n_lines;
  if (n_lines > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, n_lines - before);
}

/* ---- The worker ---- */

static void
read_slice (GTask        *task,
            gpointer      source,
            gpointer      data,
            GCancellable *cancellable)
{
  g_task_return_boolean (task, tc_log_index_extend (data, SLICE_BYTES));
}

static void start_slice (TcLogLines *self);

static void
set_loading (TcLogLines *self,
             gboolean    is_loading)
{
  if (self->is_loading == is_loading)
    return;
  self->is_loading = is_loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
on_slice (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  TcLogLines *self = TC_LOG_LINES (object);
  g_autoptr(GError) error = NULL;
  gboolean has_more = g_task_propagate_boolean (G_TASK (result), &error);

  if (error != NULL)
    return;
  tell_growth (self);
  if (has_more || self->again)
    start_slice (self);
  else
    set_loading (self, FALSE);
}

static void
start_slice (TcLogLines *self)
{
  g_autoptr(GTask) task = g_task_new (self, self->cancellable, on_slice, NULL);

  g_task_set_source_tag (task, start_slice);
  self->again = FALSE;
  set_loading (self, TRUE);
  g_task_set_task_data (task, tc_log_index_ref (self->index), (GDestroyNotify) tc_log_index_unref);
  g_task_run_in_thread (task, read_slice);
}

/**
 * tc_log_lines_update:
 *
 * The log has grown, or is there at last.
 */
void
tc_log_lines_update (TcLogLines *self)
{
  g_return_if_fail (TC_IS_LOG_LINES (self));

  if (self->is_loading)
    {
      self->again = TRUE;
      return;
    }
  if (self->index == NULL)
    self->index = tc_log_index_open (self->path, NULL);
  if (self->index != NULL)
    start_slice (self);
}

/* ---- Reading ---- */

/** tc_log_lines_get_index: Returns: (transfer none) (nullable): NULL until there is a file */
TcLogIndex *
tc_log_lines_get_index (TcLogLines *self)
{
  g_return_val_if_fail (TC_IS_LOG_LINES (self), NULL);

  return self->index;
}

/**
 * tc_log_lines_get_time:
 * @line: from 0
 *
 * Returns: when its beginning was written (UTC, µs); 0 if nobody noted it
 */
gint64
tc_log_lines_get_time (TcLogLines *self,
                       guint       line)
{
  g_autofree char *folder = NULL;
  g_autofree char *times = NULL;
  g_autofree char *text = NULL;
  gint64 offset;

  g_return_val_if_fail (TC_IS_LOG_LINES (self), 0);

  if (line >= self->n_lines)
    return 0;
  folder = g_path_get_dirname (self->path);
  times = g_build_filename (folder, "output.idx", NULL);
  text = tc_log_index_dup_line (self->index, line, 1, &offset);

  return tc_log_times_lookup (times, offset);
}

typedef struct
{
  TcLogIndex *index;   /* (owned) */
  GArray     *numbers; /* (owned) (element-type guint) */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  tc_log_index_unref (reading->index);
  g_array_unref (reading->numbers);
  g_free (reading);
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Reading *reading = data;
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < reading->numbers->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      g_autofree char *line = tc_log_index_dup_line (reading->index, g_array_index (reading->numbers, guint, i),
                                                     LINE_BYTES, NULL);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
    }
  g_task_return_pointer (task, g_string_free_and_steal (g_steal_pointer (&text)), g_free);
}

/**
 * tc_log_lines_read_async:
 * @numbers: (element-type guint): lines, from 0
 *
 * Reads lines that need not be on the screen.
 */
void
tc_log_lines_read_async (TcLogLines          *self,
                         GArray              *numbers,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Reading *reading;

  g_return_if_fail (TC_IS_LOG_LINES (self) && self->index != NULL);

  g_task_set_source_tag (task, tc_log_lines_read_async);
  reading = g_new0 (Reading, 1);
  reading->index = tc_log_index_ref (self->index);
  reading->numbers = g_array_ref (numbers);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

/** tc_log_lines_read_finish: Returns: (transfer full) (nullable): the lines, a line feed between them */
char *
tc_log_lines_read_finish (TcLogLines    *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- The object ---- */

static void
tc_log_lines_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, TC_LOG_LINES (object)->is_loading);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_log_lines_dispose (GObject *object)
{
  TcLogLines *self = TC_LOG_LINES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->index, tc_log_index_unref);
  g_clear_pointer (&self->path, g_free);

  G_OBJECT_CLASS (tc_log_lines_parent_class)->dispose (object);
}

static void
tc_log_lines_class_init (TcLogLinesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tc_log_lines_get_property;
  object_class->dispose = tc_log_lines_dispose;
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tc_log_lines_init (TcLogLines *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * tc_log_lines_new:
 * @path: the log; need not be there yet, see tc_log_lines_update()
 *
 * Returns: (transfer full): the lines, still being counted
 */
TcLogLines *
tc_log_lines_new (const char *path)
{
  TcLogLines *self = g_object_new (TC_TYPE_LOG_LINES, NULL);

  self->path = g_strdup (path);
  tc_log_lines_update (self);

  return self;
}

/** tc_log_lines_get_loading: Returns: whether lines are still being counted */
gboolean
tc_log_lines_get_loading (TcLogLines *self)
{
  g_return_val_if_fail (TC_IS_LOG_LINES (self), FALSE);

  return self->is_loading;
}
