/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the files of the API share among themselves.
 */

#include <libsoup/soup.h>

#include "tc-api-events.h"
#include "tc-api-listener.h"
#include "tc-api-session.h"
#include "tc-api.h"

G_BEGIN_DECLS

struct _TcApi
{
  GObject        parent_instance;

  TcScheduler   *scheduler;     /* (owned) */
  TcStore       *store;         /* (owned) */
  TcKeyPool     *keys;          /* (owned) (nullable) */
  TcCatalogue   *catalogue;     /* (owned) (nullable) */
  TcModelRefresh *refresh;      /* (owned) (nullable) */
  TcModelPulls  *pulls;         /* (owned) (nullable) */
  TcEstimator   *estimator;     /* (owned) (nullable) */
  TcLedger      *ledger;        /* (owned) (nullable) */
  TcCheckpointKeeper *checkpoints; /* (owned) (nullable) */
  TcRetention *retention;   /* (owned) (nullable) */
  TcInhibitor   *inhibitor;     /* (owned) (nullable) */
  TcPaths       *paths;         /* (owned) */
  TcClock       *clock;         /* (owned) */
  SoupServer    *server;        /* (owned) */
  TcApiEvents   *events;        /* (owned) */
  TcApiListener *unix_listener; /* (owned) (nullable) */
  TcApiListener *tcp_listener;  /* (owned) (nullable) */
  gint64         started_at_us; /* UTC */
  gint64         started_us;    /* boot time */
  int            lock_fd;       /* held while the Unix socket is served */
  int            keepalive_fd;  /* see keep_alive() */
  guint64        socket_inode;  /* of the socket we bound; 0: none */
  gboolean       is_shut_down;
};

JsonObject *tc_api_expand_preset (TcApi       *api,
                                  JsonObject  *body,
                                  GError     **error);
gboolean tc_api_resolve_keys (TcApi       *api,
                              JsonObject  *body,
                              GError     **error);

G_END_DECLS
