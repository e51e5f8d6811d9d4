/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Fuzzes the parser of the shim's control messages. Needs control-parse.c and
 * text.c of src/shim and nothing else. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control-parse.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy of the exact size, so that reading one byte too far is seen. */
  char *message = malloc (size > 0 ? size : 1);
  TcCommand command;
  const char *problem = NULL;

  if (message == NULL)
    return 0;
  memcpy (message, data, size);
  if (!tc_control_parse (message, size, &command, &problem))
    {
      if (problem == NULL || problem[0] == '\0')
        abort ();
    }
  else if (command.grace_seconds < 0 || command.grace_seconds > 7 * 24 * 3600 ||
           (command.who == NULL) != (command.kind != TC_COMMAND_STOP && command.kind != TC_COMMAND_KILL))
    abort ();
  free (message);

  return 0;
}
