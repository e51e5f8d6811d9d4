/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-limits.h"

/* What is known of one kind. */
typedef struct
{
  gint64     shown_at[2];   /* monotonic; [0] alarms, [1] all-clears */
  gboolean   was_shown[2];
  gboolean   said_clear;    /* the last thing said was an all-clear */
  guint64    n_withheld;    /* since something passed */
  TcFinding *withheld;      /* (owned) (nullable) the latest of them */
} Kind;

struct _TcWatchLimits
{
  GHashTable *kinds;        /* (owned) (element-type utf8 Kind) */
};

static void
kind_free (gpointer data)
{
  Kind *kind = data;

  tc_finding_free (kind->withheld);
  g_free (kind);
}

/**
 * tc_watch_limits_new:
 *
 * Returns: (transfer full): limits for one run
 */
TcWatchLimits *
tc_watch_limits_new (void)
{
  TcWatchLimits *self = g_new0 (TcWatchLimits, 1);

  self->kinds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, kind_free);

  return self;
}

/**
 * tc_watch_limits_free:
 * @self: (transfer full) (nullable): limits; what they withhold is dropped
 */
void
tc_watch_limits_free (TcWatchLimits *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->kinds);
  g_free (self);
}

static gboolean
may_pass (const Kind *kind,
          gboolean    clears,
          gint64      now)
{
  return !kind->was_shown[clears] || now - kind->shown_at[clears] >= TC_WATCH_LIMIT_US;
}

/* Tells the finding and, where some were held back, how many. */
static void
pass (Kind            *kind,
      const TcFinding *finding,
      guint64          n_withheld,
      gint64           now,
      TcFindingFunc    func,
      gpointer         user_data)
{
  g_autoptr(TcFinding) told = tc_finding_copy (finding);

  if (n_withheld > 0)
    {
      g_free (told->text);
      told->text = g_strdup_printf ("%s (%" G_GUINT64_FORMAT " more of this kind "
                                    "not shown)", finding->text, n_withheld);
    }

  kind->was_shown[told->clears] = TRUE;
  kind->shown_at[told->clears] = now;
  kind->said_clear = told->clears;
  kind->n_withheld = 0;
  g_clear_pointer (&kind->withheld, tc_finding_free);

  func (told, user_data);
}

static void
withhold (Kind            *kind,
          const TcFinding *finding)
{
  /* A storm is not to fill the engine's log either: the first one, the latest
   * one and the number say enough. */
  if (kind->n_withheld == 0)
    g_info ("Not shown again so soon: %s: %s", finding->kind, finding->text);

  tc_finding_free (kind->withheld);
  kind->withheld = tc_finding_copy (finding);
  kind->n_withheld++;
}

/**
 * tc_watch_limits_push:
 * @self: limits
 * @finding: what was found
 * @monotonic_us: when
 * @func: gets what may be told
 * @user_data: for @func
 *
 * Tells @func of the finding, or keeps it for later. @func must not come back
 * into these limits.
 */
void
tc_watch_limits_push (TcWatchLimits   *self,
                      const TcFinding *finding,
                      gint64           monotonic_us,
                      TcFindingFunc    func,
                      gpointer         user_data)
{
  Kind *kind;

  g_return_if_fail (self != NULL);
  g_return_if_fail (finding != NULL);

  kind = g_hash_table_lookup (self->kinds, finding->kind);
  if (kind == NULL)
    {
      kind = g_new0 (Kind, 1);
      g_hash_table_insert (self->kinds, g_strdup (finding->kind), kind);
    }

  if (may_pass (kind, finding->clears, monotonic_us))
    pass (kind, finding, kind->n_withheld, monotonic_us, func, user_data);
  else
    withhold (kind, finding);
}

/* An all-clear that was held back is only news when the last word was an alarm:
 * an alarm and its end that both fell into the same minutes cancel out. */
static gboolean
is_due (const Kind *kind,
        gint64      now)
{
  if (kind->withheld == NULL || !may_pass (kind, kind->withheld->clears, now))
    return FALSE;

  return !kind->withheld->clears || !kind->said_clear;
}

/**
 * tc_watch_limits_flush:
 * @self: limits
 * @monotonic_us: the present
 * @func: gets what may be told by now
 * @user_data: for @func
 *
 * Tells @func the latest of each kind whose five minutes are over. Call it
 * about once a minute.
 */
void
tc_watch_limits_flush (TcWatchLimits *self,
                       gint64         monotonic_us,
                       TcFindingFunc  func,
                       gpointer       user_data)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (self != NULL);

  g_hash_table_iter_init (&iter, self->kinds);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Kind *kind = value;
      g_autoptr(TcFinding) finding = NULL;

      if (!is_due (kind, monotonic_us))
        continue;

      finding = g_steal_pointer (&kind->withheld);
      pass (kind, finding, kind->n_withheld - 1, monotonic_us, func, user_data);
    }
}
