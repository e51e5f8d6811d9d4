/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-point-sieve.h"

#include <math.h>

/* How far a series has come. */
typedef struct
{
  double told[2];  /* in the log, in events.jsonl: x of the last point there */
  double highest;  /* in either, since it last began anew */
} Reach;

struct _TcPointSieve
{
  GHashTable *series;  /* (owned) (element-type utf8 Reach) */
};

/** tc_point_sieve_new: Returns: (transfer full): one that has seen nothing yet */
TcPointSieve *
tc_point_sieve_new (void)
{
  TcPointSieve *self = g_new0 (TcPointSieve, 1);

  self->series = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

/** tc_point_sieve_free: @self: (transfer full) */
void
tc_point_sieve_free (TcPointSieve *self)
{
  g_hash_table_unref (self->series);
  g_free (self);
}

static Reach *
get_reach (TcPointSieve *self,
           const char   *name)
{
  Reach *reach = g_hash_table_lookup (self->series, name);

  if (reach == NULL)
    {
      reach = g_new (Reach, 1);
      *reach = (Reach) { .told = { -INFINITY, -INFINITY }, .highest = -INFINITY };
      g_hash_table_insert (self->series, g_strdup (name), reach);
    }

  return reach;
}

/**
 * tc_point_sieve_is_new:
 * @point: the next one of its file
 * @in_events: which is events.jsonl, not the log
 *
 * Returns: FALSE if the other file has told of this place already. A file that
 *   repeats itself or goes back (a script that counts its epochs anew) is no echo.
 */
gboolean
tc_point_sieve_is_new (TcPointSieve  *self,
                       const TcPoint *point,
                       gboolean       in_events)
{
  Reach *reach;
  double before;

  g_return_val_if_fail (self != NULL, TRUE);

  if (!isfinite (point->x))
    return TRUE;

  reach = get_reach (self, point->name);
  before = reach->told[in_events ? 1 : 0];
  reach->told[in_events ? 1 : 0] = point->x;
  if (point->x < before)
    {
      reach->highest = point->x;
      reach->told[in_events ? 0 : 1] = -INFINITY;
      return TRUE;
    }
  if (point->x > reach->highest)
    {
      reach->highest = point->x;
      return TRUE;
    }

  return point->x == before;
}
