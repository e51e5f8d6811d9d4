/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What people type of a session, checked entry by entry, so that a form can say
 * beside each field what is wrong with it. Words are the form's; limits are here.
 */

#include "tc-session-config.h"

G_BEGIN_DECLS

typedef enum
{
  TC_ENTRY_BATCH_SIZE,
  TC_ENTRY_SEQUENCE_LENGTH,
  TC_ENTRY_LEARNING_RATE,
  TC_ENTRY_EARLY_STOP,      /* epochs without a better validation loss */
  TC_ENTRY_BUDGET,
  TC_ENTRY_ENVIRONMENT,
} TcEntry;

typedef enum
{
  TC_ENTRY_FINE,
  TC_ENTRY_NOT_WHOLE,    /* no whole number */
  TC_ENTRY_NOT_A_NUMBER,
  TC_ENTRY_OUT_OF_RANGE, /* of tc_session_entry_get_range() */
  TC_ENTRY_NOT_MONEY,
  TC_ENTRY_NOT_PAIRS,    /* no NAME=value, or not quoted well */
  TC_ENTRY_NO_NAME,      /* nothing that can be the name of a variable */
} TcEntryProblem;

TcEntryProblem tc_session_entry_apply     (TcSessionConfig *config,
                                           TcEntry          entry,
                                           const char      *text);
char          *tc_session_entry_take      (TcSessionConfig *config,
                                           TcEntry          entry);
void           tc_session_entry_get_range (TcEntry          entry,
                                           double          *minimum,
                                           double          *maximum);
guint          tc_session_entry_get_epochs (const char     *corpus);
JsonNode      *tc_session_entry_to_request (GPtrArray      *configs);

G_END_DECLS
