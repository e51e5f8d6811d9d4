/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-compare-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "tc-app-text.h"
#include "tc-duration.h"
#include "tc-facts-text.h"
#include "tc-json.h"
#include "tc-provider-text.h"
#include "tc-text.h"

#define MISSING "–"

/* One cell a session. */
typedef struct
{
  const char *title;
  char       *text;   /* (owned) */
  double      rank;   /* less is better; NaN: neither */
} Cell;

typedef void (*ReadCell) (TcSession        *session,
                          const TcRunFacts *facts,
                          Cell             *cell);

/* The members of a configuration that can differ, as people call them. */
static const struct {
  const char *member;
  const char *title;
} members[] = {
  { "corpus_file", N_("Corpus File") },
  { "epochs", N_("Epochs") },
  { "seed", N_("Seed") },
  { "script", N_("Script") },
  { "python", N_("Python") },
  { "command", N_("Command") },
  { "workdir", N_("Working Folder") },
  { "resume_from", N_("Resumed From") },
  { "policy", N_("What a Verdict May Do") },
  { "verdict_every", N_("Epochs Between Verdicts") },
  { "budget_usd", N_("Budget") },
  { "auto_stop", N_("Stop by Rule") },
  { "grace_seconds", N_("Grace Time in Seconds") },
};

static void
difference_free (gpointer data)
{
  TcDifference *difference = data;

  g_free (difference->title);
  g_strfreev (difference->values);
  g_free (difference);
}

static char *
dup_text (const char *text)
{
  return text != NULL ? tc_text_sanitize (text, -1, -1, TC_TEXT_SINGLE_LINE) : g_strdup (MISSING);
}

/* A member as it is, in one line. */
static char *
dup_member (JsonObject *object,
            const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;
  g_autofree char *text = NULL;
  TcMoney amount;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return g_strdup (MISSING);
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? _("Yes") : _("No"));
  if (g_str_equal (member, "budget_usd") && tc_money_parse (json_node_get_string (node), &amount, NULL))
    return tc_facts_text_dup_money (amount);
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    text = g_strdup (json_node_get_string (node));
  else
    text = tc_json_to_string (node, FALSE);

  return tc_text_sanitize (text, -1, -1, TC_TEXT_SINGLE_LINE);
}

/* Takes the values if they are not all the same. */
static void
add_if_different (GPtrArray  *differences,
                  const char *title,
                  GPtrArray  *values,
                  int         best,
                  gboolean    is_result)
{
  TcDifference *difference;
  gboolean is_different = FALSE;

  for (guint i = 1; i < values->len; i++)
    is_different |= g_strcmp0 (g_ptr_array_index (values, 0), g_ptr_array_index (values, i)) != 0;
  if (!is_different)
    return;
  difference = g_new0 (TcDifference, 1);
  difference->title = g_strdup (title);
  difference->values = g_new0 (char *, values->len + 1);
  for (guint i = 0; i < values->len; i++)
    difference->values[i] = g_strdup (g_ptr_array_index (values, i));
  difference->best = best;
  difference->is_result = is_result;
  g_ptr_array_add (differences, difference);
}

static void
add_member (GPtrArray  *differences,
            GPtrArray  *configs,
            const char *group,
            const char *member,
            const char *title)
{
  g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < configs->len; i++)
    {
      JsonObject *config = json_node_get_object (g_ptr_array_index (configs, i));

      g_ptr_array_add (values, dup_member (group != NULL ? tc_json_get_object (config, group) : config, member));
    }
  add_if_different (differences, title, values, -1, FALSE);
}

/* Settings and environment: every name that any of them has. */
static void
add_pairs (GPtrArray  *differences,
           GPtrArray  *configs,
           const char *group)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < configs->len; i++)
    {
      JsonObject *pairs = tc_json_get_object (json_node_get_object (g_ptr_array_index (configs, i)), group);
      JsonObjectIter iter;
      const char *name;

      if (pairs == NULL)
        continue;
      json_object_iter_init_ordered (&iter, pairs);
      while (json_object_iter_next_ordered (&iter, &name, NULL))
        {
          if (g_hash_table_add (seen, (gpointer) name))
            add_member (differences, configs, group, name, name);
        }
    }
}

