/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The queue in sections: whoever shows it must hear of every session that goes
 * from one section to another, also when its place in the list stays. */

#include <gtk/gtk.h>

#include "tc-section-model.h"

typedef struct
{
  TcQueue        *queue;   /* (owned) */
  TcSectionModel *sections; /* (owned) */
  GListModel     *model;   /* of sections */
  GArray         *shown;   /* (owned) (element-type guint) the section that a view believes each row is in */
} Fixture;

static guint
get_section (Fixture *fixture,
             guint    position)
{
  g_autoptr(TcSession) session = g_list_model_get_item (fixture->model, position);

  return tc_section_of (session);
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Fixture    *fixture)
{
  g_array_remove_range (fixture->shown, position, removed);
  for (guint i = 0; i < added; i++)
    {
      guint section = get_section (fixture, position + i);

      g_array_insert_val (fixture->shown, position + i, section);
    }
}

static void
on_sections_changed (GtkSectionModel *model,
                     guint            position,
                     guint            n_items,
                     Fixture         *fixture)
{
  for (guint i = position; i < position + n_items; i++)
    g_array_index (fixture->shown, guint, i) = get_section (fixture, i);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->queue = tc_queue_new ();
  fixture->sections = tc_section_model_new (fixture->queue);
  fixture->model = tc_section_model_get_model (fixture->sections);
  fixture->shown = g_array_new (FALSE, FALSE, sizeof (guint));
  g_signal_connect (fixture->model, "items-changed", G_CALLBACK (on_items_changed), fixture);
  g_signal_connect (fixture->model, "sections-changed", G_CALLBACK (on_sections_changed), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_signal_handlers_disconnect_by_data (fixture->model, fixture);
  g_assert_finalize_object (fixture->sections);
  g_assert_finalize_object (fixture->queue);
  g_array_unref (fixture->shown);
}

static TcSession *
add_session (Fixture *fixture,
             guint64  id)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  g_autoptr(TcSession) session = tc_session_new (id, config);

  tc_queue_add (fixture->queue, session);

  return session;
}

static void
check_shown (Fixture *fixture)
{
  g_assert_cmpuint (fixture->shown->len, ==, g_list_model_get_n_items (fixture->model));
  for (guint i = 0; i < fixture->shown->len; i++)
    {
      g_assert_cmpuint (g_array_index (fixture->shown, guint, i), ==, get_section (fixture, i));
      if (i > 0)
        g_assert_cmpuint (get_section (fixture, i), >=, get_section (fixture, i - 1));
    }
}

static void
go_through (Fixture              *fixture,
            TcSession            *session,
            const TcSessionState *states,
            guint                 n_states)
{
  for (guint i = 0; i < n_states; i++)
    {
      g_assert_true (tc_session_set_state (session, states[i], 1000 + (gint64) i));
      check_shown (fixture);
    }
}

/* One runs and ends, the next begins: nobody's place in the list changes. */
static void
test_in_place (Fixture       *fixture,
               gconstpointer  data)
{
  static const TcSessionState begins[] = { TC_SESSION_STARTING, TC_SESSION_RUNNING };
  static const TcSessionState ends[] = { TC_SESSION_COMPLETED };
  TcSession *first = add_session (fixture, 1);
  TcSession *second = add_session (fixture, 2);

  check_shown (fixture);
  go_through (fixture, first, begins, G_N_ELEMENTS (begins));
  go_through (fixture, second, begins, G_N_ELEMENTS (begins));
  go_through (fixture, second, ends, G_N_ELEMENTS (ends));
  go_through (fixture, first, ends, G_N_ELEMENTS (ends));
}

/* A session that ends goes past those that wait, and before those that ended. */
static void
test_past_others (Fixture       *fixture,
                  gconstpointer  data)
{
  static const TcSessionState all[] = { TC_SESSION_STARTING, TC_SESSION_RUNNING, TC_SESSION_FAILED };

  for (guint64 id = 1; id <= 4; id++)
    add_session (fixture, id);
  for (guint i = 0; i < 4; i++)
    {
      TcSession *session = tc_queue_lookup (fixture->queue, i + 1);

      go_through (fixture, session, all, G_N_ELEMENTS (all));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/tc/sections/in-place", Fixture, NULL, set_up, test_in_place, tear_down);
  g_test_add ("/tc/sections/past-others", Fixture, NULL, set_up, test_past_others, tear_down);

  return g_test_run ();
}
