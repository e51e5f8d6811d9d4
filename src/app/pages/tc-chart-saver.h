/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Asks where to, and writes a chart into a file. Main thread only.
 */

#include "tc-chart.h"

G_BEGIN_DECLS

void   tc_chart_saver_save_async  (TcChart              *chart,
                                   const char           *format,
                                   const char           *title,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data);
GFile *tc_chart_saver_save_finish (GAsyncResult         *result,
                                   GError              **error);

char  *tc_chart_saver_dup_name    (const char           *title,
                                   const char           *format);

G_END_DECLS
