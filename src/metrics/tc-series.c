/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-series.h"

#include <math.h>

/* A block of the pyramid covers FANOUT blocks of the level below it, one of
 * level 0 covers FANOUT points. It knows the index of the smallest, the largest
 * and the first not finite of its points, NO_INDEX if it has none. */
#define FANOUT_BITS 4
#define FANOUT      (1u << FANOUT_BITS)
#define MAX_LEVELS  8
#define NO_INDEX    G_MAXUINT32

typedef struct
{
  guint32 min;
  guint32 max;
  guint32 bad;
} Block;

struct _TcSeries
{
  gatomicrefcount  ref_count;
  char            *name;                /* (owned) */
  GArray          *x;                   /* (owned) of double, finite */
  GArray          *y;                   /* (owned) of double */
  GByteArray      *kinds;               /* (owned) of TcPointKind */
  GArray          *starts;              /* (owned) of guint: first index of each segment */
  GArray          *levels[MAX_LEVELS];  /* (owned) of Block */
};

G_DEFINE_BOXED_TYPE (TcSeries, tc_series, tc_series_ref, tc_series_unref)

static inline double
x_at (TcSeries *self,
      guint     index)
{
  return ((const double *) (gpointer) self->x->data)[index];
}

static inline double
y_at (TcSeries *self,
      guint     index)
{
  return ((const double *) (gpointer) self->y->data)[index];
}

/**
 * tc_series_new:
 * @name: what is measured
 *
 * Returns: (transfer full): a series without points
 */
TcSeries *
tc_series_new (const char *name)
{
  TcSeries *self;

  g_return_val_if_fail (name != NULL, NULL);

  self = g_new0 (TcSeries, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup (name);
  self->x = g_array_new (FALSE, FALSE, sizeof (double));
  self->y = g_array_new (FALSE, FALSE, sizeof (double));
  self->kinds = g_byte_array_new ();
  self->starts = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < MAX_LEVELS; i++)
    self->levels[i] = g_array_new (FALSE, FALSE, sizeof (Block));

  return self;
}

/**
 * tc_series_ref:
 * @self: a series
 *
 * Returns: (transfer full): @self
 */
TcSeries *
tc_series_ref (TcSeries *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * tc_series_unref:
 * @self: (transfer full): a series
 */
void
tc_series_unref (TcSeries *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->name);
  g_array_unref (self->x);
  g_array_unref (self->y);
  g_byte_array_unref (self->kinds);
  g_array_unref (self->starts);
  for (guint i = 0; i < MAX_LEVELS; i++)
    g_array_unref (self->levels[i]);
  g_free (self);
}

/* --- the pyramid --- */

/* Takes index into block, the later of two equals losing. */
static inline void
block_add (TcSeries *self,
           Block    *block,
           guint32   index)
{
  double y = y_at (self, index);

  if (self->kinds->data[index] != TC_POINT_FINITE)
    {
      block->bad = MIN (block->bad, index);
      return;
    }
  if (block->min == NO_INDEX || y < y_at (self, block->min))
    block->min = index;
  if (block->max == NO_INDEX || y > y_at (self, block->max))
    block->max = index;
}

static void
block_merge (TcSeries    *self,
             Block       *block,
             const Block *other)
{
  if (other->min != NO_INDEX)
    block_add (self, block, other->min);
  if (other->max != NO_INDEX)
    block_add (self, block, other->max);
  block->bad = MIN (block->bad, other->bad);
}

static void
update_levels (TcSeries *self,
               guint     index)
{
  static const Block empty = { NO_INDEX, NO_INDEX, NO_INDEX };

  for (guint level = 0; level < MAX_LEVELS; level++)
    {
      GArray *blocks = self->levels[level];
      guint at = (guint) ((guint64) index >> (FANOUT_BITS * (level + 1)));

      if (at >= blocks->len)
        g_array_append_val (blocks, empty);
      block_add (self, &g_array_index (blocks, Block, at), index);

      /* One block covers all: the levels above would say the same. */
      if (blocks->len == 1)
        break;
    }
}

/* A level that comes into being late must know what was before it. */
static void
seed_level (TcSeries *self,
            guint     level)
{
  GArray *below = self->levels[level - 1];
  Block first = g_array_index (below, Block, 0);

  g_array_append_val (self->levels[level], first);
}

