/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-log-state.h"

#include <string.h>

#include "tc-error.h"

/* Raised when an older program could not make sense of the text any more. */
#define VERSION 1

static const struct
{
  const char *name;
  gsize       offset;
} counts[] = {
  { "epoch", G_STRUCT_OFFSET (TcDialectState, epoch) },
  { "total", G_STRUCT_OFFSET (TcDialectState, total_epochs) },
  { "batch", G_STRUCT_OFFSET (TcDialectState, batch) },
  { "batches", G_STRUCT_OFFSET (TcDialectState, batches) },
  { "gate", G_STRUCT_OFFSET (TcDialectState, gate_epoch) },
  { "traceback", G_STRUCT_OFFSET (TcDialectState, in_traceback) },
  { "zero", G_STRUCT_OFFSET (TcDialectState, counts_from_zero) },
  { "usage", G_STRUCT_OFFSET (TcDialectState, saw_usage) },
  { "end", G_STRUCT_OFFSET (TcDialectState, said_end) },
};

G_STATIC_ASSERT (sizeof (gboolean) == sizeof (int));

char *
tc_log_state_to_string (const TcDialectState *state,
                        const char           *dialect)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%d", VERSION);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      int value = G_STRUCT_MEMBER (int, state, counts[i].offset);

      if (value != 0)
        g_string_append_printf (text, " %s=%d", counts[i].name, value);
    }
  if (state->step != 0)
    g_string_append_printf (text, " step=%" G_GINT64_FORMAT, state->step);
  if (*dialect != '\0')
    g_string_append_printf (text, " dialect=%s", dialect);

  return g_string_free_and_steal (text);
}

static gboolean
set_count (TcDialectState *state,
           const char     *name,
           const char     *value)
{
  gint64 number;

  if (!g_ascii_string_to_signed (value, 10, 0, G_MAXINT64, &number, NULL))
    return FALSE;
  if (g_str_equal (name, "step"))
    {
      state->step = number;
      return TRUE;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      if (g_str_equal (counts[i].name, name) && number <= G_MAXINT)
        {
          G_STRUCT_MEMBER (int, state, counts[i].offset) = (int) number;
          return TRUE;
        }
    }

  return FALSE;
}

static gboolean
fail (TcError      code,
      const char  *text,
      GError     **error)
{
  g_set_error (error, TC_ERROR, code, "Not a state of the log parser: “%.60s”", text);

  return FALSE;
}

gboolean
tc_log_state_from_string (const char      *text,
                          TcDialectState  *state,
                          char           **dialect,
                          GError         **error)
{
  g_auto(GStrv) words = g_strsplit (text, " ", 32);
  TcDialectState loaded = { 0 };
  const char *name = "";
  gint64 version;

  if (words[0] == NULL ||
      !g_ascii_string_to_signed (words[0], 10, 1, G_MAXINT, &version, NULL))
    return fail (TC_ERROR_INVALID, text, error);
  if (version > VERSION)
    return fail (TC_ERROR_NEWER, text, error);

  for (gsize i = 1; words[i] != NULL; i++)
    {
      char *equals = strchr (words[i], '=');

      if (equals == NULL)
        return fail (TC_ERROR_INVALID, text, error);
      *equals = '\0';
      if (g_str_equal (words[i], "dialect"))
        name = equals + 1;
      else if (!set_count (&loaded, words[i], equals + 1))
        return fail (TC_ERROR_INVALID, text, error);
    }

  *state = loaded;
  *dialect = g_strdup (name);

  return TRUE;
}
