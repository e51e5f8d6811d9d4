/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "tc-watch-rules.h"
#include "tc-watch-window.h"

typedef struct
{
  TcWatchRules *rules;
  Findings      found;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->rules = tc_watch_rules_new ();
  findings_init (&self->found);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  tc_watch_rules_free (self->rules);
  findings_clear (&self->found);
}

static void
push (Fixture    *self,
      const char *name,
      double      x,
      double      value)
{
  const TcPoint point = { 0, name, x, value, tc_point_kind_of (value), 0 };

  tc_watch_rules_push (self->rules, &point, findings_take, &self->found);
}

/* Alarms that ask for attention; information does not count. */
static guint
count_alerts (Fixture *self)
{
  guint n = 0;

  for (guint i = 0; i < self->found.findings->len; i++)
    {
      const TcFinding *finding = g_ptr_array_index (self->found.findings, i);

      if (!finding->clears && finding->severity >= TC_SEVERITY_WARNING)
        n++;
    }

  return n;
}

/* ---- the window ---- */

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The slow and obvious way, for comparison. */
static double
sorted_median (double *values,
               guint   length)
{
  qsort (values, length, sizeof (double), compare_doubles);

  return values[(length + 1) / 2 - 1];
}

static void
test_window (void)
{
  g_autofree TcWatchWindow *window = g_new (TcWatchWindow, 1);
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  double all[1000];

  tc_watch_window_init (window);
  g_assert_true (isnan (tc_watch_window_get_median (window)));
  g_assert_true (isnan (tc_watch_window_get_mad (window)));
  tc_watch_window_push (window, NAN);
  g_assert_cmpuint (window->length, ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      guint length = MIN (i + 1, TC_WATCH_WINDOW_SIZE);
      double values[TC_WATCH_WINDOW_SIZE];
      double median;

      /* Few different values, so that equal ones are met too. */
      all[i] = g_rand_int_range (rand, 0, 60) / 7.0;
      tc_watch_window_push (window, all[i]);
      g_assert_cmpuint (window->length, ==, length);

      for (guint j = 0; j < length; j++)
        values[j] = all[i + 1 - length + j];
      median = sorted_median (values, length);
      g_assert_cmpfloat (tc_watch_window_get_median (window), ==, median);
      g_assert_cmpfloat (tc_watch_window_get_quantile (window, 1), ==, values[length - 1]);
      g_assert_cmpfloat (tc_watch_window_get_quantile (window, 0), ==, values[0]);

      for (guint j = 0; j < length; j++)
        values[j] = fabs (values[j] - median);
      g_assert_cmpfloat (tc_watch_window_get_mad (window), ==, sorted_median (values, length));
    }
}

/* ---- W05: not a number, frozen ---- */

static void
test_nan_loss (Fixture       *self,
               gconstpointer  data)
{
  push (self, data, 0.1, 2.5);
  g_assert_cmpuint (self->found.findings->len, ==, 0);

  push (self, data, 0.2, NAN);
  g_assert_cmpuint (findings_count (&self->found, "nan", FALSE), ==, 1);
  g_assert_true (findings_last (&self->found)->wants_stop);
  g_assert_cmpint (findings_last (&self->found)->severity, ==, TC_SEVERITY_ERROR);

  for (guint i = 0; i < 500; i++)
    push (self, data, 0.3, i % 2 ? NAN : INFINITY);
  g_assert_cmpuint (self->found.findings->len, ==, 1);

  push (self, data, 0.4, 2.4);
  push (self, data, 0.4, 2.3);
  g_assert_cmpuint (findings_count (&self->found, "nan", TRUE), ==, 0);
  push (self, data, 0.4, 2.35);
  g_assert_cmpuint (findings_count (&self->found, "nan", TRUE), ==, 1);

  push (self, data, 0.5, -INFINITY);
  g_assert_cmpuint (findings_count (&self->found, "nan", FALSE), ==, 2);
}

/* One thing that is wrong is told once, whichever series show it. */
static void
test_nan_in_several (Fixture       *self,
                     gconstpointer  data)
{
  push (self, "batch_loss", 1, NAN);
  push (self, "train_loss", 1, NAN);
  push (self, "val_loss", 1, NAN);
  g_assert_cmpuint (self->found.findings->len, ==, 1);

  for (guint i = 0; i < 3; i++)
    {
      push (self, "batch_loss", 2, 1.0 + i);
      push (self, "train_loss", 2, 1.0 + i);
    }
  g_assert_cmpuint (findings_count (&self->found, "nan", TRUE), ==, 0);
  for (guint i = 0; i < 3; i++)
    push (self, "val_loss", 2, 1.0 + i);
  g_assert_cmpuint (findings_count (&self->found, "nan", TRUE), ==, 1);
}

