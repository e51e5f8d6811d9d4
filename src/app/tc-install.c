/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-install.h"

#define SCHEMA_ID "dev.hlx.TrainingCenter"

/* A folder of the build that this program is still in, from src/app/ or
 * tests/app/. */
static char *
dup_build_folder (const char *name)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *ninja = NULL;

  if (folder == NULL)
    return NULL;
  ninja = g_build_filename (folder, "..", "..", "build.ninja", NULL);
  if (!g_file_test (ninja, G_FILE_TEST_EXISTS))
    return NULL;

  return g_build_filename (folder, "..", "..", name, NULL);
}

/**
 * tc_install_new_settings:
 *
 * The build folder's schema comes first: an installed one may be older.
 *
 * Returns: (transfer full): the application's settings
 */
GSettings *
tc_install_new_settings (void)
{
  g_autofree char *folder = dup_build_folder ("src/app");
  g_autoptr(GSettingsSchemaSource) source = NULL;
  g_autoptr(GSettingsSchema) schema = NULL;

  if (folder != NULL)
    source = g_settings_schema_source_new_from_directory (folder, NULL, TRUE, NULL);
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA_ID, FALSE);
  if (schema != NULL)
    return g_settings_new_full (schema, NULL, NULL);

  return g_settings_new (SCHEMA_ID);
}

/**
 * tc_install_dup_locale_dir:
 *
 * Returns: (transfer full): for bindtextdomain()
 */
char *
tc_install_dup_locale_dir (void)
{
  char *folder = dup_build_folder ("po");

  return folder != NULL ? folder : g_strdup (TC_LOCALEDIR);
}
