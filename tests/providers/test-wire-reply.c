/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Whole answers: what they say and cost, and how a client of each format gets
 * them. In the fixtures ' stands for ". */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "wire-checks.h"

#define A_REPLY(content, reason, usage) \
  "{'id':'msg_1','type':'message','role':'assistant','model':'claude-sonnet-5-5','content':" content \
  ",'stop_reason':'" reason "','stop_sequence':null" usage "}"
#define A_USAGE \
  ",'usage':{'input_tokens':12,'cache_creation_input_tokens':3,'cache_read_input_tokens':5,'output_tokens':20," \
  "'output_tokens_details':{'thinking_tokens':8}}"
#define A_FULL A_REPLY ("[{'type':'thinking','thinking':'Hm','signature':'s'},{'type':'new','x':1}," \
                        "{'type':'text','text':'Hello'},{'type':'tool_use','id':'toolu_1','name':'f'," \
                        "'input':{'x':1}}]", "tool_use", A_USAGE)
#define O_REPLY(message, reason, rest) \
  "{'id':'chatcmpl-1','object':'chat.completion','created':1,'model':'gpt-5.1-2025-11-13','choices':" \
  "[{'index':0,'message':{'role':'assistant'," message "},'logprobs':null,'finish_reason':" reason "}]" rest "}"
#define O_USAGE(numbers) ",'usage':{" numbers "}"
#define L_REPLY(message, rest) \
  "{'model':'qwen3:8b','created_at':'2026-11-22T10:00:00Z','message':{'role':'assistant'," message "}," rest "}"

typedef struct
{
  const char *provider;
  const char *body;
  const char *parts;  /* each "kind text|name args;" */
  TcFinish    finish;
  const char *usage;  /* "input+read+written>output=exact", NULL: not reported */
} Case;

static const Case cases[] = {
  { "claude", A_FULL, "2 Hm;0 Hello;3 f {'x':1};", TC_FINISH_TOOL_CALLS, "12+5+3>20" },
  { "claude", A_REPLY ("[]", "end_turn", ""), "", TC_FINISH_STOP, NULL },
  { "claude", A_REPLY ("[{'type':'text','text':'x'}]", "model_context_window_exceeded", ",'usage':{'input_tokens':1}"),
    "0 x;", TC_FINISH_LENGTH, NULL },
  { "claude", A_REPLY ("[{'type':'text','text':'x'}]", "pause_turn", ",'usage':{'input_tokens':1,'output_tokens':-2}"),
    "0 x;", TC_FINISH_STOP, NULL },
  { "claude", A_REPLY ("[]", "refusal", A_USAGE), "", TC_FINISH_REFUSAL, "12+5+3>20" },
  { "openai", O_REPLY ("'content':'Hello','refusal':null", "'stop'",
                       O_USAGE ("'prompt_tokens':20,'completion_tokens':30,'total_tokens':50,'prompt_tokens_details':"
                                "{'cached_tokens':4},'completion_tokens_details':{'reasoning_tokens':10}")),
    "0 Hello;", TC_FINISH_STOP, "16+4+0>30" },
  { "openai", O_REPLY ("'content':null,'refusal':'No.'", "'stop'", ""), "0 No.;", TC_FINISH_REFUSAL, NULL },
  { "openai", O_REPLY ("'content':null,'tool_calls':[{'id':'c','type':'function','function':{'name':'f',"
                       "'arguments':'{\\'x\\':1}'}}]", "'stop'", ""), "3 f {'x':1};", TC_FINISH_TOOL_CALLS, NULL },
  { "openai", O_REPLY ("'content':''", "'length'", O_USAGE ("'prompt_tokens':2,'completion_tokens':3.0")),
    "", TC_FINISH_LENGTH, "2+0+0>3" },
  { "openai", O_REPLY ("'content':'x'", "'stop'", O_USAGE ("'prompt_tokens':1e18,'completion_tokens':3")),
    "0 x;", TC_FINISH_STOP, NULL },
  { "openai", O_REPLY ("'content':'x'", "'stop'", O_USAGE ("'prompt_tokens':2.5,'completion_tokens':3")),
    "0 x;", TC_FINISH_STOP, NULL },
  { "openai", O_REPLY ("'content':'x'", "'stop'", O_USAGE ("'prompt_tokens':'2','completion_tokens':3")),
    "0 x;", TC_FINISH_STOP, NULL },
  { "openai", O_REPLY ("'content':'x'", "'stop'", O_USAGE ("'prompt_tokens':2,'completion_tokens':3,"
                       "'prompt_tokens_details':{'cached_tokens':9}")), "0 x;", TC_FINISH_STOP, "0+2+0>3" },
  { "openai", O_REPLY ("'content':'x'", "'stop'", O_USAGE ("'prompt_tokens':2")), "0 x;", TC_FINISH_STOP, NULL },
  { "openai", O_REPLY ("'content':'x'", "'stop'", ",'usage':null"), "0 x;", TC_FINISH_STOP, NULL },
  { "xai", O_REPLY ("'content':'x','reasoning_content':'Hm'", "'stop'",
                    O_USAGE ("'prompt_tokens':32,'completion_tokens':9,'total_tokens':135,"
                             "'completion_tokens_details':{'reasoning_tokens':94},'cost_in_usd_ticks':50000")),
    "2 Hm;0 x;", TC_FINISH_STOP, "32+0+0>103=5" },
  { "xai", O_REPLY ("'content':'x'", "'end_turn'",
                    O_USAGE ("'prompt_tokens':1,'completion_tokens':2,'completion_tokens_details':"
                             "{'reasoning_tokens':3},'cost_in_usd_ticks':1")), "0 x;", TC_FINISH_STOP, "1+0+0>5=1" },
  { "xai", O_REPLY ("'content':'x'", "'stop'",
                    O_USAGE ("'prompt_tokens':1,'completion_tokens':2,'total_tokens':3,'completion_tokens_details':"
                             "{'reasoning_tokens':1},'cost_in_usd_ticks':0")), "0 x;", TC_FINISH_STOP, "1+0+0>2=0" },
  { "xai", O_REPLY ("'content':'x'", "'stop'",
                    O_USAGE ("'prompt_tokens':1,'completion_tokens':2,'cost_in_usd_ticks':-1")), "0 x;",
    TC_FINISH_STOP, NULL },
  { "compatible", O_REPLY ("'content':'x','reasoning':'Hm'", "'repetition'",
                           O_USAGE ("'prompt_tokens':1,'completion_tokens':2,'cost':0.0000011")),
    "2 Hm;0 x;", TC_FINISH_STOP, "1+0+0>2=2" },
  { "compatible", O_REPLY ("'content':'x'", "'abort'", O_USAGE ("'prompt_tokens':1,'completion_tokens':2,'cost':-1")),
    "0 x;", TC_FINISH_NONE, NULL },
  { "qwen", L_REPLY ("'content':'Hi','thinking':'Hm'", "'done':true,'done_reason':'length','prompt_eval_count':26,"
                     "'eval_count':298"), "2 Hm;0 Hi;", TC_FINISH_LENGTH, "26+0+0>298" },
  { "qwen", L_REPLY ("'content':'','tool_calls':[{'function':{'name':'f','arguments':{'x':1}}}]",
                     "'done':true,'done_reason':'stop','eval_count':3"), "3 f {'x':1};", TC_FINISH_TOOL_CALLS, "0+0+0>3" },
  { "qwen", L_REPLY ("'content':'Hi'", "'done':false"), "0 Hi;", TC_FINISH_NONE, NULL },
  { "qwen", L_REPLY ("'content':'Hi'", "'done':true,'eval_count':-1"), "0 Hi;", TC_FINISH_STOP, NULL },
};

