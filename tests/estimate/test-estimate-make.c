/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Estimates from made-up runs, whose truth is known. */

#include "config.h"

#include <string.h>

#include "tc-estimate-make.h"
#include "tc-json.h"

#define GB G_GINT64_CONSTANT (1000000000)

/* A made-up machine and script: what a run of it truly takes. */
typedef struct
{
  double start;
  double epoch;
  double between;  /* validation and checkpoint, an epoch */
  double gate;
  double waver;    /* of an epoch's time, up and down */
} World;

typedef struct
{
  TcSessionConfig *config; /* (owned) */
  TcRunKind       *kind;   /* (owned) */
  GPtrArray       *past;   /* (owned) (element-type TcPastRun) */
  TcEstimateFacts  facts;
} Fixture;

static const World quiet = { 8, 60, 1.5, 4, 0.02 };

static double
epoch_seconds (const World *world,
               guint        epoch,
               guint        seed)
{
  /* A fixed pattern that no two epochs share. */
  double wave = ((epoch * 37 + seed * 101) % 21) / 10.0 - 1;

  return world->epoch * (1 + world->waver * wave);
}

static double
true_seconds (const World *world,
              guint        epochs,
              guint        seed)
{
  double sum = world->start + tc_estimate_count_gates (epochs) * world->gate + epochs * world->between;

  for (guint epoch = 1; epoch <= epochs; epoch++)
    sum += epoch_seconds (world, epoch, seed);

  return sum;
}

static TcPastRun *
new_run (const World *world,
         guint        epochs,
         guint        seed)
{
  TcPastRun *run = g_new0 (TcPastRun, 1);
  g_autofree double *seconds = g_new (double, epochs);
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();

  for (guint epoch = 1; epoch <= epochs; epoch++)
    seconds[epoch - 1] = epoch_seconds (world, epoch, seed);
  run->kind = tc_run_kind_new (config, "hash", "/trainer/train.py");
  run->epochs = epochs;
  run->seconds = true_seconds (world, epochs, seed);
  run->fixed_seconds = world->start;
  run->gate_seconds = world->gate;
  run->n_gates = tc_estimate_count_gates (epochs);
  run->spent = TC_MONEY_UNKNOWN;
  run->is_complete = run->is_one = TRUE;
  run->parameters = 1000000;
  run->max_rss_bytes = GB;
  tc_past_run_take_epochs (run, seconds, epochs);

  return run;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->config = tc_session_config_new ();
  fixture->past = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_past_run_free);
  fixture->facts = (TcEstimateFacts) {
    .config = fixture->config, .past = fixture->past, .is_ours = TRUE, .price = TC_PRICE_UNKNOWN,
    .price_basis = "price list of 2026-11-22", .prompt_bytes = 5000, .money_left = TC_MONEY_UNKNOWN,
    .disk_free = 100 * GB, .memory_free = 16 * GB,
  };
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->kind, tc_run_kind_free);
  tc_session_config_unref (fixture->config);
  g_ptr_array_unref (fixture->past);
}

static TcEstimate *
make (Fixture *fixture)
{
  g_clear_pointer (&fixture->kind, tc_run_kind_free);
  fixture->kind = tc_run_kind_new (fixture->config, "hash", "/trainer/train.py");
  fixture->facts.kind = fixture->kind;

  return tc_estimate_make (&fixture->facts);
}

static gboolean
says (GPtrArray  *sentences,
      const char *part)
{
  for (guint i = 0; i < sentences->len; i++)
    {
      if (strstr (g_ptr_array_index (sentences, i), part) != NULL)
        return TRUE;
    }

  return FALSE;
}

static void
assert_holds (const TcRange *range,
              double         truth)
{
  g_assert_true (range->is_known);
  g_assert_cmpfloat ((double) range->low, <=, truth);
  g_assert_cmpfloat ((double) range->high, >=, truth);
}

/* Whatever was run before and for how long, the truth of the next run lies in
 * the range, and the range is not so wide that it says nothing. */
static void
test_time_holds_truth (Fixture       *fixture,
                       gconstpointer  data)
{
  static const guint before[] = { 3, 10, 50, 200 };
  static const guint wanted[] = { 1, 5, 20, 200, 500 };

  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    {
      g_ptr_array_add (fixture->past, new_run (&quiet, before[i], i));
      for (guint j = 0; j < G_N_ELEMENTS (wanted); j++)
        {
          g_autoptr(TcEstimate) estimate = NULL;
          const TcRange *time;

          fixture->config->epochs = wanted[j];
          estimate = make (fixture);
          time = &estimate->ranges[TC_ESTIMATE_TIME];
          assert_holds (time, true_seconds (&quiet, wanted[j], 99) * G_USEC_PER_SEC);
          g_assert_cmpfloat ((double) time->high / time->low, <, 1.6);
        }
    }
}

