/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The window: a sidebar with the pages, and the page beside it. A shell; the
 * pages own what they do.
 */

#include <adwaita.h>

#include "tc-awake.h"
#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_WINDOW (tc_window_get_type ())
G_DECLARE_FINAL_TYPE (TcWindow, tc_window, TC, WINDOW, AdwApplicationWindow)

TcWindow *tc_window_new          (AdwApplication *application,
                                  TcClient       *client,
                                  TcPaths        *paths);
void      tc_window_show_text    (TcWindow       *self,
                                  const char     *text);
void      tc_window_show_page    (TcWindow       *self,
                                  const char     *tag);
void      tc_window_show_session (TcWindow       *self,
                                  guint64         id);
void      tc_window_keep_state   (TcWindow       *self,
                                  GSettings      *settings,
                                  TcAwake        *awake);

G_END_DECLS
