/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl logs ID [-f] [--raw]. The engine masks what the run printed of a key,
 * unless the raw bytes are asked for. On a terminal they are made harmless, too. */

#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "tc-commands.h"
#include "tc-error.h"
#include "tc-text.h"

#define CHUNK_BYTES (1024 * 1024)

typedef struct
{
  TcCli           *cli;       /* (unowned) */
  guint64          id;
  TcTextSanitizer *sanitizer; /* (owned) (nullable) NULL: not on a terminal, or raw */
  gboolean         is_raw;
  gboolean         is_warned;
  gint64           offset;    /* up to here all is printed */
  gboolean         is_stale;  /* there may be more */
} LogJob;

static gboolean
write_bytes (LogJob *job,
             GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr(GString) text = NULL;

  if (job->sanitizer != NULL)
    {
      text = g_string_new (NULL);
      tc_text_sanitizer_push (job->sanitizer, data, length, text);
      data = text->str;
      length = text->len;
    }

  return fwrite (data, 1, length, stdout) == length && fflush (stdout) == 0;
}

/* What the text does not say: that it shows keys, or might. */
static void
warn_once (LogJob     *job,
           const char *masked)
{
  if (job->is_warned)
    return;
  job->is_warned = TRUE;
  if (job->is_raw)
    fprintf (stderr, "trainctl: This is the log as the run wrote it; a key that it printed is in it. Do not "
             "pass it on unread.\n");
  else if (g_strcmp0 (masked, "shapes") == 0)
    fprintf (stderr, "trainctl: The keyring did not tell its keys, so only what looks like a key is masked.\n");
}

/* Prints everything from the offset to the present end. */
static gboolean
print_new (LogJob  *job,
           GError **error)
{
  job->is_stale = FALSE;

  for (;;)
    {
      g_autofree char *target = g_strdup_printf ("/api/training/logs/%" G_GUINT64_FORMAT
                                                 "?offset=%" G_GINT64_FORMAT "&limit=%d%s",
                                                 job->id, job->offset, CHUNK_BYTES,
                                                 job->is_raw ? "&raw=1" : "");
      g_autoptr(TcReply) reply = tc_cli_fetch (job->cli, "GET", target, NULL, error);

      if (reply == NULL)
        return FALSE;
      warn_once (job, reply->log_masked);
      if (g_bytes_get_size (reply->bytes) == 0)
        return TRUE;
      job->offset += g_bytes_get_size (reply->bytes);
      if (!write_bytes (job, reply->bytes))
        {
          g_set_error_literal (error, TC_ERROR, TC_ERROR_FAILED, "The output cannot be written");
          return FALSE;
        }
      if (job->offset >= reply->log_size)
        return TRUE;
    }
}

static void
log_cb (TcClient *client,
        guint64   id,
        gint64    size,
        LogJob   *job)
{
  if (id == job->id)
    job->is_stale = TRUE;
}

static void
changed_cb (GObject    *object,
            GParamSpec *pspec,
            LogJob     *job)
{
  job->is_stale = TRUE;
}

static gboolean
has_ended (LogJob *job)
{
  TcSession *session = tc_queue_lookup (tc_client_get_queue (job->cli->client), job->id);

  return session == NULL || tc_session_state_is_final (tc_session_get_state (session));
}

/* The engine may die and come back meanwhile; the offset is ours. */
static gboolean
follow (LogJob  *job,
        GError **error)
{
  TcClient *client = job->cli->client;
  gulong log_id = g_signal_connect (client, "log", G_CALLBACK (log_cb), job);
  gulong state_id = g_signal_connect (client, "notify::state", G_CALLBACK (changed_cb), job);
  gboolean is_good = tc_cli_connect (job->cli, error);

  while (is_good)
    {
      g_autoptr(GError) problem = NULL;
      gboolean ended = has_ended (job);

      if (!print_new (job, &problem) && !g_error_matches (problem, TC_ERROR, TC_ERROR_UNAVAILABLE))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          is_good = FALSE;
        }
      else if (ended && problem == NULL)
        break;

      while (is_good && (!job->is_stale || tc_client_get_state (client) != TC_CLIENT_CONNECTED) &&
             !(has_ended (job) && tc_client_get_state (client) == TC_CLIENT_CONNECTED))
        g_main_context_iteration (NULL, TRUE);
    }
  g_signal_handler_disconnect (client, log_id);
  g_signal_handler_disconnect (client, state_id);

  return is_good;
}

int
tc_cmd_logs (TcCli *cli)
{
  LogJob job = { .cli = cli };
  g_autoptr(TcTextSanitizer) sanitizer = tc_text_sanitizer_new (TC_TEXT_DEFAULT);
  g_autoptr(GError) error = NULL;
  gboolean is_good;

  job.id = g_ascii_strtoull (tc_cli_args_get_word (cli->args, 0), NULL, 10);
  job.is_raw = tc_cli_args_has (cli->args, "raw");
  if (isatty (STDOUT_FILENO) && !job.is_raw)
    job.sanitizer = sanitizer;

  is_good = print_new (&job, &error);
  if (is_good && tc_cli_args_has (cli->args, "follow"))
    is_good = follow (&job, &error);

  return is_good ? TC_CLI_OK : tc_cli_fail (error);
}
