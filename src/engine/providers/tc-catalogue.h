/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Which models there are: the list that comes with the program, what the
 * providers say themselves, and what the user knows better, in rising order of
 * trust. What a model costs comes from a price row or is unknown, never zero by
 * default. Main thread.
 */

#include <json-glib/json-glib.h>

#include "tc-clock.h"
#include "tc-money.h"
#include "tc-price.h"
#include "tc-provider.h"

G_BEGIN_DECLS

#define TC_TYPE_CATALOGUE (tc_catalogue_get_type ())
G_DECLARE_FINAL_TYPE (TcCatalogue, tc_catalogue, TC, CATALOGUE, GObject)

/* What is known of one model today. */
typedef struct
{
  char     *id;          /* (owned) the catalogue's id, also when asked for an alias */
  char     *name;        /* (owned) for people */
  GStrv     aliases;     /* (owned) other ids that mean the same */
  gint64    context;     /* tokens; 0: unknown */
  gint64    max_output;  /* tokens; 0: unknown */
  TcPrice   price;       /* of today */
  char     *unusable;    /* (owned) (nullable) a sentence why it cannot be used: retired, never existed */
  gboolean  is_listed;   /* the catalogue or the provider's list has it */
} TcModelFacts;

TcCatalogue *tc_catalogue_new       (const char       *overrides_path,
                                     TcClock          *clock);
void         tc_catalogue_set_cache_dir (TcCatalogue  *self,
                                     const char       *cache_dir);
gboolean     tc_catalogue_take_list (TcCatalogue      *self,
                                     const TcProvider *provider,
                                     const char       *body,
                                     gsize             length,
                                     GError          **error);
void         tc_catalogue_take_problem (TcCatalogue   *self,
                                     const TcProvider *provider,
                                     const char       *problem);
gboolean     tc_catalogue_is_list_fresh (TcCatalogue  *self,
                                     const TcProvider *provider,
                                     gint64            max_age_us);
JsonNode    *tc_catalogue_to_json   (TcCatalogue      *self,
                                     const TcProvider *only);
const char  *tc_catalogue_get_tier  (TcMoney           input,
                                     TcMoney           output);

TcModelFacts *tc_catalogue_find     (TcCatalogue      *self,
                                     const TcProvider *provider,
                                     const char       *model);
void         tc_model_facts_free    (TcModelFacts     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcModelFacts, tc_model_facts_free)

G_END_DECLS
