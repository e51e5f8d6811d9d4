/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "options.h"
#include "text.h"

#define MAX_SECONDS (7 * 24 * 3600)

static bool
parse_number (const char *string, int64_t maximum, int64_t *value)
{
  return string != NULL && tc_parse_int (string, strlen (string), maximum, value);
}

static bool
parse_valued (TcOptions *options, const char *name, const char *value)
{
  int64_t number;

  if (strcmp (name, "--run-dir") == 0)
    {
      options->run_dir = value;
      return value != NULL && value[0] != '\0';
    }
  if (strcmp (name, "--grace") == 0)
    return parse_number (value, MAX_SECONDS, &options->grace_seconds);
  if (strcmp (name, "--drop-after") == 0)
    return parse_number (value, MAX_SECONDS, &options->drop_after_seconds);
  if (strcmp (name, "--ready-fd") == 0 && parse_number (value, 65535, &number) && number > 2)
    {
      options->ready_fd = (int) number;
      return true;
    }

  return false;
}

/* Parses the command line into options, which then points into argv.
 *
 * Returns false, with problem set to a constant sentence, on wrong usage. */
bool
tc_options_parse (TcOptions *options, int argc, char **argv, const char **problem)
{
  int i;

  *options = (TcOptions) { .grace_seconds = 120, .drop_after_seconds = 60, .ready_fd = -1 };
  for (i = 1; i < argc && strcmp (argv[i], "--") != 0; i++)
    {
      if (strcmp (argv[i], "--adopt") == 0)
        {
          options->adopt = true;
          continue;
        }
      if (!parse_valued (options, argv[i], i + 1 < argc ? argv[i + 1] : NULL))
        {
          *problem = "unknown option or bad value";
          return false;
        }
      i++;
    }
  if (i + 1 < argc)
    options->command = &argv[i + 1];

  *problem = options->run_dir == NULL                  ? "--run-dir is missing"
             : options->adopt && options->command != NULL ? "--adopt takes no command"
             : !options->adopt && options->command == NULL ? "the command is missing"
                                                           : NULL;

  return *problem == NULL;
}
