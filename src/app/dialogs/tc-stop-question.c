/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-stop-question.h"

#include <glib/gi18n.h>

/** tc_stop_question_new: Returns: (transfer floating): a dialog whose ::response is TC_STOP_RESPONSE for yes */
AdwDialog *
tc_stop_question_new (void)
{
  AdwDialog *dialog = adw_alert_dialog_new (_("Stop This Session?"),
                                            _("The script is told first and may save its state. "
                                              "A stopped session can be tried again from its last checkpoint."));

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), TC_STOP_RESPONSE, _("_Stop"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), TC_STOP_RESPONSE, ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");

  return dialog;
}
