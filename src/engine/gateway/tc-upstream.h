/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Calls to providers over HTTP/1.1, for the gateway: bytes are handed on as they
 * come, connections are kept and used again. Providers are not trusted: heads
 * and bodies are read strictly and capped, nothing is decoded, redirects are
 * not followed, broken TLS is the end, and every stage has its time. Why not
 * libsoup: it takes a head of any size into memory, has no way to slow a sender
 * down, and costs more than the whole rest of a call. Main thread only;
 * non-blocking.
 */

#include <gio/gio.h>

#include "tc-http-head.h"

G_BEGIN_DECLS

typedef struct _TcUpstream TcUpstream;
typedef struct _TcUpstreamCall TcUpstreamCall;

typedef enum
{
  TC_UPSTREAM_UNREACHABLE, /* no connection came about */
  TC_UPSTREAM_UNSAFE,      /* its certificate or encryption; no use in trying again */
  TC_UPSTREAM_TIMEOUT,
  TC_UPSTREAM_BAD_ANSWER,  /* not HTTP, or more than is taken */
  TC_UPSTREAM_CUT_OFF,     /* it hung up before the end */
} TcUpstreamProblem;

typedef struct
{
  TcUpstreamProblem  problem;
  gboolean           was_sent; /* a byte of the request has left: it may cost money */
  const char        *message;  /* a sentence for people */
} TcUpstreamFailure;

/* Once head, any number of data, then end; or failed at any point. The call may
 * be freed in any of them; after end or failed it must be, some time. */
typedef struct
{
  void (*head)   (TcUpstreamCall          *call,
                  const TcHttpHead        *head,
                  gpointer                 user_data);
  void (*data)   (TcUpstreamCall          *call,
                  const char              *bytes,
                  gsize                    length,
                  gpointer                 user_data);
  void (*end)    (TcUpstreamCall          *call,
                  gpointer                 user_data);
  void (*failed) (TcUpstreamCall          *call,
                  const TcUpstreamFailure *failure,
                  gpointer                 user_data);
} TcUpstreamFuncs;

/* Where a request goes, and what. */
typedef struct
{
  const char *method;
  const char *url;
  GString    *headers; /* lines that end with CR LF; without Host and Content-Length */
  const char *body;    /* (nullable) */
  gsize       length;
  guint       timeout_ms; /* for all of it; 0: ten minutes */
} TcUpstreamRequest;

TcUpstream     *tc_upstream_new         (void);
void            tc_upstream_free        (TcUpstream              *self);

TcUpstreamCall *tc_upstream_send        (TcUpstream              *self,
                                         const TcUpstreamRequest *request,
                                         const TcUpstreamFuncs   *funcs,
                                         gpointer                 user_data);
void            tc_upstream_call_set_paused (TcUpstreamCall      *self,
                                         gboolean                 is_paused);
gboolean        tc_upstream_call_was_sent (TcUpstreamCall        *self);
void            tc_upstream_call_free   (TcUpstreamCall          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcUpstream, tc_upstream_free)

G_END_DECLS