/* ---- What was asked for, in the words of the window ---- */

static void
read_provider (TcSession        *session,
               const TcRunFacts *facts,
               Cell             *cell)
{
  const char *word = tc_session_get_config (session)->provider;
  const TcProviderText *provider = tc_provider_text_find (word);

  cell->title = _("Provider");
  cell->text = provider != NULL ? g_strdup (_(provider->title)) : dup_text (word);
}

static void
read_model (TcSession        *session,
            const TcRunFacts *facts,
            Cell             *cell)
{
  TcSessionConfig *config = tc_session_get_config (session);

  cell->title = _("Model");
  cell->text = dup_text (config->model_name != NULL ? config->model_name : config->model);
}

static void
read_corpus (TcSession        *session,
             const TcRunFacts *facts,
             Cell             *cell)
{
  cell->title = _("Corpus");
  cell->text = g_strdup (tc_app_text_get_corpus (tc_session_get_config (session)));
}

static void
read_target (TcSession        *session,
             const TcRunFacts *facts,
             Cell             *cell)
{
  cell->title = _("Target");
  cell->text = tc_app_text_dup_target (tc_session_get_config (session));
}

/* ---- Results ---- */

static void
read_state (TcSession        *session,
            const TcRunFacts *facts,
            Cell             *cell)
{
  g_autofree char *note = tc_app_text_dup_note (session, NULL);

  cell->title = _("Result");
  cell->text = g_strdup (note != NULL ? note : tc_app_text_get_state (tc_session_get_state (session)));
}

static void
read_epochs (TcSession        *session,
             const TcRunFacts *facts,
             Cell             *cell)
{
  cell->title = _("Epochs Done");
  cell->text = g_strdup_printf ("%u", tc_session_get_progress (session)->epoch);
}

static void
read_best_loss (TcSession        *session,
                const TcRunFacts *facts,
                Cell             *cell)
{
  const TcProgress *progress = tc_session_get_progress (session);

  cell->title = _("Best Validation Loss");
  cell->text = tc_app_text_dup_loss (progress->best_val_loss, progress->has_val_loss);
  cell->rank = progress->has_val_loss ? progress->best_val_loss : NAN;
}

static void
read_best_epoch (TcSession        *session,
                 const TcRunFacts *facts,
                 Cell             *cell)
{
  guint epoch = tc_session_get_progress (session)->best_epoch;

  cell->title = _("Best Epoch");
  cell->text = epoch > 0 ? g_strdup_printf ("%u", epoch) : g_strdup (MISSING);
}

static void
read_train_loss (TcSession        *session,
                 const TcRunFacts *facts,
                 Cell             *cell)
{
  const TcProgress *progress = tc_session_get_progress (session);

  cell->title = _("Last Training Loss");
  cell->text = tc_app_text_dup_loss (progress->train_loss, progress->has_train_loss);
}

static void
read_duration (TcSession        *session,
               const TcRunFacts *facts,
               Cell             *cell)
{
  double seconds = tc_session_get_progress (session)->elapsed_seconds;

  cell->title = _("Running Time");
  cell->text = seconds > 0 ? tc_duration_format ((gint64) (seconds * G_USEC_PER_SEC)) : g_strdup (MISSING);
}

static void
read_speed (TcSession        *session,
            const TcRunFacts *facts,
            Cell             *cell)
{
  double speed = tc_session_get_progress (session)->tokens_per_second;

  cell->title = _("Tokens per Second");
  cell->text = speed > 0 ? g_strdup_printf ("%'.0f", speed) : g_strdup (MISSING);
  cell->rank = speed > 0 ? -speed : NAN;
}

