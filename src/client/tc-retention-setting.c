/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-retention-setting.h"

#include "tc-json.h"

#define TARGET "/api/checkpoints/retention"

static void
on_answered (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (node == NULL)
    g_task_return_error (task, error);
  else if (!JSON_NODE_HOLDS_OBJECT (node))
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The answer is no object");
  else
    g_task_return_pointer (task, g_steal_pointer (&node), (GDestroyNotify) json_node_unref);
}

/** tc_retention_setting_load_async: asks how it is */
void
tc_retention_setting_load_async (TcClient            *client,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (client, NULL, callback, user_data);

  g_task_set_source_tag (task, tc_retention_setting_load_async);
  tc_client_request_async (client, "GET", TARGET, NULL, NULL, on_answered, g_steal_pointer (&task));
}

/** tc_retention_setting_save_async: sets it for good */
void
tc_retention_setting_save_async (TcClient                 *client,
                                 const TcRetentionSetting *wanted,
                                 GAsyncReadyCallback       callback,
                                 gpointer                  user_data)
{
  g_autoptr(GTask) task = g_task_new (client, NULL, callback, user_data);
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *body = json_object_new ();

  g_task_set_source_tag (task, tc_retention_setting_save_async);
  json_object_set_boolean_member (body, "enabled", wanted->enabled);
  json_object_set_int_member (body, "last", MAX (wanted->last, 1));
  json_node_take_object (node, body);
  tc_client_request_async (client, "PUT", TARGET, node, NULL, on_answered, g_steal_pointer (&task));
}

/**
 * tc_retention_setting_finish:
 * @setting: (out caller-allocates): as it is now
 *
 * Returns: whether the engine answered
 */
gboolean
tc_retention_setting_finish (TcClient            *client,
                             GAsyncResult        *result,
                             TcRetentionSetting  *setting,
                             GError             **error)
{
  g_autoptr(JsonNode) node = NULL;

  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  node = g_task_propagate_pointer (G_TASK (result), error);
  if (node == NULL)
    return FALSE;
  setting->enabled = tc_json_get_boolean (json_node_get_object (node), "enabled", FALSE);
  setting->last = (guint) CLAMP (tc_json_get_int (json_node_get_object (node), "last", 1), 1, G_MAXINT);

  return TRUE;
}
