/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-api-session.h"

#include "tc-api-mask.h"
#include "tc-json.h"

/* What a text was made of that changes without ::changed. */
typedef struct
{
  char   *text;       /* (owned) (nullable) NULL: changed since */
  double  position;
  gint64  created_at;
  guint   attempt;
} Kept;

static G_DEFINE_QUARK (tc-api-session-kept, kept)

static void
kept_free (gpointer data)
{
  Kept *self = data;

  g_free (self->text);
  g_free (self);
}

static void
on_changed (TcSession *session)
{
  Kept *self = g_object_get_qdata (G_OBJECT (session), kept_quark ());

  g_clear_pointer (&self->text, g_free);
}

static Kept *
ensure_kept (TcSession *session)
{
  Kept *self = g_object_get_qdata (G_OBJECT (session), kept_quark ());

  if (self == NULL)
    {
      self = g_new0 (Kept, 1);
      g_object_set_qdata_full (G_OBJECT (session), kept_quark (), self, kept_free);
      g_signal_connect (session, "changed", G_CALLBACK (on_changed), NULL);
    }
  return self;
}

/**
 * tc_api_session_to_json:
 *
 * Returns: (transfer full): an object, for the caller to add to, without keys
 */
JsonNode *
tc_api_session_to_json (TcScheduler *scheduler,
                        TcSession   *session)
{
  JsonNode *node = tc_session_to_json (session);
  g_autofree char *run_dir = tc_scheduler_dup_run_dir (scheduler, tc_session_get_id (session));

  json_object_set_string_member (json_node_get_object (node), "run_dir", run_dir);
  tc_api_mask_command (scheduler, json_node_get_object (node));
  return node;
}

/**
 * tc_api_session_get_text:
 *
 * Returns: (transfer none): its JSON, until the session changes
 */
const char *
tc_api_session_get_text (TcScheduler *scheduler,
                         TcSession   *session)
{
  Kept *self = ensure_kept (session);
  g_autoptr (JsonNode) node = NULL;

  if (self->text != NULL && self->position == tc_session_get_position (session) &&
      self->attempt == tc_session_get_attempt (session) &&
      self->created_at == tc_session_get_created_at (session))
    return self->text;

  g_free (self->text);
  node = tc_api_session_to_json (scheduler, session);
  self->text = tc_json_to_string (node, FALSE);
  self->position = tc_session_get_position (session);
  self->attempt = tc_session_get_attempt (session);
  self->created_at = tc_session_get_created_at (session);
  return self->text;
}
