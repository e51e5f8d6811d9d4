/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the files of TcKeyPool share. */

#include "tc-http.h"
#include "tc-key-pool.h"

G_BEGIN_DECLS

struct _TcKeyPool
{
  GObject     parent_instance;

  TcStore    *store;    /* (owned) */
  TcKeyring  *keyring;  /* (owned) */
  TcHttp     *http;     /* (owned) */
  TcClock    *clock;    /* (owned) */
  GPtrArray  *keys;     /* (owned) (element-type TcApiKey) in the order they were added */
  GPtrArray  *removed;  /* (owned) (element-type TcRemovedKey) may still be restored */
  GHashTable *uses;     /* (owned) guint64* of a session that is on → guint64* of its key */
  GHashTable *looks;    /* (owned) guint64* of a key → gint64* last checked unasked, UTC */
  GHashTable *lost;     /* (owned) names of secrets that the keyring does not have */
  GPtrArray  *learners; /* (owned) (element-type GTask) wait for what a log must not show */
  GPtrArray  *unlockers; /* (owned) (element-type GTask) wait for the keyring's password */
  GCancellable *unlocking; /* (owned) (nullable) of the question for it */
  gboolean    asked_locked; /* the keyring was known to be locked as that began */
  gint64      unlearned_us; /* monotonic; when that last failed; 0: never */
  gboolean    is_learning;  /* the keyring is asked for them */
  guint       patience_id;  /* of the end of their waiting */
  guint       timer_id; /* of the look at keys that were not checked for long */
  guint       purge_id; /* of the look at keys that were removed long ago */
};

/* A key that was removed: its row and its secret are kept for a while. */
typedef struct
{
  TcApiKey *key;     /* (owned) */
  gint64    at_us;   /* UTC, when it was removed */
} TcRemovedKey;

void      tc_key_pool_on_locked_changed (TcKeyPool *self);
void      tc_removed_key_free   (gpointer     removed);
void      tc_key_pool_emit      (TcKeyPool   *self,
                                 guint64      id,
                                 TcKeyNews    news);
void      tc_key_pool_emit_keyring (TcKeyPool *self);
/* For the end of loading: @removed is the setting's text. */
void      tc_key_pool_sort_out  (TcKeyPool   *self,
                                 const char  *removed);
const TcApiKey *tc_key_pool_find_removed_named (TcKeyPool      *self,
                                                const char     *provider,
                                                const char     *name);
gboolean        tc_key_pool_take_over_removed  (TcKeyPool      *self,
                                                const TcApiKey *key);

#define TC_KEY_POOL_REMOVED "removed-keys"

TcApiKey *tc_key_pool_find      (TcKeyPool   *self,
                                 guint64      id);
gboolean  tc_key_pool_has_name  (TcKeyPool   *self,
                                 const char  *provider,
                                 const char  *name,
                                 guint64      except);

G_END_DECLS
