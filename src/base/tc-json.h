/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* JSON from strangers, read strictly, as json-glib nodes; and JSON written so
 * that every reader accepts it (never NaN or Infinity). json-glib's own parser
 * and generator are not used: the first takes octal, comments and endless
 * nesting, the second prints "nan". Any thread.
 */

#include <json-glib/json-glib.h>

#include "tc-json-scanner.h"

G_BEGIN_DECLS

/* More than this is refused before a byte is read. */
#define TC_JSON_MAX_BYTES (16 * 1024 * 1024)

typedef enum
{
  TC_JSON_DEFAULT          = 0,
  TC_JSON_ALLOW_NON_FINITE = 1 << 0, /* NaN, nan, Infinity, -Infinity */
  TC_JSON_SKIP_NULLS       = 1 << 1, /* members that are null are as if they were not there */
} TcJsonFlags;

JsonNode   *tc_json_parse        (const char   *data,
                                  gssize        length,
                                  TcJsonFlags   flags,
                                  GError      **error);
JsonNode   *tc_json_build        (TcJsonScanner *scanner,
                                  TcJsonToken    token,
                                  TcJsonFlags    flags);
JsonObject *tc_json_parse_object (const char   *data,
                                  gssize        length,
                                  TcJsonFlags   flags,
                                  GError      **error);
JsonObject *tc_json_load         (const char   *path,
                                  gsize         max_bytes,
                                  TcJsonFlags   flags,
                                  GError      **error);
gboolean    tc_json_save         (const char   *path,
                                  JsonNode     *node,
                                  GError      **error);

char       *tc_json_to_string    (JsonNode     *node,
                                  gboolean      pretty);
char       *tc_json_object_to_string (JsonObject *object,
                                      gboolean    pretty);
void        tc_json_append_escaped (GString    *string,
                                    const char *text,
                                    gssize      length);

void        tc_json_append_double  (GString    *string,
                                    double      value);

/* Never critical: no object, no member or a wrong type gives the fallback. */
gboolean    tc_json_has          (JsonObject   *object,
                                  const char   *member);
const char *tc_json_get_string   (JsonObject   *object,
                                  const char   *member,
                                  const char   *fallback);
gint64      tc_json_get_int      (JsonObject   *object,
                                  const char   *member,
                                  gint64        fallback);
double      tc_json_get_double   (JsonObject   *object,
                                  const char   *member,
                                  double        fallback);
gboolean    tc_json_get_boolean  (JsonObject   *object,
                                  const char   *member,
                                  gboolean      fallback);
JsonObject *tc_json_get_object   (JsonObject   *object,
                                  const char   *member);
JsonArray  *tc_json_get_array    (JsonObject   *object,
                                  const char   *member);
char      **tc_json_dup_strv     (JsonObject   *object,
                                  const char   *member);

G_END_DECLS
