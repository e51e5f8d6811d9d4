/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl gates ID: the quality gates of a session, and what its supervisor
 * said at each of them and in between. */

#include "config.h"

#include "tc-commands.h"
#include "tc-json.h"
#include "tc-money.h"
#include "tc-records.h"
#include "tc-text.h"
#include "tc-verdict.h"

/* Where nothing says how wide lines may be. */
#define WIDTH_WITHOUT_TERMINAL 80
#define INDENT 7
#define MAX_WORDS_BYTES 8000

/* What is known of one epoch of one attempt; either may be NULL. */
typedef struct
{
  guint      attempt;
  guint      epoch;
  TcGate    *gate;     /* (owned) (nullable) */
  TcVerdict *verdict;  /* (owned) (nullable) */
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_clear_pointer (&row->gate, tc_gate_free);
  g_clear_pointer (&row->verdict, tc_verdict_free);
  g_free (row);
}

/* ---- Bringing the two together ---- */

static JsonNode *
fetch (TcCli       *cli,
       const char  *member,
       GError     **error)
{
  g_autofree char *target = g_strdup_printf ("/api/training/%s/%s", member,
                                             tc_cli_args_get_word (cli->args, 0));

  return tc_cli_call (cli, "GET", target, NULL, error);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const Row *first = *(Row *const *) a;
  const Row *second = *(Row *const *) b;

  if (first->attempt != second->attempt)
    return first->attempt < second->attempt ? -1 : 1;

  return first->epoch < second->epoch ? -1 : first->epoch > second->epoch;
}

/* Returns: the row of that epoch that has no verdict yet, or a new one */
static Row *
find_row (GPtrArray *rows,
          guint      attempt,
          guint      epoch)
{
  Row *row;

  for (guint i = 0; i < rows->len; i++)
    {
      row = g_ptr_array_index (rows, i);
      if (row->attempt == attempt && row->epoch == epoch && row->verdict == NULL)
        return row;
    }
  row = g_new0 (Row, 1);
  row->attempt = attempt;
  row->epoch = epoch;
  g_ptr_array_add (rows, row);

  return row;
}

static JsonArray *
get_records (JsonNode   *answer,
             const char *member)
{
  return tc_json_get_array (json_node_get_object (answer), member);
}

static JsonObject *
get_record (JsonArray *records,
            guint      index)
{
  JsonNode *node = json_array_get_element (records, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static GPtrArray *
make_rows (JsonArray *gates,
           JsonArray *verdicts)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);

  for (guint i = 0; gates != NULL && i < json_array_get_length (gates); i++)
    {
      JsonObject *object = get_record (gates, i);
      Row *row;

      if (object == NULL)
        continue;
      row = g_new0 (Row, 1);
      row->gate = tc_gate_from_json (object);
      row->attempt = row->gate->attempt;
      row->epoch = row->gate->epoch;
      g_ptr_array_add (rows, row);
    }
  for (guint i = 0; verdicts != NULL && i < json_array_get_length (verdicts); i++)
    {
      JsonObject *object = get_record (verdicts, i);
      g_autoptr(TcVerdict) verdict = object != NULL ? tc_verdict_from_json (object) : NULL;

      if (verdict != NULL)
        {
          Row *row = find_row (rows, verdict->attempt, verdict->epoch);

          row->verdict = g_steal_pointer (&verdict);
        }
    }
  g_ptr_array_sort (rows, compare_rows);

  return rows;
}

/* ---- The table ---- */

static TcCliStyle
get_grade_style (const TcVerdict *verdict)
{
  const char *grade = tc_verdict_get_grade (verdict);

  if (grade == NULL)
    return TC_CLI_DIM;
  if (*grade == 'A' || *grade == 'B')
    return TC_CLI_GREEN;

  return *grade == 'F' ? TC_CLI_RED : TC_CLI_YELLOW;
}

static void
add_gate (TcCliGrid    *grid,
          const TcGate *gate)
{
  if (gate == NULL)
    tc_cli_grid_add (grid, TC_CLI_PLAIN, NULL);
  else
    tc_cli_grid_add_take (grid, tc_cli_gate_style (gate->result),
                          g_strdup_printf ("%s %s", tc_cli_gate_sign (gate->result), gate->result));
}

static void
add_verdict (TcCliGrid       *grid,
             const TcVerdict *verdict)
{
  g_autofree char *cost = NULL;

  if (verdict == NULL)
    {
      for (guint i = 0; i < 4; i++)
        tc_cli_grid_add (grid, TC_CLI_PLAIN, NULL);
      return;
    }
  if (verdict->error != NULL)
    {
      tc_cli_grid_add (grid, TC_CLI_DIM, "—");
      tc_cli_grid_add (grid, TC_CLI_DIM, "—");
      tc_cli_grid_add (grid, TC_CLI_DIM, "no verdict");
    }
  else
    {
      tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%u", verdict->score));
      tc_cli_grid_add (grid, get_grade_style (verdict), tc_verdict_get_grade (verdict));
      tc_cli_grid_add (grid, TC_CLI_PLAIN, tc_verdict_status_to_string (verdict->status));
    }
  cost = verdict->cost >= 0 ? tc_money_format (verdict->cost) : NULL;
  tc_cli_grid_add (grid, TC_CLI_PLAIN, cost != NULL ? cost : "?");
}

