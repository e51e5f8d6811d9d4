/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-status-file.h"

#define STARTED (G_GINT64_CONSTANT (1766100000) * G_USEC_PER_SEC)  /* 2025-12-18T23:20:00Z */

static const char full[] =
  "{\n  \"timestamp\": \"2025-12-18T23:22:41.638786Z\",\n  \"specialist\": \"ascii\",\n"
  "  \"epoch\": 20,\n  \"total_epochs\": 100,\n  \"train_loss\": NaN,\n"
  "  \"val_loss\": 0.0526,\n  \"progress_pct\": 20.0,\n  \"elapsed_seconds\": 12.5,\n"
  "  \"eta_seconds\": 50,\n  \"status\": \"quality_failed\"\n}\n";

static void
test_full (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcStatusFile) file = tc_status_file_parse (full, -1, STARTED, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (file->status, ==, "quality_failed");
  g_assert_cmpint (file->epoch, ==, 20);
  g_assert_cmpint (file->total_epochs, ==, 100);
  g_assert_true (file->has_train_loss);
  g_assert_true (isnan (file->train_loss));
  g_assert_true (file->has_val_loss);
  g_assert_cmpfloat (file->val_loss, ==, 0.0526);
  g_assert_cmpfloat (file->progress_pct, ==, 20);
  g_assert_cmpfloat (file->elapsed_seconds, ==, 12.5);
  g_assert_cmpfloat (file->eta_seconds, ==, 50);
  g_assert_false (file->stale);
}

static void
test_poor (void)
{
  g_autoptr(TcStatusFile) empty = tc_status_file_parse ("{}", -1, STARTED, NULL);
  g_autoptr(TcStatusFile) wrong = tc_status_file_parse (
    "{\"epoch\": \"x\", \"total_epochs\": -5, \"train_loss\": null, \"val_loss\": \"1\","
    " \"progress_pct\": NaN, \"eta_seconds\": -1, \"eta_hours\": 2, \"status\": 3,"
    " \"timestamp\": 17}", -1, STARTED, NULL);

  g_assert_null (empty->status);
  g_assert_cmpint (empty->epoch, ==, 0);
  g_assert_false (empty->has_train_loss);
  g_assert_cmpfloat (empty->eta_seconds, ==, -1);
  g_assert_false (empty->stale);

  g_assert_null (wrong->status);
  g_assert_cmpint (wrong->epoch, ==, 0);
  g_assert_cmpint (wrong->total_epochs, ==, 0);
  g_assert_false (wrong->has_train_loss);
  g_assert_false (wrong->has_val_loss);
  g_assert_cmpfloat (wrong->progress_pct, ==, -1);
  g_assert_cmpfloat (wrong->eta_seconds, ==, 7200);
  g_assert_cmpint (wrong->timestamp_us, ==, 0);
}

/* The scripts write it in place: any prefix may be what is there. */
static void
test_half_written (void)
{
  gsize whole = strlen (full) - 1;

  for (gsize length = 0; length < whole; length++)
    {
      g_autofree char *half = g_memdup2 (full, length);
      g_autoptr(GError) error = NULL;

      g_assert_null (tc_status_file_parse (half, (gssize) length, STARTED, &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
    }
}

static void
test_stale (void)
{
  const gint64 written = STARTED + 161638786;
  g_autoptr(TcStatusFile) before = tc_status_file_parse (full, -1, written + 1, NULL);
  g_autoptr(TcStatusFile) same = tc_status_file_parse (full, -1, written, NULL);

  g_assert_cmpint (before->timestamp_us, ==, written);
  g_assert_true (before->stale);
  g_assert_false (same->stale);
}

static void
test_load (void)
{
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "status.json", NULL);
  g_autofree char *fifo = g_build_filename (g_get_user_cache_dir (), "fifo.json", NULL);
  g_autoptr(TcStatusFile) fresh = NULL;
  g_autoptr(TcStatusFile) old = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  g_assert_null (tc_status_file_load (path, 0, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (tc_file_write (path, "{\"epoch\": 1}", -1, TC_FILE_DEFAULT, NULL));
  fresh = tc_status_file_load (path, g_get_real_time () - 3600 * G_GINT64_CONSTANT (1000000), &error);
  g_assert_no_error (error);
  g_assert_false (fresh->stale);
  old = tc_status_file_load (path, g_get_real_time () + 3600 * G_GINT64_CONSTANT (1000000), &error);
  g_assert_true (old->stale);

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_null (tc_status_file_load (fifo, 0, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
}

/* A user's real file, where the checkout has it beside it. */
static void
test_sample (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "samples",
                                                 "training_status_ascii.json", NULL);
  g_autoptr(TcStatusFile) file = tc_status_file_load (path, 0, NULL);

  if (file == NULL)
    {
      g_test_skip ("the samples are not beside this checkout");
      return;
    }

  g_assert_cmpint (file->epoch, ==, 20);
  g_assert_true (isnan (file->train_loss));
  g_assert_cmpstr (file->status, ==, "quality_failed");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/tc/status-file/full", test_full);
  g_test_add_func ("/tc/status-file/poor", test_poor);
  g_test_add_func ("/tc/status-file/half-written", test_half_written);
  g_test_add_func ("/tc/status-file/stale", test_stale);
  g_test_add_func ("/tc/status-file/load", test_load);
  g_test_add_func ("/tc/status-file/sample", test_sample);

  return g_test_run ();
}
