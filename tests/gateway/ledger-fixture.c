/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>

#include "ledger-fixture.h"
#include "tc-json.h"

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **place)
{
  while (*place == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *place;
}

static void
on_alert (TcLedger   *ledger,
          const char *scope,
          int         percent,
          guint64     session_id,
          const char *text,
          Fixture    *self)
{
  g_assert_nonnull (text);
  g_ptr_array_add (self->alerts, g_strdup_printf ("%s %d %" G_GUINT64_FORMAT, scope, percent, session_id));
}

static void
on_spent (TcLedger *ledger,
          guint64   session_id,
          TcMoney   spent,
          Fixture  *self)
{
  self->spent = spent;
  self->n_spent++;
}

void
fixture_open (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->ledger = tc_ledger_open (self->path, self->clock, &error);
  g_assert_no_error (error);
  g_signal_connect (self->ledger, "alert", G_CALLBACK (on_alert), self);
  g_signal_connect (self->ledger, "spent", G_CALLBACK (on_spent), self);
}

void
fixture_close (Fixture *self)
{
  if (self->ledger == NULL)
    return;
  tc_ledger_close (self->ledger);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (g_steal_pointer (&self->ledger));
}

void
fixture_reopen (Fixture *self)
{
  fixture_close (self);
  fixture_open (self);
}

void
fixture_set_date (Fixture    *self,
                  const char *date)
{
  gint64 wanted;

  g_assert_true (tc_clock_parse_iso8601 (date, &wanted));
  tc_clock_fake_step_realtime (self->clock, wanted - tc_clock_get_realtime (self->clock));
}

void
fixture_set_up (Fixture       *self,
                gconstpointer  data)
{
  const char *zone = data != NULL ? data : "UTC";

  if (g_strcmp0 (g_getenv ("TZ"), zone) != 0)
    g_setenv ("TZ", zone, TRUE);
  self->folder = g_dir_make_tmp ("tc-ledger-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "ledger.db", NULL);
  self->clock = tc_clock_new_fake (0);
  self->alerts = g_ptr_array_new_with_free_func (g_free);
  fixture_set_date (self, "2026-11-22T12:00:00Z");
  fixture_open (self);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_assert_cmpint (g_unlink (child), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

void
fixture_tear_down (Fixture       *self,
                   gconstpointer  data)
{
  fixture_close (self);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->path);
  tc_clock_unref (self->clock);
  g_ptr_array_unref (self->alerts);
}

TcLedgerCall
make_call (guint64 session_id,
           TcMoney amount)
{
  TcLedgerCall call = {
    session_id, 1, TC_CALL_SCRIPT, "xai", 3, "grok-code-fast-1", FALSE, FALSE, amount, TC_MONEY_UNKNOWN
  };

  return call;
}

guint64
hold (Fixture             *self,
      const TcLedgerCall  *call,
      GError             **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tc_ledger_hold_async (self->ledger, call, NULL, on_result, &result);

  return tc_ledger_hold_finish (self->ledger, wait_for (&result), error);
}

guint64
must_hold (Fixture *self,
           guint64  session_id,
           TcMoney  amount)
{
  TcLedgerCall call = make_call (session_id, amount);
  g_autoptr (GError) error = NULL;
  guint64 id = hold (self, &call, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (id, >, 0);

  return id;
}

void
settle (Fixture *self,
        guint64  call,
        TcMoney  cost)
{
  TcUsage usage = { 100, 20, 3, 50, TC_MONEY_UNKNOWN, TRUE };

  tc_ledger_settle (self->ledger, call, 200, &usage, cost, TC_COST_COMPUTED);
}

void
must_flush (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tc_ledger_flush_async (self->ledger, on_result, &result);
  g_assert_true (tc_ledger_flush_finish (self->ledger, wait_for (&result), &error));
  g_assert_no_error (error);
}

void
set_budget (Fixture    *self,
            const char *scope,
            TcMoney     limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tc_ledger_set_budget_async (self->ledger, scope, limit, on_result, &result);
  g_assert_true (tc_ledger_set_budget_finish (self->ledger, wait_for (&result), &error));
  g_assert_no_error (error);
}

TcLedgerRoom
get_room (Fixture *self,
          guint64  session_id)
{
  TcLedgerRoom room;

  tc_ledger_get_room (self->ledger, session_id, "xai", TC_MONEY_UNKNOWN, &room);

  return room;
}

JsonNode *
load_spend (Fixture    *self,
            const char *by,
            guint64     session_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  tc_ledger_load_spend_async (self->ledger, by, session_id, 0, 0, on_result, &result);
  node = tc_ledger_load_spend_finish (self->ledger, wait_for (&result), &error);
  g_assert_no_error (error);

  return node;
}

JsonObject *
find_group (JsonNode   *spend,
            const char *member,
            const char *name)
{
  JsonArray *groups = tc_json_get_array (json_node_get_object (spend), "groups");

  for (guint i = 0; i < json_array_get_length (groups); i++)
    {
      JsonObject *group = json_array_get_object_element (groups, i);

      if (g_strcmp0 (tc_json_get_string (group, member, NULL), name) == 0)
        return group;
    }

  return NULL;
}
