/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-news.h"

#include <string.h>

#include "tc-text.h"

#define MAX_LINE_BYTES 300
#define MAX_REMEMBERED 200

struct _TcWatchNews
{
  gint64      interval;
  GHashTable *seen;     /* (owned) (element-type utf8 gint64) alert → when last */
  char       *status;   /* (owned) (nullable) what it said last */
};

static const char *const error_words[] = {
  "❌", "error", "critical", "fatal", "abort", "crash", "traceback", "diverge",
  "out of memory", NULL
};

static const char *const warning_words[] = {
  "⚠", "🚨", "warning", "alert", "stall", "hung", "not responding", "no update",
  "stuck", "dead", NULL
};

/* What looks like a warning and says the opposite. */
static const char *const calm_words[] = {
  "✓", "✅", "no error", "no warning", "no alert", "not stalled", "errors: 0",
  "warnings: 0", "alerts: 0", NULL
};

static gboolean
has_any (const char        *text,
         const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (strstr (text, words[i]) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* The same message with other figures is the same message. */
static char *
without_numbers (const char *text)
{
  g_autoptr(GString) result = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++)
    {
      if (!g_ascii_isdigit (*at))
        g_string_append_c (result, *at);
      else if (result->len == 0 || result->str[result->len - 1] != '#')
        g_string_append_c (result, '#');
    }

  return g_string_free (g_steal_pointer (&result), FALSE);
}

/**
 * tc_watch_news_new:
 * @interval_us: how often the watchdog prints its block
 *
 * Returns: (transfer full): a reader that has seen nothing yet
 */
TcWatchNews *
tc_watch_news_new (gint64 interval_us)
{
  TcWatchNews *self = g_new0 (TcWatchNews, 1);

  self->interval = interval_us;
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

/**
 * tc_watch_news_free:
 * @self: (transfer full) (nullable): a reader
 */
void
tc_watch_news_free (TcWatchNews *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->seen);
  g_free (self->status);
  g_free (self);
}

/* Whether the alert was not there in the block before. */
static gboolean
remember_alert (TcWatchNews *self,
                const char  *lower,
                gint64       now)
{
  g_autofree char *key = without_numbers (lower);
  gint64 *last = g_hash_table_lookup (self->seen, key);
  gboolean is_news = last == NULL || now - *last > 2 * self->interval + self->interval / 2;

  if (last != NULL)
    {
      *last = now;
      return is_news;
    }

  if (g_hash_table_size (self->seen) >= MAX_REMEMBERED)
    g_hash_table_remove_all (self->seen);
  last = g_new (gint64, 1);
  *last = now;
  g_hash_table_insert (self->seen, g_steal_pointer (&key), last);

  return is_news;
}

/* "Status: training", "  status = completed". */
static const char *
find_status (const char *lower)
{
  const char *at = strstr (lower, "status");

  if (at == NULL || at - lower > 8)
    return NULL;

  at += strlen ("status");
  at += strspn (at, " \t");
  if (*at != ':' && *at != '=')
    return NULL;

  return at + 1 + strspn (at + 1, " \t");
}

static void
report_status (TcWatchNews   *self,
               const char    *status,
               const char    *text,
               TcFindingFunc  func,
               gpointer       user_data)
{
  gboolean is_first = self->status == NULL;

  /* The first status is no change. */
  if (g_set_str (&self->status, status) && !is_first)
    tc_finding_report ("watchdog", TC_SEVERITY_INFO,
                       g_strdup_printf ("The script's watchdog: %s", text), func, user_data);
}

/**
 * tc_watch_news_push:
 * @self: a reader
 * @line: a line of the watchdog's output, any bytes
 * @length: its length, or -1 when nul-terminated
 * @monotonic_us: when it came
 * @func: called when the line is news, before this returns
 * @user_data: for @func
 */
void
tc_watch_news_push (TcWatchNews   *self,
                    const char    *line,
                    gssize         length,
                    gint64         monotonic_us,
                    TcFindingFunc  func,
                    gpointer       user_data)
{
  g_autofree char *text = NULL;
  g_autofree char *lower = NULL;
  const char *status;
  gboolean is_error;

  g_return_if_fail (self != NULL);
  g_return_if_fail (line != NULL);

  text = g_strstrip (tc_text_sanitize (line, length, MAX_LINE_BYTES, TC_TEXT_SINGLE_LINE));
  lower = g_utf8_strdown (text, -1);
  is_error = has_any (lower, error_words);

  if (!has_any (lower, calm_words) && (is_error || has_any (lower, warning_words)))
    {
      if (remember_alert (self, lower, monotonic_us))
        tc_finding_report ("watchdog", is_error ? TC_SEVERITY_ERROR : TC_SEVERITY_WARNING,
                           g_strdup_printf ("The script's watchdog: %s", text),
                           func, user_data);
      return;
    }

  status = find_status (lower);
  if (status != NULL)
    report_status (self, status, text, func, user_data);
}
