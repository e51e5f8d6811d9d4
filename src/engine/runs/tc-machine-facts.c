/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-machine-facts.h"

#include <stdio.h>
#include <string.h>

/* The first processor is enough: a file of /proc is as long as there are many. */
#define HEAD_BYTES 4096
#define GPUS_MAX 16

static char *
read_head (const char *folder,
           const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  FILE *file = fopen (path, "re");
  char *text;
  gsize length;

  if (file == NULL)
    return NULL;
  text = g_malloc (HEAD_BYTES);
  length = fread (text, 1, HEAD_BYTES - 1, file);
  text[length] = '\0';
  fclose (file);

  return text;
}

/* "model name: Xeon": what follows the colon. */
static char *
dup_line (const char *text,
          const char *name)
{
  g_auto(GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *colon = strchr (lines[i], ':');

      if (colon != NULL && g_str_has_prefix (lines[i], name) && g_utf8_validate (colon, -1, NULL))
        return g_strstrip (g_strdup (colon + 1));
    }

  return NULL;
}

static JsonArray *
read_gpus (const char *proc_dir)
{
  JsonArray *gpus = json_array_new ();
  g_autofree char *folder = g_build_filename (proc_dir, "driver", "nvidia", "gpus", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && json_array_get_length (gpus) < GPUS_MAX && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *gpu = g_build_filename (folder, name, NULL);
      g_autofree char *text = read_head (gpu, "information");
      g_autofree char *model = dup_line (text, "Model");

      if (model != NULL)
        json_array_add_string_element (gpus, model);
    }

  return gpus;
}

/**
 * tc_machine_facts_new:
 * @proc_dir: "/proc"
 *
 * Returns: (transfer full): "cpu" and "memory_bytes", which may be null, "cpus"
 *   that this process may use, and the names of the "gpus"
 */
JsonObject *
tc_machine_facts_new (const char *proc_dir)
{
  JsonObject *object = json_object_new ();
  g_autofree char *processors = read_head (proc_dir, "cpuinfo");
  g_autofree char *memory = read_head (proc_dir, "meminfo");
  g_autofree char *cpu = dup_line (processors, "model name");
  g_autofree char *total = dup_line (memory, "MemTotal");

  json_object_set_string_member (object, "cpu", cpu);
  json_object_set_int_member (object, "cpus", g_get_num_processors ());
  if (total != NULL)
    json_object_set_int_member (object, "memory_bytes", g_ascii_strtoll (total, NULL, 10) * 1024);
  else
    json_object_set_null_member (object, "memory_bytes");
  json_object_set_array_member (object, "gpus", read_gpus (proc_dir));

  return object;
}
