/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* training_status.json: counts are never negative, seconds never endless. */

#include <math.h>

#include "fuzz.h"
#include "tc-status-file.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcStatusFile) file = NULL;

  file = tc_status_file_parse ((const char *) data, (gssize) size, 1, &error);
  g_assert ((file == NULL) == (error != NULL));
  if (file == NULL)
    return 0;

  g_assert (file->epoch >= 0 && file->total_epochs >= 0);
  g_assert (isfinite (file->progress_pct) && isfinite (file->eta_seconds));
  g_assert (file->progress_pct >= -1 && file->eta_seconds >= -1);
  g_assert (file->status == NULL || g_utf8_validate (file->status, -1, NULL));

  return 0;
}
