/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A strict JSON tokenizer that allocates nothing: it walks a buffer the caller
 * keeps and hands out slices of it. It checks the whole grammar (RFC 8259), so
 * what it accepts up to TC_JSON_TOKEN_END is well-formed JSON. Used by
 * tc_json_parse() and, a line at a time, by the metrics parsers. Lives on the
 * stack; one thread.
 */

#include <glib.h>

G_BEGIN_DECLS

#define TC_JSON_MAX_DEPTH 64

typedef enum
{
  TC_JSON_TOKEN_ERROR,
  TC_JSON_TOKEN_END,
  TC_JSON_TOKEN_OBJECT_BEGIN,
  TC_JSON_TOKEN_OBJECT_END,
  TC_JSON_TOKEN_ARRAY_BEGIN,
  TC_JSON_TOKEN_ARRAY_END,
  TC_JSON_TOKEN_KEY,
  TC_JSON_TOKEN_STRING,
  TC_JSON_TOKEN_INT,
  TC_JSON_TOKEN_DOUBLE,
  TC_JSON_TOKEN_BOOLEAN,
  TC_JSON_TOKEN_NULL,
} TcJsonToken;

typedef struct
{
  /* The current token. text is the inside of a string, still escaped, or the
   * digits of a number. */
  const char *text;
  gsize       length;
  gboolean    has_escapes;
  gint64      int_value;    /* INT, and BOOLEAN as 0 or 1 */
  double      double_value; /* DOUBLE, and INT as a double */

  /* Set when a call returned TC_JSON_TOKEN_ERROR. A static string. */
  const char *problem;
  gsize       problem_offset;

  /*< private >*/
  const char *begin;
  const char *at;
  const char *end;
  guint64     is_object;    /* bit n: level n is an object, not an array */
  int         depth;
  int         expect;
  gboolean    allow_non_finite;
} TcJsonScanner;

void        tc_json_scanner_init    (TcJsonScanner       *self,
                                     const char          *data,
                                     gsize                length,
                                     gboolean             allow_non_finite);
TcJsonToken tc_json_scanner_next    (TcJsonScanner       *self);
gboolean    tc_json_scanner_skip    (TcJsonScanner       *self,
                                     TcJsonToken          token);
gboolean    tc_json_scanner_is      (const TcJsonScanner *self,
                                     const char          *text);
gsize       tc_json_scanner_copy    (const TcJsonScanner *self,
                                     char                *buffer,
                                     gsize                size);
char       *tc_json_scanner_dup     (const TcJsonScanner *self);

G_END_DECLS
