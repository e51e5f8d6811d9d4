/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The facts about each provider, in one table. Static data; any thread.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_PROVIDER_CLAUDE,
  TC_PROVIDER_OPENAI,
  TC_PROVIDER_XAI,
  TC_PROVIDER_QWEN,       /* whatever Ollama has */
  TC_PROVIDER_COMPATIBLE, /* any server that speaks OpenAI's chat */
} TcProviderId;

#define TC_PROVIDER_N (TC_PROVIDER_COMPATIBLE + 1)

typedef enum
{
  TC_PROVIDER_AUTH_NONE,
  TC_PROVIDER_AUTH_BEARER,    /* Authorization: Bearer KEY */
  TC_PROVIDER_AUTH_X_API_KEY, /* x-api-key: KEY */
} TcProviderAuth;

typedef enum
{
  TC_PROVIDER_WIRE_ANTHROPIC, /* POST /v1/messages */
  TC_PROVIDER_WIRE_OPENAI,    /* POST /chat/completions */
  TC_PROVIDER_WIRE_OLLAMA,    /* POST /api/chat */
} TcProviderWire;

typedef struct
{
  TcProviderId   id;
  const char    *word;         /* in the API and on the command line */
  const char    *title;        /* for people */
  const char    *base_url;     /* (nullable) NULL: must be given */
  TcProviderAuth auth;
  TcProviderWire wire;
  const char    *extra_header; /* (nullable) a header every request needs */
  const char    *extra_value;  /* (nullable) */
  const char    *check_path;   /* GET; costs no tokens and fails with a wrong key */
  const char    *models_path;  /* GET; the live list */
  const char    *keys_url;     /* (nullable) where a person gets a key */
  gboolean       needs_secret;
} TcProvider;

const TcProvider *tc_provider_get          (TcProviderId      id);
const TcProvider *tc_provider_find         (const char       *word);
char             *tc_provider_build_url    (const TcProvider *self,
                                            const char       *base_url,
                                            const char       *path);
gboolean          tc_provider_check_base_url (const char     *base_url,
                                              GError        **error);

G_END_DECLS
