/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The bar that says what a session would take, with a real engine behind it and
 * a script that can time itself. */

#include <adwaita.h>
#include <glib/gstdio.h>

#include "page-test.h"
#include "tc-plan-bar.h"

#define SCRIPT                                                                                     \
  "import sys\n"                                                                                   \
  "if '--help' in sys.argv:\n"                                                                     \
  "    print('usage: train.py [--phase P] [--epochs N] [--corpus F] [--calibrate]')\n"             \
  "elif '--calibrate' in sys.argv:\n"                                                              \
  "    print('{\"batches_per_epoch\": 10, \"seconds_per_batch_low\": 3, '\n"                       \
  "          '\"seconds_per_batch_high\": 3, \"startup_seconds\": 1, \"validation_seconds\": 1, '\n" \
  "          '\"checkpoint_seconds\": 1, \"parameters\": 1000, \"checkpoint_bytes\": 4000, '\n"    \
  "          '\"resume_bytes\": 0, \"peak_memory_bytes\": 100000}')\n"

typedef struct
{
  TcClient  *client; /* (owned) */
  TcPlan    *plan;   /* (owned) */
  TcPlanBar *bar;    /* (owned) */
  GtkWidget *window; /* (owned) by GTK until destroyed */
  char      *folder; /* (owned) of the script */
  char      *script; /* (owned) its path */
} Fixture;

static gboolean
is_connected (Fixture    *fixture,
              const char *argument)
{
  return tc_client_get_state (fixture->client) == TC_CLIENT_CONNECTED;
}

static gboolean
is_away (Fixture    *fixture,
         const char *argument)
{
  return !is_connected (fixture, argument);
}

/* Returns: (nullable): what is visible and says that */
static GtkWidget *
find_text (GtkWidget  *widget,
           const char *text)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_text (child, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
has_text (Fixture    *fixture,
          const char *text)
{
  return find_text (GTK_WIDGET (fixture->bar), text) != NULL;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("tc-plan-XXXXXX", &error);
  fixture->script = g_build_filename (fixture->folder, "train.py", NULL);
  /* What was measured is remembered by what the script is. */
  text = g_strdup_printf ("# %s\n%s", fixture->folder, SCRIPT);
  g_file_set_contents (fixture->script, text, -1, &error);
  g_assert_no_error (error);
  fixture->client = tc_client_new (paths, TC_CLIENT_START_ENGINE);
  tc_client_connect_async (fixture->client, NULL, NULL, NULL);
  wait_until (fixture, is_connected, NULL);
  fixture->plan = tc_plan_new (fixture->client);
  fixture->bar = g_object_ref_sink (g_object_new (TC_TYPE_PLAN_BAR, NULL));
  tc_plan_bar_set_plan (fixture->bar, fixture->plan, FALSE);
  tc_plan_bar_set_ready (fixture->bar, TRUE);
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->bar));
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  json_node_unref (page_test_call (fixture->client, "POST", "/api/engine/stop", NULL));
  wait_until (fixture, is_away, NULL);
  tc_client_disconnect (fixture->client);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->bar);
  g_assert_finalize_object (fixture->plan);
  g_assert_finalize_object (fixture->client);
  g_assert_cmpint (g_remove (fixture->script), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->script);
  g_free (fixture->folder);
}

/* Takes the script or the command. */
static void
think_of (Fixture    *fixture,
          const char *script,
          const char *command)
{
  g_autoptr(GPtrArray) configs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_session_config_unref);
  TcSessionConfig *config = tc_session_config_new ();

  config->script = g_strdup (script);
  config->command = g_strdup (command);
  config->corpus = g_strdup ("english");
  config->epochs = 20;
  g_ptr_array_add (configs, config);
  tc_plan_set_configs (fixture->plan, configs);
}

static void
measure (Fixture *fixture)
{
  GtkWidget *button = gtk_widget_get_ancestor (find_text (GTK_WIDGET (fixture->bar), "Measure the Time"),
                                               GTK_TYPE_BUTTON);

  g_signal_emit_by_name (button, "clicked");
  g_assert_true (has_text (fixture, "Trying the script out"));
  g_assert_false (has_text (fixture, "Measure the Time"));
}

/* 20 epochs of 10 batches of 3 s, and what comes on top. */
static void
test_measured (Fixture       *fixture,
               gconstpointer  data)
{
  think_of (fixture, fixture->script, NULL);
  wait_until (fixture, has_text, "Measure the Time");
  g_assert_true (has_text (fixture, "Time not known yet"));
  measure (fixture);
  wait_until (fixture, has_text, "≈\u00a09–");
  g_assert_true (has_text (fixture, "min"));
  g_assert_false (has_text (fixture, "Measure the Time"));
}

/* What cannot be measured is not offered twice, and it is said why. */
static void
test_not_measured (Fixture       *fixture,
                   gconstpointer  data)
{
  think_of (fixture, NULL, "true");
  wait_until (fixture, has_text, "Measure the Time");
  measure (fixture);
  wait_until (fixture, has_text, "This script has not run on this machine yet.");
  g_assert_false (has_text (fixture, "Measure the Time"));
  think_of (fixture, fixture->script, NULL);
  wait_until (fixture, has_text, "Measure the Time");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/plan/measured", Fixture, NULL, set_up, test_measured, tear_down);
  g_test_add ("/plan/not-measured", Fixture, NULL, set_up, test_not_measured, tear_down);

  return g_test_run ();
}
