/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A conversation with a model, free of any vendor's format: what the wire
 * formats (tc-wire.h) are translated from and to, and what the engine itself
 * asks with. Plain structs with one owner; any thread.
 */

#include <json-glib/json-glib.h>

#include "tc-price.h"

G_BEGIN_DECLS

typedef enum
{
  TC_CHAT_USER,
  TC_CHAT_ASSISTANT,
} TcChatRole;

typedef enum
{
  TC_PART_TEXT,
  TC_PART_IMAGE,       /* either url, or media_type and data */
  TC_PART_THINKING,    /* text, and the signature that must come back with it; or data: a covered one */
  TC_PART_TOOL_CALL,   /* id, name, text: the arguments as JSON text, perhaps cut off */
  TC_PART_TOOL_RESULT, /* id of the call, text; in messages of the user */
} TcPartKind;

typedef struct
{
  TcPartKind  kind;
  char       *text;       /* (owned) (nullable) */
  char       *id;         /* (owned) (nullable) */
  char       *name;       /* (owned) (nullable) */
  char       *signature;  /* (owned) (nullable) */
  char       *media_type; /* (owned) (nullable) */
  char       *data;       /* (owned) (nullable) base64 */
  char       *url;        /* (owned) (nullable) */
  gboolean    is_error;   /* of a tool's result */
} TcChatPart;

typedef struct
{
  TcChatRole  role;
  GPtrArray  *parts; /* (owned) (element-type TcChatPart) */
} TcChatMessage;

typedef struct
{
  char     *name;        /* (owned) */
  char     *description; /* (owned) (nullable) */
  JsonNode *schema;      /* (owned) (nullable) of its arguments */
} TcChatTool;

typedef enum
{
  TC_TOOL_CHOICE_DEFAULT,
  TC_TOOL_CHOICE_AUTO,
  TC_TOOL_CHOICE_ANY,
  TC_TOOL_CHOICE_NONE,
  TC_TOOL_CHOICE_NAMED,
} TcToolChoice;

typedef enum
{
  TC_FORMAT_TEXT,
  TC_FORMAT_JSON,   /* any JSON object */
  TC_FORMAT_SCHEMA, /* JSON that fits the schema */
} TcChatFormat;

typedef struct
{
  char         *model;         /* (owned) the provider's id */
  char         *system;        /* (owned) (nullable) all instructions, in order */
  GPtrArray    *messages;      /* (owned) (element-type TcChatMessage) */
  GPtrArray    *tools;         /* (owned) (element-type TcChatTool) */
  TcToolChoice  tool_choice;
  char         *tool_name;     /* (owned) (nullable) with TC_TOOL_CHOICE_NAMED */
  gint64        max_tokens;    /* of the answer, thinking included; 0: not said */
  double        temperature;   /* NaN: not said */
  double        top_p;         /* NaN: not said */
  gint64        seed;          /* -1: not said */
  GStrv         stop;          /* (owned) (nullable) */
  TcChatFormat  format;
  char         *schema_name;   /* (owned) (nullable) */
  JsonNode     *schema;        /* (owned) (nullable) */
  char         *effort;        /* (owned) (nullable) "none" "minimal" "low" "medium" "high" "xhigh" "max" */
  char         *user;          /* (owned) (nullable) */
  gboolean      is_stream;
  gboolean      wants_usage;   /* OpenAI's stream_options.include_usage */
  gboolean      one_tool_at_a_time;
} TcChatRequest;

typedef enum
{
  TC_FINISH_NONE,      /* not finished: cut off */
  TC_FINISH_STOP,
  TC_FINISH_LENGTH,    /* the cap on tokens, or the context, is used up */
  TC_FINISH_TOOL_CALLS,
  TC_FINISH_REFUSAL,   /* refused or filtered */
} TcFinish;

typedef struct
{
  char      *id;     /* (owned) (nullable) */
  char      *model;  /* (owned) (nullable) as the provider names it */
  GPtrArray *parts;  /* (owned) (element-type TcChatPart) text, thinking, tool calls */
  TcFinish   finish;
  TcUsage    usage;
} TcChatReply;

TcChatRequest *tc_chat_request_new     (const char    *model);
TcChatMessage *tc_chat_request_add     (TcChatRequest *self,
                                        TcChatRole     role,
                                        const char    *text);
TcChatTool    *tc_chat_request_add_tool (TcChatRequest *self,
                                        const char    *name,
                                        const char    *description,
                                        JsonNode      *schema);
void           tc_chat_request_free    (TcChatRequest *self);
TcChatPart    *tc_chat_message_add     (TcChatMessage *self,
                                        TcPartKind     kind);
TcChatReply   *tc_chat_reply_new       (void);
TcChatPart    *tc_chat_reply_add       (TcChatReply   *self,
                                        TcPartKind     kind);
char          *tc_chat_reply_dup_text  (const TcChatReply *self);
void           tc_chat_reply_free      (TcChatReply   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcChatRequest, tc_chat_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcChatReply, tc_chat_reply_free)

G_END_DECLS
