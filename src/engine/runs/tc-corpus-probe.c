/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-corpus-probe.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-file.h"

#define HEAD_BYTES (64 * 1024)
#define CHUNK_BYTES (256 * 1024)
/* As much of a line as says what it is. */
#define START_BYTES 32

static const char *const formats[TC_CORPUS_N_FORMATS] = { "English", "HLXL", "LC-R", "LC-T", "LC-B" };

/** tc_corpus_get_format: Returns: (transfer none): "LC-R" */
const char *
tc_corpus_get_format (guint format)
{
  g_return_val_if_fail (format < TC_CORPUS_N_FORMATS, NULL);

  return formats[format];
}

static gboolean
refuse (GError     **error,
        const char  *format,
        const char  *path)
{
  g_set_error (error, TC_ERROR, TC_ERROR_INVALID, format, path);

  return FALSE;
}

static int
open_corpus (const char  *path,
             GError     **error)
{
  g_autofree char *real_path = NULL;

  if (!g_path_is_absolute (path))
    {
      refuse (error, "“%s” must be an absolute path", path);
      return -1;
    }
  real_path = realpath (path, NULL);
  if (real_path == NULL)
    {
      refuse (error, "There is no corpus %s", path);
      return -1;
    }

  return tc_file_open_regular (real_path, error);
}

/**
 * tc_corpus_refuse:
 * @error: TC_ERROR_INVALID with what is wrong with it
 *
 * Returns: FALSE if its beginning says already that nothing can be learnt from it
 */
gboolean
tc_corpus_refuse (const char  *path,
                  GError     **error)
{
  g_autofd int fd = open_corpus (path, error);
  char head[HEAD_BYTES];
  ssize_t n;

  if (fd < 0)
    return FALSE;
  n = read (fd, head, sizeof head);
  if (n < 0)
    return refuse (error, "The corpus %s cannot be read", path);
  if (n == 0)
    return refuse (error, "The corpus %s is empty", path);
  if (memchr (head, '\0', (size_t) n) != NULL)
    return refuse (error, "The corpus %s is not a text but binary data", path);

  return TRUE;
}

/* @start: the beginning of a line, terminated */
static void
count_line (TcCorpusFacts *facts,
            const char    *start)
{
  start += strspn (start, " *");
  for (guint i = 0; i < TC_CORPUS_N_FORMATS; i++)
    {
      gsize n = strlen (formats[i]);

      if (strncmp (start, formats[i], n) == 0 && start[n] == ':')
        {
          facts->lines[i]++;
          return;
        }
    }
}

/* A file of any size is read once, in pieces; of a line only the start is kept. */
static gboolean
count (int             fd,
       TcCorpusFacts  *facts,
       GCancellable   *cancellable,
       GError        **error)
{
  g_autofree char *bytes = g_malloc (CHUNK_BYTES);
  char start[START_BYTES + 1] = "";
  gsize n_start = 0;
  ssize_t n;

  while ((n = read (fd, bytes, CHUNK_BYTES)) != 0)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return tc_error_set_from_errno (error, errno, "The corpus cannot be read"), FALSE;
      facts->bytes += (guint64) n;
      for (ssize_t i = 0; i < n; i++)
        {
          if (bytes[i] != '\n' && n_start < START_BYTES)
            start[n_start++] = bytes[i];
          if (bytes[i] != '\n')
            continue;
          start[n_start] = '\0';
          count_line (facts, start);
          n_start = 0;
        }
    }
  start[n_start] = '\0';
  count_line (facts, start);

  return TRUE;
}

static void
probe_thread (GTask        *task,
              gpointer      source,
              gpointer      task_data,
              GCancellable *cancellable)
{
  const char *path = task_data;
  g_autofree TcCorpusFacts *facts = g_new0 (TcCorpusFacts, 1);
  GError *error = NULL;
  g_autofd int fd = -1;

  if (!tc_corpus_refuse (path, &error) || (fd = open_corpus (path, &error)) < 0 ||
      !count (fd, facts, cancellable, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&facts), g_free);
}

/** tc_corpus_probe_async: reads all of the file at @path, in a thread */
void
tc_corpus_probe_async (const char          *path,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_corpus_probe_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, probe_thread);
}

/**
 * tc_corpus_probe_finish:
 * @error: TC_ERROR_INVALID with what is wrong with the file
 *
 * Returns: (transfer full) (nullable): for g_free(); what is in it
 */
TcCorpusFacts *
tc_corpus_probe_finish (GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
