/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What stays on the disk, and how much memory it takes; and whether both are
 * there. */

#include "config.h"

#include "tc-duration.h"
#include "tc-estimate-make.h"

#define BYTES_A_WEIGHT 4
/* Two moments for each weight. */
#define RESUME_BYTES_A_WEIGHT 8
/* Header, manifest and random state of a checkpoint; the report of a gate. */
#define CHECKPOINT_EXTRA 24000
#define GATE_REPORT 12000
/* An epoch's lines, events and points; and what is said of batches, which is at
 * most twice a second, each a line, an event and five points. */
#define EPOCH_TEXT_LEAST 700
#define EPOCH_TEXT_MOST 3000
#define BATCH_TEXT 450
#define BATCHES_A_SECOND 2
/* Blocks, folders and the records of the run. */
#define FOLDER_LEAST 20000
#define FOLDER_MOST 200000

#define KNOWN_LESS 0.95
#define KNOWN_MORE 1.10
#define MEASURED_MORE 1.20
#define RECKONED_LESS 0.60
#define RECKONED_MORE 1.20

/* The sizes of a checkpoint. */
typedef struct
{
  double      weights;
  double      resume;
  const char *basis;
} Sizes;

static gboolean
find_sizes (const TcEstimateFacts *facts,
            Sizes                 *sizes)
{
  if (facts->calibration != NULL && facts->calibration->problem == NULL)
    {
      *sizes = (Sizes) { (double) facts->calibration->checkpoint_bytes, (double) facts->calibration->resume_bytes,
                         "the model's size" };
      return TRUE;
    }
  for (guint i = 0; facts->past != NULL && i < facts->past->len; i++)
    {
      TcPastRun *run = g_ptr_array_index (facts->past, i);

      if (run->parameters <= 0 || !g_str_equal (run->kind->target, facts->kind->target))
        continue;
      *sizes = (Sizes) { (double) run->parameters * BYTES_A_WEIGHT, (double) run->parameters * RESUME_BYTES_A_WEIGHT,
                         "the model's size" };
      return TRUE;
    }

  return FALSE;
}

/* What checkpoint.py and trainer.py keep: the last one with all that resuming
 * needs, the weights of each gate, and those of the best, which may be one of
 * them. The new one is complete before the old one goes. */
static void
make_from_sizes (TcEstimate            *self,
                 const TcEstimateFacts *facts,
                 const Sizes           *sizes)
{
  guint epochs = facts->config->epochs;
  guint n_gates = tc_estimate_count_gates (epochs);
  const TcRange *time = &self->ranges[TC_ESTIMATE_TIME];
  double seconds = time->is_known ? (double) time->high / G_USEC_PER_SEC : 0;
  double reports = seconds * BATCHES_A_SECOND;
  double low;
  double high;

  if (facts->calibration != NULL && facts->calibration->problem == NULL)
    reports = MIN (reports, facts->calibration->batches * epochs);
  low = n_gates * sizes->weights + sizes->resume + epochs * EPOCH_TEXT_LEAST + FOLDER_LEAST;
  high = (n_gates + 1) * (sizes->weights + CHECKPOINT_EXTRA + GATE_REPORT) + sizes->resume +
         epochs * EPOCH_TEXT_MOST + reports * BATCH_TEXT + FOLDER_MOST;

  tc_estimate_set (self, TC_ESTIMATE_DISK, low, high, sizes->basis);
  self->disk_peak = (gint64) (high + sizes->weights + sizes->resume);
  tc_estimate_assume (self, "Kept are the weights of %u gates, the best ones, and the last with all that resuming needs.",
                      n_gates);
}

/* Another script keeps what it likes; only runs of its own say how much. */
static gboolean
make_from_folders (TcEstimate            *self,
                   const TcEstimateFacts *facts)
{
  gboolean is_similar;
  g_autoptr(GPtrArray) runs = tc_estimate_choose_past (facts, &is_similar);
  double low = G_MAXDOUBLE;
  double high = 0;
  guint n = 0;
  g_autofree char *basis = NULL;

  for (guint i = 0; i < runs->len; i++)
    {
      const TcPastRun *run = g_ptr_array_index (runs, i);
      double size = (double) run->disk_bytes;
      double grown = size * facts->config->epochs / run->epochs;

      if (run->disk_bytes <= 0 || !run->is_complete)
        continue;
      low = MIN (low, MIN (size, grown));
      high = MAX (high, MAX (size, grown));
      n++;
    }
  if (n == 0)
    return FALSE;

  basis = g_strdup_printf ("history of %u %s", n, n == 1 ? "run" : "runs");
  tc_estimate_set (self, TC_ESTIMATE_DISK, low * KNOWN_LESS, high * KNOWN_MORE, basis);
  self->disk_peak = self->ranges[TC_ESTIMATE_DISK].high;

  return TRUE;
}

