/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl in two programs. This one links GLib alone: it checks the command
 * line, does "queue add" when the engine is up, and hands everything else over
 * to trainctl-full, which has TcClient and the live views. Queueing is what
 * scripts do thousands of times, and it must cost what a task spooler costs.
 */

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tc-cli-args.h"
#include "tc-cli-config.h"
#include "tc-cli-quick.h"
#include "tc-error.h"
#include "tc-paths.h"
#include "tc-text.h"

#define EXIT_USAGE 2

static int
complain (const char *sentence,
          int         code)
{
  fprintf (stderr, "trainctl: %s\n", sentence);

  return code;
}

static int
exec_full (TcPaths  *paths,
           char    **argv)
{
  g_autofree char *installed = g_build_filename (tc_paths_get_libexec_dir (paths), "trainctl-full", NULL);
  g_autofree char *here = NULL;
  g_autofree char *beside = NULL;
  char self[4096];
  gssize n = readlink ("/proc/self/exe", self, sizeof self - 1);

  /* In a build folder both lie side by side; that one first, so that a fresh
   * build never runs with the halves of an installed one. */
  if (n > 0)
    {
      self[n] = '\0';
      here = g_path_get_dirname (self);
      beside = g_build_filename (here, "trainctl-full", NULL);
      execv (beside, argv);
    }
  execv (installed, argv);

  fprintf (stderr, "trainctl: A part of trainctl is missing (%s: %s); install Training Center again\n",
           installed, g_strerror (errno));

  return EXIT_FAILURE;
}

static int
report_answer (const TcCliArgs *args,
               guint            status,
               const char      *answer)
{
  g_autofree char *text = NULL;

  if (status / 100 == 2)
    {
      text = args->json ? g_strdup (answer) : tc_cli_quick_find (answer, "session_id");
      if (text == NULL)
        return complain ("The engine's answer has no session in it; see “trainctl queue list”", EXIT_FAILURE);
      return puts (text) < 0 || fflush (stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    }

  text = tc_cli_quick_find (answer, "message");
  if (text != NULL)
    {
      g_autofree char *shown = tc_text_sanitize (text, -1, 2000, TC_TEXT_SINGLE_LINE);

      return complain (shown, EXIT_FAILURE);
    }
  fprintf (stderr, "trainctl: The engine answered %u without saying why\n", status);

  return EXIT_FAILURE;
}

static int
queue_add (const TcCliArgs  *args,
           TcPaths          *paths,
           char            **argv)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *body = tc_cli_config_for_queue_add (args, &error);
  g_autofree char *answer = NULL;
  guint status = 0;

  if (body == NULL)
    return complain (error->message, EXIT_USAGE);

  switch (tc_cli_quick_post (tc_paths_get_socket_path (paths), "/api/training/queue",
                             body, &status, &answer))
    {
    case TC_CLI_QUICK_DONE:
      return report_answer (args, status, answer);

    case TC_CLI_QUICK_LOST:
      return complain ("The engine went away before it answered; see “trainctl queue list” "
                       "whether the session was added", EXIT_FAILURE);

    case TC_CLI_QUICK_REFUSED:
    default:
      return exec_full (paths, argv);
    }
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcCliArgs) args = tc_cli_args_parse (argc, argv, &error);
  g_autoptr(TcPaths) paths = NULL;

  if (args == NULL)
    return complain (error->message, EXIT_USAGE);
  if (args->version)
    return puts ("trainctl " TC_VERSION) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
  if (args->command == NULL && !args->help)
    return complain ("Say what to do, such as “trainctl queue list”; see “trainctl help”", EXIT_USAGE);

  paths = tc_paths_new_from_environment ();
  if (!args->help && strcmp (args->command->name, "queue add") == 0 && !tc_cli_args_has (args, "estimate"))
    return queue_add (args, paths, argv);

  return exec_full (paths, argv);
}
