/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-error.h"

#include <errno.h>

G_DEFINE_QUARK (tc-error-quark, tc_error)

static const char *const codes[] = {
  [TC_ERROR_FAILED] = "failed",
  [TC_ERROR_USAGE] = "usage",
  [TC_ERROR_NOT_FOUND] = "not-found",
  [TC_ERROR_CONFLICT] = "conflict",
  [TC_ERROR_INVALID] = "invalid",
  [TC_ERROR_NO_SPACE] = "no-space",
  [TC_ERROR_CORRUPT] = "corrupt",
  [TC_ERROR_NEWER] = "newer",
  [TC_ERROR_BUSY] = "busy",
  [TC_ERROR_UNAVAILABLE] = "unavailable",
  [TC_ERROR_PERMISSION] = "permission",
  [TC_ERROR_EXISTS] = "exists",
};

static const struct
{
  int     errnum;
  TcError error;
} classes[] = {
  { ENOSPC, TC_ERROR_NO_SPACE },
  { EDQUOT, TC_ERROR_NO_SPACE },
  { EFBIG, TC_ERROR_NO_SPACE },
  { ENOENT, TC_ERROR_NOT_FOUND },
  { ENOTDIR, TC_ERROR_NOT_FOUND },
  { EACCES, TC_ERROR_PERMISSION },
  { EPERM, TC_ERROR_PERMISSION },
  { EROFS, TC_ERROR_PERMISSION },
  { EEXIST, TC_ERROR_EXISTS },
  { ENOTEMPTY, TC_ERROR_EXISTS },
  { EBUSY, TC_ERROR_BUSY },
  { ETXTBSY, TC_ERROR_BUSY },
  { EAGAIN, TC_ERROR_BUSY },
  { ECONNREFUSED, TC_ERROR_UNAVAILABLE },
  { ECONNRESET, TC_ERROR_UNAVAILABLE },
  { EPIPE, TC_ERROR_UNAVAILABLE },
  { ETIMEDOUT, TC_ERROR_UNAVAILABLE },
  { ELOOP, TC_ERROR_INVALID },
  { EISDIR, TC_ERROR_INVALID },
  { ENXIO, TC_ERROR_INVALID },
};

/**
 * tc_error_to_code:
 * @error: a code of the domain
 *
 * Returns: (transfer none): its stable word, such as "not-found"; "failed" for
 *   a number out of range
 */
const char *
tc_error_to_code (TcError error)
{
  if ((guint) error >= G_N_ELEMENTS (codes))
    return codes[TC_ERROR_FAILED];

  return codes[error];
}

/**
 * tc_error_from_code:
 * @code: (nullable): a word as tc_error_to_code() gives it
 * @error: (out): the code
 *
 * Returns: whether the word is known
 */
gboolean
tc_error_from_code (const char *code,
                    TcError    *error)
{
  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (codes); i++)
    {
      if (g_str_equal (codes[i], code))
        {
          *error = (TcError) i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * tc_error_get_code:
 * @error: (nullable): any error
 *
 * Returns: (transfer none): the stable word of an error of our domain, "failed"
 *   for one of another
 */
const char *
tc_error_get_code (const GError *error)
{
  if (error == NULL || error->domain != TC_ERROR)
    return codes[TC_ERROR_FAILED];

  return tc_error_to_code ((TcError) error->code);
}

/**
 * tc_error_from_errno:
 * @errnum: a value of errno
 *
 * Returns: the class the failed call belongs to
 */
TcError
tc_error_from_errno (int errnum)
{
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      if (classes[i].errnum == errnum)
        return classes[i].error;
    }

  return TC_ERROR_FAILED;
}

/**
 * tc_error_set_from_errno:
 * @error: (out) (optional): where the error goes
 * @errnum: the errno of the failed call, saved before anything else ran
 * @format: what was tried, "Could not open “%s”"
 * @...: its arguments
 *
 * Sets an error of the matching class: what was tried, a colon, and the
 * system's word for why not.
 */
void
tc_error_set_from_errno (GError     **error,
                         int          errnum,
                         const char  *format,
                         ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, TC_ERROR, tc_error_from_errno (errnum),
               "%s: %s", what, g_strerror (errnum));
}
