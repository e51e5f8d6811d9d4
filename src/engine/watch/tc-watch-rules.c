/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-rules.h"

#include <math.h>
#include <string.h>

#include "tc-watch-window.h"

#define MAX_SERIES            64   /* names beyond these are not watched */
#define FINITE_TO_CLEAR       3    /* finite points that end a NaN */
#define INF_GRADS_TO_WARN     5    /* fp16 loss scaling makes a few of them */
#define BAD_GRADS_TO_GIVE_UP  10
#define FROZEN_POINTS         50
#define FROZEN_POINTS_COARSE  500  /* printed with four digits and below 0.05 */
#define WARM_UP_POINTS        100
#define SPIKE_POINTS          5
#define CALM_POINTS           20   /* points that end a divergence */
#define RESTART_POINTS        TC_WATCH_WINDOW_SIZE /* to learn a new level in */
#define MAX_TRAIN_LOSS        15.0
#define COLLAPSED_LOSS        0.001
#define COLLAPSE_EPOCHS       10
#define COLLAPSE_BATCHES      32
#define RISES_TO_TELL         5

typedef enum
{
  ROLE_NONE       = 0,
  ROLE_BATCH_LOSS = 1 << 0,
  ROLE_TRAIN_LOSS = 1 << 1, /* of a whole epoch */
  ROLE_VAL_LOSS   = 1 << 2,
  ROLE_OTHER_LOSS = 1 << 3,
  ROLE_GRAD_NORM  = 1 << 4,
  ROLE_LR         = 1 << 5,
} Role;

typedef enum
{
  ALARM_NAN,
  ALARM_GRAD_NAN,
  ALARM_GRAD_STUCK,
  ALARM_FROZEN,
  ALARM_SPIKE,
  ALARM_CLIMB,
  ALARM_TOO_HIGH,
  ALARM_COLLAPSE,
  ALARM_OVERFIT,
  N_ALARMS
} Alarm;

/* Several alarms may share a kind: people hear of the first of them. */
static const char *const alarm_kinds[N_ALARMS] = {
  [ALARM_NAN] = "nan",
  [ALARM_GRAD_NAN] = "grad-nan",
  [ALARM_GRAD_STUCK] = "nan",
  [ALARM_FROZEN] = "frozen",
  [ALARM_SPIKE] = "diverged",
  [ALARM_CLIMB] = "diverged",
  [ALARM_TOO_HIGH] = "diverged",
  [ALARM_COLLAPSE] = "collapse",
  [ALARM_OVERFIT] = "overfit",
};

typedef struct
{
  Role          role;
  const char   *label;          /* (owned) what people call it */
  TcWatchWindow window;         /* without the points of a spike */
  guint         raised;         /* bit n: alarm n of this series is up */

  guint         n_bad;          /* points in a row that are not finite */
  guint         n_good;         /* and that are */
  double        last;           /* the last finite value */
  guint         n_same;         /* points in a row bit-identical to it */

  guint         n_above;        /* points in a row beyond the spike limit */
  guint         n_below;
  double        first_level;    /* where the loss began; 0 during the warm-up */
  double        lowest;         /* median ever */
  double        low;            /* median since the last warm restart */
  guint         n_restarts;     /* of the learning rate that it knows of */
  guint         n_patient;      /* points left after the last of them */

  double        best;
  double        best_x;
  guint         n_rises;        /* in a row, of a validation loss */
} Series;

struct _TcWatchRules
{
  GHashTable *series;           /* (owned) (element-type utf8 Series) */
  guint       n_raised[N_ALARMS];
  guint       n_restarts;       /* of the learning rate */
};

/* One point on its way through the table of rules. */
typedef struct
{
  TcWatchRules  *rules;
  Series        *series;
  const TcPoint *point;
  TcFindingFunc  func;
  gpointer       user_data;
} Look;

static void
series_free (gpointer data)
{
  Series *series = data;

  g_free ((char *) series->label);
  g_free (series);
}

/* ---- names ---- */

