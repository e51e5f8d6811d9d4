/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A process with a store and nothing else, for the tests that kill it. Reads
 * commands from standard input, one a line; starts each at once and prints its
 * answer when it comes, with the number of the line:
 *
 *   ok 3 [RESULT]        error 3 CODE MESSAGE
 *
 * Prints "open [MESSAGE]" or "failed CODE MESSAGE" first, and "closed" last. */

#include "config.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "power-loss.h"
#include "statement-crash.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-store-open.h"
#include "tc-store-schema.h"
#include "tc-store.h"

#define TICK_MS 5

typedef struct {
  GMainLoop *loop;
  TcStore   *store;
  guint      n_lines;
  guint      n_pending;
  gboolean   is_ending;
  gint64     last_tick_us;
  gint64     longest_stall_us;
} Driver;

/* One command on its way. */
typedef struct {
  Driver *driver;
  guint   number;
} Call;

static char *power_loss_folder;
static char *migration_folder;
static int power_loss_seed = -1;
static int power_loss_at;
static int kill_at_statement;

static const GOptionEntry entries[] = {
  { "power-loss", 0, 0, G_OPTION_ARG_FILENAME, &power_loss_folder,
    "Lose the power and leave in FOLDER what a disk would have", "FOLDER" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &power_loss_seed, "Which unsynced writes get lost", "N" },
  { "at", 0, 0, G_OPTION_ARG_INT, &power_loss_at, "Lose it at the Nth write or sync", "N" },
  { "kill-at-statement", 0, 0, G_OPTION_ARG_INT, &kill_at_statement,
    "Die at the start of the Nth statement", "N" },
  { "migrate", 0, 0, G_OPTION_ARG_FILENAME, &migration_folder,
    "Only upgrade, with the steps in FOLDER behind the real ones", "FOLDER" },
  { NULL }
};

/* Unbuffered and in one piece: an answer that was printed was given. */
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
end_call (Call         *call,
          const char   *result,
          const GError *error)
{
  Driver *driver = call->driver;

  if (error != NULL)
    say ("error %u %s %s", call->number, tc_error_get_code (error), error->message);
  else
    {
      power_loss_count_answer ();
      say ("ok %u %s", call->number, result != NULL ? result : "");
    }

  g_free (call);
  if (--driver->n_pending == 0 && driver->is_ending)
    g_main_loop_quit (driver->loop);
}

#define DEFINE_BOOLEAN_CALLBACK(name)                                       \
  static void                                                               \
  on_##name (GObject      *object,                                          \
             GAsyncResult *result,                                          \
             gpointer      user_data)                                       \
  {                                                                         \
    g_autoptr(GError) error = NULL;                                         \
                                                                            \
    tc_store_##name##_finish (TC_STORE (object), result, &error);           \
    end_call (user_data, NULL, error);                                      \
  }

DEFINE_BOOLEAN_CALLBACK (save_sessions)
DEFINE_BOOLEAN_CALLBACK (remove_session)
DEFINE_BOOLEAN_CALLBACK (ingest)
DEFINE_BOOLEAN_CALLBACK (add_event)
DEFINE_BOOLEAN_CALLBACK (set_setting)

static void
save (Driver *driver,
      char  **words,
      Call   *call)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (sessions, tc_session_new (g_ascii_strtoull (words[1], NULL, 10), config));
  tc_store_save_sessions_async (driver->store, sessions, NULL, on_save_sessions, call);
}

static void
remove_session (Driver *driver,
                char  **words,
                Call   *call)
{
  tc_store_remove_session_async (driver->store, g_ascii_strtoull (words[1], NULL, 10),
                                 NULL, on_remove_session, call);
}

/* COUNT points from FROM on, as if they were the lines of a log; an event at
 * each multiple of 100, which must not come twice either. */
