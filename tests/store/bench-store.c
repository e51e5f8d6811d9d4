/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The store's figures of design.md 10, one a line: NAME VALUE UNIT. On the
 * disk of the folder that is given, or of the current one. */

#include "config.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tc-store.h"

#define N_POINTS 1000000
#define N_POINTS_PER_BATCH 25000
#define N_SERIES 4
#define N_SESSIONS 10000
#define N_SAVES 200

static void
on_result (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  g_clear_object (slot);
  *slot = g_object_ref (result);
}

static void
wait_for (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static double
seconds_since (gint64 start_us)
{
  return (g_get_monotonic_time () - start_us) / (double) G_USEC_PER_SEC;
}

/* Of both threads: what is left of a figure when others use the machine. */
static double
cpu_ms (void)
{
  return clock () * 1000.0 / CLOCKS_PER_SEC;
}

static void
save_sessions (TcStore *store,
               guint64  first,
               guint    n)
{
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (sessions, tc_session_new (first + i, config));
  tc_store_save_sessions_async (store, sessions, NULL, on_result, &result);
  wait_for (&result);
  if (!tc_store_save_sessions_finish (store, result, &error))
    g_error ("%s", error->message);
}

/* As they come from a log: a few series side by side. */
static TcIngest *
new_batch (int first)
{
  static const char *const names[N_SERIES] = { "batch_loss", "lr", "grad_norm", "tokens_per_second" };
  TcIngest *batch = tc_ingest_new (1, 1);

  batch->points = g_array_sized_new (FALSE, TRUE, sizeof (TcPoint), N_POINTS_PER_BATCH);
  for (int i = first; i < first + N_POINTS_PER_BATCH; i++)
    {
      TcPoint point = { .name = names[i % N_SERIES], .x = i / N_SERIES * 0.01, .value = i * 1e-3 };

      g_array_append_val (batch->points, point);
    }
  batch->cursor.log_offset = first;

  return batch;
}

static void
bench_points (TcStore *store)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonNode) node = NULL;
  gint64 start_us = g_get_monotonic_time ();
  double start_cpu_ms = cpu_ms ();

  for (int first = 0; first < N_POINTS; first += N_POINTS_PER_BATCH)
    {
      g_clear_object (&result);
      tc_store_ingest_async (store, new_batch (first), NULL, on_result, &result);
      wait_for (&result);
      if (!tc_store_ingest_finish (store, result, NULL))
        g_error ("The points could not be stored");
    }
  printf ("ingest %.0f points/s\n", N_POINTS / seconds_since (start_us));
  printf ("ingest-cpu %.2f us/point\n", (cpu_ms () - start_cpu_ms) * 1000 / N_POINTS);

  g_clear_object (&result);
  start_us = g_get_monotonic_time ();
  tc_store_load_metrics_async (store, 1, NULL, 2000, NULL, on_result, &result);
  wait_for (&result);
  node = tc_store_load_metrics_finish (store, result, NULL);
  printf ("load-metrics-1M-decimated %.1f ms\n", seconds_since (start_us) * 1000);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return left < right ? -1 : left > right;
}

static void
bench_sessions (TcStore *store)
{
  double times[N_SAVES];
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) sessions = NULL;
  double start_cpu_ms;
  gint64 start_us;

  for (int i = 0; i < N_SAVES; i++)
    {
      start_us = g_get_monotonic_time ();
      save_sessions (store, 1 + i, 1);
      times[i] = seconds_since (start_us) * 1000;
    }
  qsort (times, N_SAVES, sizeof times[0], compare_doubles);
  printf ("save-one-durable %.3f ms median\n", times[N_SAVES / 2]);

  start_us = g_get_monotonic_time ();
  save_sessions (store, 1, N_SESSIONS);
  printf ("save-10000 %.1f ms\n", seconds_since (start_us) * 1000);

  start_us = g_get_monotonic_time ();
  start_cpu_ms = cpu_ms ();
  tc_store_load_sessions_async (store, NULL, on_result, &result);
  wait_for (&result);
  sessions = tc_store_load_sessions_finish (store, result, NULL);
  g_assert (sessions->len == N_SESSIONS);
  printf ("load-10000 %.1f ms\n", seconds_since (start_us) * 1000);
  printf ("load-10000-cpu %.1f ms\n", cpu_ms () - start_cpu_ms);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = g_build_filename (argc > 1 ? argv[1] : ".", "bench-store-XXXXXX", NULL);
  g_autofree char *path = NULL;
  g_autoptr(TcClock) clock = tc_clock_new_system ();
  g_autoptr(GError) error = NULL;
  TcStore *store;
  gint64 start_us;

  if (g_mkdtemp (folder) == NULL)
    g_error ("No folder to work in: %s", folder);
  path = g_build_filename (folder, "training-center.db", NULL);
  store = tc_store_open (path, clock, &error);
  if (store == NULL)
    g_error ("%s", error->message);

  bench_sessions (store);
  bench_points (store);
  start_us = g_get_monotonic_time ();
  tc_store_close (store);
  printf ("close %.1f ms\n", seconds_since (start_us) * 1000);
  g_object_unref (store);
  printf ("path %s\n", folder);

  return 0;
}
