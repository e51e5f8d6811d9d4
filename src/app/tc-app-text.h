/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The words of the window for things the engine knows by code: states, corpora,
 * times, reasons. Translated. All are (transfer full) unless const.
 */

#include "tc-queue.h"
#include "tc-session.h"

G_BEGIN_DECLS

const char *tc_app_text_get_state       (TcSessionState    state);
const char *tc_app_text_get_state_icon  (TcSessionState    state);
const char *tc_app_text_get_state_class (TcSessionState    state);
const char *tc_app_text_get_corpus      (TcSessionConfig  *config);
char       *tc_app_text_dup_target      (TcSessionConfig *config);
char       *tc_app_text_dup_title       (TcSession        *session);
char       *tc_app_text_dup_subtitle    (TcSession        *session);
char       *tc_app_text_dup_note        (TcSession        *session,
                                          TcQueue          *queue);
char       *tc_app_text_dup_progress    (TcSession        *session);
char       *tc_app_text_dup_loss        (double            loss,
                                         gboolean          has_loss);
char       *tc_app_text_dup_end         (TcSession        *session,
                                         gint64            now_us);

G_END_DECLS
