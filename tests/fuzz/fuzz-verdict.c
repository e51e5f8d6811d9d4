/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A model's answer is a sound verdict or an error; and whatever a script writes
 * as the report of its gate, a supervisor's report stays small and whole. */

#include <string.h>

#include "fuzz.h"
#include "tc-json.h"
#include "tc-supervise-report.h"
#include "tc-verdict-policy.h"
#include "tc-verdict-reader.h"

static void
check_text (const char *text)
{
  g_assert (g_utf8_validate (text, -1, NULL));
  for (; *text != '\0'; text++)
    g_assert (*text == '\n' || *text == '\t' || (guchar) *text >= ' ');
}

static void
check_verdict (const char *text)
{
  g_autoptr(TcVerdict) verdict = tc_verdict_new (1, 1, 5);
  g_autoptr(TcVerdict) again = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *sentence = NULL;
  guint sum = 0;

  if (!tc_verdict_read (text, verdict, &error))
    {
      g_assert (error != NULL && verdict->score == 0 && verdict->recommendation == NULL);
      check_text (error->message);
      return;
    }
  for (guint i = 0; i < TC_VERDICT_N_PARTS; i++)
    {
      g_assert (verdict->parts[i] <= tc_verdict_part_get_most (i));
      sum += verdict->parts[i];
    }
  g_assert (verdict->score == sum && tc_verdict_get_grade (verdict) != NULL);
  if (verdict->recommendation != NULL)
    {
      check_text (verdict->recommendation);
      g_assert (g_utf8_strlen (verdict->recommendation, -1) <= TC_VERDICT_MAX_RECOMMENDATION);
    }
  sentence = tc_verdict_dup_sentence (verdict);
  check_text (sentence);
  node = tc_verdict_to_json (verdict);
  again = tc_verdict_from_json (json_node_get_object (node));
  g_assert (again->score == sum && again->status == verdict->status);
}

static void
check_report (const char *text)
{
  g_autoptr(TcSessionConfig) config = NULL;
  g_autoptr(TcSession) session = NULL;
  g_autoptr(JsonObject) gate_report = tc_json_parse_object (text, -1, TC_JSON_ALLOW_NON_FINITE, NULL);
  g_autoptr(JsonObject) whole = NULL;
  g_autofree char *report = NULL;
  TcReportFacts facts = { NULL, 5 };

  if (gate_report == NULL)
    return;
  config = tc_session_config_new ();
  session = tc_session_new (1, config);
  facts.session = session;
  facts.gate_report = gate_report;
  report = tc_report_build (&facts);
  g_assert (strlen (report) <= TC_REPORT_MAX_BYTES);
  whole = tc_json_parse_object (report, -1, TC_JSON_DEFAULT, NULL);
  g_assert (whole != NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  check_verdict (text);
  check_report (text);

  return 0;
}
