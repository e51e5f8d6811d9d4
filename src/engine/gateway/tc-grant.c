/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-grant.h"

/**
 * tc_grant_new:
 * @session_id: whose money it is
 * @attempt: which of its runs
 * @provider: whom it may ask
 *
 * Returns: (transfer full): a grant without key, models or limit; whoever made
 *   it fills them in before it is shared
 */
TcGrant *
tc_grant_new (guint64           session_id,
              guint             attempt,
              const TcProvider *provider)
{
  TcGrant *self = g_new0 (TcGrant, 1);

  g_ref_count_init (&self->ref_count);
  self->session_id = session_id;
  self->attempt = attempt;
  self->provider = provider;
  self->models = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_model_facts_free);
  self->limit = TC_MONEY_UNKNOWN;
  return self;
}

/** tc_grant_ref: */
TcGrant *
tc_grant_ref (TcGrant *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

/** tc_grant_unref: */
void
tc_grant_unref (TcGrant *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->secret, tc_secret_free);
  g_ptr_array_unref (self->models);
  g_free (self->base_url);
  g_free (self);
}

/**
 * tc_grant_find_model:
 * @model: as a client named it
 *
 * Returns: (transfer none) (nullable): the facts of a model it may ask, by id or alias
 */
const TcModelFacts *
tc_grant_find_model (const TcGrant *self,
                     const char    *model)
{
  for (guint i = 0; i < self->models->len; i++)
    {
      const TcModelFacts *facts = g_ptr_array_index (self->models, i);

      if (strcmp (facts->id, model) == 0 ||
          (facts->aliases != NULL && g_strv_contains ((const char *const *) facts->aliases, model)))
        return facts;
    }

  return NULL;
}