static TcCliGrid *
make_grid (GPtrArray *rows,
           gboolean   has_verdicts)
{
  TcCliGrid *grid = tc_cli_grid_new (has_verdicts ? ">EPOCH|RESULT|>SCORE|GRADE|STATUS|>COST|TIME|"
                                                  : ">EPOCH|RESULT|TIME|");

  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = g_ptr_array_index (rows, i);

      tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%u", row->epoch));
      add_gate (grid, row->gate);
      if (has_verdicts)
        add_verdict (grid, row->verdict);
      tc_cli_grid_add_take (grid, TC_CLI_DIM, tc_cli_format_time (row->gate != NULL ? row->gate->at_us
                                                                                    : row->verdict->at_us));
      tc_cli_grid_add (grid, TC_CLI_PLAIN, row->gate == NULL ? NULL
                       : row->gate->text != NULL ? row->gate->text : row->gate->report);
    }

  return grid;
}

/* ---- The words below a row ---- */

static void
append_words (TcCli      *cli,
              GString    *out,
              TcCliStyle  style,
              const char *words)
{
  guint width = cli->width > 0 ? cli->width : WIDTH_WITHOUT_TERMINAL;
  g_autofree char *clean = tc_text_sanitize (words, -1, MAX_WORDS_BYTES, TC_TEXT_SINGLE_LINE);
  g_autofree char *wrapped = tc_cli_text_wrap (clean, width > INDENT + 20 ? width - INDENT : 20);
  g_auto(GStrv) lines = g_strsplit (wrapped, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *painted = tc_cli_paint (style, lines[i], cli->has_colours);

      g_string_append_printf (out, "%*s%s\n", INDENT, "", painted);
    }
}

static void
append_verdict (TcCli           *cli,
                GString         *out,
                const TcVerdict *verdict)
{
  static const char *const done[] = { NULL, "The run was paused.", "The run was stopped." };
  g_autofree char *parts = NULL;

  if (verdict->error != NULL)
    {
      append_words (cli, out, TC_CLI_DIM, verdict->error);
      return;
    }
  parts = g_strdup_printf ("convergence %u/30, accuracy %u/30, format %u/20, progress %u/20 — %s",
                           verdict->parts[TC_VERDICT_CONVERGENCE], verdict->parts[TC_VERDICT_ACCURACY],
                           verdict->parts[TC_VERDICT_FORMAT], verdict->parts[TC_VERDICT_PROGRESS],
                           verdict->model);
  append_words (cli, out, TC_CLI_DIM, parts);
  if (verdict->recommendation != NULL)
    append_words (cli, out, TC_CLI_PLAIN, verdict->recommendation);
  if (verdict->note != NULL)
    append_words (cli, out, TC_CLI_DIM, verdict->note);
  if (done[verdict->action] != NULL)
    append_words (cli, out, get_grade_style (verdict), done[verdict->action]);
}

static int
print_rows (TcCli     *cli,
            GPtrArray *rows,
            gboolean   has_verdicts)
{
  g_autoptr(TcCliGrid) grid = make_grid (rows, has_verdicts);
  g_autofree char *table = tc_cli_grid_to_string (grid, cli->width, cli->has_colours);
  g_auto(GStrv) lines = g_strsplit (table, "\n", -1);
  g_autoptr(GString) out = g_string_new (NULL);
  guint attempt = 1;

  /* The heading, and then a line a row. */
  for (guint i = 0; lines[i] != NULL && i <= rows->len; i++)
    {
      const Row *row = i > 0 ? g_ptr_array_index (rows, i - 1) : NULL;

      if (row != NULL && row->attempt > attempt)
        g_string_append_printf (out, "Attempt %u\n", attempt = row->attempt);
      g_string_append_printf (out, "%s\n", lines[i]);
      if (row != NULL && row->verdict != NULL)
        append_verdict (cli, out, row->verdict);
    }

  return tc_cli_print (out->str);
}

int
tc_cmd_gates (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) gates = fetch (cli, "gates", &error);
  g_autoptr(JsonNode) verdicts = gates != NULL ? fetch (cli, "verdicts", &error) : NULL;
  g_autoptr(GPtrArray) rows = NULL;
  JsonArray *said;

  if (verdicts == NULL)
    return tc_cli_fail (error);
  said = get_records (verdicts, "verdicts");
  if (cli->args->json)
    {
      json_object_set_array_member (json_node_get_object (gates), "verdicts",
                                    said != NULL ? json_array_ref (said) : json_array_new ());
      return tc_cli_print_json (gates);
    }
  rows = make_rows (get_records (gates, "gates"), said);
  if (rows->len == 0)
    return tc_cli_print ("There are no gates yet.\n");

  return print_rows (cli, rows, said != NULL && json_array_get_length (said) > 0);
}