static TcChatReply *
read_case (const char  *provider,
           const char  *body,
           GError     **error)
{
  g_autofree char *json = wire_json (body);

  return tc_wire_read_reply (tc_provider_find (provider), json, strlen (json), error);
}

static char *
dup_parts (const TcChatReply *reply)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < reply->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (reply->parts, i);

      g_string_append_printf (all, "%d %s%s%s;", part->kind, part->name != NULL ? part->name : "",
                              part->name != NULL ? " " : "", part->text);
      if (part->kind == TC_PART_TOOL_CALL)
        g_assert_cmpstr (part->id, >, "");
    }

  return g_strdelimit (g_string_free_and_steal (all), "\"", '\'');
}

static char *
dup_usage (const TcUsage *usage)
{
  g_autofree char *counts = NULL;

  if (!usage->is_reported)
    return NULL;
  counts = g_strdup_printf ("%d+%d+%d>%d", (int) usage->input, (int) usage->cache_read,
                            (int) usage->cache_write, (int) usage->output);

  return usage->exact == TC_MONEY_UNKNOWN ? g_steal_pointer (&counts)
                                          : g_strdup_printf ("%s=%d", counts, (int) usage->exact);
}

static void
test_read (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      g_autoptr(GError) error = NULL;
      g_autoptr(TcChatReply) reply = read_case (c->provider, c->body, &error);
      g_autofree char *parts = NULL;
      g_autofree char *usage = NULL;

      g_test_message ("%s %s", c->provider, c->body);
      g_assert_no_error (error);
      parts = dup_parts (reply);
      usage = dup_usage (&reply->usage);
      g_assert_cmpstr (parts, ==, c->parts);
      g_assert_cmpint (reply->finish, ==, c->finish);
      g_assert_cmpstr (usage, ==, c->usage);
    }
}

