/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the files of the wire formats share: a function for each format and
 * direction, and helpers for reading and building JSON.
 */

#include "tc-wire.h"

G_BEGIN_DECLS

/* More than this nobody bills or asks for; a count above is nonsense. */
#define TC_WIRE_MAX_COUNT G_GINT64_CONSTANT (1000000000000)

/* An answer of more tools than this is not one. */
#define TC_WIRE_MAX_TOOL_CALLS 128

/* What a person is asked to go on with where a format wants a user's turn. */
#define TC_WIRE_GO_ON "Continue."

/* Requests */
gboolean    tc_wire_read_anthropic_request  (JsonObject          *body,
                                             TcChatRequest       *request,
                                             GError             **error);
gboolean    tc_wire_read_openai_request     (JsonObject          *body,
                                             TcChatRequest       *request,
                                             GError             **error);
gboolean    tc_wire_read_ollama_request     (JsonObject          *body,
                                             TcChatRequest       *request,
                                             GError             **error);
JsonObject *tc_wire_build_anthropic_request (const TcChatRequest *request);
JsonObject *tc_wire_build_openai_request    (const TcProvider    *provider,
                                             const TcChatRequest *request);
JsonObject *tc_wire_build_ollama_request    (const TcChatRequest *request,
                                             GError             **error);

/* Answers */
gboolean    tc_wire_read_anthropic_reply    (JsonObject          *body,
                                             TcChatReply         *reply,
                                             GError             **error);
gboolean    tc_wire_read_openai_reply       (const TcProvider    *provider,
                                             JsonObject          *body,
                                             TcChatReply         *reply,
                                             GError             **error);
gboolean    tc_wire_read_ollama_reply       (JsonObject          *body,
                                             TcChatReply         *reply,
                                             GError             **error);
JsonObject *tc_wire_build_anthropic_reply   (const TcChatReply   *reply);
JsonObject *tc_wire_build_openai_reply      (const TcChatReply   *reply);
JsonObject *tc_wire_build_ollama_reply      (const TcChatReply   *reply);

/* Errors */
JsonObject *tc_wire_build_error             (TcProviderWire       wire,
                                             const TcChatError   *error);
TcChatError *tc_wire_read_error_object      (const TcProvider    *provider,
                                             guint                status,
                                             JsonObject          *root,
                                             const char          *secret);

/* Counts; FALSE and nothing changed when one of them is nonsense. */
gboolean    tc_wire_read_anthropic_usage    (JsonObject          *object,
                                             TcUsage             *usage);
gboolean    tc_wire_read_openai_usage       (const TcProvider    *provider,
                                             JsonObject          *object,
                                             TcUsage             *usage);
gboolean    tc_wire_read_ollama_usage       (JsonObject          *object,
                                             TcUsage             *usage);
void        tc_wire_add_anthropic_usage     (JsonObject          *parent,
                                             const TcUsage       *usage);
void        tc_wire_add_openai_usage        (JsonObject          *parent,
                                             const TcUsage       *usage);
void        tc_wire_add_ollama_usage        (JsonObject          *parent,
                                             const TcUsage       *usage);

/* Why it ended, in each format's words */
TcFinish    tc_wire_finish_from_anthropic   (const char          *word);
TcFinish    tc_wire_finish_from_openai      (const char          *word);
TcFinish    tc_wire_finish_from_ollama      (const char          *word);
const char *tc_wire_finish_to_anthropic     (TcFinish             finish);
const char *tc_wire_finish_to_openai        (TcFinish             finish);
const char *tc_wire_finish_to_ollama        (TcFinish             finish);

/* JSON */
gboolean    tc_wire_fail                    (GError             **error,
                                             const char          *format,
                                             ...) G_GNUC_PRINTF (2, 3);
JsonObject *tc_wire_add_object              (JsonObject          *parent,
                                             const char          *name);
JsonArray  *tc_wire_add_array               (JsonObject          *parent,
                                             const char          *name);
JsonObject *tc_wire_append_object           (JsonArray           *array);
void        tc_wire_set_text                (JsonObject          *object,
                                             const char          *name,
                                             const char          *text);
void        tc_wire_set_copy                (JsonObject          *object,
                                             const char          *name,
                                             JsonNode            *node);
JsonNode   *tc_wire_dup_member              (JsonObject          *object,
                                             const char          *name);
char       *tc_wire_dup_json                (JsonObject          *object,
                                             const char          *name);
JsonNode   *tc_wire_parse_arguments         (const char          *text);
JsonObject *tc_wire_get_element             (JsonArray           *array,
                                             guint                index);
GStrv       tc_wire_dup_stop                (JsonObject          *object,
                                             const char          *name);
char       *tc_wire_new_id                  (const char          *prefix);
char       *tc_wire_dup_time                (void);

/* Images */
void        tc_wire_set_image_url           (TcChatPart          *part,
                                             const char          *url);
char       *tc_wire_dup_image_url           (const TcChatPart    *part);

/* The conversation as formats that are strict about it want it. */
gboolean    tc_wire_has_tool_parts          (const TcChatRequest *request);
void        tc_wire_add_system              (TcChatRequest       *request,
                                             const char          *text);
char       *tc_wire_dup_system              (const TcChatRequest *request,
                                             gboolean             with_tool_choice,
                                             gboolean             with_format);

G_END_DECLS
