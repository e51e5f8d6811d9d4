/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-finding.h"

/* The kinds that tell of a run nothing good will come of. Stopping is left to
 * the sessions that asked for it. */
static const char *const stop_kinds[] = {
  "nan", "frozen", "diverged", "collapse", "stall", NULL
};

/**
 * tc_finding_new:
 * @kind: one of the kinds in the header; a static string
 * @severity: how bad it is
 * @text: a sentence for people
 *
 * Returns: (transfer full): an alarm
 */
TcFinding *
tc_finding_new (const char *kind,
                TcSeverity  severity,
                const char *text)
{
  TcFinding *self = g_new0 (TcFinding, 1);

  self->kind = kind;
  self->severity = severity;
  self->wants_stop = g_strv_contains (stop_kinds, kind);
  self->text = g_strdup (text);

  return self;
}

/**
 * tc_finding_copy:
 * @self: a finding
 *
 * Returns: (transfer full): the same once more
 */
TcFinding *
tc_finding_copy (const TcFinding *self)
{
  TcFinding *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->text = g_strdup (self->text);

  return copy;
}

/**
 * tc_finding_free:
 * @self: (transfer full) (nullable): a finding
 */
void
tc_finding_free (TcFinding *self)
{
  if (self == NULL)
    return;

  g_free (self->text);
  g_free (self);
}

/**
 * tc_finding_report:
 * @kind: one of the kinds in the header; a static string
 * @severity: how bad it is
 * @text: (transfer full): a sentence for people
 * @func: who is told
 * @user_data: for @func
 *
 * Tells @func of an alarm.
 */
void
tc_finding_report (const char    *kind,
                   TcSeverity     severity,
                   char          *text,
                   TcFindingFunc  func,
                   gpointer       user_data)
{
  TcFinding finding = { kind, severity, FALSE, FALSE, text };

  finding.wants_stop = g_strv_contains (stop_kinds, kind);
  func (&finding, user_data);
  g_free (text);
}

/**
 * tc_finding_clear:
 * @kind: the kind of an alarm raised before; a static string
 * @text: (transfer full): a sentence for people
 * @func: who is told
 * @user_data: for @func
 *
 * Tells @func that an alarm is over.
 */
void
tc_finding_clear (const char    *kind,
                  char          *text,
                  TcFindingFunc  func,
                  gpointer       user_data)
{
  const TcFinding finding = { kind, TC_SEVERITY_INFO, TRUE, FALSE, text };

  func (&finding, user_data);
  g_free (text);
}