/* Seeds the level above one that is about to get its second block. */
static void
grow_levels (TcSeries *self,
             guint     index)
{
  for (guint level = 1; level < MAX_LEVELS; level++)
    {
      guint64 span = G_GUINT64_CONSTANT (1) << (FANOUT_BITS * level);

      if (index == span && self->levels[level]->len == 0)
        seed_level (self, level);
    }
}

/* What the points from first up to, not including, end hold. */
static Block
query (TcSeries *self,
       guint     first,
       guint     end)
{
  Block result = { NO_INDEX, NO_INDEX, NO_INDEX };
  guint64 at = first;

  while (at < end)
    {
      guint level = 0;

      if ((at & (FANOUT - 1)) != 0 || at + FANOUT > end)
        {
          block_add (self, &result, (guint32) at);
          at++;
          continue;
        }

      /* The largest block that starts here and ends in time. */
      while (level + 1 < MAX_LEVELS && self->levels[level + 1]->len > 0)
        {
          guint64 span = G_GUINT64_CONSTANT (1) << (FANOUT_BITS * (level + 2));

          if ((at & (span - 1)) != 0 || at + span > end)
            break;
          level++;
        }

      block_merge (self, &result,
                   &g_array_index (self->levels[level], Block,
                                   (guint) (at >> (FANOUT_BITS * (level + 1)))));
      at += G_GUINT64_CONSTANT (1) << (FANOUT_BITS * (level + 1));
    }

  return result;
}

/* --- points --- */

/**
 * tc_series_append:
 * @self: a series
 * @x: where, in epochs or steps; a point whose @x is not finite has no place
 *   and is dropped
 * @y: the value
 * @kind: its kind; @y counts only if it is finite
 */
void
tc_series_append (TcSeries    *self,
                  double       x,
                  double       y,
                  TcPointKind  kind)
{
  guint index;
  guint8 kind_byte;

  g_return_if_fail (self != NULL);

  index = self->x->len;
  if (!isfinite (x) || index == NO_INDEX)
    return;
  if (kind == TC_POINT_FINITE)
    kind = tc_point_kind_of (y);

  if (index == 0 || x < x_at (self, index - 1))
    g_array_append_val (self->starts, index);

  kind_byte = (guint8) kind;
  g_array_append_val (self->x, x);
  g_array_append_val (self->y, y);
  g_byte_array_append (self->kinds, &kind_byte, 1);
  grow_levels (self, index);
  update_levels (self, index);
}

/**
 * tc_series_clear:
 * @self: a series
 *
 * Removes all points.
 */
void
tc_series_clear (TcSeries *self)
{
  g_return_if_fail (self != NULL);

  g_array_set_size (self->x, 0);
  g_array_set_size (self->y, 0);
  g_byte_array_set_size (self->kinds, 0);
  g_array_set_size (self->starts, 0);
  for (guint i = 0; i < MAX_LEVELS; i++)
    g_array_set_size (self->levels[i], 0);
}

/**
 * tc_series_get_name:
 * @self: a series
 *
 * Returns: (transfer none): its name
 */
const char *
tc_series_get_name (TcSeries *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * tc_series_get_length:
 * @self: a series
 *
 * Returns: how many points it has
 */
guint
tc_series_get_length (TcSeries *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->x->len;
}

static guint
segment_start (TcSeries *self,
               guint     segment)
{
  return segment < self->starts->len ? g_array_index (self->starts, guint, segment)
                                     : self->x->len;
}

static guint
segment_of (TcSeries *self,
            guint     index)
{
  guint low = 0;
  guint high = self->starts->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (segment_start (self, middle) <= index)
        low = middle;
      else
        high = middle;
    }

  return low;
}

static TcSample
make_sample (TcSeries *self,
             guint     index,
             guint     segment)
{
  TcSample sample;

  sample.x = x_at (self, index);
  sample.y = y_at (self, index);
  sample.kind = (TcPointKind) self->kinds->data[index];
  sample.segment = segment;
  sample.index = index;

  return sample;
}

