/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the files of TcKeyPool share. */

#include "tc-http.h"
#include "tc-key-pool.h"

G_BEGIN_DECLS

struct _TcKeyPool
{
  GObject    parent_instance;

  TcStore   *store;    /* (owned) */
  TcKeyring *keyring;  /* (owned) */
  TcHttp    *http;     /* (owned) */
  TcClock   *clock;    /* (owned) */
  GPtrArray *keys;     /* (owned) (element-type TcApiKey) in the order they were added */
  guint      timer_id; /* of the look at keys that were not checked for long */
};

TcApiKey *tc_key_pool_find      (TcKeyPool   *self,
                                 guint64      id);
gboolean  tc_key_pool_has_name  (TcKeyPool   *self,
                                 const char  *provider,
                                 const char  *name,
                                 guint64      except);

G_END_DECLS