static const struct
{
  const char *name;
  Role        role;
  const char *label;
} known_names[] = {
  { "batch_loss", ROLE_BATCH_LOSS, "loss" },
  { "loss", ROLE_BATCH_LOSS, "loss" },
  { "train_loss", ROLE_TRAIN_LOSS, "training loss" },
  { "val_loss", ROLE_VAL_LOSS, "validation loss" },
  { "eval_loss", ROLE_VAL_LOSS, "validation loss" },
  { "grad_norm", ROLE_GRAD_NORM, "gradient norm" },
  { "lr", ROLE_LR, "learning rate" },
  { "learning_rate", ROLE_LR, "learning rate" },
};

static Series *
series_new (const char *name)
{
  Series *series = g_new0 (Series, 1);
  g_autofree char *lower = g_ascii_strdown (name, -1);

  tc_watch_window_init (&series->window);
  series->best = INFINITY;
  series->lowest = INFINITY;
  series->low = INFINITY;
  series->last = NAN;

  for (guint i = 0; i < G_N_ELEMENTS (known_names); i++)
    {
      if (g_str_equal (known_names[i].name, lower))
        {
          series->role = known_names[i].role;
          series->label = g_strdup (known_names[i].label);
          return series;
        }
    }

  if (strstr (lower, "loss") != NULL)
    series->role = ROLE_OTHER_LOSS;
  else if (strstr (lower, "grad_norm") != NULL)
    series->role = ROLE_GRAD_NORM;
  series->label = g_strdup (name);

  return series;
}

static Series *
get_series (TcWatchRules *self,
            const char   *name)
{
  Series *series = g_hash_table_lookup (self->series, name);

  if (series == NULL && g_hash_table_size (self->series) < MAX_SERIES)
    {
      series = series_new (name);
      g_hash_table_insert (self->series, g_strdup (name), series);
    }

  return series;
}

/* ---- alarms ---- */

static guint
count_raised (TcWatchRules *self,
              const char   *kind)
{
  guint n = 0;

  for (guint i = 0; i < N_ALARMS; i++)
    {
      if (g_str_equal (alarm_kinds[i], kind))
        n += self->n_raised[i];
    }

  return n;
}

static gboolean
is_raised (const Look *look,
           Alarm       alarm)
{
  return (look->series->raised & (1u << alarm)) != 0;
}

/* Takes the text. */
static void
raise_alarm (const Look *look,
             Alarm       alarm,
             TcSeverity  severity,
             char       *text)
{
  const char *kind = alarm_kinds[alarm];
  gboolean is_news;

  if (is_raised (look, alarm))
    {
      g_free (text);
      return;
    }

  is_news = count_raised (look->rules, kind) == 0;
  look->series->raised |= 1u << alarm;
  look->rules->n_raised[alarm]++;

  if (is_news)
    tc_finding_report (kind, severity, text, look->func, look->user_data);
  else
    g_free (text);
}

/* Takes the text. */
static void
clear_alarm (const Look *look,
             Alarm       alarm,
             char       *text)
{
  const char *kind = alarm_kinds[alarm];

  if (is_raised (look, alarm))
    {
      look->series->raised &= ~(1u << alarm);
      look->rules->n_raised[alarm]--;

      if (count_raised (look->rules, kind) == 0)
        {
          tc_finding_clear (kind, text, look->func, look->user_data);
          return;
        }
    }

  g_free (text);
}

/* ---- the rules ---- */

static gboolean
is_finite (const TcPoint *point)
{
  return point->kind == TC_POINT_FINITE && isfinite (point->value);
}

static const char *
spell_kind (TcPointKind kind)
{
  return kind == TC_POINT_NAN ? "not a number (NaN)" : "infinite";
}

static void
rule_non_finite_loss (const Look *look)
{
  const Series *series = look->series;

  if (!is_finite (look->point))
    raise_alarm (look, ALARM_NAN, TC_SEVERITY_ERROR,
                 g_strdup_printf ("The %s is %s. What is learnt from here on is lost; "
                                  "go back to an earlier checkpoint, with a lower "
                                  "learning rate.",
                                  series->label, spell_kind (look->point->kind)));
  else if (is_raised (look, ALARM_NAN) && series->n_good >= FINITE_TO_CLEAR)
    clear_alarm (look, ALARM_NAN,
                 g_strdup_printf ("The %s is a number again: %.4g.",
                                  series->label, look->point->value));
}

