/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One model on its way into Ollama. What came so far stays with Ollama, so a
 * pull that broke off goes on from there. Main thread only.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

#define TC_TYPE_OLLAMA_PULL (tc_ollama_pull_get_type ())
G_DECLARE_FINAL_TYPE (TcOllamaPull, tc_ollama_pull, TC, OLLAMA_PULL, GObject)

/* Signal: progress () one of the figures below is another */
TcOllamaPull *tc_ollama_pull_new           (const char           *base_url,
                                            const char           *model);
void          tc_ollama_pull_run_async     (TcOllamaPull         *self,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean      tc_ollama_pull_run_finish    (TcOllamaPull         *self,
                                            GAsyncResult         *result,
                                            GError              **error);
const char   *tc_ollama_pull_get_model     (TcOllamaPull         *self);
const char   *tc_ollama_pull_get_status    (TcOllamaPull         *self);
gint64        tc_ollama_pull_get_completed (TcOllamaPull         *self);
gint64        tc_ollama_pull_get_total     (TcOllamaPull         *self);

gboolean      tc_ollama_check_model        (const char           *model,
                                            GError              **error);

G_END_DECLS