/**
 * tc_series_get_point:
 * @self: a series
 * @index: which, from 0 in the order they came
 * @sample: (out): the point
 *
 * Returns: whether there is such a point
 */
gboolean
tc_series_get_point (TcSeries *self,
                     guint     index,
                     TcSample *sample)
{
  g_return_val_if_fail (self != NULL && sample != NULL, FALSE);

  if (index >= self->x->len)
    return FALSE;

  *sample = make_sample (self, index, segment_of (self, index));

  return TRUE;
}

/* The first index from low on whose x is not below (or, if after is set, is
 * above) the given one; end if there is none. */
static guint
find_x (TcSeries *self,
        guint     low,
        guint     end,
        double    x,
        gboolean  after)
{
  while (low < end)
    {
      guint middle = low + (end - low) / 2;
      double found = x_at (self, middle);

      if (found < x || (after && found == x))
        low = middle + 1;
      else
        end = middle;
    }

  return low;
}

/**
 * tc_series_get_x_range:
 * @self: a series
 * @x_min: (out): the smallest x
 * @x_max: (out): the largest x
 *
 * Returns: whether there is any point
 */
gboolean
tc_series_get_x_range (TcSeries *self,
                       double   *x_min,
                       double   *x_max)
{
  g_return_val_if_fail (self != NULL && x_min != NULL && x_max != NULL, FALSE);

  if (self->x->len == 0)
    return FALSE;

  *x_min = INFINITY;
  *x_max = -INFINITY;
  for (guint i = 0; i < self->starts->len; i++)
    {
      *x_min = MIN (*x_min, x_at (self, segment_start (self, i)));
      *x_max = MAX (*x_max, x_at (self, segment_start (self, i + 1) - 1));
    }

  return TRUE;
}

/**
 * tc_series_get_y_range:
 * @self: a series
 * @x_from: from here on
 * @x_to: up to here, both included
 * @y_min: (out): the smallest finite value
 * @y_max: (out): the largest finite value
 *
 * Returns: whether there is any finite value in that range
 */
gboolean
tc_series_get_y_range (TcSeries *self,
                       double    x_from,
                       double    x_to,
                       double   *y_min,
                       double   *y_max)
{
  Block total = { NO_INDEX, NO_INDEX, NO_INDEX };

  g_return_val_if_fail (self != NULL && y_min != NULL && y_max != NULL, FALSE);

  for (guint i = 0; i < self->starts->len; i++)
    {
      guint end = segment_start (self, i + 1);
      guint first = find_x (self, segment_start (self, i), end, x_from, FALSE);
      Block block = query (self, first, find_x (self, first, end, x_to, TRUE));

      block_merge (self, &total, &block);
    }

  if (total.min == NO_INDEX)
    return FALSE;

  *y_min = y_at (self, total.min);
  *y_max = y_at (self, total.max);

  return TRUE;
}

/**
 * tc_series_get_nearest:
 * @self: a series
 * @x: where to look
 * @sample: (out): the point whose x is nearest; of equals the one that came last
 *
 * Returns: whether there is any point
 */
gboolean
tc_series_get_nearest (TcSeries *self,
                       double    x,
                       TcSample *sample)
{
  double best = INFINITY;

  g_return_val_if_fail (self != NULL && sample != NULL, FALSE);

  for (guint i = 0; i < self->starts->len; i++)
    {
      guint start = segment_start (self, i);
      guint end = segment_start (self, i + 1);
      guint right = MIN (find_x (self, start, end, x, TRUE), end - 1);
      guint left = right > start ? right - 1 : right;
      guint index = fabs (x_at (self, left) - x) < fabs (x_at (self, right) - x) ? left : right;

      if (i == 0 || fabs (x_at (self, index) - x) <= best)
        {
          best = fabs (x_at (self, index) - x);
          *sample = make_sample (self, index, i);
        }
    }

  return self->starts->len > 0;
}

/* --- decimation --- */

static void
add_sample (TcSeries *self,
            GArray   *samples,
            guint     segment,
            guint     index)
{
  TcSample sample;

  if (samples->len > 0 &&
      g_array_index (samples, TcSample, samples->len - 1).index == index)
    return;

  sample = make_sample (self, index, segment);
  g_array_append_val (samples, sample);
}

