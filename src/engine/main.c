/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* training-center-engine: works without a window, in the background. */

#include "config.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tc-engine-lock.h"
#include "tc-engine.h"

#define IDLE_SECONDS 300

/* What must hold before the first file is opened: nobody else reads our files
 * or our memory, and neither a closed pipe nor a file that reached its limit
 * ends us. */
static void
harden (void)
{
  const struct rlimit no_core = { 0, 0 };

  umask (077);
  setrlimit (RLIMIT_CORE, &no_core);
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
}

/* The monitor that GIO takes by itself asks NetworkManager, and waits for the
 * system bus to answer: in the first call to a provider, in the main loop, and
 * for ever where that bus accepts and is silent. The kernel knows as much. The
 * trainings do not inherit the choice. */
static void
choose_network_monitor (void)
{
  static const char variable[] = "GIO_USE_NETWORK_MONITOR";

  if (g_getenv (variable) != NULL)
    return;
  g_setenv (variable, "netlink", TRUE);
  g_network_monitor_get_default ();
  g_unsetenv (variable);
}

static int
work (guint    idle_seconds,
      GError **error)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  g_autoptr(TcClock) clock = tc_clock_new_system ();
  g_autoptr(TcEngine) engine = NULL;
  TcEngineLock lock;

  if (!tc_paths_ensure_dirs (paths, error))
    return EXIT_FAILURE;
  lock = tc_engine_lock_take (paths, error);
  if (lock == TC_ENGINE_LOCK_ANSWERED)
    {
      g_message ("An engine is at work already");
      return EXIT_SUCCESS;
    }
  if (lock == TC_ENGINE_LOCK_FAILED)
    return EXIT_FAILURE;

  engine = tc_engine_new (paths, clock, idle_seconds);

  return tc_engine_run (engine, error) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main (int    argc,
      char **argv)
{
  gboolean show_version = FALSE;
  int idle_seconds = IDLE_SECONDS;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &show_version, "Show the version", NULL },
    { "idle", 0, 0, G_OPTION_ARG_INT, &idle_seconds,
      "Leave after twice this many seconds without work (0: never)", "SECONDS" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GError) error = NULL;
  int status;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Runs the queue of Training Center in the background.");
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_printerr ("training-center-engine: %s\n",
                  error != NULL ? error->message : "It takes no arguments; see --help");
      return 2;
    }
  if (show_version)
    {
      g_print ("training-center-engine %s\n", TC_VERSION);
      return EXIT_SUCCESS;
    }

  harden ();
  choose_network_monitor ();
  status = work (MAX (idle_seconds, 0), &error);
  if (error != NULL)
    g_printerr ("training-center-engine: %s\n", error->message);

  return status;
}
