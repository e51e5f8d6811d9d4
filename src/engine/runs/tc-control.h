/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The engine's side of a shim's control socket: sends one command a datagram
 * and hands back the answers in order. The connection also is the quickest
 * sign of a supervisor's death: ::closed. Main thread. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TC_TYPE_CONTROL (tc_control_get_type ())
G_DECLARE_FINAL_TYPE (TcControl, tc_control, TC, CONTROL, GObject)

TcControl *tc_control_new         (const char           *run_dir,
                                   GError              **error);
void       tc_control_close       (TcControl            *self);
void       tc_control_send_async  (TcControl            *self,
                                   const char           *command,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data);
char      *tc_control_send_finish (TcControl            *self,
                                   GAsyncResult         *result,
                                   GError              **error);

G_END_DECLS
