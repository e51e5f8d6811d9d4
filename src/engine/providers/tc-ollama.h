/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Ollama as this machine has it: whether it runs, whether it has a model, and
 * how it gets one. Asking never fails: what was found out is the answer. One
 * main context.
 */

#include "tc-http.h"

G_BEGIN_DECLS

typedef enum
{
  TC_OLLAMA_READY,         /* it runs, and has the model if one was asked for */
  TC_OLLAMA_ABSENT,        /* nobody listens there, or does not answer in time */
  TC_OLLAMA_NOT_OLLAMA,    /* somebody else does, or it answers nonsense */
  TC_OLLAMA_MODEL_MISSING, /* it runs, but the model was not pulled */
} TcOllamaState;

typedef struct
{
  TcOllamaState  state;
  char          *text;      /* (owned) a sentence or two: how it stands, what to do */
  gboolean       is_remote; /* the model runs in Ollama's cloud: not free, and data leaves this machine */
} TcOllamaProbe;

/* @base_url: (nullable) NULL for the usual place; @secret: (nullable);
 * @model: (nullable) NULL to ask for the server only. */
void           tc_ollama_probe_async  (TcHttp               *http,
                                       const char           *base_url,
                                       const char           *secret,
                                       const char           *model,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
TcOllamaProbe *tc_ollama_probe_finish (TcHttp               *http,
                                       GAsyncResult         *result,
                                       GError              **error);
void           tc_ollama_probe_free   (TcOllamaProbe        *self);
char          *tc_ollama_dup_absence  (const char           *base_url,
                                       const GError         *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcOllamaProbe, tc_ollama_probe_free)

G_END_DECLS