/* A trainer may hide a NaN loss behind an average; the gradients tell. */
static void
rule_non_finite_gradients (const Look *look)
{
  const Series *series = look->series;

  if (is_finite (look->point))
    {
      if (series->n_good < FINITE_TO_CLEAR || series->raised == 0)
        return;

      clear_alarm (look, ALARM_GRAD_STUCK,
                   g_strdup ("The gradients are numbers again."));
      clear_alarm (look, ALARM_GRAD_NAN,
                   g_strdup ("The gradients are numbers again."));
      return;
    }

  if (look->point->kind == TC_POINT_NAN || series->n_bad >= INF_GRADS_TO_WARN)
    raise_alarm (look, ALARM_GRAD_NAN, TC_SEVERITY_WARNING,
                 g_strdup_printf ("The %s is %s, whatever the loss says.",
                                  series->label, spell_kind (look->point->kind)));

  if (series->n_bad >= BAD_GRADS_TO_GIVE_UP)
    raise_alarm (look, ALARM_GRAD_STUCK, TC_SEVERITY_ERROR,
                 g_strdup_printf ("The %s has not been a number for %u points: "
                                  "nothing is learnt any more.",
                                  series->label, series->n_bad));
}

/* A small loss printed with four digits repeats itself without any fault. */
static guint
get_frozen_limit (double value)
{
  double scaled = value * 10000;

  if (value != 0 && fabs (value) < 0.05 && fabs (scaled - round (scaled)) < 1e-6)
    return FROZEN_POINTS_COARSE;

  return FROZEN_POINTS;
}

static void
rule_frozen (const Look *look)
{
  const Series *series = look->series;

  if (!is_finite (look->point))
    return;

  if (series->n_same >= get_frozen_limit (look->point->value))
    raise_alarm (look, ALARM_FROZEN, TC_SEVERITY_ERROR,
                 g_strdup_printf ("The %s has been exactly %.6g for %u points: the "
                                  "trainer hides that it is not a number (nan "
                                  "filter), or nothing is learnt.",
                                  series->label, look->point->value, series->n_same));
  else if (series->n_same <= 1)
    clear_alarm (look, ALARM_FROZEN,
                 g_strdup_printf ("The %s moves again: %.4g.",
                                  series->label, look->point->value));
}

/* What a loss must exceed to count as a spike. Near zero three times the
 * median is noise, so it takes at least a fiftieth of where the loss began.
 * After a warm restart of the learning rate only a loss that is worse than at
 * the very beginning counts. */
static double
get_spike_limit (const Series *series)
{
  double median = tc_watch_window_get_median (&series->window);
  double mad = tc_watch_window_get_mad (&series->window);
  double limit = MAX (3 * median, median + 8 * mad);

  limit = MAX (limit, median + 0.02 * fabs (series->first_level));
  if (series->n_patient > 0)
    limit = MAX (limit, 1.1 * series->first_level);

  return limit;
}

static void
learn_level (Series *series,
             double  value)
{
  tc_watch_window_push (&series->window, value);

  /* The warm-up is over: remember where the loss began. */
  if (series->window.n_pushed == WARM_UP_POINTS)
    series->first_level = tc_watch_window_get_quantile (&series->window, 0.9);
}

static void
rule_spike (const Look *look)
{
  Series *series = look->series;
  double value = look->point->value;
  double limit;

  if (!is_finite (look->point))
    return;

  if (series->window.n_pushed < WARM_UP_POINTS)
    {
      learn_level (series, value);
      return;
    }

  limit = get_spike_limit (series);
  if (value <= limit)
    {
      series->n_above = 0;
      series->n_below++;
      learn_level (series, value);
      if (series->n_below >= CALM_POINTS)
        clear_alarm (look, ALARM_SPIKE,
                     g_strdup_printf ("The %s has come back down to %.4g.",
                                      series->label, value));
      return;
    }

  series->n_below = 0;
  series->n_above++;
  if (series->n_above >= SPIKE_POINTS)
    raise_alarm (look, ALARM_SPIKE, TC_SEVERITY_ERROR,
                 g_strdup_printf ("The run diverges: the %s is %.4g, %u points in a "
                                  "row above %.4g; it was %.4g before.",
                                  series->label, value, series->n_above, limit,
                                  tc_watch_window_get_median (&series->window)));
}

