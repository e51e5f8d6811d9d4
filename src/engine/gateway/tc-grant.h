/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What one run may use: a provider with the key to it, some models, so much
 * money. Reference counted; once shared only the limit changes, from one call to
 * the next. The secret is wiped with the last reference. Main thread.
 */

#include "tc-catalogue.h"
#include "tc-keyring.h"

G_BEGIN_DECLS

typedef struct
{
  guint64           session_id;
  guint             attempt;
  const TcProvider *provider;
  char             *base_url;   /* (owned) (nullable) NULL: the provider's own */
  TcSecret         *secret;     /* (owned) (nullable) */
  guint64           key_id;     /* 0: none */
  GPtrArray        *models;     /* (owned) (element-type TcModelFacts) those it may ask; the first is the session's */
  TcMoney           limit;      /* of the session; TC_MONEY_UNKNOWN: none */

  /*< private >*/
  grefcount         ref_count;
} TcGrant;

TcGrant            *tc_grant_new        (guint64           session_id,
                                         guint             attempt,
                                         const TcProvider *provider);
TcGrant            *tc_grant_ref        (TcGrant          *self);
void                tc_grant_unref      (TcGrant          *self);
const TcModelFacts *tc_grant_find_model (const TcGrant    *self,
                                         const char       *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcGrant, tc_grant_unref)

G_END_DECLS