static void
ingest (Driver *driver,
        char  **words,
        Call   *call)
{
  TcIngest *batch = tc_ingest_new (g_ascii_strtoull (words[1], NULL, 10), 1);
  gint64 from = g_ascii_strtoll (words[2], NULL, 10);
  gint64 to = from + g_ascii_strtoll (words[3], NULL, 10);

  batch->points = g_array_new (FALSE, TRUE, sizeof (TcPoint));
  batch->events = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_event_free);
  for (gint64 i = from; i < to; i++)
    {
      TcPoint point = { .name = "train_loss", .x = i, .value = i * 0.5 };

      g_array_append_val (batch->points, point);
      if (i % 100 == 0)
        g_ptr_array_add (batch->events, tc_event_new (batch->session_id, TC_SEVERITY_INFO,
                                                      "hundred", "A round number", i));
    }
  batch->cursor.log_offset = to;
  batch->cursor.events_offset = to / 2;
  batch->cursor.parser_state = g_strdup_printf ("state %" G_GINT64_FORMAT, to);
  tc_store_ingest_async (driver->store, batch, NULL, on_ingest, call);
}

static void
event (Driver *driver,
       char  **words,
       Call   *call)
{
  g_autoptr(TcEvent) what = tc_event_new (0, TC_SEVERITY_INFO, "test", words[1], 1);

  tc_store_add_event_async (driver->store, what, NULL, on_add_event, call);
}

static void
set (Driver *driver,
     char  **words,
     Call   *call)
{
  tc_store_set_setting_async (driver->store, words[1], words[2], NULL, on_set_setting, call);
}

static void
on_get (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *value = tc_store_get_setting_finish (TC_STORE (object), result, &error);

  end_call (user_data, value != NULL ? value : "-", error);
}

static void
get (Driver *driver,
     char  **words,
     Call   *call)
{
  tc_store_get_setting_async (driver->store, words[1], NULL, on_get, call);
}

static void
on_cursor (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  TcIngestCursor cursor;

  tc_store_load_cursor_finish (TC_STORE (object), result, &cursor, &error);
  text = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", cursor.log_offset,
                          cursor.events_offset, cursor.parser_state);
  g_free (cursor.parser_state);
  end_call (user_data, text, error);
}

static void
cursor (Driver *driver,
        char  **words,
        Call   *call)
{
  tc_store_load_cursor_async (driver->store, g_ascii_strtoull (words[1], NULL, 10),
                              NULL, on_cursor, call);
}

static void
on_sessions (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sessions = tc_store_load_sessions_finish (TC_STORE (object), result, &error);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " ", tc_session_get_id (sessions->pdata[i]));
  end_call (user_data, text->str, error);
}

static void
sessions (Driver *driver,
          char  **words,
          Call   *call)
{
  tc_store_load_sessions_async (driver->store, NULL, on_sessions, call);
}

static void
on_metrics (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = tc_store_load_metrics_finish (TC_STORE (object), result, &error);
  g_autofree char *text = node != NULL ? tc_json_to_string (node, FALSE) : NULL;

  end_call (user_data, text, error);
}

static void
metrics (Driver *driver,
         char  **words,
         Call   *call)
{
  tc_store_load_metrics_async (driver->store, g_ascii_strtoull (words[1], NULL, 10), NULL, 0,
                               NULL, on_metrics, call);
}

static void
on_events (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = tc_store_load_records_finish (TC_STORE (object), result, &error);
  g_autofree char *text = node != NULL ? tc_json_to_string (node, FALSE) : NULL;

  end_call (user_data, text, error);
}

static void
events (Driver *driver,
        char  **words,
        Call   *call)
{
  tc_store_load_records_async (driver->store, "events", g_ascii_strtoull (words[1], NULL, 10),
                               NULL, on_events, call);
}

static void
stall (Driver *driver,
       char  **words,
       Call   *call)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, driver->longest_stall_us / 1000);

  end_call (call, text, NULL);
}

/* At once, whatever is still on its way. */
static void
close_store (Driver *driver,
             char  **words,
             Call   *call)
{
  tc_store_close (driver->store);
  end_call (call, NULL, NULL);
}

typedef struct {
  const char *name;
  guint       n_arguments;
  void      (*run) (Driver *driver, char **words, Call *call);
} Command;

static const Command commands[] = {
  { "save", 1, save },
  { "remove", 1, remove_session },
  { "ingest", 3, ingest },
  { "event", 1, event },
  { "events", 1, events },
  { "set", 2, set },
  { "get", 1, get },
  { "cursor", 1, cursor },
  { "sessions", 0, sessions },
  { "metrics", 1, metrics },
  { "stall", 0, stall },
  { "close", 0, close_store },
};