static void
test_time_basis (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(TcEstimate) one = NULL;
  g_autoptr(TcEstimate) three = NULL;

  g_ptr_array_add (fixture->past, new_run (&quiet, 10, 1));
  one = make (fixture);
  g_assert_cmpstr (one->ranges[TC_ESTIMATE_TIME].basis, ==, "history of 1 run");
  g_assert_true (says (one->assumptions, "One run says little"));
  g_ptr_array_add (fixture->past, new_run (&quiet, 10, 2));
  g_ptr_array_add (fixture->past, new_run (&quiet, 20, 3));
  three = make (fixture);
  g_assert_cmpstr (three->ranges[TC_ESTIMATE_TIME].basis, ==, "history of 3 runs");
  g_assert_false (says (three->assumptions, "One run says little"));
}

/* Nothing known of start and gates: the range is wide, and holds. */
static void
test_time_without_parts (Fixture       *fixture,
                         gconstpointer  data)
{
  static const guint wanted[] = { 2, 10, 40, 200 };
  TcPastRun *run = new_run (&quiet, 10, 1);

  run->fixed_seconds = run->gate_seconds = TC_UNKNOWN_SECONDS;
  g_ptr_array_add (fixture->past, run);
  for (guint k = 0; k < 2; k++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
        {
          g_autoptr(TcEstimate) estimate = NULL;

          fixture->config->epochs = wanted[i];
          estimate = make (fixture);
          assert_holds (&estimate->ranges[TC_ESTIMATE_TIME], true_seconds (&quiet, wanted[i], 9) * G_USEC_PER_SEC);
        }
      /* And again without so much as the time of an epoch. */
      run->n_measured = 0;
      run->epoch_mean = run->epoch_low = run->epoch_high = 0;
    }
}

static void
test_time_unlike (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(TcEstimate) other_target = NULL;
  g_autoptr(TcEstimate) other_phase = NULL;
  g_autoptr(TcEstimate) other_pace = NULL;
  g_autoptr(TcEstimate) lr_only = NULL;

  g_ptr_array_add (fixture->past, new_run (&quiet, 10, 1));
  tc_session_config_add_setting (fixture->config, "lr", "0.001");
  lr_only = make (fixture);
  g_assert_true (lr_only->ranges[TC_ESTIMATE_TIME].is_known);
  g_assert_cmpstr (lr_only->ranges[TC_ESTIMATE_TIME].basis, ==, "history of 1 similar run");
  tc_session_config_add_setting (fixture->config, "batch-size", "8");
  other_pace = make (fixture);
  g_assert_false (other_pace->ranges[TC_ESTIMATE_TIME].is_known);
  g_ptr_array_set_size (fixture->config->settings, 0);
  g_set_str (&fixture->config->corpus, "translation");
  other_phase = make (fixture);
  g_assert_false (other_phase->ranges[TC_ESTIMATE_TIME].is_known);
  g_set_str (&fixture->config->corpus, "english");
  g_set_str (&fixture->config->target, "helix-10m");
  other_target = make (fixture);
  g_assert_false (other_target->ranges[TC_ESTIMATE_TIME].is_known);
  g_assert_cmpstr (other_target->ranges[TC_ESTIMATE_TIME].basis, ==,
                   "not known yet: no run of this script on this machine");
}

static void
test_time_scaled (Fixture       *fixture,
                  gconstpointer  data)
{
  World larger = quiet;
  g_autoptr(TcEstimate) estimate = NULL;

  larger.epoch = 3 * quiet.epoch;
  larger.between = quiet.between;
  g_ptr_array_add (fixture->past, new_run (&quiet, 10, 1));
  fixture->config->epochs = 20;
  tc_session_config_add_setting (fixture->config, "blocks", "120000");
  estimate = make (fixture);
  assert_holds (&estimate->ranges[TC_ESTIMATE_TIME], true_seconds (&larger, 20, 4) * G_USEC_PER_SEC);
  g_assert_true (says (estimate->assumptions, "grow with its corpus"));
}

static TcCalibration
new_calibration (void)
{
  return (TcCalibration) {
    .batches = 600, .batch_low = 0.09, .batch_high = 0.11, .batch_share = 1, .startup_seconds = 8,
    .validation_seconds = 1, .checkpoint_seconds = 0.5, .gate_low = 2, .gate_high = 5, .save_every = 1,
    .parameters = 1000000, .checkpoint_bytes = 4000000, .resume_bytes = 8000000, .peak_memory_bytes = GB,
    .memory_is_measured = TRUE,
  };
}