static void
check_disk (TcEstimate            *self,
            const TcEstimateFacts *facts)
{
  g_autofree char *needed = tc_size_format ((guint64) MAX (self->disk_peak, 0));
  g_autofree char *free_now = tc_size_format ((guint64) MAX (facts->disk_free, 0));

  if (facts->disk_free < 0)
    return;
  if (self->disk_peak > facts->disk_free)
    tc_estimate_warn (self, "The disk will be full: up to %s are needed where the runs are kept, and %s are free.",
                      needed, free_now);
}

/** tc_estimate_make_disk: sets what the session leaves on the disk; the time must be set */
void
tc_estimate_make_disk (TcEstimate            *self,
                       const TcEstimateFacts *facts)
{
  Sizes sizes;

  if (facts->is_ours && find_sizes (facts, &sizes))
    make_from_sizes (self, facts, &sizes);
  else if (!make_from_folders (self, facts))
    {
      tc_estimate_set_unknown (self, TC_ESTIMATE_DISK, facts->no_time != NULL && facts->is_ours ? facts->no_time
                               : "not known yet: no run of this script on this machine");
      return;
    }
  check_disk (self, facts);
}

static gboolean
make_memory_from_history (TcEstimate            *self,
                          const TcEstimateFacts *facts)
{
  gboolean is_similar;
  g_autoptr(GPtrArray) runs = tc_estimate_choose_past (facts, &is_similar);
  double low = G_MAXDOUBLE;
  double high = 0;
  guint n = 0;
  g_autofree char *basis = NULL;

  for (guint i = 0; i < runs->len; i++)
    {
      const TcPastRun *run = g_ptr_array_index (runs, i);

      if (run->max_rss_bytes <= 0)
        continue;
      low = MIN (low, (double) run->max_rss_bytes);
      high = MAX (high, (double) run->max_rss_bytes);
      n++;
    }
  if (n == 0)
    return FALSE;

  basis = g_strdup_printf ("history of %u %s%s", n, is_similar ? "similar " : "", n == 1 ? "run" : "runs");
  tc_estimate_set (self, TC_ESTIMATE_MEMORY, low * KNOWN_LESS, high * KNOWN_MORE, basis);

  return TRUE;
}

static void
make_memory_from_calibration (TcEstimate            *self,
                              const TcEstimateFacts *facts)
{
  const TcCalibration *found = facts->calibration;
  double peak = (double) found->peak_memory_bytes;

  if (found->memory_is_measured || found->gpu_peak_bytes > 0)
    tc_estimate_set (self, TC_ESTIMATE_MEMORY, peak * KNOWN_LESS, peak * MEASURED_MORE, "calibration");
  else
    {
      tc_estimate_set (self, TC_ESTIMATE_MEMORY, peak * RECKONED_LESS, peak * RECKONED_MORE, "calibration");
      tc_estimate_assume (self, "The memory is reckoned from the model's shape, because no whole batch was timed.");
    }
  if (found->gpu_peak_bytes > 0)
    {
      g_autofree char *gpu = tc_size_format ((guint64) found->gpu_peak_bytes);

      tc_estimate_assume (self, "Besides it needs %s of the GPU's memory.", gpu);
    }
}

static void
check_memory (TcEstimate            *self,
              const TcEstimateFacts *facts)
{
  const TcRange *range = &self->ranges[TC_ESTIMATE_MEMORY];
  g_autofree char *needed = tc_size_format ((guint64) range->high);
  g_autofree char *free_now = tc_size_format ((guint64) MAX (facts->memory_free, 0));

  if (facts->memory_free >= 0 && range->high > facts->memory_free)
    tc_estimate_warn (self, "It %s not fit: up to %s of memory are needed, and %s are free now.",
                      range->low > facts->memory_free ? "will" : "may", needed, free_now);
}

/** tc_estimate_make_memory: sets how much memory the session needs at most */
void
tc_estimate_make_memory (TcEstimate            *self,
                         const TcEstimateFacts *facts)
{
  const TcCalibration *found = facts->calibration;

  /* What the script itself says of this machine, now, comes before history. */
  if (found != NULL && found->problem != NULL)
    tc_estimate_warn (self, "It will not start: %s", found->problem);
  if (make_memory_from_history (self, facts))
    check_memory (self, facts);
  else if (found != NULL && found->problem == NULL)
    {
      make_memory_from_calibration (self, facts);
      check_memory (self, facts);
    }
  else
    tc_estimate_set_unknown (self, TC_ESTIMATE_MEMORY, facts->no_time != NULL ? facts->no_time
                             : "not known yet: no run of this script on this machine");
}
