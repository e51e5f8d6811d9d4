/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the two halves of the client share: connections (tc-upstream.c) and the
 * calls made over them (tc-upstream-call.c).
 */

#include "tc-upstream.h"

G_BEGIN_DECLS

/* Returns nothing; the connection may be gone after it. */
typedef void (*TcUpstreamInputFunc) (gpointer user_data);

/* A connection to one server. It is watched all its life: a source for each
 * call would wake the main loop up several times to no end. */
typedef struct
{
  TcUpstream            *upstream;   /* (owned) */
  char                  *key;        /* (owned) "https://host:port" */
  GSocketConnection     *connection; /* (owned) */
  GPollableInputStream  *in;         /* (unowned) its own */
  GPollableOutputStream *out;        /* (unowned) its own */
  GSource               *source;     /* (owned) (nullable) of input; none while a call is paused */
  TcUpstreamInputFunc    func;       /* (nullable) of the call that is on it */
  gpointer               user_data;
  gboolean               is_near;    /* on this machine */
  gint64                 idle_since; /* monotonic µs */
} TcUpstreamLink;

typedef struct
{
  char    *key;       /* (owned) */
  char    *host;      /* (owned) */
  char    *authority; /* (owned) for the Host header */
  char    *path;      /* (owned) with the query */
  guint16  port;
  gboolean is_tls;
  gboolean is_near;
} TcUpstreamTarget;

/* Exactly one of link and message is not NULL. */
typedef void (*TcUpstreamLinkFunc) (TcUpstreamLink    *link,
                                    TcUpstreamProblem  problem,
                                    const char        *message,
                                    gpointer           user_data);

TcUpstream     *tc_upstream_ref         (TcUpstream             *self);
void            tc_upstream_unref       (TcUpstream             *self);
char           *tc_upstream_get_scratch (TcUpstream             *self,
                                         gsize                  *size);
TcUpstreamLink *tc_upstream_take_idle   (TcUpstream             *self,
                                         const TcUpstreamTarget *target);
void            tc_upstream_give_back   (TcUpstream             *self,
                                         TcUpstreamLink         *link);
void            tc_upstream_connect     (TcUpstream             *self,
                                         const TcUpstreamTarget *target,
                                         GCancellable           *cancellable,
                                         TcUpstreamLinkFunc      func,
                                         gpointer                user_data);
void            tc_upstream_link_set_watched (TcUpstreamLink    *self,
                                         gboolean                is_watched);
void            tc_upstream_link_free   (TcUpstreamLink         *self);
gboolean        tc_upstream_target_init (TcUpstreamTarget       *self,
                                         const char             *url);
void            tc_upstream_target_clear (TcUpstreamTarget      *self);

G_END_DECLS
