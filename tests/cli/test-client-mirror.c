/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-client-listing.h"
#include "tc-client-mirror.h"
#include "tc-error.h"
#include "tc-json.h"

static JsonObject *
session_json (guint64 id,
              double  position,
              guint   epoch)
{
  g_autofree char *json = g_strdup_printf ("{\"session_id\":\"%" G_GUINT64_FORMAT "\",\"status\":\"queued\","
                                           "\"position\":%d,\"epoch\":%u,\"config\":{}}", id, (int) position, epoch);

  return tc_json_parse_object (json, -1, TC_JSON_DEFAULT, NULL);
}

static void
put (TcQueue *queue,
     guint64  id,
     double   position,
     guint    epoch)
{
  g_autoptr(JsonObject) object = session_json (id, position, epoch);

  tc_client_mirror_session (queue, object);
}

static void
assert_order (TcQueue    *queue,
              const char *wanted)
{
  g_autoptr(GString) seen = g_string_new (NULL);

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    g_string_append_printf (seen, "%" G_GUINT64_FORMAT " ", tc_session_get_id (tc_queue_peek (queue, i)));
  g_assert_cmpstr (seen->str, ==, wanted);
}

static void
count (guint *n)
{
  ++*n;
}

static void
test_sessions (void)
{
  g_autoptr(TcQueue) queue = tc_queue_new ();
  TcSession *second;

  put (queue, 2, 2, 0);
  put (queue, 1, 1, 0);
  put (queue, 3, 3, 0);
  assert_order (queue, "1 2 3 ");

  /* The object stays, so that a row that shows it does. */
  second = tc_queue_lookup (queue, 2);
  put (queue, 2, 2, 7);
  g_assert_true (tc_queue_lookup (queue, 2) == second);
  g_assert_cmpuint (tc_session_get_progress (second)->epoch, ==, 7);

  tc_client_mirror_remove (queue, 1);
  tc_client_mirror_remove (queue, 99);
  assert_order (queue, "2 3 ");
}

static void
test_moves (void)
{
  g_autoptr(TcQueue) queue = tc_queue_new ();

  for (guint64 id = 1; id <= 4; id++)
    put (queue, id, 10 * id, 0);
  put (queue, 4, 5, 0);
  assert_order (queue, "4 1 2 3 ");
  put (queue, 4, 25, 0);
  assert_order (queue, "1 2 4 3 ");
  put (queue, 1, 100, 0);
  assert_order (queue, "2 4 3 1 ");
  g_assert_cmpfloat (tc_session_get_position (tc_queue_lookup (queue, 1)), ==, 100);
}

static TcClientListing *
read_listing (const char  *text,
              GError     **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return tc_client_listing_new (bytes, error);
}

static void
test_load (void)
{
  g_autoptr(TcQueue) queue = tc_queue_new ();
  g_autoptr(TcClientListing) first =
    read_listing ("{\"sessions\":[{\"session_id\":\"1\",\"status\":\"queued\",\"position\":1,\"config\":{}},"
                  "{\"session_id\":\"2\",\"status\":\"queued\",\"position\":2,\"config\":{}}]}", NULL);
  g_autoptr(TcClientListing) second =
    read_listing ("{\"more\":[{\"sessions\":7}],\"paused\":true,\"sessions\":["
                  "{\"session_id\":\"2\",\"status\":\"running\",\"position\":2,\"epoch\":5,\"config\":{}},"
                  "{\"session_id\":\"3\",\"status\":\"queued\",\"position\":1,\"config\":{}},"
                  "{\"session_id\":\"3\",\"status\":\"queued\",\"position\":9,\"config\":{}},\"no session\"]}", NULL);
  TcSession *kept;
  guint n_changed = 0;

  g_assert_false (first->is_paused);
  g_assert_true (second->is_paused);
  g_assert_cmpuint (second->sessions->len, ==, 2);
  tc_client_mirror_load (queue, first->sessions);
  assert_order (queue, "1 2 ");
  kept = tc_queue_lookup (queue, 2);
  g_signal_connect_swapped (kept, "changed", G_CALLBACK (count), &n_changed);
  tc_client_mirror_load (queue, second->sessions);

  assert_order (queue, "3 2 ");
  g_assert_true (tc_queue_lookup (queue, 2) == kept);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpint (tc_session_get_state (kept), ==, TC_SESSION_RUNNING);
  g_assert_cmpuint (tc_session_get_progress (kept)->epoch, ==, 5);
}

/* Many are read in several threads: in the engine's order, none twice, none left out. */
static void
test_load_many (void)
{
  const guint n = 2750;
  g_autoptr(GString) text = g_string_new ("{\"sessions\":[");
  g_autoptr(TcClientListing) listing = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s{\"session_id\":\"%u\",\"status\":\"queued\",\"config\":{}}, 7", i > 0 ? "," : "",
                            n - i);
  g_string_append_printf (text, ",{\"session_id\":\"%u\",\"status\":\"running\",\"config\":{}}", n);

  g_assert_null (read_listing (text->str, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);

  g_string_append (text, "]}");
  listing = read_listing (text->str, NULL);
  g_assert_cmpuint (listing->sessions->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      TcSession *session = g_ptr_array_index (listing->sessions, i);

      g_assert_cmpuint (tc_session_get_id (session), ==, n - i);
      g_assert_cmpint (tc_session_get_state (session), ==, TC_SESSION_QUEUED);
    }
}

static void
on_read (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(TcClientListing) listing = NULL;
  g_autoptr(GError) error = NULL;

  listing = tc_client_listing_read_finish (result, &error);
  g_assert_null (listing);
  *(GQuark *) user_data = error->domain;
}

/* What is no listing is an error that says so, and one that is no longer wanted says that. */
static void
test_no_listing (void)
{
  static const char *const wrong[] = {
    "", "[]", "{}", "{\"sessions\":{}}", "{\"sessions\":[}", "{\"sessions\":[]", "{\"sessions\":[]} x",
    "{\"paused\":[[}", "{\"sessions\":[{\"session_id\":\"1\",\"status\":\"queued\""
  };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GBytes) bytes = g_bytes_new_static ("{}", 2);
  GQuark domain = 0;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (read_listing (wrong[i], &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
    }
  tc_client_listing_read_async (bytes, cancellable, on_read, &domain);
  g_cancellable_cancel (cancellable);
  while (domain == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (domain, ==, G_IO_ERROR);
}

static void
test_damaged (void)
{
  g_autoptr(TcQueue) queue = tc_queue_new ();
  g_autoptr(JsonObject) object = tc_json_parse_object ("{\"session_id\":\"1\",\"status\":\"dancing\",\"config\":{}}", -1,
                                                       TC_JSON_DEFAULT, NULL);

  g_test_expect_message ("tc-client", G_LOG_LEVEL_WARNING, "*no session*");
  tc_client_mirror_session (queue, object);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (tc_queue_get_n (queue), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tc/client-mirror/sessions", test_sessions);
  g_test_add_func ("/tc/client-mirror/moves", test_moves);
  g_test_add_func ("/tc/client-mirror/load", test_load);
  g_test_add_func ("/tc/client-mirror/load-many", test_load_many);
  g_test_add_func ("/tc/client-mirror/no-listing", test_no_listing);
  g_test_add_func ("/tc/client-mirror/damaged", test_damaged);

  return g_test_run ();
}
