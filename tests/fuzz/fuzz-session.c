/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Sessions and configurations from strangers: what is accepted is valid, and
 * comes back the same from its own JSON. */

#include "fuzz.h"
#include "tc-api-body.h"
#include "tc-json.h"
#include "tc-session.h"

static void
check_config (TcSessionConfig *config)
{
  g_autoptr(JsonNode) node = tc_session_config_to_json (config);
  g_autoptr(TcSessionConfig) again = tc_session_config_from_json (json_node_get_object (node), NULL);

  g_assert (tc_session_config_validate (config, NULL));
  g_assert (again != NULL);
  g_assert (again->epochs == config->epochs && again->budget == config->budget);
  g_assert (g_strcmp0 (again->title, config->title) == 0);
}

static void
check_session (JsonObject *object)
{
  g_autoptr(TcSession) session = tc_session_from_json (object, NULL);
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *text = NULL;

  if (session == NULL)
    return;
  node = tc_session_to_json (session);
  text = tc_json_to_string (node, FALSE);
  g_assert (g_utf8_validate (text, -1, NULL));
  g_assert (tc_session_get_fraction (session) >= 0 && tc_session_get_fraction (session) <= 1);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(JsonObject) object = tc_json_parse_object ((const char *) data, size, TC_JSON_DEFAULT, NULL);
  g_autoptr(GPtrArray) configs = NULL;
  g_autoptr(GError) error = NULL;
  gboolean chain = FALSE;

  if (object == NULL)
    return 0;
  check_session (object);
  configs = tc_api_body_to_configs (object, &chain, &error);
  g_assert ((configs == NULL) == (error != NULL));
  for (guint i = 0; configs != NULL && i < configs->len; i++)
    check_config (g_ptr_array_index (configs, i));

  return 0;
}