static void
test_nan_gradients (Fixture       *self,
                    gconstpointer  data)
{
  push (self, "batch_loss", 1, 2.0);
  push (self, "grad_norm", 1, 0.5);
  push (self, "grad_norm", 1.1, NAN);
  g_assert_cmpuint (findings_count (&self->found, "grad-nan", FALSE), ==, 1);
  g_assert_false (findings_last (&self->found)->wants_stop);

  for (guint i = 0; i < 8; i++)
    push (self, "grad_norm", 1.2, NAN);
  g_assert_cmpuint (self->found.findings->len, ==, 1);
  push (self, "grad_norm", 1.3, NAN);
  g_assert_cmpuint (findings_count (&self->found, "nan", FALSE), ==, 1);
  g_assert_true (findings_last (&self->found)->wants_stop);

  for (guint i = 0; i < 3; i++)
    push (self, "grad_norm", 1.4, 0.5);
  g_assert_cmpuint (findings_count (&self->found, NULL, TRUE), ==, 2);
}

/* fp16 loss scaling begins with a few infinite norms. */
static void
test_infinite_gradients (Fixture       *self,
                         gconstpointer  data)
{
  for (guint i = 0; i < 4; i++)
    push (self, "grad_norm", 0.1, INFINITY);
  push (self, "grad_norm", 0.1, 3.0);
  g_assert_cmpuint (self->found.findings->len, ==, 0);

  for (guint i = 0; i < 5; i++)
    push (self, "grad_norm", 0.2, INFINITY);
  g_assert_cmpuint (findings_count (&self->found, "grad-nan", FALSE), ==, 1);
}

static void
test_frozen (Fixture       *self,
             gconstpointer  data)
{
  for (guint i = 0; i < 49; i++)
    push (self, "batch_loss", 1, 0.693147);
  g_assert_cmpuint (self->found.findings->len, ==, 0);
  push (self, "batch_loss", 1, 0.693147);
  g_assert_cmpuint (findings_count (&self->found, "frozen", FALSE), ==, 1);
  g_assert_true (findings_last (&self->found)->wants_stop);

  push (self, "batch_loss", 1, 0.693147);
  push (self, "batch_loss", 1, 0.693148);
  g_assert_cmpuint (findings_count (&self->found, "frozen", FALSE), ==, 1);
  g_assert_cmpuint (findings_count (&self->found, "frozen", TRUE), ==, 1);
}

/* Nearly the same is not the same; a validation loss may well stand still; and
 * 0.0003 printed with four digits repeats itself without any fault. */
static void
test_not_frozen (Fixture       *self,
                 gconstpointer  data)
{
  for (guint i = 0; i < 200; i++)
    {
      push (self, "batch_loss", 20, 0.693147 + (i % 2) * 1e-12);
      push (self, "train_loss", 20, 0.0003);
      push (self, "val_loss", 20, 0.5);
      push (self, "lr", 20, 1e-4);
    }
  g_assert_cmpuint (self->found.findings->len, ==, 0);

  for (guint i = 0; i < 50; i++)
    push (self, "batch_loss", 20, 0);
  g_assert_cmpuint (findings_count (&self->found, "frozen", FALSE), ==, 1);
}

/* ---- divergence ---- */

/* 200 points of a calm loss around 2. */
static void
push_calm (Fixture *self,
           GRand   *rand,
           guint    n)
{
  for (guint i = 0; i < n; i++)
    push (self, "batch_loss", i / 100.0, 2.0 + g_rand_double_range (rand, -0.2, 0.2));
}

static void
test_spike (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);

  push_calm (self, rand, 200);

  /* Four points are a spike, five a divergence. */
  for (guint i = 0; i < 4; i++)
    push (self, "batch_loss", 3, 9);
  push (self, "batch_loss", 3, 2);
  g_assert_cmpuint (self->found.findings->len, ==, 0);

  for (guint i = 0; i < 5; i++)
    push (self, "batch_loss", 4, 9 + i);
  g_assert_cmpuint (findings_count (&self->found, "diverged", FALSE), ==, 1);
  g_assert_true (findings_last (&self->found)->wants_stop);

  for (guint i = 0; i < 1000; i++)
    push (self, "batch_loss", 5, 14 + i);
  g_assert_cmpuint (self->found.findings->len, ==, 1);

  push_calm (self, rand, 19);
  g_assert_cmpuint (self->found.findings->len, ==, 1);
  push_calm (self, rand, 1);
  g_assert_cmpuint (findings_count (&self->found, "diverged", TRUE), ==, 1);
}

