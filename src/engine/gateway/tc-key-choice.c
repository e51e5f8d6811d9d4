/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-key-choice.h"
#include "tc-provider.h"

/* A key that did not work is not asked about again for so long. What money or
 * a person must set right takes its time. */
#define AGAIN_US (60 * G_TIME_SPAN_SECOND)
#define AGAIN_LATER_US (10 * 60 * G_TIME_SPAN_SECOND)

/* What is tried first; a wrong key never is. */
static const guint ranks[TC_KEY_N_STATES] = {
  [TC_KEY_VALID] = 1,
  [TC_KEY_UNVERIFIED] = 2,
  [TC_KEY_RATE_LIMITED] = 3,
  [TC_KEY_UNREACHABLE] = 4,
  [TC_KEY_NO_SECRET] = 5,
  [TC_KEY_NO_PERMISSION] = 6,
  [TC_KEY_NO_CREDIT] = 7,
  [TC_KEY_BLOCKED] = 8,
  [TC_KEY_WRONG] = 9,
};

static const gint64 pauses[TC_KEY_N_STATES] = {
  [TC_KEY_RATE_LIMITED] = AGAIN_US,
  [TC_KEY_UNREACHABLE] = AGAIN_US,
  [TC_KEY_NO_SECRET] = AGAIN_US,
  [TC_KEY_NO_PERMISSION] = AGAIN_LATER_US,
  [TC_KEY_NO_CREDIT] = AGAIN_LATER_US,
  [TC_KEY_BLOCKED] = AGAIN_LATER_US,
  [TC_KEY_WRONG] = G_MAXINT64,
};

/**
 * tc_key_choice_is_usable:
 * @key: just checked
 *
 * A key that may not list models may be fit for all else, so whoever names it
 * gets it.
 *
 * Returns: whether a run may begin with it
 */
gboolean
tc_key_choice_is_usable (TcSessionConfig *config,
                         const TcApiKey  *key)
{
  return key->state == TC_KEY_VALID || key->state == TC_KEY_UNVERIFIED ||
         (key->state == TC_KEY_NO_PERMISSION && config->key_id == key->id);
}

static gboolean
is_for (TcSessionConfig *config,
        const TcApiKey  *key)
{
  return g_strcmp0 (key->provider, config->provider) == 0 &&
         (config->key_id == 0 || config->key_id == key->id);
}

static gboolean
was_tried (GArray  *tried,
           guint64  id)
{
  for (guint i = 0; tried != NULL && i < tried->len; i++)
    {
      if (g_array_index (tried, guint64, i) == id)
        return TRUE;
    }

  return FALSE;
}

/**
 * tc_key_choice_find:
 * @tried: (nullable) (element-type guint64): those that did not work
 *
 * Returns: (transfer none) (nullable): the key to try next; NULL when none is
 *   worth a try now
 */
const TcApiKey *
tc_key_choice_find (TcKeyPool       *keys,
                    TcSessionConfig *config,
                    GArray          *tried)
{
  const TcApiKey *best = NULL;

  for (guint i = 0; i < tc_key_pool_get_n (keys); i++)
    {
      const TcApiKey *key = tc_key_pool_peek (keys, i);

      if (!is_for (config, key) || was_tried (tried, key->id) ||
          (!tc_key_choice_is_usable (config, key) && tc_key_pool_is_fresh (keys, key, pauses[key->state])))
        continue;
      if (best == NULL || ranks[key->state] < ranks[best->state])
        best = key;
    }

  return best;
}

/**
 * tc_key_choice_find_best:
 *
 * Returns: (transfer none) (nullable): the key that fits best, however it stands
 */
const TcApiKey *
tc_key_choice_find_best (TcKeyPool       *keys,
                         TcSessionConfig *config)
{
  const TcApiKey *best = NULL;

  for (guint i = 0; i < tc_key_pool_get_n (keys); i++)
    {
      const TcApiKey *key = tc_key_pool_peek (keys, i);

      if (is_for (config, key) && (best == NULL || ranks[key->state] < ranks[best->state]))
        best = key;
    }

  return best;
}

static char *
describe_absence (TcKeyPool        *keys,
                  TcSessionConfig  *config,
                  const TcProvider *provider)
{
  const TcApiKey *removed = config->key_id != 0 ? tc_key_pool_lookup_removed (keys, config->key_id) : NULL;

  if (removed != NULL)
    return g_strdup_printf ("Waiting for a valid %s key: “%s”, which it is to use, was removed. “trainctl keys "
                            "restore %" G_GUINT64_FORMAT "” brings it back.", provider->title, removed->name,
                            removed->id);
  if (config->key_id != 0)
    return g_strdup_printf ("Waiting for a valid %s key: the one it is to use was removed for good. Queue the "
                            "session again with another.", provider->title);
  if (provider->base_url == NULL)
    return g_strdup ("Waiting for a server: say where it is with “trainctl keys add --provider compatible "
                     "--name NAME --base-url URL”.");

  return g_strdup_printf ("Waiting for a valid %s key: add one with “trainctl keys add --provider %s --name "
                          "NAME”.", provider->title, provider->word);
}

/**
 * tc_key_choice_dup_obstacle:
 * @config: of a session with a provider
 *
 * Returns: (transfer full): what a session without a key that works waits for
 */
char *
tc_key_choice_dup_obstacle (TcKeyPool       *keys,
                            TcSessionConfig *config)
{
  const TcProvider *provider = tc_provider_find (config->provider);
  const TcApiKey *key = tc_key_choice_find_best (keys, config);

  if (key == NULL)
    return describe_absence (keys, config, provider);

  return g_strdup_printf ("Waiting for a valid %s key: “%s” is %s. %s",
                          provider->base_url == NULL ? "server’s" : provider->title, key->name,
                          tc_key_state_to_string (key->state),
                          key->state_text != NULL ? key->state_text : "It was not checked yet.");
}