/* To three times what it was; a loss may also be negative. */
static gboolean
has_climbed (const Series *series,
             double        median,
             double        low)
{
  return median - low > 2 * fabs (low) + 0.02 * fabs (series->first_level);
}

/* A slow climb never leaves the window's median behind, so medians are compared
 * with the lowest of them. After a warm restart the lowest is sought anew, and
 * the old one counts again when the loss is worse than at the beginning. */
static void
rule_climb (const Look *look)
{
  Series *series = look->series;
  double median;

  if (!is_finite (look->point) || series->window.length < TC_WATCH_WINDOW_SIZE)
    return;

  median = tc_watch_window_get_median (&series->window);
  series->lowest = MIN (series->lowest, median);
  series->low = series->n_patient > 0 ? INFINITY : MIN (series->low, median);

  if (has_climbed (series, median, series->low) ||
      (median > series->first_level && has_climbed (series, median, series->lowest)))
    raise_alarm (look, ALARM_CLIMB, TC_SEVERITY_ERROR,
                 g_strdup_printf ("The run diverges: the %s has climbed to about %.4g; "
                                  "it was %.4g at its best.",
                                  series->label, median, series->lowest));
  else if (median - series->low < fabs (series->low))
    clear_alarm (look, ALARM_CLIMB,
                 g_strdup_printf ("The %s has come back down to about %.4g.",
                                  series->label, median));
}

static void
rule_too_high (const Look *look)
{
  double value = look->point->value;

  if (!is_finite (look->point))
    return;

  if (value > MAX_TRAIN_LOSS)
    raise_alarm (look, ALARM_TOO_HIGH, TC_SEVERITY_ERROR,
                 g_strdup_printf ("The run diverges: the training loss of epoch %.4g "
                                  "is %.4g, more than %g.",
                                  look->point->x, value, MAX_TRAIN_LOSS));
  else
    clear_alarm (look, ALARM_TOO_HIGH,
                 g_strdup_printf ("The training loss has come back down to %.4g.",
                                  value));
}

static void
report_collapse (const Look *look,
                 double      value)
{
  raise_alarm (look, ALARM_COLLAPSE, TC_SEVERITY_WARNING,
               g_strdup_printf ("The %s has fallen to %.2g by epoch %.3g. No model "
                                "learns that fast: it copies its input or it "
                                "memorises. Look at the quality gate, not at the loss.",
                                look->series->label, value, look->point->x));
}

static void
rule_collapse_of_epoch (const Look *look)
{
  double value = look->point->value;

  if (is_finite (look->point) && look->point->x < COLLAPSE_EPOCHS &&
      value >= 0 && value < COLLAPSED_LOSS)
    report_collapse (look, value);
}

/* Scripts that never say the loss of a whole epoch. So many batches before x
 * reaches ten mean that x counts epochs. */
static void
rule_collapse_of_batches (const Look *look)
{
  double median;

  if (look->point->x >= COLLAPSE_EPOCHS ||
      look->series->window.length < COLLAPSE_BATCHES)
    return;

  median = tc_watch_window_get_median (&look->series->window);
  if (median >= 0 && median < COLLAPSED_LOSS)
    report_collapse (look, median);
}

/* Five rises in a row of noise are no news: it must have gone up by 1 %. */
static void
rule_overfit (const Look *look)
{
  Series *series = look->series;
  double value = look->point->value;

  if (!is_finite (look->point))
    return;

  if (value < series->best)
    {
      series->best = value;
      series->best_x = look->point->x;
      series->n_rises = 0;
      clear_alarm (look, ALARM_OVERFIT,
                   g_strdup_printf ("The validation loss has a new best: %.4g.", value));
      return;
    }

  /* last is still the point before this one. */
  series->n_rises = value > series->last ? series->n_rises + 1 : 0;
  if (series->n_rises >= RISES_TO_TELL && value - series->best > 0.01 * fabs (series->best))
    raise_alarm (look, ALARM_OVERFIT, TC_SEVERITY_INFO,
                 g_strdup_printf ("The validation loss has risen %u times in a row, to "
                                  "%.4g. The best was %.4g at epoch %.4g: the model "
                                  "may be overfitting.",
                                  series->n_rises, value, series->best, series->best_x));
}

