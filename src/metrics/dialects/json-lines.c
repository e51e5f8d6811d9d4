/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* JSON objects on standard output, one a line: see tc-events.h. */

#include "tc-dialect.h"

static gboolean
json_lines_parse (TcDialectContext    *context,
                  const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  return tc_cursor_take (&cursor, "{\"") &&
         tc_dialect_json (context, line->text, line->length, line->offset);
}

const TcDialect tc_dialect_json_lines = { "json-lines", "{", json_lines_parse };
