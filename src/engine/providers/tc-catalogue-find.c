/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* One model by any of its names. */

#include "config.h"

#include <string.h>

#include "tc-catalogue-private.h"
#include "tc-json.h"

/* Whether @text is a day as providers put it behind an id; '0' is any digit. */
static gboolean
has_shape (const char *text,
           const char *shape)
{
  for (; *shape != '\0'; text++, shape++)
    {
      if (*shape == '0' ? !g_ascii_isdigit (*text) : *text != *shape)
        return FALSE;
    }

  return *text == '\0';
}

/* What is left of a dated snapshot's id, "gpt-5.1" of "gpt-5.1-2025-11-13";
 * 0 when it is none. */
static gsize
get_stem_length (const char *id)
{
  static const char *const shapes[] = { "-0000-00-00", "-00000000", "-latest" };
  gsize length = strlen (id);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      gsize tail = strlen (shapes[i]);

      if (length > tail && has_shape (id + length - tail, shapes[i]))
        return length - tail;
    }

  return 0;
}

/**
 * tc_catalogue_is_snapshot_of:
 *
 * Returns: whether @id is a dated form of @model
 */
gboolean
tc_catalogue_is_snapshot_of (const char *id,
                             const char *model)
{
  gsize stem = get_stem_length (id);

  return stem > 0 && stem == strlen (model) && strncmp (id, model, stem) == 0;
}

/**
 * tc_catalogue_resolve:
 * @name: an id, an alias or a dated snapshot of one
 *
 * Returns: (transfer none) (nullable): the id under which a model is known
 *   without asking the provider
 */
const char *
tc_catalogue_resolve (TcCatalogue      *self,
                      const TcProvider *provider,
                      const char       *name)
{
  const char *id = g_hash_table_lookup (self->ids[provider->id], name);
  gsize stem = id == NULL ? get_stem_length (name) : 0;

  if (stem > 0)
    {
      g_autofree char *shorter = g_strndup (name, stem);

      id = g_hash_table_lookup (self->ids[provider->id], shorter);
    }

  return id;
}

static gboolean
is_live (TcCatalogue      *self,
         const TcProvider *provider,
         const char       *id)
{
  return tc_json_has (self->live[provider->id].models, id);
}

/* The id under which anybody knows it, or @model itself. */
static char *
dup_id (TcCatalogue      *self,
        const TcProvider *provider,
        const char       *model)
{
  const char *known = tc_catalogue_resolve (self, provider, model);
  g_autofree char *latest = NULL;

  if (known != NULL)
    return g_strdup (known);
  /* To Ollama a name without a tag is the latest of that name. */
  if (provider->id == TC_PROVIDER_QWEN && strchr (model, ':') == NULL && !is_live (self, provider, model))
    {
      latest = g_strconcat (model, ":latest", NULL);
      known = g_hash_table_lookup (self->ids[provider->id], latest);
      if (known != NULL || is_live (self, provider, latest))
        return g_steal_pointer (&latest);
    }

  return g_strdup (model);
}

/**
 * tc_catalogue_find:
 * @model: an id, another id of the same model, or a dated snapshot of it as
 *   providers name it in their answers
 *
 * What is known of a model today. A model of which nobody has heard is there
 * too, with an unknown price and is_listed FALSE: it may be newer than the
 * list. What Ollama runs on this machine costs nothing, listed or not.
 *
 * Returns: (transfer full): its facts
 */
TcModelFacts *
tc_catalogue_find (TcCatalogue      *self,
                   const TcProvider *provider,
                   const char       *model)
{
  TcModelFacts *facts = g_new0 (TcModelFacts, 1);
  g_autofree char *text = NULL;
  TcCatalogueDays days;
  TcModelPrice price;
  TcModelView view;
  TcModelState state;

  g_return_val_if_fail (TC_IS_CATALOGUE (self) && provider != NULL && model != NULL, facts);

  tc_catalogue_load_models (self);
  tc_catalogue_get_days (self, provider, &days);
  facts->id = dup_id (self, provider, model);
  tc_catalogue_view (self, provider, facts->id, &days, &view);
  state = tc_model_view_judge (&view, &text);
  tc_model_view_get_price (&view, &price);

  facts->name = g_strdup (tc_model_view_get_name (&view));
  facts->aliases = tc_json_dup_strv (view.model, "aliases");
  if (facts->aliases == NULL)
    facts->aliases = g_new0 (char *, 1);
  facts->context = tc_model_view_get_int (&view, "context");
  facts->max_output = tc_model_view_get_int (&view, "max_output");
  facts->price = price.price;
  facts->is_listed = view.model != NULL || view.live != NULL;
  if (state == TC_MODEL_RETIRED || state == TC_MODEL_NEVER_EXISTED)
    facts->unusable = g_strdup_printf ("The model “%s” cannot be used. %s", facts->id, text);

  return facts;
}

/** tc_model_facts_free: */
void
tc_model_facts_free (TcModelFacts *self)
{
  g_free (self->id);
  g_free (self->name);
  g_strfreev (self->aliases);
  g_free (self->unusable);
  g_free (self);
}
