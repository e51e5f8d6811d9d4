/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The one error domain of Training Center. Every code has a stable word
 * ("not-found") that goes into JSON and exit texts; numbers never leave the
 * process. Any thread.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_ERROR_FAILED,      /* anything else */
  TC_ERROR_USAGE,       /* the caller asked in a wrong form */
  TC_ERROR_NOT_FOUND,   /* no such thing */
  TC_ERROR_CONFLICT,    /* not possible in the present state */
  TC_ERROR_INVALID,     /* the data does not hold water */
  TC_ERROR_NO_SPACE,    /* disk or quota full */
  TC_ERROR_CORRUPT,     /* stored data is damaged */
  TC_ERROR_NEWER,       /* stored data was written by a newer version */
  TC_ERROR_BUSY,        /* somebody else holds it now */
  TC_ERROR_UNAVAILABLE, /* the other side does not answer */
  TC_ERROR_PERMISSION,  /* not allowed */
  TC_ERROR_EXISTS,      /* there already */
} TcError;

#define TC_ERROR (tc_error_quark ())

GQuark      tc_error_quark          (void);

const char *tc_error_to_code        (TcError       error);
gboolean    tc_error_from_code      (const char   *code,
                                     TcError      *error);
const char *tc_error_get_code       (const GError *error);

TcError     tc_error_from_errno     (int           errnum);
void        tc_error_set_from_errno (GError      **error,
                                     int           errnum,
                                     const char   *format,
                                     ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
