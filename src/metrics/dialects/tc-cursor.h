/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Reads words and numbers from a piece of a line, left to right. Each function
 * either takes what it names and moves on, or leaves the cursor where it was.
 * Nothing is allocated. Lives on the stack.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *at;
  const char *end;
} TcCursor;

static inline gboolean
tc_cursor_is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static inline void
tc_cursor_skip_blanks (TcCursor *self)
{
  while (self->at < self->end && tc_cursor_is_blank (*self->at))
    self->at++;
}

static inline gsize
tc_cursor_left (const TcCursor *self)
{
  return (gsize) (self->end - self->at);
}

gboolean tc_cursor_take        (TcCursor       *self,
                                const char     *literal);
gboolean tc_cursor_take_nocase (TcCursor       *self,
                                const char     *literal);
gboolean tc_cursor_find        (TcCursor       *self,
                                const char     *literal);
gboolean tc_cursor_contains    (const TcCursor *self,
                                const char     *literal);
gboolean tc_cursor_take_int    (TcCursor       *self,
                                gint64         *value);
gboolean tc_cursor_take_number (TcCursor       *self,
                                double         *value);
gboolean tc_cursor_take_ratio  (TcCursor       *self,
                                int            *part,
                                int            *whole);

G_END_DECLS