static void
test_calibration (Fixture       *fixture,
                  gconstpointer  data)
{
  TcCalibration found = new_calibration ();
  g_autoptr(TcEstimate) from_it = NULL;
  g_autoptr(TcEstimate) partly = NULL;
  g_autoptr(TcEstimate) from_history = NULL;

  fixture->facts.calibration = &found;
  fixture->config->epochs = 200;
  from_it = make (fixture);
  g_assert_cmpstr (from_it->ranges[TC_ESTIMATE_TIME].basis, ==, "calibration");
  assert_holds (&from_it->ranges[TC_ESTIMATE_TIME], true_seconds (&quiet, 200, 1) * G_USEC_PER_SEC);
  assert_holds (&from_it->ranges[TC_ESTIMATE_MEMORY], GB);

  found.batch_share = 0.125;
  found.gate_low = found.gate_high = -1;
  partly = make (fixture);
  g_assert_true (says (partly->assumptions, "1/8 of one"));
  g_assert_true (says (partly->assumptions, "8 gates is not in it"));

  g_ptr_array_add (fixture->past, new_run (&quiet, 10, 1));
  from_history = make (fixture);
  g_assert_cmpstr (from_history->ranges[TC_ESTIMATE_TIME].basis, ==, "history of 1 run");
}

/* What the run folder of the bundled trainer holds in the end: it is counted
 * here as trainer.py writes it, file by file. */
static void
test_disk_holds_truth (Fixture       *fixture,
                       gconstpointer  data)
{
  TcCalibration found = new_calibration ();
  g_autoptr(TcEstimate) estimate = NULL;
  double weights = 8 * 4000000.0;
  double least = weights + 8000000;                /* the best is a gate's, the last one too */
  double most = weights + 8000000 + 4000000 + 1e6; /* the best by itself; logs and reports */

  fixture->facts.calibration = &found;
  fixture->config->epochs = 200;
  estimate = make (fixture);
  assert_holds (&estimate->ranges[TC_ESTIMATE_DISK], least + 200 * 1000);
  assert_holds (&estimate->ranges[TC_ESTIMATE_DISK], most);
  g_assert_cmpint (estimate->disk_peak, >, (gint64) most + 12000000);
  g_assert_cmpuint (estimate->warnings->len, ==, 0);
}

static void
test_disk_full (Fixture       *fixture,
                gconstpointer  data)
{
  TcCalibration found = new_calibration ();
  g_autoptr(TcEstimate) full = NULL;
  g_autoptr(TcEstimate) unknown = NULL;

  fixture->facts.calibration = &found;
  /* Enough in the end, but not while the last checkpoint is written. */
  fixture->facts.disk_free = 50000000;
  fixture->config->epochs = 200;
  full = make (fixture);
  g_assert_true (says (full->warnings, "The disk will be full"));
  g_assert_true (says (full->warnings, "50.0 MB are free"));

  fixture->facts.is_ours = FALSE;
  fixture->facts.calibration = NULL;
  unknown = make (fixture);
  g_assert_false (unknown->ranges[TC_ESTIMATE_DISK].is_known);
  g_assert_cmpuint (unknown->warnings->len, ==, 0);
}

static void
test_memory (Fixture       *fixture,
             gconstpointer  data)
{
  TcCalibration refused = { .problem = (char *) "helix-100m needs about 9.0 GB, but only 2.0 GB are free." };
  g_autoptr(TcEstimate) fits = NULL;
  g_autoptr(TcEstimate) tight = NULL;
  g_autoptr(TcEstimate) large = NULL;
  g_autoptr(TcEstimate) no = NULL;

  g_ptr_array_add (fixture->past, new_run (&quiet, 10, 1));
  fits = make (fixture);
  g_assert_cmpuint (fits->warnings->len, ==, 0);
  fixture->facts.memory_free = GB;
  tight = make (fixture);
  g_assert_true (says (tight->warnings, "It may not fit"));
  fixture->facts.memory_free = GB / 2;
  large = make (fixture);
  g_assert_true (says (large->warnings, "It will not fit"));
  fixture->facts.calibration = &refused;
  no = make (fixture);
  g_assert_true (says (no->warnings, "It will not start: helix-100m needs"));
}

static void
supervise (Fixture    *fixture,
           const char *provider)
{
  g_set_str (&fixture->config->provider, provider);
  g_set_str (&fixture->config->policy, "notify");
  fixture->facts.is_supervised = TRUE;
}

