/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* exit.json and shim.json: half a file or a strange one is an error, and what
 * is accepted is within its bounds. */

#include "fuzz.h"
#include "tc-exit-record.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError) exit_error = NULL;
  g_autoptr(GError) shim_error = NULL;
  g_autoptr(TcExitRecord) record = tc_exit_record_parse ((const char *) data, size, &exit_error);
  g_autoptr(TcShimRecord) shim = tc_shim_record_parse ((const char *) data, size, &shim_error);

  g_assert ((record == NULL) == (exit_error != NULL));
  g_assert ((shim == NULL) == (shim_error != NULL));
  if (record != NULL)
    {
      g_assert (!record->has_exit_code || (record->exit_code >= 0 && record->exit_code <= 255));
      g_assert (record->log_bytes >= 0 && record->dropped_bytes >= 0);
    }
  if (shim != NULL)
    g_assert (shim->child_pid >= 0 && shim->child_start_time >= 0);

  return 0;
}
