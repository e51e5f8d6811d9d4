/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The engine's composition root: makes the parts, hands them to one another,
 * runs until somebody asks it to leave or nobody has needed it for a while.
 * Main thread. */

#pragma once

#include "tc-clock.h"
#include "tc-paths.h"

G_BEGIN_DECLS

#define TC_TYPE_ENGINE (tc_engine_get_type ())
G_DECLARE_FINAL_TYPE (TcEngine, tc_engine, TC, ENGINE, GObject)

TcEngine *tc_engine_new (TcPaths  *paths,
                         TcClock  *clock,
                         guint     idle_seconds);
gboolean  tc_engine_run (TcEngine *self,
                         GError  **error);

G_END_DECLS
