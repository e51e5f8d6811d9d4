/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-estimate.h"

/* More than this is no figure: three hundred thousand years, and the like. */
#define LARGEST 9e18

static const struct
{
  const char *member;
  const char *unit;
} whats[TC_ESTIMATE_N] = {
  [TC_ESTIMATE_TIME] = { "time", "seconds" },
  [TC_ESTIMATE_MONEY] = { "money", "usd" },
  [TC_ESTIMATE_DISK] = { "disk", "bytes" },
  [TC_ESTIMATE_MEMORY] = { "memory", "bytes" },
};

/** tc_estimate_new: Returns: (transfer full): nothing known, nothing assumed */
TcEstimate *
tc_estimate_new (void)
{
  TcEstimate *self = g_new0 (TcEstimate, 1);

  self->assumptions = g_ptr_array_new_with_free_func (g_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);

  return self;
}

/** tc_estimate_free: */
void
tc_estimate_free (TcEstimate *self)
{
  for (guint i = 0; i < TC_ESTIMATE_N; i++)
    g_free (self->ranges[i].basis);
  g_ptr_array_unref (self->assumptions);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

/**
 * tc_estimate_set:
 * @low: in the unit of @what, 0 or more
 * @high: at least @low
 * @basis: what it rests on
 *
 * Makes a range known.
 */
void
tc_estimate_set (TcEstimate     *self,
                 TcEstimateWhat  what,
                 double          low,
                 double          high,
                 const char     *basis)
{
  TcRange *range = &self->ranges[what];

  range->is_known = TRUE;
  range->low = (gint64) CLAMP (low, 0, LARGEST);
  range->high = MAX (range->low, (gint64) CLAMP (high, 0, LARGEST));
  g_set_str (&range->basis, basis);
}

/** tc_estimate_set_unknown: @why: in words, "not known yet: …" */
void
tc_estimate_set_unknown (TcEstimate     *self,
                         TcEstimateWhat  what,
                         const char     *why)
{
  TcRange *range = &self->ranges[what];

  range->is_known = FALSE;
  range->low = range->high = 0;
  g_set_str (&range->basis, why);
}

static void
add_sentence (GPtrArray  *sentences,
              const char *format,
              va_list     arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);

  if (!g_ptr_array_find_with_equal_func (sentences, text, g_str_equal, NULL))
    g_ptr_array_add (sentences, g_steal_pointer (&text));
}

/** tc_estimate_assume: adds a sentence about what was taken for granted, once */
void
tc_estimate_assume (TcEstimate *self,
                    const char *format,
                    ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_sentence (self->assumptions, format, arguments);
  va_end (arguments);
}

/** tc_estimate_warn: adds a sentence about what will not do, once */
void
tc_estimate_warn (TcEstimate *self,
                  const char *format,
                  ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_sentence (self->warnings, format, arguments);
  va_end (arguments);
}

/* A sum with an unknown part is unknown; the part says why. */
static void
add_range (TcRange        *range,
           const TcRange  *other,
           TcEstimateWhat  what,
           gboolean        is_first)
{
  if (is_first)
    {
      *range = *other;
      range->basis = g_strdup (other->basis);
      return;
    }
  if (range->is_known && !other->is_known)
    g_set_str (&range->basis, other->basis);
  range->is_known = range->is_known && other->is_known;
  if (!range->is_known)
    {
      range->low = range->high = 0;
      return;
    }
  if (g_strcmp0 (range->basis, other->basis) != 0)
    g_set_str (&range->basis, "each as its own session says");
  /* One session runs after the other: memory is needed once. */
  if (what == TC_ESTIMATE_MEMORY)
    {
      range->low = MAX (range->low, other->low);
      range->high = MAX (range->high, other->high);
      return;
    }
  tc_money_add (range->low, other->low, &range->low);
  tc_money_add (range->high, other->high, &range->high);
}

/**
 * tc_estimate_add:
 * @self: a sum of earlier sessions, or a new one
 * @other: the next session
 *
 * Adds one session up. Warnings and assumptions stay with the session.
 */
void
tc_estimate_add (TcEstimate       *self,
                 const TcEstimate *other)
{
  gboolean is_first = self->ranges[0].basis == NULL;
  gint64 before = self->ranges[TC_ESTIMATE_DISK].high;

  for (guint i = 0; i < TC_ESTIMATE_N; i++)
    add_range (&self->ranges[i], &other->ranges[i], i, is_first);
  self->n_verdicts += other->n_verdicts;
  self->disk_peak = MAX (self->disk_peak, before + other->disk_peak);
}

static void
set_bound (JsonObject     *object,
           const char     *member,
           TcEstimateWhat  what,
           gint64          value)
{
  if (what == TC_ESTIMATE_TIME)
    json_object_set_double_member (object, member, (double) value / G_USEC_PER_SEC);
  else if (what == TC_ESTIMATE_MONEY)
    {
      g_autofree char *text = tc_money_format (value);

      json_object_set_string_member (object, member, text + 1);
    }
  else
    json_object_set_int_member (object, member, value);
}

static JsonObject *
range_to_json (const TcRange  *range,
               TcEstimateWhat  what)
{
  JsonObject *object = json_object_new ();

  if (range->is_known)
    {
      set_bound (object, "low", what, range->low);
      set_bound (object, "high", what, range->high);
    }
  else
    {
      json_object_set_null_member (object, "low");
      json_object_set_null_member (object, "high");
    }
  json_object_set_string_member (object, "unit", whats[what].unit);
  json_object_set_string_member (object, "basis", range->basis != NULL ? range->basis : "not known");

  return object;
}

static JsonArray *
sentences_to_json (GPtrArray *sentences)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < sentences->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (sentences, i));

  return array;
}

/**
 * tc_estimate_to_json:
 *
 * Returns: (transfer full): {"time":{"low","high","unit","basis"},"money",
 *   "disk","memory","verdicts","assumptions","warnings"}; bounds are null where
 *   nothing is known, money is a text in dollars
 */
JsonNode *
tc_estimate_to_json (const TcEstimate *self)
{
  JsonNode *node = json_node_alloc ();
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < TC_ESTIMATE_N; i++)
    json_object_set_object_member (object, whats[i].member, range_to_json (&self->ranges[i], i));
  json_object_set_int_member (object, "verdicts", self->n_verdicts);
  json_object_set_array_member (object, "assumptions", sentences_to_json (self->assumptions));
  json_object_set_array_member (object, "warnings", sentences_to_json (self->warnings));
  json_node_init_object (node, object);
  json_object_unref (object);

  return node;
}
