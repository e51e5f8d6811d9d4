/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-watch-screen.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tc-cli-text.h"

#define DEFAULT_WIDTH 80
#define DEFAULT_HEIGHT 24

#define HIDE_CURSOR "\033[?25l"
#define SHOW_CURSOR "\033[?25h"
#define CLEAR_BELOW "\033[J"
#define CLEAR_LINE_END "\033[K"

struct _TcWatchScreen
{
  int     fd;
  guint   width;
  guint   height;
  GArray *drawn;  /* (owned) (element-type guint) columns of each line on show */
};

static void
write_all (int         fd,
           const char *bytes,
           gsize       length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      /* A terminal that has gone away; SIGHUP is on its way. */
      if (n <= 0)
        return;
      bytes += n;
      length -= n;
    }
}

/**
 * tc_watch_screen_new:
 * @fd: a terminal
 *
 * Returns: (transfer full): an empty block below what is there
 */
TcWatchScreen *
tc_watch_screen_new (int fd)
{
  TcWatchScreen *self = g_new0 (TcWatchScreen, 1);

  self->fd = fd;
  self->drawn = g_array_new (FALSE, FALSE, sizeof (guint));
  tc_watch_screen_resize (self);
  write_all (fd, HIDE_CURSOR, strlen (HIDE_CURSOR));

  return self;
}

/**
 * tc_watch_screen_free:
 * @self: (transfer full): a screen
 */
void
tc_watch_screen_free (TcWatchScreen *self)
{
  write_all (self->fd, SHOW_CURSOR, strlen (SHOW_CURSOR));
  g_array_unref (self->drawn);
  g_free (self);
}

/**
 * tc_watch_screen_get_width:
 * @self: a screen
 *
 * Returns: columns a line may take. One less than there are: a full line
 *   makes some terminals wrap
 */
guint
tc_watch_screen_get_width (TcWatchScreen *self)
{
  return MAX (self->width, 2) - 1;
}

/**
 * tc_watch_screen_resize:
 * @self: a screen
 *
 * Asks the terminal for its size again.
 */
void
tc_watch_screen_resize (TcWatchScreen *self)
{
  struct winsize size = { 0 };

  if (ioctl (self->fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
    {
      size.ws_col = DEFAULT_WIDTH;
      size.ws_row = DEFAULT_HEIGHT;
    }
  self->width = size.ws_col;
  self->height = MAX (size.ws_row, 2);
}

/* Rows the old block takes now: a terminal made narrower has wrapped it. */
static guint
count_rows (TcWatchScreen *self)
{
  guint rows = 0;

  for (guint i = 0; i < self->drawn->len; i++)
    rows += MAX (1, (g_array_index (self->drawn, guint, i) + self->width - 1) / self->width);

  return MIN (rows, self->height - 1);
}

/**
 * tc_watch_screen_draw:
 * @self: a screen
 * @lines: (element-type utf8): what to show
 *
 * Replaces the block in one write, so that nothing flickers.
 */
void
tc_watch_screen_draw (TcWatchScreen *self,
                      GPtrArray     *lines)
{
  g_autoptr(GString) out = g_string_new (NULL);
  guint rows = count_rows (self);

  if (rows > 0)
    g_string_append_printf (out, "\033[%uA\r", rows);
  g_array_set_size (self->drawn, 0);

  /* More than fits cannot be drawn in place. */
  for (guint i = 0; i < lines->len && i + 1 < self->height; i++)
    {
      const char *line = g_ptr_array_index (lines, i);
      guint width = tc_cli_text_width (line);

      g_string_append_printf (out, "%s" CLEAR_LINE_END "\r\n", line);
      g_array_append_val (self->drawn, width);
    }
  g_string_append (out, CLEAR_BELOW);
  write_all (self->fd, out->str, out->len);
}

/**
 * tc_watch_screen_keep:
 * @self: a screen
 *
 * Leaves the block where it is and begins a new one below it.
 */
void
tc_watch_screen_keep (TcWatchScreen *self)
{
  g_array_set_size (self->drawn, 0);
}
