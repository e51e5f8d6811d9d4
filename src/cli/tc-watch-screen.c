/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-watch-screen.h"

#include <errno.h>
#include <signal.h>
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
  char   *shown;  /* (owned) (nullable) all of the block, to draw only changes */
};

/* Signal handlers have nothing but this. */
static volatile sig_atomic_t stop_fd = -1;

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

static void set_stop_handler (void);

/* Ctrl+Z: the shell gets its cursor back, and we stop as if nobody had been
 * asked. */
static void
stop_handler (int signal_number)
{
  int saved_errno = errno;
  gssize n = write (stop_fd, SHOW_CURSOR, sizeof SHOW_CURSOR - 1);

  (void) n;
  signal (SIGTSTP, SIG_DFL);
  raise (SIGTSTP);
  errno = saved_errno;
}

static void
continue_handler (int signal_number)
{
  int saved_errno = errno;
  gssize n = write (stop_fd, HIDE_CURSOR, sizeof HIDE_CURSOR - 1);

  (void) n;
  set_stop_handler ();
  errno = saved_errno;
}

/* SA_NODEFER: the raise() within has to stop us at once. */
static void
set_stop_handler (void)
{
  struct sigaction stop = { .sa_handler = stop_handler, .sa_flags = SA_RESTART | SA_NODEFER };
  struct sigaction resume = { .sa_handler = continue_handler, .sa_flags = SA_RESTART };

  sigaction (SIGTSTP, &stop, NULL);
  sigaction (SIGCONT, &resume, NULL);
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
  stop_fd = fd;
  set_stop_handler ();

  return self;
}

/**
 * tc_watch_screen_free:
 * @self: (transfer full): a screen
 */
void
tc_watch_screen_free (TcWatchScreen *self)
{
  signal (SIGTSTP, SIG_DFL);
  signal (SIGCONT, SIG_DFL);
  write_all (self->fd, SHOW_CURSOR, strlen (SHOW_CURSOR));
  g_array_unref (self->drawn);
  g_free (self->shown);
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
  g_clear_pointer (&self->shown, g_free);
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
 * Replaces the block in one write, so that nothing flickers; the same block
 * again costs nothing.
 */
void
tc_watch_screen_draw (TcWatchScreen *self,
                      GPtrArray     *lines)
{
  g_autoptr(GString) block = g_string_new (NULL);
  g_autofree char *up = NULL;
  guint rows = count_rows (self);

  /* More than fits cannot be drawn in place. */
  for (guint i = 0; i < lines->len && i + 1 < self->height; i++)
    g_string_append_printf (block, "%s" CLEAR_LINE_END "\r\n", (char *) g_ptr_array_index (lines, i));
  g_string_append (block, CLEAR_BELOW);
  if (!g_set_str (&self->shown, block->str))
    return;

  g_array_set_size (self->drawn, 0);
  for (guint i = 0; i < lines->len && i + 1 < self->height; i++)
    {
      guint width = tc_cli_text_width (g_ptr_array_index (lines, i));

      g_array_append_val (self->drawn, width);
    }
  if (rows > 0)
    {
      up = g_strdup_printf ("\033[%uA\r", rows);
      g_string_prepend (block, up);
    }
  write_all (self->fd, block->str, block->len);
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
  g_clear_pointer (&self->shown, g_free);
}