static void
read_parameters (TcSession        *session,
                 const TcRunFacts *facts,
                 Cell             *cell)
{
  gint64 n = tc_session_get_progress (session)->parameters;

  cell->title = _("Parameters");
  cell->text = n > 0 ? g_strdup_printf ("%'" G_GINT64_FORMAT, n) : g_strdup (MISSING);
}

static void
read_gates (TcSession        *session,
            const TcRunFacts *facts,
            Cell             *cell)
{
  cell->title = _("Gates");
  cell->text = tc_facts_text_dup_gates (facts);
  cell->rank = facts->n_pass + facts->n_warn + facts->n_fail > 0
                 ? facts->n_fail * 1e6 + facts->n_warn * 1e3 - facts->n_pass : NAN;
}

static void
read_verdict (TcSession        *session,
              const TcRunFacts *facts,
              Cell             *cell)
{
  cell->title = _("Last Verdict");
  cell->text = tc_facts_text_dup_verdict (facts);
  cell->rank = facts->verdict != NULL ? -(double) facts->verdict->score : NAN;
}

static void
read_spend (TcSession        *session,
            const TcRunFacts *facts,
            Cell             *cell)
{
  cell->title = _("Spend");
  cell->text = tc_facts_text_dup_spend (facts);
  cell->rank = facts->has_spent && facts->n_unknown == 0 ? (double) facts->spent : NAN;
}

/* The one that is better than every other; the numbers themselves decide, not
 * their texts. */
static int
find_best (const double *ranks,
           guint         n)
{
  int best = -1;
  gboolean is_tie = FALSE;

  for (guint i = 0; i < n; i++)
    {
      if (!isfinite (ranks[i]))
        continue;
      if (best >= 0 && ranks[i] == ranks[best])
        is_tie = TRUE;
      else if (best < 0 || ranks[i] < ranks[best])
        {
          best = (int) i;
          is_tie = FALSE;
        }
    }

  return is_tie ? -1 : best;
}

static void
add_cells (GPtrArray               *differences,
           GPtrArray               *sessions,
           const TcRunFacts *const *facts,
           ReadCell                 read,
           gboolean                 is_result)
{
  g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  g_autofree double *ranks = g_new (double, sessions->len);
  const char *title = NULL;

  for (guint i = 0; i < sessions->len; i++)
    {
      Cell cell = { NULL, NULL, NAN };

      read (g_ptr_array_index (sessions, i), facts[i], &cell);
      title = cell.title;
      ranks[i] = cell.rank;
      g_ptr_array_add (values, cell.text);
    }
  add_if_different (differences, title, values, find_best (ranks, sessions->len), is_result);
}

/**
 * tc_compare_table_build:
 * @sessions: (element-type TcSession): two or more
 * @facts: (array): of each of them
 *
 * Returns: (transfer full): (element-type TcDifference): what was asked for
 *   first, then what came of it
 */
GPtrArray *
tc_compare_table_build (GPtrArray               *sessions,
                        const TcRunFacts *const *facts)
{
  static const ReadCell asked[] = { read_provider, read_model, read_corpus, read_target };
  static const ReadCell results[] = {
    read_state, read_epochs, read_best_loss, read_best_epoch, read_train_loss, read_duration, read_speed,
    read_parameters, read_gates, read_verdict, read_spend
  };
  GPtrArray *differences = g_ptr_array_new_with_free_func (difference_free);
  g_autoptr(GPtrArray) configs = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);

  for (guint i = 0; i < sessions->len; i++)
    g_ptr_array_add (configs,
                     tc_session_config_to_json (tc_session_get_config (g_ptr_array_index (sessions, i))));
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    add_cells (differences, sessions, facts, asked[i], FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    add_member (differences, configs, NULL, members[i].member, _(members[i].title));
  add_pairs (differences, configs, "settings");
  add_pairs (differences, configs, "environment");
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    add_cells (differences, sessions, facts, results[i], TRUE);

  return differences;
}
