/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-queue.h"

static TcQueue *
new_queue (guint n)
{
  TcQueue *queue = tc_queue_new ();
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();

  for (guint i = 1; i <= n; i++)
    {
      g_autoptr(TcSession) session = tc_session_new (i, config);

      tc_queue_add (queue, session);
    }

  return queue;
}

static char *
list_ids (TcQueue *queue)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    g_string_append_printf (ids, "%" G_GUINT64_FORMAT, tc_session_get_id (tc_queue_peek (queue, i)));

  return g_string_free (ids, FALSE);
}

static void
assert_order (TcQueue    *queue,
              const char *expected)
{
  g_autofree char *ids = list_ids (queue);

  g_assert_cmpstr (ids, ==, expected);
  for (guint i = 1; i < tc_queue_get_n (queue); i++)
    g_assert_cmpfloat (tc_session_get_position (tc_queue_peek (queue, i - 1)), <,
                       tc_session_get_position (tc_queue_peek (queue, i)));
}

static void
test_move (void)
{
  g_autoptr(TcQueue) queue = new_queue (5);

  tc_queue_move (queue, tc_queue_lookup (queue, 5), 0);
  assert_order (queue, "51234");
  tc_queue_move (queue, tc_queue_lookup (queue, 5), 4);
  assert_order (queue, "12345");
  tc_queue_move (queue, tc_queue_lookup (queue, 2), 3);
  assert_order (queue, "13425");
  tc_queue_move (queue, tc_queue_lookup (queue, 1), 99);
  assert_order (queue, "34251");
}

static void
changed_cb (GListModel *model,
            guint       position,
            guint       removed,
            guint       added,
            guint      *log)
{
  log[0] = position;
  log[1] = removed;
  log[2] = added;
}

static void
test_list_model (void)
{
  g_autoptr(TcQueue) queue = new_queue (3);
  g_autoptr(TcSession) item = g_list_model_get_item (G_LIST_MODEL (queue), 1);
  guint log[3] = { 9, 9, 9 };

  g_signal_connect (queue, "items-changed", G_CALLBACK (changed_cb), log);
  g_assert_cmpuint (tc_session_get_id (item), ==, 2);
  tc_queue_remove (queue, item);
  g_assert_cmpuint (log[0], ==, 1);
  g_assert_cmpuint (log[1], ==, 1);
  g_assert_cmpuint (log[2], ==, 0);
  g_assert_null (tc_queue_lookup (queue, 2));
  g_assert_cmpuint (tc_queue_get_max_id (queue), ==, 3);
  tc_queue_move (queue, tc_queue_lookup (queue, 3), 0);
  g_assert_cmpuint (log[0], ==, 0);
  g_assert_cmpuint (log[1], ==, 2);
  g_assert_cmpuint (log[2], ==, 2);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (queue), 2));
}

static void
test_add_all (void)
{
  g_autoptr(TcQueue) queue = new_queue (2);
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  guint log[3] = { 9, 9, 9 };

  g_signal_connect (queue, "items-changed", G_CALLBACK (changed_cb), log);
  tc_queue_add_all (queue, sessions);
  g_assert_cmpuint (log[0], ==, 9);
  for (guint i = 6; i > 3; i--)
    g_ptr_array_add (sessions, tc_session_new (i, config));
  tc_session_set_position (g_ptr_array_index (sessions, 0), 1.5);
  tc_queue_add_all (queue, sessions);
  assert_order (queue, "16245");
  g_assert_cmpuint (log[0], ==, 0);
  g_assert_cmpuint (log[1], ==, 2);
  g_assert_cmpuint (log[2], ==, 5);
  g_assert_nonnull (tc_queue_lookup (queue, 6));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/queue/move", test_move);
  g_test_add_func ("/tc/queue/list-model", test_list_model);
  g_test_add_func ("/tc/queue/add-all", test_add_all);

  return g_test_run ();
}