static void
test_spike_in_warm_up (Fixture       *self,
                       gconstpointer  data)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);

  push_calm (self, rand, 80);
  for (guint i = 0; i < 10; i++)
    push (self, "batch_loss", 1, 9);
  push_calm (self, rand, 100);
  g_assert_cmpuint (self->found.findings->len, ==, 0);
}

/* A converged loss of 0.0002 that trembles is no divergence. */
static void
test_tiny_loss (Fixture       *self,
                gconstpointer  data)
{
  for (guint i = 0; i < 400; i++)
    push (self, "batch_loss", 20, MAX (2.0 * exp (-(double) i / 40), 0.0002));
  for (guint i = 0; i < 200; i++)
    push (self, "batch_loss", 30, 0.0002 + (i % 20 < 8 ? 0.004 : 0.0001 * (i % 3)));
  g_assert_cmpuint (count_alerts (self), ==, 0);
}

/* From 1 to 6 in 6,000 points: no point stands out, and yet. Then down again. */
static void
test_climb (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 1000; i++)
    push (self, "batch_loss", 20, 1 + 7 * exp (-(double) i / 80) + g_rand_double (rand) / 10);
  for (guint i = 0; i < 2200; i++)
    push (self, "batch_loss", 30, 1 + i / 1200.0 + g_rand_double (rand) / 10);
  g_assert_cmpuint (self->found.findings->len, ==, 0);
  for (guint i = 2200; i < 6000; i++)
    push (self, "batch_loss", 30, 1 + i / 1200.0 + g_rand_double (rand) / 10);
  g_assert_cmpuint (findings_count (&self->found, "diverged", FALSE), ==, 1);
  g_assert_nonnull (strstr (findings_last (&self->found)->text, "climbed"));

  for (guint i = 0; i < 300; i++)
    push (self, "batch_loss", 40, 2.5 + g_rand_double (rand) / 10);
  g_assert_cmpuint (findings_count (&self->found, "diverged", TRUE), ==, 0);
  for (guint i = 0; i < 300; i++)
    push (self, "batch_loss", 40, 1 + g_rand_double (rand) / 10);
  g_assert_cmpuint (findings_count (&self->found, "diverged", TRUE), ==, 1);
}

/* A reward is a loss below zero; it may tremble and fall as it likes. */
static void
test_negative (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (4);

  for (guint i = 0; i < 3000; i++)
    push (self, "batch_loss", 20, 1 - i / 500.0 + g_rand_double (rand));
  g_assert_cmpuint (self->found.findings->len, ==, 0);
  for (guint i = 0; i < 5; i++)
    push (self, "batch_loss", 30, 9);
  g_assert_cmpuint (findings_count (&self->found, "diverged", FALSE), ==, 1);
}

static void
test_too_high (Fixture       *self,
               gconstpointer  data)
{
  push (self, "train_loss", 1, 14.9);
  push (self, "val_loss", 1, 19);
  push (self, "batch_loss", 1, 20.9);
  g_assert_cmpuint (self->found.findings->len, ==, 0);
  push (self, "train_loss", 2, 19.7567);
  g_assert_cmpuint (findings_count (&self->found, "diverged", FALSE), ==, 1);
  push (self, "train_loss", 3, 21);
  g_assert_cmpuint (self->found.findings->len, ==, 1);
  push (self, "train_loss", 4, 6);
  g_assert_cmpuint (findings_count (&self->found, "diverged", TRUE), ==, 1);
}

/* ---- collapse, overfitting ---- */

static void
test_collapse (Fixture       *self,
               gconstpointer  data)
{
  push (self, "train_loss", 8, 0.0011);
  push (self, "val_loss", 8, 0.0001);
  g_assert_cmpuint (self->found.findings->len, ==, 0);
  push (self, "train_loss", 9, 0.0009);
  g_assert_cmpuint (findings_count (&self->found, "collapse", FALSE), ==, 1);
  g_assert_nonnull (strstr (findings_last (&self->found)->text, "gate"));
  push (self, "train_loss", 9.5, 0.0008);
  g_assert_cmpuint (self->found.findings->len, ==, 1);
}

