/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-clock.h"
#include "tc-json.h"
#include "tc-money.h"
#include "tc-verdict.h"

static const struct
{
  const char *name;
  guint       most;
} parts[TC_VERDICT_N_PARTS] = {
  [TC_VERDICT_CONVERGENCE] = { "loss_convergence", 30 },
  [TC_VERDICT_ACCURACY] = { "validation_accuracy", 30 },
  [TC_VERDICT_FORMAT] = { "format_correctness", 20 },
  [TC_VERDICT_PROGRESS] = { "steady_progress", 20 },
};

static const char *const statuses[] = { "continue", "observe", "review", "stop" };
static const char *const actions[] = { "none", "pause", "stop" };

/* From this score on. */
static const struct
{
  guint       least;
  const char *grade;
} grades[] = { { 90, "A" }, { 80, "B" }, { 70, "C" }, { 60, "D" }, { 0, "F" } };

/**
 * tc_verdict_new:
 *
 * Returns: (transfer full): a verdict that costs nobody knows what
 */
TcVerdict *
tc_verdict_new (guint64 session_id,
                guint   attempt,
                guint   epoch)
{
  TcVerdict *self = g_new0 (TcVerdict, 1);

  self->session_id = session_id;
  self->attempt = attempt;
  self->epoch = epoch;
  self->cost = -1;

  return self;
}

/**
 * tc_verdict_copy:
 *
 * Returns: (transfer full): a copy
 */
TcVerdict *
tc_verdict_copy (const TcVerdict *self)
{
  TcVerdict *copy = g_memdup2 (self, sizeof *self);

  copy->provider = g_strdup (self->provider);
  copy->model = g_strdup (self->model);
  copy->recommendation = g_strdup (self->recommendation);
  copy->note = g_strdup (self->note);
  copy->error = g_strdup (self->error);

  return copy;
}

/** tc_verdict_free: */
void
tc_verdict_free (TcVerdict *self)
{
  g_free (self->provider);
  g_free (self->model);
  g_free (self->recommendation);
  g_free (self->note);
  g_free (self->error);
  g_free (self);
}

/**
 * tc_verdict_get_grade:
 *
 * Returns: (transfer none) (nullable): "A" to "D" or "F"; NULL when there is no
 *   verdict
 */
const char *
tc_verdict_get_grade (const TcVerdict *self)
{
  guint i = 0;

  if (self->error != NULL)
    return NULL;
  while (self->score < grades[i].least)
    i++;

  return grades[i].grade;
}

/** tc_verdict_part_to_string: Returns: the name of a part in JSON */
const char *
tc_verdict_part_to_string (TcVerdictPart part)
{
  g_return_val_if_fail (part < TC_VERDICT_N_PARTS, NULL);

  return parts[part].name;
}

/** tc_verdict_part_get_most: Returns: the most points there are for a part */
guint
tc_verdict_part_get_most (TcVerdictPart part)
{
  g_return_val_if_fail (part < TC_VERDICT_N_PARTS, 0);

  return parts[part].most;
}

static gboolean
find_word (const char *const *words,
           guint              n_words,
           const char        *text,
           guint             *index)
{
  for (guint i = 0; text != NULL && i < n_words; i++)
    {
      if (g_str_equal (words[i], text))
        {
          *index = i;
          return TRUE;
        }
    }

  return FALSE;
}

/** tc_verdict_status_to_string: Returns: "continue", "observe", "review" or "stop" */
const char *
tc_verdict_status_to_string (TcVerdictStatus status)
{
  return statuses[CLAMP (status, TC_VERDICT_CONTINUE, TC_VERDICT_STOP)];
}

/**
 * tc_verdict_status_from_string:
 * @text: (nullable): a word
 * @status: (out): what it means; unchanged when it means nothing
 *
 * Returns: whether @text is a status
 */
gboolean
tc_verdict_status_from_string (const char      *text,
                               TcVerdictStatus *status)
{
  guint index;

  if (!find_word (statuses, G_N_ELEMENTS (statuses), text, &index))
    return FALSE;
  *status = (TcVerdictStatus) index;

  return TRUE;
}

/** tc_verdict_action_to_string: Returns: "none", "pause" or "stop" */
const char *
tc_verdict_action_to_string (TcVerdictAction action)
{
  return actions[CLAMP (action, TC_VERDICT_ACTION_NONE, TC_VERDICT_ACTION_STOP)];
}

/**
 * tc_verdict_action_from_string:
 * @text: (nullable): a word
 * @action: (out): what it means; none for any other word
 */