static void
test_verdicts (Fixture       *fixture,
               gconstpointer  data)
{
  static const guint pairs[][2] = { { 1, 1 }, { 3, 2 }, { 5, 2 }, { 50, 5 }, { 60, 6 }, { 200, 8 }, { 500, 9 } };

  supervise (fixture, "xai");
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      fixture->config->epochs = pairs[i][0];
      g_assert_cmpuint (tc_estimate_count_verdicts (fixture->config), ==, pairs[i][1]);
    }
  fixture->config->epochs = 200;
  fixture->config->verdict_every = 25; /* 25, 75, 125, 175 are no gates */
  g_assert_cmpuint (tc_estimate_count_verdicts (fixture->config), ==, 12);
  tc_session_config_add_setting (fixture->config, "gates", "off");
  g_assert_cmpuint (tc_estimate_count_verdicts (fixture->config), ==, 8);
  g_set_str (&fixture->config->policy, "off");
  g_assert_cmpuint (tc_estimate_count_verdicts (fixture->config), ==, 0);
}

static void
test_money (Fixture       *fixture,
            gconstpointer  data)
{
  TcUsage truth = TC_USAGE_NONE;
  g_autoptr(TcEstimate) estimate = NULL;
  g_autoptr(TcEstimate) none = NULL;

  none = make (fixture);
  assert_holds (&none->ranges[TC_ESTIMATE_MONEY], 0);
  g_assert_cmpint (none->ranges[TC_ESTIMATE_MONEY].high, ==, 0);

  supervise (fixture, "xai");
  fixture->config->epochs = 200;
  fixture->facts.price.input = 2 * TC_MONEY_DOLLAR;
  fixture->facts.price.output = 6 * TC_MONEY_DOLLAR;
  truth.input = 3200; /* of a prompt and a report of 11 KB */
  truth.output = 450;
  estimate = make (fixture);
  g_assert_cmpuint (estimate->n_verdicts, ==, 8);
  assert_holds (&estimate->ranges[TC_ESTIMATE_MONEY], 8.0 * tc_price_for (&fixture->facts.price, &truth));
  g_assert_cmpstr (estimate->ranges[TC_ESTIMATE_MONEY].basis, ==, "price list of 2026-11-22");
  g_assert_true (says (estimate->assumptions, "of 8 verdicts"));
}

static void
test_money_from_calls (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GArray) calls = g_array_new (FALSE, FALSE, sizeof (TcUsage));
  g_autoptr(TcEstimate) estimate = NULL;
  const TcRange *money;
  double truth = 0;

  supervise (fixture, "xai");
  fixture->config->epochs = 200;
  fixture->facts.price.input = 2 * TC_MONEY_DOLLAR;
  fixture->facts.price.output = 6 * TC_MONEY_DOLLAR;
  for (guint i = 0; i < 16; i++)
    {
      TcUsage usage = TC_USAGE_NONE;

      usage.input = 2800 + 40 * i;
      usage.output = 400 + 7 * (i % 5);
      if (i < 8)
        g_array_append_val (calls, usage);
      else
        truth += (double) tc_price_for (&fixture->facts.price, &usage);
    }
  fixture->facts.calls = calls;
  estimate = make (fixture);
  money = &estimate->ranges[TC_ESTIMATE_MONEY];
  assert_holds (money, truth);
  g_assert_cmpfloat ((double) money->high / money->low, <, 2);
  g_assert_cmpstr (money->basis, ==, "8 earlier verdicts, price list of 2026-11-22");
}

static void
test_money_unknown (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(TcEstimate) unknown = NULL;
  g_autoptr(TcEstimate) local = NULL;
  g_autoptr(TcEstimate) total = tc_estimate_new ();
  g_autoptr(JsonNode) node = NULL;
  JsonObject *money;

  supervise (fixture, "openai");
  fixture->facts.money_left = 1;
  unknown = make (fixture);
  g_assert_false (unknown->ranges[TC_ESTIMATE_MONEY].is_known);
  g_assert_false (says (unknown->warnings, "budget"));

  supervise (fixture, "qwen");
  memset (&fixture->facts.price, 0, sizeof fixture->facts.price);
  local = make (fixture);
  assert_holds (&local->ranges[TC_ESTIMATE_MONEY], 0);

  /* A sum with something unknown in it is not known, and never just the rest. */
  tc_estimate_add (total, local);
  tc_estimate_add (total, unknown);
  node = tc_estimate_to_json (total);
  money = tc_json_get_object (json_node_get_object (node), "money");
  g_assert_true (json_object_get_null_member (money, "low"));
  g_assert_cmpstr (tc_json_get_string (money, "basis", ""), ==, "the price of the model is not known");
}

