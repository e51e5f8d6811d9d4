/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The words of the window for providers and the states of their keys.
 */

#include "tc-api-key.h"

G_BEGIN_DECLS

typedef struct
{
  const char *word;        /* in the API */
  const char *title;       /* for people */
  gboolean    needs_key;
  gboolean    needs_url;
  const char *address;     /* (nullable) its own, where it has one */
} TcProviderText;

const TcProviderText *tc_provider_text_get        (guint           index);
const TcProviderText *tc_provider_text_find       (const char     *word);
const char           *tc_provider_text_get_state  (TcKeyState      state);
const char           *tc_provider_text_get_icon   (TcKeyState      state);
const char           *tc_provider_text_get_class  (TcKeyState      state);
char                 *tc_provider_text_dup_about  (const TcApiKey *key,
                                                   gint64          now_us);

G_END_DECLS
