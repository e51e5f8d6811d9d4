/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Collects what a rule tells, so that a test can count and read it. */

#include "tc-finding.h"

typedef struct
{
  GPtrArray *findings;  /* (owned) (element-type TcFinding) */
} Findings;

static inline void
findings_take (const TcFinding *finding,
               gpointer         user_data)
{
  g_ptr_array_add (((Findings *) user_data)->findings, tc_finding_copy (finding));
}

static inline void
findings_init (Findings *self)
{
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_finding_free);
}

static inline void
findings_clear (Findings *self)
{
  g_ptr_array_unref (self->findings);
}

static inline void
findings_reset (Findings *self)
{
  g_ptr_array_set_size (self->findings, 0);
}

/* Alarms of a kind; of any kind when it is NULL. */
static inline guint
findings_count (const Findings *self,
                const char     *kind,
                gboolean        clears)
{
  guint n = 0;

  for (guint i = 0; i < self->findings->len; i++)
    {
      const TcFinding *finding = g_ptr_array_index (self->findings, i);

      if (finding->clears == clears && (kind == NULL || g_str_equal (finding->kind, kind)))
        n++;
    }

  return n;
}

static inline const TcFinding *
findings_last (const Findings *self)
{
  g_assert_cmpuint (self->findings->len, >, 0);

  return g_ptr_array_index (self->findings, self->findings->len - 1);
}
