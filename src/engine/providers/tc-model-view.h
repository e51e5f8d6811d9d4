/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One model seen from all sides: what was collected, what the user wrote, what
 * the provider says. Everything is borrowed. Pure; any thread.
 */

#include "tc-model-price.h"
#include "tc-provider.h"

G_BEGIN_DECLS

typedef struct
{
  const TcProvider *provider;
  const char       *id;
  JsonObject       *model;         /* (nullable) bundled, with the user's members over it */
  JsonObject       *live;          /* (nullable) the provider's own entry */
  gboolean          was_asked;     /* there is a list of the provider */
  gboolean          is_user_price; /* the price rows are the user's */
  const char       *today;         /* "2026-11-22" */
  const char       *list_day;      /* when the provider was asked */
} TcModelView;

typedef enum
{
  TC_MODEL_ACTIVE,
  TC_MODEL_DEPRECATED,
  TC_MODEL_RETIRED,
  TC_MODEL_NEVER_EXISTED,
  TC_MODEL_NOT_OFFERED,
  TC_MODEL_NOT_PULLED,
} TcModelState;

TcModelState tc_model_view_judge     (const TcModelView *self,
                                      char             **text);
gboolean     tc_model_view_get_price (const TcModelView *self,
                                      TcModelPrice      *price);
gint64       tc_model_view_get_int   (const TcModelView *self,
                                      const char        *member);
const char  *tc_model_view_get_name  (const TcModelView *self);
JsonObject  *tc_model_view_to_json   (const TcModelView *self);

G_END_DECLS
