/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <errno.h>

#include "tc-error.h"

static void
test_codes (void)
{
  TcError error;

  for (int i = TC_ERROR_FAILED; i <= TC_ERROR_EXISTS; i++)
    {
      g_assert_true (tc_error_from_code (tc_error_to_code (i), &error));
      g_assert_cmpint (error, ==, i);
      for (int j = TC_ERROR_FAILED; j < i; j++)
        g_assert_cmpstr (tc_error_to_code (i), !=, tc_error_to_code (j));
    }

  g_assert_cmpstr (tc_error_to_code (TC_ERROR_NOT_FOUND), ==, "not-found");
  g_assert_cmpstr (tc_error_to_code (TC_ERROR_NO_SPACE), ==, "no-space");
  g_assert_cmpstr (tc_error_to_code (9999), ==, "failed");
  g_assert_false (tc_error_from_code ("no-such-code", &error));
  g_assert_false (tc_error_from_code (NULL, &error));
}

static void
test_get_code (void)
{
  g_autoptr(GError) ours = g_error_new (TC_ERROR, TC_ERROR_BUSY, "held");
  g_autoptr(GError) foreign = g_error_new (g_quark_from_string ("foreign"), TC_ERROR_BUSY, "x");

  g_assert_cmpstr (tc_error_get_code (ours), ==, "busy");
  g_assert_cmpstr (tc_error_get_code (foreign), ==, "failed");
  g_assert_cmpstr (tc_error_get_code (NULL), ==, "failed");
}

static void
test_errno (void)
{
  g_autoptr(GError) error = NULL;

  tc_error_set_from_errno (&error, ENOSPC, "Could not write “%s”", "x.log");
  g_assert_error (error, TC_ERROR, TC_ERROR_NO_SPACE);
  g_assert_true (g_str_has_prefix (error->message, "Could not write “x.log”: "));

  g_assert_cmpint (tc_error_from_errno (ENOENT), ==, TC_ERROR_NOT_FOUND);
  g_assert_cmpint (tc_error_from_errno (EACCES), ==, TC_ERROR_PERMISSION);
  g_assert_cmpint (tc_error_from_errno (EEXIST), ==, TC_ERROR_EXISTS);
  g_assert_cmpint (tc_error_from_errno (ELOOP), ==, TC_ERROR_INVALID);
  g_assert_cmpint (tc_error_from_errno (EIO), ==, TC_ERROR_FAILED);

  /* Nobody asks for the error. */
  tc_error_set_from_errno (NULL, EIO, "ignored");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/error/codes", test_codes);
  g_test_add_func ("/tc/error/get-code", test_get_code);
  g_test_add_func ("/tc/error/errno", test_errno);

  return g_test_run ();
}
