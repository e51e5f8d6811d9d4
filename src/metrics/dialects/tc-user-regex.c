/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-user-regex.h"

#include <math.h>
#include <string.h>

#include "tc-dialect-pairs.h"
#include "tc-error.h"

#define MAX_GROUPS 16

struct _TcUserRegex
{
  GRegex *regex;               /* (owned) */
  char   *names[MAX_GROUPS];   /* (owned) the named groups */
  guint   n_names;
};

/* GRegex knows its groups' names but does not tell them. */
static void
find_names (TcUserRegex *self,
            const char  *pattern)
{
  const char *at = pattern;

  while (self->n_names < MAX_GROUPS && (at = strstr (at, "(?")) != NULL)
    {
      const char *name;
      gsize length;

      at += 2;
      name = *at == 'P' ? at + 1 : at;
      if (*name++ != '<')
        continue;
      length = strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
      if (length == 0 || name[length] != '>')
        continue;
      self->names[self->n_names++] = g_strndup (name, length);
    }
}

TcUserRegex *
tc_user_regex_new (const char  *pattern,
                   GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  TcUserRegex *self = g_new0 (TcUserRegex, 1);

  /* Raw: a log need not be UTF-8. */
  self->regex = g_regex_new (pattern, G_REGEX_RAW | G_REGEX_OPTIMIZE | G_REGEX_DUPNAMES,
                             0, &local_error);
  if (self->regex == NULL)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_USAGE,
                   "The regular expression is not valid: %s", local_error->message);
      tc_user_regex_free (self);
      return NULL;
    }

  find_names (self, pattern);
  if (self->n_names == 0)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_USAGE,
                           "The regular expression has no named group such as (?<loss>…)");
      tc_user_regex_free (self);
      return NULL;
    }

  return self;
}

void
tc_user_regex_free (TcUserRegex *self)
{
  g_clear_pointer (&self->regex, g_regex_unref);
  for (guint i = 0; i < self->n_names; i++)
    g_free (self->names[i]);
  g_free (self);
}

/* The number in a group; NaN that was matched is a value, none at all is not. */
static gboolean
get_group (GMatchInfo *match,
           const char *name,
           double     *value)
{
  g_autofree char *text = g_match_info_fetch_named (match, name);
  TcCursor cursor;

  if (text == NULL || *text == '\0')
    return FALSE;

  cursor = (TcCursor) { text, text + strlen (text) };

  return tc_cursor_take_number (&cursor, value);
}

static int
get_count (GMatchInfo *match,
           const char *name)
{
  double value;

  if (!get_group (match, name, &value) || !(value >= 0 && value <= G_MAXINT))
    return 0;

  return (int) value;
}

static void
put_places (TcDialectContext *context,
            GMatchInfo       *match,
            gint64            offset)
{
  int epoch = get_count (match, "epoch");
  int batch = get_count (match, "batch");
  int batches = get_count (match, "batches");
  double step;

  if (epoch > 0)
    tc_dialect_epoch (context, epoch, get_count (match, "total"), offset);
  if (batch > 0 || batches > 0)
    tc_dialect_batch (context, batch, batches, offset);
  if (get_group (match, "step", &step) && step >= 0 && step <= 9e15)
    context->state.step = (gint64) step;
  else if (context->state.epoch == 0)
    context->state.step++;
}

static gboolean
is_place (const char *name)
{
  static const char *const places[] = { "epoch", "total", "batch", "batches", "step" };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      if (g_str_equal (places[i], name))
        return TRUE;
    }

  return FALSE;
}

gboolean
tc_user_regex_parse (TcUserRegex         *self,
                     TcDialectContext    *context,
                     const TcDialectLine *line)
{
  g_autoptr(GMatchInfo) match = NULL;
  guint loss_series;

  /* An error here is a pattern that takes too long: as good as no match. */
  if (!g_regex_match_full (self->regex, line->text, (gssize) line->length, 0, 0, &match, NULL))
    return FALSE;

  put_places (context, match, line->offset);
  loss_series = get_count (match, "batches") > 0 ? TC_SERIES_BATCH_LOSS : TC_SERIES_TRAIN_LOSS;

  for (guint i = 0; i < self->n_names; i++)
    {
      double value;

      if (is_place (self->names[i]) || !get_group (match, self->names[i], &value))
        continue;
      tc_dialect_point (context,
                        tc_dialect_series (context, self->names[i], strlen (self->names[i]),
                                           loss_series),
                        tc_dialect_get_x (context), value, line->offset);
    }

  return TRUE;
}