/* The history of a run that really did this: below 0.001 in epoch 18 only. */
static void
test_late_collapse (Fixture       *self,
                    gconstpointer  data)
{
  for (guint i = 1; i <= 40; i++)
    push (self, "train_loss", i, 1.5 * exp (-(double) i * 0.42) + 0.0009);
  g_assert_cmpuint (self->found.findings->len, ==, 0);
  push (self, "train_loss", 10, 0.0005);
  g_assert_cmpuint (self->found.findings->len, ==, 0);
}

static void
test_collapse_of_batches (Fixture       *self,
                          gconstpointer  data)
{
  for (guint i = 0; i < 60; i++)
    push (self, "batch_loss", 1 + i / 100.0, i < 10 ? 1.0 / (i + 1) : 0.0005 - i * 1e-7);
  g_assert_cmpuint (findings_count (&self->found, "collapse", FALSE), ==, 1);
}

static void
test_overfit (Fixture       *self,
              gconstpointer  data)
{
  static const double losses[] = { 3, 2.5, 2.4, 2.45, 2.5, 2.55, 2.6 };

  for (guint i = 0; i < G_N_ELEMENTS (losses); i++)
    push (self, "val_loss", i + 1, losses[i]);
  g_assert_cmpuint (self->found.findings->len, ==, 0);

  push (self, "val_loss", 8, 2.65);
  g_assert_cmpuint (findings_count (&self->found, "overfit", FALSE), ==, 1);
  g_assert_cmpint (findings_last (&self->found)->severity, ==, TC_SEVERITY_INFO);
  g_assert_false (findings_last (&self->found)->wants_stop);
  g_assert_nonnull (strstr (findings_last (&self->found)->text, "epoch 3"));

  push (self, "val_loss", 9, 2.7);
  g_assert_cmpuint (self->found.findings->len, ==, 1);
  push (self, "val_loss", 10, 2.3);
  g_assert_cmpuint (findings_count (&self->found, "overfit", TRUE), ==, 1);
}

static void
test_no_overfit (Fixture       *self,
                 gconstpointer  data)
{
  /* Interrupted rises, then five that are smaller than the noise. */
  for (guint i = 0; i < 40; i++)
    push (self, "val_loss", i, 2.0 + 0.1 * (i % 5));
  push (self, "val_loss", 50, 1.9);
  for (guint i = 0; i < 8; i++)
    push (self, "val_loss", 51 + i, 1.9 + 0.0001 * (i + 1));
  g_assert_cmpuint (self->found.findings->len, ==, 0);
}

static void
test_other_names (Fixture       *self,
                  gconstpointer  data)
{
  push (self, "tokens_per_second", 1, NAN);
  push (self, "eta_seconds", 1, INFINITY);
  push (self, "lr", 1, NAN);
  g_assert_cmpuint (self->found.findings->len, ==, 0);
  push (self, "aux/KL_loss", 1, NAN);
  g_assert_cmpuint (findings_count (&self->found, "nan", FALSE), ==, 1);

  /* A script that makes up names must not fill the memory. */
  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *name = g_strdup_printf ("loss-%u", i);

      push (self, name, 1, 1);
    }
}

/* ---- W06: whole curves ---- */

static double
noise (GRand  *rand,
       double  sigma)
{
  double sum = 0;

  /* Twelve uniform values make a normal one. */
  for (guint i = 0; i < 12; i++)
    sum += g_rand_double (rand);

  return exp (sigma * (sum - 6));
}

/* The healthy shapes: plain decay, late plunge, warm restarts that tell their
 * learning rate, mild restarts that do not, and long tails of noise. */
static void
push_healthy (Fixture *self,
              guint    number)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (100 + number);
  double sigma = 0.02 + 0.06 * (number % 10);
  double start = 2 + number;
  double floor = start * (0.02 + 0.05 * (number % 4));
  guint kind = number % 5;
  double epoch_sum = 0;

  for (guint i = 0; i < 4000; i++)
    {
      double x = i / 200.0;
      double loss = floor + (start - floor) * exp (-(double) i / (150 + 40 * number));
      double phase = (i % 1000) / 1000.0;

      if (kind == 1 && i > 2500)
        loss *= 0.2;
      if (kind == 2)
        {
          push (self, "lr", x, 1e-3 * (0.5 + 0.5 * cos (G_PI * phase)) + 1e-6);
          if (i > 1000)
            loss = floor + 0.7 * (start - floor) * exp (-phase * 12);
        }
      if (kind == 3 && i > 1000)
        loss *= 1 + 0.8 * exp (-phase * 10);

      loss *= noise (rand, sigma);
      /* Now and then one bad batch. */
      if (g_rand_int_range (rand, 0, 150) == 0)
        loss *= 6;

      push (self, "batch_loss", x, loss);
      push (self, "grad_norm", x, noise (rand, 0.8));
      epoch_sum += loss;
      if (i % 200 == 199)
        {
          push (self, "train_loss", (i + 1) / 200.0, MIN (epoch_sum / 200, 14));
          push (self, "val_loss", (i + 1) / 200.0, epoch_sum / 190 * noise (rand, 0.05));
          epoch_sum = 0;
        }
    }
}

