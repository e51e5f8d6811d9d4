/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The queue in the order people look at it: what is on, what comes next, what
 * has ended (newest first), each a section of its own. Follows the sessions.
 */

#include <gtk/gtk.h>

#include "tc-queue.h"

G_BEGIN_DECLS

typedef enum
{
  TC_SECTION_ON,
  TC_SECTION_NEXT,
  TC_SECTION_ENDED,
} TcSection;

#define TC_TYPE_SECTION_MODEL (tc_section_model_get_type ())
G_DECLARE_FINAL_TYPE (TcSectionModel, tc_section_model, TC, SECTION_MODEL, GObject)

TcSectionModel *tc_section_model_new       (TcQueue        *queue);
GListModel     *tc_section_model_get_model (TcSectionModel *self);
TcSection       tc_section_of              (TcSession      *session);

G_END_DECLS
