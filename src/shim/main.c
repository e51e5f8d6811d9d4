/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* training-center-shim: parent of one training run.
 *
 *   training-center-shim --run-dir DIR [--grace SECONDS] [--ready-fd N]
 *                        [--drop-after SECONDS] -- COMMAND ARGUMENT…
 *   training-center-shim --run-dir DIR --adopt [--grace SECONDS] …
 *
 * Read launch.c, then reaper.c and pump.c. Everything the two processes know
 * is in the run folder; see README.md. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "launch.h"
#include "text.h"

static const char usage[] =
  "Usage: training-center-shim --run-dir DIR [OPTION…] -- COMMAND ARGUMENT…\n"
  "       training-center-shim --run-dir DIR [OPTION…] --adopt\n"
  "\n"
  "  --run-dir DIR         the folder of the run; its lock is held while the shim lives\n"
  "  --grace SECONDS       from SIGTERM to SIGKILL when the shim itself is asked to end (120)\n"
  "  --ready-fd N          gets \"R\" when the command runs, or \"E<errno> message\"\n"
  "  --drop-after SECONDS  how long a full disk may hold up the training before output is\n"
  "                        dropped and counted (60; 0 = for ever)\n"
  "  --adopt               take over a living training whose shim has died\n"
  "\n"
  "Exit status: 0 the training runs, 1 failure, 2 usage, 3 the run folder is locked,\n"
  "4 nothing to adopt.\n";

/* The descriptors 0 to 2 must be taken, or the run's files would become the
 * training's standard output. */
static bool
have_std (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= 2);
  if (fd >= 0)
    close (fd);

  return fd >= 0;
}

int
main (int argc, char **argv)
{
  TcOptions options;
  const char *problem;

  if (argc == 2 && strcmp (argv[1], "--help") == 0)
    return tc_write_all (1, usage, sizeof usage - 1) == 0 ? TC_LAUNCH_OK : TC_LAUNCH_FAILED;
  if (!have_std ())
    return TC_LAUNCH_FAILED;
  if (!tc_options_parse (&options, argc, argv, &problem))
    {
      (void) tc_write_all (2, "training-center-shim: ", 22);
      (void) tc_write_all (2, problem, strlen (problem));
      (void) tc_write_all (2, "\n", 1);
      return TC_LAUNCH_USAGE;
    }

  return tc_launch (&options);
}
