/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The points of the runs. The same point told twice (by the log and by the
 * events file, or by a log that is read again) counts once. Store's thread
 * only. */

#pragma once

#include <json-glib/json-glib.h>

#include "tc-point.h"
#include "tc-store-db.h"

gboolean  tc_store_points_add  (TcStoreDb     *db,
                                guint64        session_id,
                                guint          attempt,
                                const GArray  *points,
                                GError       **error);
JsonNode *tc_store_points_load (TcStoreDb     *db,
                                guint64        session_id,
                                const char    *series,
                                guint          max_points,
                                GError       **error);
