/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A process with a ledger and nothing else, for the tests that kill it. Reads
 * commands from standard input, one a line, and does one after the other:
 *
 *   hold MICROS             held ID | error CODE MESSAGE
 *   settle ID MICROS        (nothing)
 *   flush                   flushed | error CODE MESSAGE
 *   budget SCOPE MICROS     set | error CODE MESSAGE
 *   run N PARALLEL          N calls, so many at a time, each settled at once:
 *                           "held ID" for each when it may be made, and
 *                           "flushed N" when the first N settled calls of this
 *                           process have survived a power cut
 *
 * "recovered MESSAGE" may come before an answer.
 *
 * Prints "open [MESSAGE]" or "failed CODE MESSAGE" first, and "closed" last. */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../store/power-loss.h"
#include "tc-error.h"
#include "tc-ledger.h"

#define HELD 700
#define COST 300
#define FLUSH_EVERY 8

typedef struct
{
  TcLedger *ledger;
  guint     n_left;     /* of a run: calls to be made */
  guint     n_flying;
  guint     n_settled;
  guint     n_flushes;  /* under way */
  gboolean  is_done;    /* the single command */
} Driver;

static char *power_loss_folder;
static int power_loss_seed;
static int power_loss_at;

static const GOptionEntry entries[] = {
  { "power-loss", 0, 0, G_OPTION_ARG_FILENAME, &power_loss_folder,
    "Lose the power and leave in FOLDER what a disk would have", "FOLDER" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &power_loss_seed, "Which unsynced writes get lost", "N" },
  { "at", 0, 0, G_OPTION_ARG_INT, &power_loss_at, "Lose it at the Nth write or sync", "N" },
  { NULL }
};

/* Unbuffered and in one piece: what was printed was said. */
static void
say (const char *format,
     ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat (g_strdelimit (text, "\n", ' '), "\n", NULL);
  if (write (STDOUT_FILENO, line, strlen (line)) < 0)
    exit (1);
}

static void
say_error (const GError *error)
{
  say ("error %s %s", tc_error_get_code (error), error->message);
}

static void
on_held (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Driver *driver = user_data;
  g_autoptr (GError) error = NULL;
  guint64 id = tc_ledger_hold_finish (TC_LEDGER (source), result, &error);

  if (error != NULL)
    say_error (error);
  else
    say ("held %" G_GUINT64_FORMAT, id);
  driver->is_done = TRUE;
}

static void
start_hold (Driver              *driver,
            TcMoney              amount,
            GAsyncReadyCallback  callback)
{
  TcLedgerCall call = {
    17, 1, TC_CALL_SCRIPT, "xai", 3, "grok-code-fast-1", FALSE, FALSE, amount, TC_MONEY_UNKNOWN
  };

  tc_ledger_hold_async (driver->ledger, &call, NULL, callback, driver);
}

static void
on_flushed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Driver *driver = user_data;
  g_autoptr (GError) error = NULL;

  if (!tc_ledger_flush_finish (TC_LEDGER (source), result, &error))
    say_error (error);
  else
    say ("flushed");
  driver->is_done = TRUE;
}

static void
on_set (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Driver *driver = user_data;
  g_autoptr (GError) error = NULL;

  if (!tc_ledger_set_budget_finish (TC_LEDGER (source), result, &error))
    say_error (error);
  else
    say ("set");
  driver->is_done = TRUE;
}

/* A flush of a run, and how much it was for. */
typedef struct
{
  Driver *driver;
  guint   n_settled;
} Flush;

static void
on_run_flushed (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autofree Flush *flush = user_data;
  g_autoptr (GError) error = NULL;

  if (tc_ledger_flush_finish (TC_LEDGER (source), result, &error))
    say ("flushed %u", flush->n_settled);
  else
    say_error (error);
  flush->driver->n_flushes--;
}

static void
start_flush (Driver *driver)
{
  Flush *flush = g_new0 (Flush, 1);

  flush->driver = driver;
  flush->n_settled = driver->n_settled;
  driver->n_flushes++;
  tc_ledger_flush_async (driver->ledger, on_run_flushed, flush);
}

static void
on_run_held (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Driver *driver = user_data;
  TcUsage usage = { 100, 0, 0, 20, TC_MONEY_UNKNOWN, TRUE };
  g_autoptr (GError) error = NULL;
  guint64 id = tc_ledger_hold_finish (TC_LEDGER (source), result, &error);

  driver->n_flying--;
  if (id == 0)
    {
      say_error (error);
      return;
    }
  say ("held %" G_GUINT64_FORMAT, id);
  tc_ledger_settle (driver->ledger, id, 200, &usage, COST, TC_COST_COMPUTED);
  if (++driver->n_settled % FLUSH_EVERY == 0)
    start_flush (driver);
}

static void
run (Driver *driver,
     guint   n,
     guint   n_parallel)
{
  driver->n_left = n;
  while (driver->n_left > 0 || driver->n_flying > 0 || driver->n_flushes > 0)
    {
      for (; driver->n_left > 0 && driver->n_flying < n_parallel; driver->n_left--, driver->n_flying++)
        start_hold (driver, HELD, on_run_held);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
on_recovered (TcLedger   *ledger,
              const char *message)
{
  say ("recovered %s", message);
}

static void
obey (Driver  *driver,
      char   **words)
{
  TcMoney amount = words[1] != NULL ? g_ascii_strtoll (words[1], NULL, 10) : 0;
  gint64 second = words[1] != NULL && words[2] != NULL ? g_ascii_strtoll (words[2], NULL, 10) : 0;

  driver->is_done = FALSE;
  if (g_str_equal (words[0], "hold"))
    start_hold (driver, amount, on_held);
  else if (g_str_equal (words[0], "flush"))
    tc_ledger_flush_async (driver->ledger, on_flushed, driver);
  else if (g_str_equal (words[0], "budget"))
    tc_ledger_set_budget_async (driver->ledger, words[1], second, on_set, driver);
  else if (g_str_equal (words[0], "settle"))
    {
      tc_ledger_settle (driver->ledger, (guint64) amount, 200, NULL, second, TC_COST_COMPUTED);
      return;
    }
  else
    {
      run (driver, (guint) amount, (guint) second);
      return;
    }
  while (!driver->is_done)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("DATABASE");
  g_autoptr (TcClock) clock = tc_clock_new_system ();
  g_autoptr (GError) error = NULL;
  Driver driver = { 0, };
  char line[256];

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    return 2;
  if (power_loss_folder != NULL)
    power_loss_install (power_loss_folder, power_loss_seed, power_loss_at);

  driver.ledger = tc_ledger_open (argv[1], clock, &error);
  if (driver.ledger == NULL)
    {
      say ("failed %s %s", tc_error_get_code (error), error->message);
      return 1;
    }
  say ("open %s", tc_ledger_get_recovery_message (driver.ledger) != NULL
                  ? tc_ledger_get_recovery_message (driver.ledger) : "");
  g_signal_connect (driver.ledger, "recovered", G_CALLBACK (on_recovered), NULL);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);

      if (words[0] != NULL)
        obey (&driver, words);
    }
  tc_ledger_close (driver.ledger);
  g_object_unref (driver.ledger);
  say ("closed");

  return 0;
}
