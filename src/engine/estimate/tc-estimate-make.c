/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-estimate-make.h"

/* The same as in data/trainer/helix/options.py. */
static const guint gate_epochs[] = { 1, 5, 10, 20, 50, 100, 150, 200 };

static gboolean
is_gate (guint epoch,
         guint last)
{
  for (guint i = 0; i < G_N_ELEMENTS (gate_epochs); i++)
    {
      if (gate_epochs[i] == epoch)
        return TRUE;
    }

  return epoch == last;
}

/** tc_estimate_count_gates: Returns: after how many of so many epochs a run is judged; the last is always one */
guint
tc_estimate_count_gates (guint epochs)
{
  guint n = 0;

  for (guint epoch = 1; epoch <= epochs; epoch++)
    n += is_gate (epoch, epochs);

  return n;
}

/**
 * tc_estimate_dup_setting:
 * @key: with hyphens
 *
 * Returns: (transfer full) (nullable): the value given last
 */
char *
tc_estimate_dup_setting (TcSessionConfig *config,
                         const char      *key)
{
  for (guint i = config->settings->len; i > 0; i--)
    {
      TcSetting *setting = g_ptr_array_index (config->settings, i - 1);
      g_autofree char *name = g_strdelimit (g_strdup (setting->key), "_", '-');

      if (g_str_equal (name, key))
        return g_strdup (setting->value);
    }

  return NULL;
}

/** tc_estimate_count_verdicts: Returns: how many verdicts a session asks for, if each epoch is trained once */
guint
tc_estimate_count_verdicts (TcSessionConfig *config)
{
  g_autofree char *gates = tc_estimate_dup_setting (config, "gates");
  gboolean has_gates = g_strcmp0 (gates, "off") != 0;
  guint every = config->verdict_every;
  guint n = 0;

  if (g_str_equal (config->policy, "off") || g_str_equal (config->provider, "none"))
    return 0;
  for (guint epoch = 1; epoch <= config->epochs; epoch++)
    n += (has_gates && is_gate (epoch, config->epochs)) || (every > 0 && epoch % every == 0);

  return n;
}

/**
 * tc_estimate_choose_past:
 * @is_similar: (out): they do the same work at another size
 *
 * Returns: (transfer container) (element-type TcPastRun): the runs to learn
 *   from: those that did the same, or else those that did alike
 */
GPtrArray *
tc_estimate_choose_past (const TcEstimateFacts *facts,
                         gboolean              *is_similar)
{
  g_autoptr(GPtrArray) same = g_ptr_array_new ();
  g_autoptr(GPtrArray) similar = g_ptr_array_new ();

  for (guint i = 0; facts->past != NULL && i < facts->past->len; i++)
    {
      TcPastRun *run = g_ptr_array_index (facts->past, i);

      if (run->epochs == 0 || run->seconds <= 0)
        continue;
      if (tc_run_kind_is_same (run->kind, facts->kind))
        g_ptr_array_add (same, run);
      else if (tc_run_kind_is_similar (run->kind, facts->kind))
        g_ptr_array_add (similar, run);
    }
  *is_similar = same->len == 0;

  return same->len > 0 ? g_steal_pointer (&same) : g_steal_pointer (&similar);
}

/**
 * tc_estimate_make:
 *
 * Returns: (transfer full): all four ranges, each known or with a reason
 */
TcEstimate *
tc_estimate_make (const TcEstimateFacts *facts)
{
  TcEstimate *self = tc_estimate_new ();

  tc_estimate_make_time (self, facts);
  tc_estimate_make_money (self, facts);
  tc_estimate_make_disk (self, facts);
  tc_estimate_make_memory (self, facts);
  if (facts->config->resume_from != NULL)
    tc_estimate_assume (self, "All %u epochs are trained; a session that goes on from a checkpoint of its own "
                        "phase has fewer left.", facts->config->epochs);

  return self;
}