/* A learning rate that rises by half within the window is a warm restart. */
static void
rule_restart (const Look *look)
{
  Series *series = look->series;
  double value = look->point->value;

  if (!is_finite (look->point))
    return;

  if (series->window.length > 0 && value > series->last &&
      value > 1.5 * series->window.sorted[0])
    look->rules->n_restarts++;

  tc_watch_window_push (&series->window, value);
}

/* Order matters in one place: rule_spike fills the window that rule_climb and
 * rule_collapse_of_batches look at. */
static const struct
{
  guint roles;
  void (*look_at) (const Look *look);
} rules[] = {
  { ROLE_BATCH_LOSS | ROLE_TRAIN_LOSS | ROLE_VAL_LOSS | ROLE_OTHER_LOSS, rule_non_finite_loss },
  { ROLE_GRAD_NORM, rule_non_finite_gradients },
  { ROLE_BATCH_LOSS | ROLE_TRAIN_LOSS, rule_frozen },
  { ROLE_BATCH_LOSS | ROLE_TRAIN_LOSS, rule_spike },
  { ROLE_BATCH_LOSS | ROLE_TRAIN_LOSS, rule_climb },
  { ROLE_TRAIN_LOSS, rule_too_high },
  { ROLE_TRAIN_LOSS, rule_collapse_of_epoch },
  { ROLE_BATCH_LOSS, rule_collapse_of_batches },
  { ROLE_VAL_LOSS, rule_overfit },
  { ROLE_LR, rule_restart },
};

/* ---- the object ---- */

/**
 * tc_watch_rules_new:
 *
 * Returns: (transfer full): rules that have seen nothing yet
 */
TcWatchRules *
tc_watch_rules_new (void)
{
  TcWatchRules *self = g_new0 (TcWatchRules, 1);

  self->series = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, series_free);

  return self;
}

/**
 * tc_watch_rules_free:
 * @self: (transfer full) (nullable): rules
 */
void
tc_watch_rules_free (TcWatchRules *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->series);
  g_free (self);
}

/* Counts what several rules ask for, before they look. */
static void
count_runs (TcWatchRules  *self,
            Series        *series,
            const TcPoint *point)
{
  if (series->n_restarts != self->n_restarts)
    {
      series->n_restarts = self->n_restarts;
      series->n_patient = RESTART_POINTS;
    }
  else if (series->n_patient > 0)
    {
      series->n_patient--;
    }

  if (!is_finite (point))
    {
      series->n_bad++;
      series->n_good = 0;
      series->n_same = 0;
      return;
    }

  series->n_bad = 0;
  series->n_good++;

  /* Bit-identical, so bits are compared and not values. */
  if (memcmp (&series->last, &point->value, sizeof (double)) == 0)
    series->n_same++;
  else
    series->n_same = 1;
}

/**
 * tc_watch_rules_push:
 * @self: rules
 * @point: the next point of the run; its name decides which rules apply
 * @func: called for each finding, before this returns
 * @user_data: for @func
 *
 * Shows a point to the rules. Points of a series must come in order; @func
 * must not come back into these rules.
 */
void
tc_watch_rules_push (TcWatchRules  *self,
                     const TcPoint *point,
                     TcFindingFunc  func,
                     gpointer       user_data)
{
  Look look = { self, NULL, point, func, user_data };

  g_return_if_fail (self != NULL);
  g_return_if_fail (point != NULL && point->name != NULL);

  look.series = get_series (self, point->name);
  if (look.series == NULL || look.series->role == ROLE_NONE)
    return;

  count_runs (self, look.series, point);

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      if ((rules[i].roles & look.series->role) != 0)
        rules[i].look_at (&look);
    }

  if (is_finite (point))
    look.series->last = point->value;
}
