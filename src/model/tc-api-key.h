/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What may be known of a key to a provider: everything but the key itself,
 * which only the keyring has. A plain struct with to/from JSON; the owner
 * frees it.
 */

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_KEY_UNVERIFIED,    /* the provider did not say; not the same as wrong */
  TC_KEY_VALID,
  TC_KEY_WRONG,
  TC_KEY_NO_PERMISSION, /* real, but not for what was asked */
  TC_KEY_BLOCKED,       /* real, but the key or its owner is locked out */
  TC_KEY_NO_CREDIT,
  TC_KEY_RATE_LIMITED,
  TC_KEY_UNREACHABLE,   /* nobody answered */
  TC_KEY_NO_SECRET,     /* the keyring does not give it out; the text says why */
} TcKeyState;

#define TC_KEY_N_STATES (TC_KEY_NO_SECRET + 1)

typedef struct
{
  guint64    id;            /* 0 until stored */
  char      *provider;      /* (owned) "claude" "openai" "xai" "qwen" "compatible" */
  char      *name;          /* (owned) unique within the provider */
  char      *base_url;      /* (owned) (nullable) NULL: the provider's own */
  char      *secret_id;     /* (owned) (nullable) names it in the keyring; NULL: has no secret */
  char      *last_four;     /* (owned) (nullable) the end of the secret, to tell keys apart */
  TcKeyState state;
  char      *state_text;    /* (owned) (nullable) a sentence: what it means, what to do */
  gint64     checked_at_us; /* UTC; 0: never */
  gint64     created_at_us; /* UTC */
} TcApiKey;

TcApiKey   *tc_api_key_new               (void);
TcApiKey   *tc_api_key_copy              (const TcApiKey *self);
void        tc_api_key_free              (TcApiKey       *self);
JsonNode   *tc_api_key_to_json           (const TcApiKey *self);
TcApiKey   *tc_api_key_from_json         (JsonObject     *object);
const char *tc_key_state_to_string       (TcKeyState      state);
gboolean    tc_key_state_from_string     (const char     *text,
                                          TcKeyState     *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcApiKey, tc_api_key_free)

G_END_DECLS
