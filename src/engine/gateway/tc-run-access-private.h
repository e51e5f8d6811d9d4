/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the files of TcRunAccess share. */

#include "tc-http.h"
#include "tc-run-access.h"

G_BEGIN_DECLS

struct _TcRunAccess
{
  GObject      parent_instance;

  TcKeyPool   *keys;       /* (owned) */
  TcCatalogue *catalogue;  /* (owned) */
  TcGateway   *gateway;    /* (owned) (nullable) */
  TcHttp      *http;       /* (owned) */
  GHashTable  *runs;       /* (owned) guint64* of a session → TcAccessRun */
  GHashTable  *usable;     /* (owned) guint64* of each key that works, as last seen */
  GHashTable  *unusable;   /* (owned) "provider/model" → why, or "" */
  gint64       unusable_at_us; /* monotonic, when that was looked up */
  char        *ollama;     /* (owned) (nullable) what was wrong with it at the last look */
  gint64       ollama_at_us;
  char        *problem;    /* (owned) (nullable) why no way can be opened */
  GPtrArray   *early;      /* (owned) (nullable) (element-type GTask) came before it began */
  guint        n_resuming;
};

/* A run that is on, or was found to be. */
typedef struct
{
  TcRunAccess *self;       /* not owned: it owns this */
  TcSession   *session;    /* (owned) */
  TcGrant     *grant;      /* (owned) (nullable) */
  guint        retry_id;
  gulong       changed_id; /* of the session, whose budget may be another */
  gboolean     is_resuming; /* its first key was not found yet */
} TcAccessRun;

char        *tc_run_access_dup_model_problem (TcRunAccess        *self,
                                              const TcProvider   *provider,
                                              const char         *model);
TcGrant     *tc_run_access_make_grant        (TcRunAccess        *self,
                                              TcSession          *session,
                                              guint               attempt,
                                              const TcApiKey     *key,
                                              TcSecret           *secret);
TcAccessRun *tc_run_access_add_run           (TcRunAccess        *self,
                                              TcSession          *session,
                                              TcGrant            *grant);
void         tc_run_access_go_on              (GTask              *task);
void         tc_run_access_open_async        (TcAccess           *access,
                                              TcSession          *session,
                                              GCancellable       *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer            user_data);
GStrv        tc_run_access_open_finish       (TcAccess           *access,
                                              GAsyncResult       *result,
                                              GError            **error);

G_END_DECLS
