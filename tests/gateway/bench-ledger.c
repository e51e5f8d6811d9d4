/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The ledger's figures, one a line: NAME VALUE UNIT. On the disk of the folder
 * that is given, or of the current one. A call is two writes, the hold and the
 * settle; all of them have survived a power cut when the clock is stopped. The
 * peer is SQLite as one would use it for money: a write a transaction, synced. */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "tc-ledger.h"

#define N_CALLS 20000
#define N_PARALLEL 32
#define N_SINGLE 2000
#define N_DURABLE 100
#define N_PEER 300

typedef struct
{
  TcLedger *ledger;
  guint     n_left;
  guint     n_flying;
  gboolean  is_done;
  guint64   id;
} Bench;

static double
seconds_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

static void
hold (Bench               *bench,
      GAsyncReadyCallback  callback)
{
  TcLedgerCall call = {
    17, 1, TC_CALL_SCRIPT, "xai", 3, "grok-code-fast-1", TRUE, FALSE, 7000, TC_MONEY_UNKNOWN
  };

  tc_ledger_hold_async (bench->ledger, &call, NULL, callback, bench);
}

static void
settle (Bench   *bench,
        guint64  id)
{
  TcUsage usage = { 1000, 0, 0, 200, TC_MONEY_UNKNOWN, TRUE };

  tc_ledger_settle (bench->ledger, id, 200, &usage, 3000, TC_COST_COMPUTED);
}

static guint64
finish (GObject      *source,
        GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  guint64 id = tc_ledger_hold_finish (TC_LEDGER (source), result, &error);

  if (id == 0)
    g_error ("%s", error->message);

  return id;
}

static void
on_held (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Bench *bench = user_data;

  settle (bench, finish (source, result));
  bench->n_flying--;
}

static void
on_single (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Bench *bench = user_data;

  bench->id = finish (source, result);
  bench->is_done = TRUE;
}

static void
on_flushed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Bench *bench = user_data;
  g_autoptr (GError) error = NULL;

  if (!tc_ledger_flush_finish (TC_LEDGER (source), result, &error))
    g_error ("%s", error->message);
  bench->is_done = TRUE;
}

static void
wait_for (Bench *bench)
{
  while (!bench->is_done)
    g_main_context_iteration (NULL, TRUE);
  bench->is_done = FALSE;
}

static void
flush (Bench *bench)
{
  tc_ledger_flush_async (bench->ledger, on_flushed, bench);
  wait_for (bench);
}

static void
bench_many (Bench *bench)
{
  gint64 start_us = g_get_monotonic_time ();
  double seconds;

  bench->n_left = N_CALLS;
  while (bench->n_left > 0 || bench->n_flying > 0)
    {
      for (; bench->n_left > 0 && bench->n_flying < N_PARALLEL; bench->n_left--, bench->n_flying++)
        hold (bench, on_held);
      g_main_context_iteration (NULL, TRUE);
    }
  flush (bench);
  seconds = seconds_since (start_us);
  printf ("durable_writes_per_second %.0f 1/s\n", 2 * N_CALLS / seconds);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0;
}

/* What a call waits before its first byte leaves. */
static void
bench_hold (Bench *bench)
{
  double waits[N_SINGLE];

  for (guint i = 0; i < N_SINGLE; i++)
    {
      gint64 start_us = g_get_monotonic_time ();

      hold (bench, on_single);
      wait_for (bench);
      waits[i] = seconds_since (start_us) * 1000;
      settle (bench, bench->id);
    }
  qsort (waits, N_SINGLE, sizeof (double), compare);
  printf ("hold_median %.3f ms\n", waits[N_SINGLE / 2]);
  printf ("hold_p99 %.3f ms\n", waits[N_SINGLE * 99 / 100]);
}

/* One call after the other, each waited for until nothing can take it away. */
static void
bench_durable (Bench *bench)
{
  gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < N_DURABLE; i++)
    {
      hold (bench, on_single);
      wait_for (bench);
      settle (bench, bench->id);
      flush (bench);
    }
  printf ("one_by_one_durable_writes_per_second %.0f 1/s\n", 2 * N_DURABLE / seconds_since (start_us));
}

static void
bench_peer (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "peer.db", NULL);
  sqlite3 *handle = NULL;
  sqlite3_stmt *insert = NULL;
  gint64 start_us;

  if (sqlite3_open (path, &handle) != SQLITE_OK ||
      sqlite3_exec (handle, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                            "CREATE TABLE calls (id INTEGER PRIMARY KEY, model TEXT, cost INTEGER)",
                    NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2 (handle, "INSERT INTO calls (model, cost) VALUES ('grok-code-fast-1', 7000)",
                          -1, &insert, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (handle));
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_PEER; i++)
    {
      if (sqlite3_step (insert) != SQLITE_DONE)
        g_error ("%s", sqlite3_errmsg (handle));
      sqlite3_reset (insert);
    }
  printf ("peer_durable_writes_per_second %.0f 1/s\n", N_PEER / seconds_since (start_us));
  sqlite3_finalize (insert);
  sqlite3_close (handle);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = g_build_filename (argc > 1 ? argv[1] : ".", "bench-ledger-XXXXXX", NULL);
  g_autofree char *path = NULL;
  g_autofree char *peer = NULL;
  g_autoptr (TcClock) clock = tc_clock_new_system ();
  g_autoptr (GError) error = NULL;
  Bench bench = { NULL, 0, 0, FALSE, 0 };

  if (g_mkdtemp (folder) == NULL)
    g_error ("Cannot make “%s”", folder);
  path = g_build_filename (folder, "ledger.db", NULL);
  peer = g_build_filename (folder, "peer.db", NULL);
  bench.ledger = tc_ledger_open (path, clock, &error);
  if (bench.ledger == NULL)
    g_error ("%s", error->message);

  bench_many (&bench);
  bench_hold (&bench);
  bench_durable (&bench);
  tc_ledger_close (bench.ledger);
  g_object_unref (bench.ledger);
  bench_peer (folder);

  g_unlink (path);
  g_unlink (peer);
  g_rmdir (folder);

  return 0;
}