static void
test_healthy_curves (void)
{
  for (guint number = 0; number < 20; number++)
    {
      Fixture self;

      set_up (&self, NULL);
      push_healthy (&self, number);
      for (guint i = 0; i < self.found.findings->len; i++)
        {
          const TcFinding *finding = g_ptr_array_index (self.found.findings, i);

          if (finding->severity >= TC_SEVERITY_WARNING)
            g_test_message ("curve %u: %s", number, finding->text);
        }
      g_assert_cmpuint (count_alerts (&self), ==, 0);
      tear_down (&self, NULL);
    }
}

/* The sick shapes: a jump, a slow climb, an explosion, a NaN at the end of one,
 * a jump just after a warm restart. Returns where it begins. */
static guint
push_diverged (Fixture *self,
               guint    number)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (500 + number);
  guint begin = 600 + 150 * number;
  double sigma = 0.02 + 0.03 * number;

  for (guint i = 0; i < begin + 400; i++)
    {
      double loss = 0.8 + 5 * exp (-(double) i / 200);
      double since = (double) i - begin;

      push (self, "lr", i / 200.0, i == begin && number % 5 == 4 ? 1e-3 : 1e-3 * exp (-(double) (i % begin) / 400));
      if (since >= 0)
        switch (number % 5)
          {
          case 0: loss = 7; break;
          case 1: loss *= 1 + since / 15; break;
          case 2: loss *= exp (since / 20); break;
          case 3: loss = since < 3 ? loss * 4 : NAN; break;
          default: loss = 30 + since; break;
          }

      if (i == begin)
        g_assert_cmpuint (count_alerts (self), ==, 0);
      push (self, "batch_loss", i / 200.0, loss * noise (rand, sigma));
    }

  return begin;
}

static void
test_diverged_curves (void)
{
  for (guint number = 0; number < 10; number++)
    {
      Fixture self;

      set_up (&self, NULL);
      push_diverged (&self, number);
      g_test_message ("curve %u: %u alerts", number, count_alerts (&self));
      g_assert_cmpuint (count_alerts (&self), >=, 1);
      g_assert_true (((TcFinding *) g_ptr_array_index (self.found.findings, 0))->wants_stop);
      tear_down (&self, NULL);
    }
}

#define ADD(path, data, test) \
  g_test_add ("/tc/watch-rules/" path, Fixture, data, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tc/watch-window/statistics", test_window);
  ADD ("nan/batch", "batch_loss", test_nan_loss);
  ADD ("nan/train", "train_loss", test_nan_loss);
  ADD ("nan/val", "val_loss", test_nan_loss);
  ADD ("nan/several", NULL, test_nan_in_several);
  ADD ("nan/gradients", NULL, test_nan_gradients);
  ADD ("nan/infinite-gradients", NULL, test_infinite_gradients);
  ADD ("frozen", NULL, test_frozen);
  ADD ("frozen/not", NULL, test_not_frozen);
  ADD ("spike", NULL, test_spike);
  ADD ("spike/warm-up", NULL, test_spike_in_warm_up);
  ADD ("spike/tiny", NULL, test_tiny_loss);
  ADD ("climb", NULL, test_climb);
  ADD ("negative", NULL, test_negative);
  ADD ("too-high", NULL, test_too_high);
  ADD ("collapse", NULL, test_collapse);
  ADD ("collapse/late", NULL, test_late_collapse);
  ADD ("collapse/batches", NULL, test_collapse_of_batches);
  ADD ("overfit", NULL, test_overfit);
  ADD ("overfit/not", NULL, test_no_overfit);
  ADD ("other-names", NULL, test_other_names);
  g_test_add_func ("/tc/watch-rules/curves/healthy", test_healthy_curves);
  g_test_add_func ("/tc/watch-rules/curves/diverged", test_diverged_curves);

  return g_test_run ();
}