static void
test_money_of_teacher (Fixture       *fixture,
                       gconstpointer  data)
{
  TcUsage call = TC_USAGE_NONE;
  g_autoptr(TcEstimate) estimate = NULL;
  g_autoptr(TcEstimate) capped = NULL;
  const TcRange *money;

  supervise (fixture, "xai");
  g_set_str (&fixture->config->policy, "off");
  fixture->facts.price.input = 2 * TC_MONEY_DOLLAR;
  fixture->facts.price.output = 6 * TC_MONEY_DOLLAR;
  tc_session_config_add_setting (fixture->config, "teach-pairs", "500");
  call.input = 900;
  call.output = 1400;
  estimate = make (fixture);
  assert_holds (&estimate->ranges[TC_ESTIMATE_MONEY], 40.0 * tc_price_for (&fixture->facts.price, &call));
  tc_session_config_add_setting (fixture->config, "teach-budget", "0.25");
  capped = make (fixture);
  money = &capped->ranges[TC_ESTIMATE_MONEY];
  g_assert_cmpint (money->high, ==, TC_MONEY_DOLLAR / 4);
  fixture->facts.price = TC_PRICE_UNKNOWN;
  g_clear_pointer (&estimate, tc_estimate_free);
  estimate = make (fixture);
  g_assert_false (estimate->ranges[TC_ESTIMATE_MONEY].is_known);
}

static void
test_over_budget (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(TcEstimate) plenty = NULL;
  g_autoptr(TcEstimate) short_of = NULL;
  g_autoptr(TcEstimate) far_too_little = NULL;
  const TcRange *money;

  supervise (fixture, "xai");
  fixture->facts.price.input = 2 * TC_MONEY_DOLLAR;
  fixture->facts.price.output = 6 * TC_MONEY_DOLLAR;
  fixture->facts.money_left = 20 * TC_MONEY_DOLLAR;
  plenty = make (fixture);
  money = &plenty->ranges[TC_ESTIMATE_MONEY];
  g_assert_cmpuint (plenty->warnings->len, ==, 0);
  fixture->facts.money_left = money->high - 1;
  short_of = make (fixture);
  g_assert_true (says (short_of->warnings, "may not last"));
  fixture->facts.money_left = money->low - 1;
  far_too_little = make (fixture);
  g_assert_true (says (far_too_little->warnings, "too small"));
}

static void
test_sum (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr(TcEstimate) total = tc_estimate_new ();

  g_ptr_array_add (fixture->past, new_run (&quiet, 10, 1));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(TcEstimate) one = NULL;

      fixture->config->epochs = 10;
      one = make (fixture);
      tc_estimate_add (total, one);
    }
  assert_holds (&total->ranges[TC_ESTIMATE_TIME], 3 * true_seconds (&quiet, 10, 5) * G_USEC_PER_SEC);
  assert_holds (&total->ranges[TC_ESTIMATE_MEMORY], GB);
  g_assert_cmpstr (total->ranges[TC_ESTIMATE_TIME].basis, ==, "history of 1 run");
}

static void
test_json (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(TcPastRun) run = new_run (&quiet, 10, 1);
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(JsonNode) again = NULL;
  g_autoptr(TcPastRun) read = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  run->spent = 1234567;
  node = tc_past_run_to_json (run);
  before = tc_json_to_string (node, FALSE);
  read = tc_past_run_from_json (json_node_get_object (node));
  again = tc_past_run_to_json (read);
  after = tc_json_to_string (again, FALSE);
  g_assert_cmpstr (before, ==, after);
  json_object_set_int_member (json_node_get_object (node), "version", 2);
  g_assert_null (tc_past_run_from_json (json_node_get_object (node)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) g_test_add ("/tc/estimate/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("time-holds-truth", test_time_holds_truth);
  ADD ("time-basis", test_time_basis);
  ADD ("time-without-parts", test_time_without_parts);
  ADD ("time-unlike", test_time_unlike);
  ADD ("time-scaled", test_time_scaled);
  ADD ("calibration", test_calibration);
  ADD ("disk-holds-truth", test_disk_holds_truth);
  ADD ("disk-full", test_disk_full);
  ADD ("memory", test_memory);
  ADD ("verdicts", test_verdicts);
  ADD ("money", test_money);
  ADD ("money-from-calls", test_money_from_calls);
  ADD ("money-unknown", test_money_unknown);
  ADD ("money-of-teacher", test_money_of_teacher);
  ADD ("over-budget", test_over_budget);
  ADD ("sum", test_sum);
  ADD ("json", test_json);
#undef ADD

  return g_test_run ();
}
