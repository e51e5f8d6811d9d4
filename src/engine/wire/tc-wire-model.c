/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tc-wire-model.h"

#define VERSION(major, minor) ((major) * 100 + (minor))

/* Longer numbers in an id are dates. */
#define MAX_NUMBER 99

static guint
read_version (const char *text)
{
  char *end = NULL;
  unsigned long major = strtoul (text, &end, 10);
  unsigned long minor = 0;

  if (end == text || major > MAX_NUMBER)
    return 0;
  if ((end[0] == '-' || end[0] == '.') && g_ascii_isdigit (end[1]))
    minor = strtoul (end + 1, NULL, 10);

  return VERSION ((guint) major, minor > MAX_NUMBER ? 0 : (guint) minor);
}

/* Of "claude-FAMILY-MAJOR-MINOR"; 0 if the id is no such. */
static guint
read_claude (const char  *model,
             const char **family)
{
  const char *dash;

  *family = "";
  if (!g_str_has_prefix (model, "claude-"))
    return 0;
  *family = model + strlen ("claude-");
  if (g_ascii_isdigit (**family))
    return read_version (*family);
  dash = strchr (*family, '-');

  return dash != NULL ? read_version (dash + 1) : 0;
}

static gboolean
is_family (const char *family,
           const char *name)
{
  return g_str_has_prefix (family, name);
}

/* Of "gpt-MAJOR.MINOR"; the o models are a line of their own, before 5. */
static guint
read_gpt (const char *model)
{
  return g_str_has_prefix (model, "gpt-") ? read_version (model + strlen ("gpt-")) : 0;
}

static gboolean
is_o_model (const char *model)
{
  return model[0] == 'o' && g_ascii_isdigit (model[1]);
}

static gboolean
is_openai_reasoning (const char *model)
{
  return is_o_model (model) || (read_gpt (model) >= VERSION (5, 0) && strstr (model, "-chat") == NULL);
}

static gboolean
claude_takes_sampling (const char *model)
{
  const char *family;
  guint version = read_claude (model, &family);

  if (version == 0)
    return TRUE;
  if (is_family (family, "opus"))
    return version < VERSION (4, 7);
  if (is_family (family, "haiku"))
    return version < VERSION (5, 5);

  return version < VERSION (5, 0);
}

/**
 * tc_wire_model_takes_sampling:
 * @effort: (nullable): how hard it is to think
 *
 * Returns: whether a temperature is no error
 */
gboolean
tc_wire_model_takes_sampling (const TcProvider *provider,
                              const char       *model,
                              const char       *effort)
{
  guint version = read_gpt (model);

  if (provider->id == TC_PROVIDER_CLAUDE)
    return claude_takes_sampling (model);
  if (provider->id != TC_PROVIDER_OPENAI || !is_openai_reasoning (model))
    return TRUE;

  return version >= VERSION (5, 1) && version <= VERSION (5, 4) && g_strcmp0 (effort, "none") == 0;
}

/** tc_wire_model_takes_stop: Returns: whether stop sequences are no error */
gboolean
tc_wire_model_takes_stop (const TcProvider *provider,
                          const char       *model)
{
  if (provider->id == TC_PROVIDER_OPENAI)
    return !is_openai_reasoning (model);
  if (provider->id == TC_PROVIDER_XAI)
    return strstr (model, "non-reasoning") != NULL || g_str_has_prefix (model, "grok-2") ||
           g_str_equal (model, "grok-3");

  return TRUE;
}

/** tc_wire_model_takes_prefill: Returns: whether a Claude model goes on with a turn of its own */
gboolean
tc_wire_model_takes_prefill (const char *model)
{
  const char *family;

  return read_claude (model, &family) < VERSION (4, 6);
}

/** tc_wire_model_takes_forced_tool: Returns: whether a Claude model can be made to call a tool */
gboolean
tc_wire_model_takes_forced_tool (const char *model)
{
  const char *family;
  guint version = read_claude (model, &family);

  return version < VERSION (5, 5) || is_family (family, "haiku");
}

/** tc_wire_model_always_thinks: Returns: whether a Claude model's thinking cannot be switched off */
gboolean
tc_wire_model_always_thinks (const char *model)
{
  const char *family;
  guint version = read_claude (model, &family);

  return is_family (family, "fable") || is_family (family, "mythos") ||
         (is_family (family, "opus") && version >= VERSION (5, 5));
}

/** tc_wire_model_may_think: Returns: whether a Claude model thinks unless told not to */
gboolean
tc_wire_model_may_think (const char *model)
{
  const char *family;

  return read_claude (model, &family) >= VERSION (4, 6);
}

static gboolean
is_any (const char *word,
        const char *a,
        const char *b)
{
  return g_str_equal (word, a) || g_str_equal (word, b);
}

static const char *
get_claude_effort (const char *model,
                   const char *effort)
{
  const char *family;
  guint version = read_claude (model, &family);
  gboolean is_opus = is_family (family, "opus");

  if (version < VERSION (4, 5) || (version == VERSION (4, 5) && !is_opus))
    return NULL;
  if (is_any (effort, "none", "minimal"))
    return "low";
  if (g_str_equal (effort, "xhigh") && version < VERSION (4, 7))
    return "high";
  if (g_str_equal (effort, "max") && version < VERSION (4, 6))
    return "high";

  return effort;
}

static const char *
get_openai_effort (const char *model,
                   const char *effort)
{
  guint version = read_gpt (model);
  gboolean is_low = is_any (effort, "none", "minimal");
  gboolean is_high = is_any (effort, "xhigh", "max");

  if (!is_openai_reasoning (model))
    return NULL;
  if (version < VERSION (5, 0) || version >= VERSION (6, 2))
    return is_low ? "low" : is_high && version == 0 ? "high" : effort;
  if (version == VERSION (5, 0))
    return is_low ? "minimal" : is_high ? "high" : effort;
  if (g_str_equal (effort, "minimal"))
    return "low";
  if (version == VERSION (5, 1))
    return is_high ? "high" : effort;

  return g_str_equal (effort, "max") && version < VERSION (6, 0) ? "xhigh" : effort;
}

static const char *
get_xai_effort (const char *model,
                const char *effort)
{
  gboolean is_4_3 = g_str_has_prefix (model, "grok-4.3");

  if (!is_4_3 && !g_str_has_prefix (model, "grok-4.5") && !g_str_has_prefix (model, "grok-4.6") &&
      !g_str_has_prefix (model, "grok-4.7"))
    return NULL;
  if (g_str_equal (effort, "none") && is_4_3)
    return "none";
  if (is_any (effort, "none", "minimal"))
    return "low";
  if (is_any (effort, "xhigh", "max"))
    return g_str_has_prefix (model, "grok-4.7") ? "xhigh" : "high";

  return effort;
}

/**
 * tc_wire_model_get_effort:
 * @effort: one of "none" "minimal" "low" "medium" "high" "xhigh" "max"
 *
 * Returns: (nullable): the nearest that the model knows; NULL if it has none
 */
const char *
tc_wire_model_get_effort (const TcProvider *provider,
                          const char       *model,
                          const char       *effort)
{
  switch (provider->id)
    {
    case TC_PROVIDER_CLAUDE:
      return get_claude_effort (model, effort);
    case TC_PROVIDER_OPENAI:
      return get_openai_effort (model, effort);
    case TC_PROVIDER_XAI:
      return get_xai_effort (model, effort);
    case TC_PROVIDER_QWEN:
    case TC_PROVIDER_COMPATIBLE:
    default:
      return effort;
    }
}