void
tc_verdict_action_from_string (const char      *text,
                               TcVerdictAction *action)
{
  guint index = TC_VERDICT_ACTION_NONE;

  find_word (actions, G_N_ELEMENTS (actions), text, &index);
  *action = (TcVerdictAction) index;
}

static void
set_judgement (JsonObject      *object,
               const TcVerdict *self)
{
  JsonObject *points = json_object_new ();

  for (guint i = 0; i < TC_VERDICT_N_PARTS; i++)
    json_object_set_int_member (points, parts[i].name, self->parts[i]);
  json_object_set_object_member (object, "parts", points);
  json_object_set_int_member (object, "score", self->score);
  json_object_set_string_member (object, "grade", tc_verdict_get_grade (self));
  json_object_set_string_member (object, "status", tc_verdict_status_to_string (self->status));
}

/* "0.001234", as everywhere in the API. */
static char *
dup_amount (gint64 micros)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT,
                          micros / TC_MONEY_DOLLAR, micros % TC_MONEY_DOLLAR);
}

/**
 * tc_verdict_to_json:
 *
 * Returns: (transfer full): an object; what is not known, and all of the
 *   judgement when there is none, is null
 */
JsonNode *
tc_verdict_to_json (const TcVerdict *self)
{
  static const char *const judgement[] = { "parts", "score", "grade", "status" };
  g_autofree char *session = g_strdup_printf ("%" G_GUINT64_FORMAT, self->session_id);
  g_autofree char *at = tc_clock_format_iso8601 (self->at_us);
  g_autofree char *cost = self->cost >= 0 ? dup_amount (self->cost) : NULL;
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_alloc ();

  json_node_take_object (json_node_init (node, JSON_NODE_OBJECT), object);
  json_object_set_int_member (object, "id", self->id);
  json_object_set_string_member (object, "session_id", session);
  json_object_set_string_member (object, "at", at);
  json_object_set_int_member (object, "attempt", self->attempt);
  json_object_set_int_member (object, "epoch", self->epoch);
  json_object_set_string_member (object, "provider", self->provider);
  json_object_set_string_member (object, "model", self->model);
  if (self->error == NULL)
    set_judgement (object, self);
  else
    for (guint i = 0; i < G_N_ELEMENTS (judgement); i++)
      json_object_set_null_member (object, judgement[i]);
  json_object_set_string_member (object, "recommendation", self->recommendation);
  json_object_set_string_member (object, "action", tc_verdict_action_to_string (self->action));
  json_object_set_string_member (object, "note", self->note);
  json_object_set_string_member (object, "cost_usd", cost);
  json_object_set_string_member (object, "error", self->error);

  return node;
}

static guint
get_points (JsonObject *object,
            const char *member,
            guint       most)
{
  return (guint) CLAMP (tc_json_get_int (object, member, 0), 0, (gint64) most);
}

/**
 * tc_verdict_from_json:
 * @object: as tc_verdict_to_json() writes it
 *
 * Returns: (transfer full): the verdict; what is missing is 0 or NULL
 */
TcVerdict *
tc_verdict_from_json (JsonObject *object)
{
  guint64 session = g_ascii_strtoull (tc_json_get_string (object, "session_id", "0"), NULL, 10);
  TcVerdict *self = tc_verdict_new (session, (guint) tc_json_get_int (object, "attempt", 0),
                                    (guint) tc_json_get_int (object, "epoch", 0));
  JsonObject *points = tc_json_get_object (object, "parts");
  const char *cost = tc_json_get_string (object, "cost_usd", NULL);

  self->id = tc_json_get_int (object, "id", 0);
  tc_clock_parse_iso8601 (tc_json_get_string (object, "at", ""), &self->at_us);
  self->provider = g_strdup (tc_json_get_string (object, "provider", ""));
  self->model = g_strdup (tc_json_get_string (object, "model", ""));
  for (guint i = 0; i < TC_VERDICT_N_PARTS; i++)
    self->parts[i] = get_points (points, parts[i].name, parts[i].most);
  self->score = get_points (object, "score", 100);
  tc_verdict_status_from_string (tc_json_get_string (object, "status", NULL), &self->status);
  tc_verdict_action_from_string (tc_json_get_string (object, "action", NULL), &self->action);
  self->recommendation = g_strdup (tc_json_get_string (object, "recommendation", NULL));
  self->note = g_strdup (tc_json_get_string (object, "note", NULL));
  self->error = g_strdup (tc_json_get_string (object, "error", NULL));
  if (cost != NULL)
    tc_money_parse (cost, &self->cost, NULL);

  return self;
}