/* At most five points tell a pixel column apart from all of its points. */
static void
add_column (TcSeries *self,
            GArray   *samples,
            guint     segment,
            guint     first,
            guint     end)
{
  Block block = query (self, first, end);
  guint indices[5] = { first, block.min, block.max, block.bad, end - 1 };

  /* Insertion sort; NO_INDEX goes to the end. */
  for (guint i = 1; i < G_N_ELEMENTS (indices); i++)
    {
      for (guint j = i; j > 0 && indices[j] < indices[j - 1]; j--)
        {
          guint swap = indices[j];

          indices[j] = indices[j - 1];
          indices[j - 1] = swap;
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (indices) && indices[i] != NO_INDEX; i++)
    add_sample (self, samples, segment, indices[i]);
}

static void
decimate_segment (TcSeries *self,
                  GArray   *samples,
                  guint     segment,
                  double    x_from,
                  double    x_to,
                  guint     width)
{
  guint start = segment_start (self, segment);
  guint stop = segment_start (self, segment + 1);
  guint first = find_x (self, start, stop, x_from, FALSE);
  guint end = find_x (self, first, stop, x_to, TRUE);
  guint at = first;

  /* The neighbours outside are there for lines to run to the edge; they belong
   * to no column, where they would hide what is inside. */
  if (first > start)
    add_sample (self, samples, segment, first - 1);

  if (end - first <= width * 4)
    {
      for (; at < end; at++)
        add_sample (self, samples, segment, at);
    }
  for (guint column = 1; column <= width && at < end; column++)
    {
      double edge = x_from + (x_to - x_from) * column / width;
      guint next = column < width ? find_x (self, at, end, edge, FALSE) : end;

      if (next > at)
        add_column (self, samples, segment, at, next);
      at = next;
    }

  if (end < stop)
    add_sample (self, samples, segment, end);
}

/**
 * tc_series_decimate:
 * @self: a series
 * @x_from: the left edge
 * @x_to: the right edge
 * @width: how many pixel columns lie between
 * @samples: (element-type TcSample): where the answer is appended
 *
 * Chooses the points to draw: of each column the first, the last, the smallest,
 * the largest and the first that is not finite, in their order; all of them if
 * they are few. One more on each side lies outside of the range.
 */
void
tc_series_decimate (TcSeries *self,
                    double    x_from,
                    double    x_to,
                    guint     width,
                    GArray   *samples)
{
  double x_min;
  double x_max;

  g_return_if_fail (self != NULL && samples != NULL);

  if (width == 0 || !(x_from <= x_to) || !tc_series_get_x_range (self, &x_min, &x_max))
    return;

  /* Columns of an endless range have no edges. */
  if (isinf (x_from))
    x_from = x_min;
  if (isinf (x_to))
    x_to = x_max;
  width = MIN (width, 1u << 20);
  for (guint i = 0; i < self->starts->len; i++)
    decimate_segment (self, samples, i, x_from, x_to, width);
}

/**
 * tc_series_smooth:
 * @self: a series
 * @weight: of the past, from 0 (none) to below 1
 *
 * Smooths all the points, not those drawn, with an exponential mean that starts
 * without a bias, anew in each segment. Points that are not finite stay and do
 * not spread.
 *
 * Returns: (transfer full): a series of the same name, x and length
 */
TcSeries *
tc_series_smooth (TcSeries *self,
                  double    weight)
{
  TcSeries *smooth;
  guint segment = 0;
  double mean = 0;
  double past = 1;

  g_return_val_if_fail (self != NULL, NULL);

  smooth = tc_series_new (self->name);
  weight = CLAMP (weight, 0, 0.999999);

  for (guint i = 0; i < self->x->len; i++)
    {
      TcPointKind kind = (TcPointKind) self->kinds->data[i];
      double y = y_at (self, i);

      if (i == segment_start (self, segment + 1))
        {
          segment++;
          mean = 0;
          past = 1;
        }
      if (kind == TC_POINT_FINITE)
        {
          mean = mean * weight + (1 - weight) * y;
          past *= weight;
          y = mean / (1 - past);
        }
      tc_series_append (smooth, x_at (self, i), y, kind);
    }

  return smooth;
}
