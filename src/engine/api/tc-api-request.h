/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One request on its way through a handler: what was asked, checked and
 * parsed, and the ways to answer. A handler owns its request and gives it away
 * exactly once, to a tc_api_request_reply_*() or to the next asynchronous
 * step. The message is paused meanwhile. Main thread only.
 */

#include <libsoup/soup.h>

#include "tc-api.h"

G_BEGIN_DECLS

typedef struct
{
  TcApi             *api;         /* (owned) */
  SoupServerMessage *message;     /* (owned) */
  GHashTable        *query;       /* (owned) (nullable) name → value */
  JsonNode          *body;        /* (owned) (nullable) an object; NULL: empty */
  GCancellable      *cancellable; /* (owned) cancelled when the client leaves */
  guint64            id;          /* of the session in the path; 0: none */
} TcApiRequest;

typedef void (*TcApiHandler) (TcApiRequest *request);

TcApiRequest *tc_api_request_new         (TcApi             *api,
                                          SoupServerMessage *message,
                                          GHashTable        *query);
void          tc_api_request_reply_json  (TcApiRequest      *self,
                                          guint              status,
                                          JsonNode          *node);
void          tc_api_request_reply_object (TcApiRequest     *self,
                                          guint              status,
                                          JsonObject        *object);
void          tc_api_request_reply_text  (TcApiRequest      *self,
                                          guint              status,
                                          const char        *content_type,
                                          char              *text,
                                          gsize              length);
void          tc_api_request_reply_no_session (TcApiRequest *self);
void          tc_api_request_reply_fail  (TcApiRequest      *self,
                                          guint              status,
                                          const char        *code,
                                          const char        *message);
void          tc_api_request_reply_error (TcApiRequest      *self,
                                          const GError      *error);

JsonObject   *tc_api_request_get_body    (TcApiRequest      *self);
const char   *tc_api_request_get_query   (TcApiRequest      *self,
                                          const char        *name);
gboolean      tc_api_request_get_number  (TcApiRequest      *self,
                                          const char        *name,
                                          guint64            fallback,
                                          guint64            maximum,
                                          guint64           *value);
TcSession    *tc_api_request_find_session (TcApiRequest     *self);

gboolean      tc_api_parse_id            (const char        *text,
                                          guint64           *id);
JsonNode     *tc_api_parse_body          (const char        *bytes,
                                          gsize              length,
                                          GError           **error);

G_END_DECLS
