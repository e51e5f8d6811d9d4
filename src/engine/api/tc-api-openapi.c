/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-api-openapi.h"
#include "tc-api-resources.h"

#define DOCUMENT_PATH "/dev/hlx/TrainingCenter/api/openapi.json"

/**
 * tc_api_openapi_get_document:
 *
 * Returns: (transfer full): OpenAPI 3.1 as JSON text. It lies in the program's
 *   file and costs no memory until somebody asks.
 */
GBytes *
tc_api_openapi_get_document (void)
{
  g_autoptr (GError) error = NULL;
  GBytes *document = g_resource_lookup_data (tc_api_get_resource (), DOCUMENT_PATH,
                                             G_RESOURCE_LOOKUP_FLAGS_NONE, &error);

  if (document == NULL)
    g_error ("The engine was built without its OpenAPI document: %s", error->message);
  return document;
}