static const char *const garbage[][2] = {
  { "claude", "" },
  { "claude", "<html></html>" },
  { "claude", "[]" },
  { "claude", "{}" },
  { "claude", "{'content':'x'}" },
  { "claude", "{'type':'error','error':{'type':'overloaded_error','message':'Overloaded'}}" },
  { "openai", "{'choices':[]}" },
  { "openai", "{'choices':[7]}" },
  { "openai", "{'choices':[{'index':0}]}" },
  { "openai", "{'choices':null}" },
  { "compatible", "{'error':'x'}" },
  { "qwen", "{'done':true}" },
  { "qwen", "{'message':'x'}" },
};

static void
test_garbage (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(TcChatReply) reply = read_case (garbage[i][0], garbage[i][1], &error);

      g_test_message ("%s", garbage[i][1]);
      g_assert_null (reply);
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
    }
}

/* Each answer, written in each format and read again, says the same. */
static void
test_round_trip (void)
{
  static const char *const readers[] = { "claude", "openai", "qwen" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(TcChatReply) reply = read_case (cases[i].provider, cases[i].body, NULL);
      g_autofree char *parts = dup_parts (reply);

      for (int wire = TC_PROVIDER_WIRE_ANTHROPIC; wire <= TC_PROVIDER_WIRE_OLLAMA; wire++)
        {
          g_autofree char *sent = tc_wire_write_reply (wire, reply);
          g_autoptr(TcChatReply) again = tc_wire_read_reply (tc_provider_find (readers[wire]), sent, strlen (sent), NULL);
          g_autofree char *parts_again = dup_parts (again);

          g_test_message ("%s → %s", cases[i].body, sent);
          g_assert_cmpstr (parts_again, ==, parts);
          g_assert_cmpint (again->usage.output, ==, reply->usage.is_reported ? reply->usage.output
                                                                             : again->usage.output);
          if (wire != TC_PROVIDER_WIRE_OLLAMA)
            g_assert_cmpint (again->finish, ==, reply->finish);
          if (wire != TC_PROVIDER_WIRE_OLLAMA && reply->usage.is_reported)
            g_assert_cmpint (again->usage.cache_read, ==, reply->usage.cache_read);
        }
    }
}

static void
test_write (void)
{
  g_autoptr(TcChatReply) full = read_case ("claude", A_FULL, NULL);
  g_autoptr(TcChatReply) tools = read_case ("qwen", cases[G_N_ELEMENTS (cases) - 3].body, NULL);
  g_autofree char *openai = tc_wire_write_reply (TC_PROVIDER_WIRE_OPENAI, full);
  g_autofree char *ollama = tc_wire_write_reply (TC_PROVIDER_WIRE_OLLAMA, full);
  g_autofree char *anthropic = tc_wire_write_reply (TC_PROVIDER_WIRE_ANTHROPIC, tools);
  g_autofree char *call = tc_wire_write_reply (TC_PROVIDER_WIRE_OPENAI, tools);

  wire_assert_at (openai, "choices/0/message/content", "'Hello'");
  wire_assert_at (openai, "choices/0/message/reasoning_content", "'Hm'");
  wire_assert_at (openai, "choices/0/message/thinking_blocks", "[{'type':'thinking','thinking':'Hm','signature':'s'}]");
  wire_assert_at (openai, "choices/0/finish_reason", "'tool_calls'");
  wire_assert_at (openai, "usage/prompt_tokens", "20");
  wire_assert_at (openai, "usage/total_tokens", "40");
  wire_assert_at (openai, "usage/prompt_tokens_details/cached_tokens", "5");
  wire_assert_at (openai, "object", "'chat.completion'");
  wire_assert_at (ollama, "message/tool_calls/0/function", "{'name':'f','arguments':{'x':1}}");
  wire_assert_at (ollama, "prompt_eval_count", "20");
  wire_assert_at (ollama, "done", "true");
  /* No empty text in front of a call, and the reason that clients look for. */
  wire_assert_at (anthropic, "content/0/type", "'tool_use'");
  wire_assert_at (anthropic, "stop_reason", "'tool_use'");
  wire_assert_at (anthropic, "usage/output_tokens", "3");
  wire_assert_at (call, "choices/0/message/content", "null");
}

/* Without the thinking and the calls. */
static void
test_text (void)
{
  g_autoptr(TcChatReply) reply = read_case ("claude", A_FULL, NULL);
  g_autofree char *text = tc_chat_reply_dup_text (reply);

  g_assert_cmpstr (text, ==, "Hello");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/reply/read", test_read);
  g_test_add_func ("/wire/reply/garbage", test_garbage);
  g_test_add_func ("/wire/reply/round-trip", test_round_trip);
  g_test_add_func ("/wire/reply/write", test_write);
  g_test_add_func ("/wire/reply/text", test_text);

  return g_test_run ();
}
