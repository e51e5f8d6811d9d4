/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-catalogue.h"
#include "tc-json.h"
#include "tc-model-view.h"

static const char *const state_words[] = {
  "active", "deprecated", "retired", "never-existed", "not-offered", "not-pulled",
};

/** tc_model_view_get_int: Returns: the provider's figure, else the collected one, else 0 */
gint64
tc_model_view_get_int (const TcModelView *self,
                       const char        *member)
{
  gint64 number = tc_json_get_int (self->live, member, 0);

  if (number <= 0)
    number = tc_json_get_int (self->model, member, 0);

  return MAX (number, 0);
}

/** tc_model_view_get_name: Returns: (transfer none): what people call it */
const char *
tc_model_view_get_name (const TcModelView *self)
{
  return tc_json_get_string (self->model, "name", tc_json_get_string (self->live, "name", self->id));
}

/* Ollama passes some models on to its own servers. Its names say so, and its
 * list as well. */
static gboolean
is_in_cloud (const TcModelView *self)
{
  const char *tag = strrchr (self->id, ':');

  return tc_json_get_boolean (self->live, "remote", FALSE) || g_str_has_suffix (self->id, "-cloud") ||
         g_strcmp0 (tag, ":cloud") == 0;
}

/**
 * tc_model_view_get_price:
 * @price: (out): what it costs today; unknown when that is not known
 *
 * What the provider asks by its own word goes before what was collected, what
 * the user says before both. What Ollama runs on this machine is free.
 *
 * Returns: whether the price is known
 */
gboolean
tc_model_view_get_price (const TcModelView *self,
                         TcModelPrice      *price)
{
  gboolean is_known = tc_model_price_find (self->model, self->today, price);

  if (self->is_user_price)
    return is_known;
  if (self->provider->id == TC_PROVIDER_QWEN)
    {
      if (is_in_cloud (self))
        *price = (TcModelPrice) { TC_PRICE_UNKNOWN, NULL, NULL };
      else if (!is_known)
        *price = (TcModelPrice) { { 0, 0, 0, 0, 0, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN,
                                    TC_MONEY_UNKNOWN }, NULL, "runs on this machine" };
      return price->price.input != TC_MONEY_UNKNOWN;
    }
  /* An own server's list says nothing about money. */
  if (self->provider->id != TC_PROVIDER_COMPATIBLE && self->live != NULL &&
      tc_model_price_overlay (price, self->live, self->list_day))
    return TRUE;

  return is_known;
}

/* The provider's list holds as of the day it was asked for; what was to end
 * between that day and now has. */
static TcModelState
judge_end (const TcModelView *self,
           const char        *day,
           char             **text)
{
  gboolean is_over = day[0] != '\0' && strcmp (day, self->today) <= 0;
  const char *lifecycle = tc_json_get_string (self->live, "lifecycle", "");

  if (strcmp (lifecycle, "retired") == 0 ||
      (is_over && (self->live == NULL || strcmp (self->list_day, day) < 0)))
    {
      *text = day[0] != '\0' ? g_strdup_printf ("Retired on %s.", day) : g_strdup ("Retired.");
      return TC_MODEL_RETIRED;
    }
  if (strcmp (lifecycle, "deprecated") != 0 && day[0] == '\0')
    return TC_MODEL_ACTIVE;
  if (is_over)
    *text = g_strdup_printf ("Was to be retired on %s, but is still offered.", day);
  else
    *text = day[0] != '\0' ? g_strdup_printf ("Retires on %s.", day) : g_strdup ("Retires soon.");

  return TC_MODEL_DEPRECATED;
}

static TcModelState
judge_state (const TcModelView *self,
             char             **text)
{
  const char *end = tc_json_get_string (self->live, "retires_at", tc_json_get_string (self->model, "retires_at", ""));
  g_autofree char *day = g_strndup (end, 10);
  TcModelState state;

  if (self->live == NULL && tc_json_get_boolean (self->model, "never_existed", FALSE))
    {
      *text = g_strdup ("There never was a model of this id.");
      return TC_MODEL_NEVER_EXISTED;
    }
  state = judge_end (self, day, text);
  if (state == TC_MODEL_RETIRED || !self->was_asked || self->live != NULL)
    return state;
  g_free (*text);
  if (self->provider->id == TC_PROVIDER_QWEN)
    {
      *text = g_strdup_printf ("Not on this machine yet: “trainctl models pull %s”.", self->id);
      return TC_MODEL_NOT_PULLED;
    }
  *text = g_strdup ("The provider does not offer it to this key.");

  return TC_MODEL_NOT_OFFERED;
}

/**
 * tc_model_view_judge:
 * @text: (out) (transfer full) (nullable): what there is to say about it
 *
 * Returns: whether the model can be used, and for how long
 */
TcModelState
tc_model_view_judge (const TcModelView *self,
                     char             **text)
{
  g_autoptr(GString) sentence = g_string_new (NULL);
  g_autofree char *about = NULL;
  TcModelState state = judge_state (self, &about);
  const char *replacement = tc_json_get_string (self->model, "replacement", NULL);
  const char *note = tc_json_get_string (self->model, "note", NULL);

  if (self->provider->id == TC_PROVIDER_QWEN && is_in_cloud (self))
    g_string_append (sentence, "It runs in Ollama's cloud: not free, and data leaves this machine. ");
  if (about != NULL)
    g_string_append_printf (sentence, "%s ", about);
  if (replacement != NULL)
    g_string_append_printf (sentence, "Use %s instead. ", replacement);
  if (note != NULL)
    g_string_append (sentence, note);
  g_strchomp (sentence->str);
  *text = sentence->str[0] != '\0' ? g_strdup (sentence->str) : NULL;

  return state;
}

static void
set_number (JsonObject *out,
            const char *member,
            gint64      number)
{
  if (number > 0)
    json_object_set_int_member (out, member, number);
  else
    json_object_set_null_member (out, member);
}

/** tc_model_view_to_json: Returns: (transfer full): the model as the API shows it */
JsonObject *
tc_model_view_to_json (const TcModelView *self)
{
  JsonObject *out = json_object_new ();
  g_autofree char *text = NULL;
  TcModelState state = tc_model_view_judge (self, &text);
  TcModelPrice price;

  json_object_set_string_member (out, "id", self->id);
  json_object_set_string_member (out, "name", tc_model_view_get_name (self));
  json_object_set_string_member (out, "specialty", tc_json_get_string (self->model, "specialty", NULL));
  set_number (out, "context", tc_model_view_get_int (self, "context"));
  set_number (out, "max_output", tc_model_view_get_int (self, "max_output"));
  if (tc_model_view_get_price (self, &price))
    {
      json_object_set_string_member (out, "tier", tc_catalogue_get_tier (price.price.input, price.price.output));
      json_object_set_object_member (out, "price", tc_model_price_to_json (&price));
    }
  else
    {
      json_object_set_string_member (out, "tier", "unknown");
      json_object_set_null_member (out, "price");
    }
  json_object_set_boolean_member (out, "live", self->live != NULL);
  json_object_set_string_member (out, "state", state_words[state]);
  json_object_set_string_member (out, "text", text);

  return out;
}
