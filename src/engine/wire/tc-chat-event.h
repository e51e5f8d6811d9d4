/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a stream of an answer is made of, and what can go wrong with a call, in
 * no vendor's words. Plain structs with one owner; any thread.
 */

#include "tc-chat.h"

G_BEGIN_DECLS

/* Why a call failed, and what that means for money and for trying again. */
typedef enum
{
  TC_CHAT_ERROR_INVALID,      /* the request is wrong */
  TC_CHAT_ERROR_AUTH,         /* the key is wrong */
  TC_CHAT_ERROR_PERMISSION,   /* the key may not do this */
  TC_CHAT_ERROR_MONEY,        /* no credit, or a limit on spending: never try again by itself */
  TC_CHAT_ERROR_NOT_FOUND,    /* no such model */
  TC_CHAT_ERROR_TOO_LARGE,
  TC_CHAT_ERROR_RATE_LIMITED,
  TC_CHAT_ERROR_OVERLOADED,
  TC_CHAT_ERROR_TIMEOUT,
  TC_CHAT_ERROR_SERVER,       /* its fault, or an answer that is none */
  TC_CHAT_ERROR_CUT_OFF,      /* the stream ended without its end */
} TcChatErrorKind;

typedef struct
{
  TcChatErrorKind  kind;
  guint            status;         /* of HTTP; 200 when it came in mid-stream; 0: no answer */
  char            *code;           /* (owned) (nullable) the provider's own word */
  char            *message;        /* (owned) for people; keys in it are masked */
  gint64           retry_after_ms; /* -1: not said */
  int              should_retry;   /* x-should-retry: 1 yes, 0 no, -1 not said */
} TcChatError;

/* What a stream is made of. */
typedef enum
{
  TC_EVENT_START,      /* id, text: the model; usage: what is known already */
  TC_EVENT_TEXT,       /* text */
  TC_EVENT_THINKING,   /* text */
  TC_EVENT_SIGNATURE,  /* text: of the thinking before it */
  TC_EVENT_TOOL_START, /* index, id, name */
  TC_EVENT_TOOL_ARGS,  /* index, text: a piece of JSON text */
  TC_EVENT_FINISH,     /* finish */
  TC_EVENT_USAGE,      /* usage: all of it so far, replaces what came before */
  TC_EVENT_ERROR,      /* error */
  TC_EVENT_END,        /* the terminator of the format was seen */
} TcChatEventKind;

typedef struct
{
  TcChatEventKind    kind;
  guint              index;  /* of a tool call, from 0 */
  const char        *text;   /* valid UTF-8; only during the call, as everything here */
  const char        *id;
  const char        *name;
  TcFinish           finish;
  TcUsage            usage;
  const TcChatError *error;
} TcChatEvent;

TcChatError *tc_chat_error_new       (TcChatErrorKind    kind,
                                      guint              status,
                                      const char        *message);
TcChatError *tc_chat_error_copy      (const TcChatError *self);
void         tc_chat_error_free      (TcChatError       *self);
gboolean     tc_chat_error_may_retry (const TcChatError *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcChatError, tc_chat_error_free)

G_END_DECLS