static void
run_command (Driver *driver,
             char   *line)
{
  g_auto(GStrv) words = g_strsplit (g_strchomp (line), " ", -1);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_strcmp0 (words[0], commands[i].name) == 0 &&
        g_strv_length (words) == commands[i].n_arguments + 1)
      {
        Call *call = g_new0 (Call, 1);

        call->driver = driver;
        call->number = ++driver->n_lines;
        driver->n_pending++;
        commands[i].run (driver, words, call);
        return;
      }

  g_error ("No such command: %s", line);
}

static gboolean
on_input (GIOChannel   *channel,
          GIOCondition  condition,
          gpointer      user_data)
{
  Driver *driver = user_data;
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL)
    {
      run_command (driver, line);
      return G_SOURCE_CONTINUE;
    }

  driver->is_ending = TRUE;
  if (driver->n_pending == 0)
    g_main_loop_quit (driver->loop);

  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (gpointer user_data)
{
  Driver *driver = user_data;
  gint64 now_us = g_get_monotonic_time ();

  driver->longest_stall_us = MAX (driver->longest_stall_us, now_us - driver->last_tick_us);
  driver->last_tick_us = now_us;

  return G_SOURCE_CONTINUE;
}

static void
on_recovered (TcStore    *store,
              const char *message,
              gpointer    user_data)
{
  say ("recovered %s", message);
}

static int
run_store (const char *path,
           TcClock    *clock)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GIOChannel) input = g_io_channel_unix_new (STDIN_FILENO);
  g_autoptr(GError) error = NULL;
  Driver driver = { .loop = loop };
  const char *message;

  driver.store = tc_store_open (path, clock, &error);
  if (driver.store == NULL)
    {
      say ("failed %s %s", tc_error_get_code (error), error->message);
      return 1;
    }
  message = tc_store_get_recovery_message (driver.store);
  say ("open %s", message != NULL ? message : "");
  g_signal_connect (driver.store, "recovered", G_CALLBACK (on_recovered), NULL);

  driver.last_tick_us = g_get_monotonic_time ();
  g_timeout_add (TICK_MS, on_tick, &driver);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_input, &driver);
  g_main_loop_run (loop);

  tc_store_close (driver.store);
  g_object_unref (driver.store);
  say ("closed");

  return 0;
}

/* The real steps, and behind them those of the folder (002.sql, 003.sql, …):
 * upgrading is tried before there is anything to upgrade. */
static gboolean
migrate (TcStoreDb  *db,
         GError    **error)
{
  const TcStoreMigrations *real = tc_store_schema_get_migrations ();
  g_autoptr(GPtrArray) sql = g_ptr_array_new ();
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  TcStoreMigrations all;
  gboolean is_ok;

  for (int i = 0; i < real->n_versions; i++)
    g_ptr_array_add (sql, (gpointer) real->sql[i]);
  for (int version = real->n_versions + 1;; version++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%03d.sql", migration_folder, version);
      char *text;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        break;
      g_ptr_array_add (texts, text);
      g_ptr_array_add (sql, text);
    }

  all = (TcStoreMigrations) { (const char *const *) sql->pdata, sql->len };
  is_ok = tc_store_db_connect (db, error) && tc_store_db_configure (db, error) &&
          tc_store_schema_migrate (db, &all, error);
  tc_store_db_disconnect (db);

  return is_ok;
}

static int
run_migration (const char *path,
               TcClock    *clock)
{
  g_autoptr(TcStoreDb) db = tc_store_db_new (path, clock);
  g_autoptr(GError) error = NULL;

  if (!migrate (db, &error))
    {
      say ("failed %s %s", tc_error_get_code (error), error->message);
      return 1;
    }
  say ("migrated");

  return 0;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GOptionContext) context = g_option_context_new ("DATABASE");
  g_autoptr(TcClock) clock = tc_clock_new_system ();
  g_autoptr(GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "Which database?");
      return 2;
    }

  /* As the engine does: a file size limit is an error, not the end. */
  signal (SIGXFSZ, SIG_IGN);
  if (power_loss_folder != NULL)
    power_loss_install (power_loss_folder, power_loss_seed, power_loss_at);
  if (kill_at_statement > 0)
    statement_crash_install (kill_at_statement);

  return migration_folder != NULL ? run_migration (argv[1], clock) : run_store (argv[1], clock);
}
