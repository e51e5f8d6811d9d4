/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What tests of pages with a real engine behind them share. */

#include "tc-client.h"

G_BEGIN_DECLS

/* Returns: whether what is waited for is there; fixture is the test's own */
typedef gboolean (*PageCondition) (gpointer    fixture,
                                   const char *argument);

void      page_test_wait (PageCondition  condition,
                          gpointer       fixture,
                          const char    *argument);
JsonNode *page_test_call (TcClient      *client,
                          const char    *method,
                          const char    *target,
                          const char    *body);

/* Waits in the test's own words. */
#define wait_until(fixture, condition, argument) \
  page_test_wait ((PageCondition) (condition), (fixture), (argument))

G_END_DECLS
