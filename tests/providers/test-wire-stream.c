/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Streams as the vendors document them and as servers were seen to send them,
 * cut at every byte; and each turned into the formats of all clients. In the
 * fixtures ' stands for ". */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "wire-checks.h"

typedef struct
{
  const char *name;
  const char *provider;
  const char *input;
  const char *log;
} Case;

#define A_START(usage) \
  "event: message_start\ndata: {'type':'message_start','message':{'id':'msg_1','type':'message'," \
  "'role':'assistant','content':[],'model':'claude-sonnet-5-5','stop_reason':null," \
  "'stop_sequence':null" usage "}}\n\n"
#define A_USAGE ",'usage':{'input_tokens':11,'output_tokens':1}"
#define A_BLOCK(index, block) \
  "event: content_block_start\ndata: {'type':'content_block_start','index':" index \
  ",'content_block':" block "}\n\n"
#define A_DELTA(index, delta) \
  "event: content_block_delta\ndata: {'type':'content_block_delta','index':" index ",'delta':" delta "}\n\n"
#define A_STOP(index) \
  "event: content_block_stop\ndata: {'type':'content_block_stop','index':" index "}\n\n"
#define A_END(reason, usage) \
  "event: message_delta\ndata: {'type':'message_delta','delta':{'stop_reason':'" reason \
  "','stop_sequence':null}" usage "}\n\n" \
  "event: message_stop\ndata: {'type':'message_stop'}\n"
#define A_TEXT A_BLOCK ("0", "{'type':'text','text':''}") \
  "event: ping\ndata: {'type': 'ping'}\n\n" \
  A_DELTA ("0", "{'type':'text_delta','text':'Hello'}") \
  A_DELTA ("0", "{'type':'text_delta','text':' thére 👋'}") A_STOP ("0")

#define CHUNK(delta, finish, rest) \
  "data: {'id':'chatcmpl-1','object':'chat.completion.chunk','created':1,'model':'gpt-5.1-2025-11-13'," \
  "'choices':[{'index':0,'delta':" delta ",'finish_reason':" finish "}]" rest "}\n\n"
#define O_START CHUNK ("{'role':'assistant','content':''}", "null", ",'usage':null,'obfuscation':'ab'")
#define O_USAGE(usage) \
  "data: {'id':'chatcmpl-1','object':'chat.completion.chunk','created':1,'model':'gpt-5.1-2025-11-13'," \
  "'choices':[],'usage':" usage "}\n\n"
#define O_DONE "data: [DONE]\n\n"
#define O_LOG "start chatcmpl-1 gpt-5.1-2025-11-13\n"

#define LINE(message, rest) \
  "{'model':'qwen3:8b','created_at':'2026-11-22T10:00:00Z','message':{'role':'assistant'," message "}" rest "}\n"

static const Case cases[] = {
  { "text", "claude", A_START (A_USAGE) A_TEXT A_END ("end_turn", ",'usage':{'output_tokens':6}"),
    "start msg_1 claude-sonnet-5-5\ntext Hello\ntext  thére 👋\nfinish 1\nusage 11+0+0>6 all\nend\n" },
  { "cumulative usage with nulls", "claude",
    A_START (",'usage':{'input_tokens':3,'cache_read_input_tokens':100,'cache_creation_input_tokens':7,"
             "'output_tokens':1}") A_TEXT
    "event: message_delta\ndata: {'type':'message_delta','delta':{'stop_reason':null},"
    "'usage':{'output_tokens':4}}\n\n"
    A_END ("end_turn", ",'usage':{'input_tokens':null,'cache_read_input_tokens':null,'output_tokens':6}"),
    "start msg_1 claude-sonnet-5-5\ntext Hello\ntext  thére 👋\nusage 3+100+7>4 part\nfinish 1\n"
    "usage 3+100+7>6 all\nend\n" },
  { "usage at the end only", "claude",
    A_START ("") A_TEXT A_END ("max_tokens", ",'usage':{'input_tokens':11,'output_tokens':1,"
                               "'cache_creation_input_tokens':3,'cache_read_input_tokens':5}"),
    "start msg_1 claude-sonnet-5-5\ntext Hello\ntext  thére 👋\nfinish 2\nusage 11+5+3>1 all\nend\n" },
  { "usage nowhere", "claude", A_START ("") A_TEXT A_END ("end_turn", ""),
    "start msg_1 claude-sonnet-5-5\ntext Hello\ntext  thére 👋\nfinish 1\nend\n" },
  { "thinking and tools", "claude",
    A_START (A_USAGE)
    A_BLOCK ("0", "{'type':'thinking','thinking':'','signature':''}")
    A_DELTA ("0", "{'type':'thinking_delta','thinking':'Hm.'}")
    A_DELTA ("0", "{'type':'signature_delta','signature':'c2ln'}") A_STOP ("0")
    A_BLOCK ("1", "{'type':'new_kind','x':1}") A_DELTA ("1", "{'type':'new_delta','text':'?'}") A_STOP ("1")
    A_BLOCK ("2", "{'type':'tool_use','id':'toolu_1','name':'weather','input':{}}")
    A_DELTA ("2", "{'type':'input_json_delta','partial_json':''}")
    A_DELTA ("2", "{'type':'input_json_delta','partial_json':'{\\'city\\': \\'Par'}")
    A_DELTA ("2", "{'type':'input_json_delta','partial_json':'is\\'}'}") A_STOP ("2")
    A_BLOCK ("3", "{'type':'tool_use','id':'toolu_2','name':'now','input':{}}") A_STOP ("3")
    A_END ("tool_use", ",'usage':{'output_tokens':65}"),
    "start msg_1 claude-sonnet-5-5\nthink Hm.\nsign c2ln\ntool 0 toolu_1 weather\nargs 0 {'city': 'Par\n"
    "args 0 is'}\ntool 1 toolu_2 now\nfinish 3\nusage 11+0+0>65 all\nend\n" },
  { "a tool of the server", "claude",
    A_START (A_USAGE) A_BLOCK ("0", "{'type':'server_tool_use','id':'srvtoolu_1','name':'s','input':{}}")
    A_DELTA ("0", "{'type':'input_json_delta','partial_json':'{}'}") A_STOP ("0")
    A_END ("refusal", ",'usage':{'output_tokens':40}"),
    "start msg_1 claude-sonnet-5-5\nfinish 4\nusage 11+0+0>40 all\nend\n" },
  { "an error", "claude",
    A_START (A_USAGE) A_BLOCK ("0", "{'type':'text','text':'Hel'}")
    "event: error\ndata: {'type':'error','error':{'type':'overloaded_error','message':'Overloaded'}}\n\n",
    "start msg_1 claude-sonnet-5-5\ntext Hel\nerror 7 Overloaded\n" },
  { "cut off", "claude", A_START (A_USAGE) A_TEXT,
    "start msg_1 claude-sonnet-5-5\ntext Hello\ntext  thére 👋\nerror 10 The answer of Anthropic broke off.\n" },
  { "nonsense for usage", "claude",
    A_START (",'usage':{'input_tokens':-5,'output_tokens':1}") A_TEXT
    A_END ("end_turn", ",'usage':{'output_tokens':1e300}"),
    "start msg_1 claude-sonnet-5-5\ntext Hello\ntext  thére 👋\nfinish 1\nend\n" },

  { "text", "openai",
    O_START CHUNK ("{'content':'Hello'}", "null", "") CHUNK ("{'content':' thére 👋'}", "null", "")
    CHUNK ("{}", "'stop'", "")
    O_USAGE ("{'prompt_tokens':20,'completion_tokens':30,'total_tokens':50,'prompt_tokens_details':"
             "{'cached_tokens':8,'cache_write_tokens':2},'completion_tokens_details':{'reasoning_tokens':10}}")
    O_DONE,
    O_LOG "text Hello\ntext  thére 👋\nfinish 1\nusage 10+8+2>30 all\nend\n" },
  { "no usage", "compatible",
    ": OPENROUTER PROCESSING\n\n" O_START CHUNK ("{'content':'Hi'}", "'length'", "") O_DONE,
    O_LOG "text Hi\nfinish 2\nend\n" },
  { "usage on every chunk", "compatible",
    CHUNK ("{'content':'H'}", "null", ",'usage':{'prompt_tokens':5,'completion_tokens':1,'total_tokens':6}")
    CHUNK ("{'content':'i'}", "null", ",'usage':{'prompt_tokens':5,'completion_tokens':2,'total_tokens':7}")
    CHUNK ("{}", "'stop'", ",'usage':{'prompt_tokens':5,'completion_tokens':3,'total_tokens':8}") O_DONE,
    O_LOG "text H\nusage 5+0+0>1 part\ntext i\nusage 5+0+0>2 part\nfinish 1\nusage 5+0+0>3 all\nend\n" },
  { "reasoning apart, ticks", "xai",
    CHUNK ("{'role':'assistant','reasoning_content':'Hm'}", "null", "") CHUNK ("{'content':'Hi'}", "'stop'", "")
    O_USAGE ("{'prompt_tokens':32,'completion_tokens':9,'total_tokens':135,'prompt_tokens_details':"
             "{'cached_tokens':2},'completion_tokens_details':{'reasoning_tokens':94},"
             "'cost_in_usd_ticks':12340001}") O_DONE,
    O_LOG "think Hm\ntext Hi\nfinish 1\nusage 30+2+0>103 =1235 all\nend\n" },
  { "cost in dollars", "compatible",
    CHUNK ("{'reasoning':'Hm'}", "null", "") CHUNK ("{'content':'Hi'}", "'stop'", "")
    "data: {'id':'chatcmpl-1','usage':{'prompt_tokens':1,'completion_tokens':2,'cost':0.001234}}\n\n" O_DONE,
    O_LOG "think Hm\ntext Hi\nfinish 1\nusage 1+0+0>2 =1234 all\nend\n" },
  { "two tools", "openai",
    O_START
    CHUNK ("{'tool_calls':[{'index':0,'id':'call_a','type':'function','function':{'name':'weather',"
           "'arguments':''}}]}", "null", "")
    CHUNK ("{'tool_calls':[{'index':0,'function':{'arguments':'{\\'city\\':'}}]}", "null", "")
    CHUNK ("{'tool_calls':[{'index':0,'function':{'arguments':'\\'Paris\\'}'}}]}", "null", "")
    CHUNK ("{'tool_calls':[{'index':1,'id':'call_b','type':'function','function':{'name':'now',"
           "'arguments':'{}'}}]}", "null", "") CHUNK ("{}", "'tool_calls'", "") O_DONE,
    O_LOG "tool 0 call_a weather\nargs 0 {'city':\nargs 0 'Paris'}\ntool 1 call_b now\nargs 1 {}\nfinish 3\nend\n" },
  { "text and a tool in one chunk, no id, no number", "compatible",
    CHUNK ("{'content':'Look','tool_calls':[{'function':{'name':'weather','arguments':'{\\'a\\':'}}]}", "null", "")
    CHUNK ("{'tool_calls':[{'function':{'arguments':'1}'}}]}", "null", "")
    CHUNK ("{'tool_calls':[{'function':{'name':'now','arguments':{'b':2}}}]}", "'stop'", "") O_DONE,
    O_LOG "text Look\ntool 0 made-up weather\nargs 0 {'a':\nargs 0 1}\ntool 1 made-up now\nargs 1 {'b':2}\n"
    "finish 3\nend\n" },
  { "tools that all say 0", "compatible",
    CHUNK ("{'tool_calls':[{'index':0,'id':'x','function':{'name':'a','arguments':'{}'}}]}", "null", "")
    CHUNK ("{'tool_calls':[{'index':0,'id':'y','function':{'name':'b','arguments':'{}'}}]}", "'tool_calls'", "")
    O_DONE,
    O_LOG "tool 0 x a\nargs 0 {}\ntool 1 y b\nargs 1 {}\nfinish 3\nend\n" },
  { "an id that is repeated", "compatible",
    CHUNK ("{'tool_calls':[{'index':0,'id':'x','function':{'name':'a','arguments':'{'}}]}", "null", "")
    CHUNK ("{'tool_calls':[{'index':0,'id':'x','function':{'name':'a','arguments':'}'}}]}", "'tool_calls'", "")
    O_DONE, O_LOG "tool 0 x a\nargs 0 {\nargs 0 }\nfinish 3\nend\n" },
  { "refusal", "openai",
    O_START CHUNK ("{'refusal':'No.'}", "null", "") CHUNK ("{}", "'stop'", "") O_DONE,
    O_LOG "text No.\nfinish 4\nend\n" },
  { "an error, then the end", "compatible",
    O_START CHUNK ("{'content':'Hi'}", "null", "")
    "data: {'error':{'message':'boom','type':'InternalServerError','param':null,'code':500}}\n\n" O_DONE,
    O_LOG "text Hi\nerror 9 boom\n" },
  { "an error as a string, no end", "compatible", O_START "event: error\ndata: {'error':'queue is full'}\n",
    O_LOG "error 9 queue is full\n" },
  { "an error with a number", "compatible",
    "data: {'error':{'code':429,'message':'slow down'},'choices':[{'index':0,'delta':{},"
    "'finish_reason':'error'}]}\n\n", "error 6 slow down\n" },
  { "a finish, but no end", "compatible", CHUNK ("{'content':'Hi'}", "'stop'", ""), O_LOG "text Hi\nfinish 1\nend\n" },
  { "an end, but no finish", "compatible", CHUNK ("{'content':'Hi'}", "null", "") O_DONE,
    O_LOG "text Hi\nfinish 1\nend\n" },
  { "aborted", "compatible", CHUNK ("{'content':'Hi'}", "'abort'", "") O_DONE,
    O_LOG "text Hi\nerror 10 The answer of the server broke off.\n" },
  { "cut off in a message", "openai", O_START CHUNK ("{'content':'Hi'}", "null", "") "data: {'id':'chatc",
    O_LOG "text Hi\nerror 10 The answer of OpenAI broke off.\n" },
  { "data over several lines", "compatible",
    "data: {'id':'chatcmpl-1','model':'m',\ndata: 'choices':[{'index':0,\ndata:'delta':{'content':'Hi'},"
    "'finish_reason':'stop'}]}\nretry: 5\nid: 1\n\n" O_DONE,
    "start chatcmpl-1 m\ntext Hi\nfinish 1\nend\n" },
  { "nonsense for usage", "openai",
    CHUNK ("{'content':'Hi'}", "'stop'", "") O_USAGE ("{'prompt_tokens':-1,'completion_tokens':2}") O_DONE,
    O_LOG "text Hi\nfinish 1\nend\n" },
  { "too many ticks", "xai",
    CHUNK ("{'content':'Hi'}", "'stop'", "")
    O_USAGE ("{'prompt_tokens':1,'completion_tokens':2,'cost_in_usd_ticks':9223372036854775807}") O_DONE,
    O_LOG "text Hi\nfinish 1\nend\n" },
  { "a web page", "openai", "<html><body>502</body></html>\n\n", "error 10 The answer of OpenAI broke off.\n" },
  { "nothing", "openai", "", "error 10 The answer of OpenAI broke off.\n" },

  { "text", "qwen",
    LINE ("'content':'','thinking':'Hm'", ",'done':false") LINE ("'content':'Hello'", ",'done':false")
    LINE ("'content':' thére 👋'", ",'done':false")
    LINE ("'content':''", ",'done':true,'done_reason':'stop','total_duration':5,'prompt_eval_count':26,"
          "'eval_count':298"),
    "start - qwen3:8b\nthink Hm\ntext Hello\ntext  thére 👋\nfinish 1\nusage 26+0+0>298 all\nend\n" },
  { "counters left out", "qwen",
    LINE ("'content':'Hi'", ",'done':false") LINE ("'content':''", ",'done':true,'done_reason':'length','eval_count':3"),
    "start - qwen3:8b\ntext Hi\nfinish 2\nusage 0+0+0>3 all\nend\n" },
  { "tools", "qwen",
    LINE ("'content':'','tool_calls':[{'function':{'name':'weather','arguments':{'city':'Paris'}}},"
          "{'id':'c2','function':{'index':1,'name':'now','arguments':{}}}]", ",'done':false")
    LINE ("'content':''", ",'done':true,'done_reason':'stop','prompt_eval_count':1,'eval_count':2"),
    "start - qwen3:8b\ntool 0 made-up weather\nargs 0 {'city':'Paris'}\ntool 1 c2 now\nargs 1 {}\nfinish 3\n"
    "usage 1+0+0>2 all\nend\n" },
  { "an error", "qwen", LINE ("'content':'Hi'", ",'done':false") "{'error':'an error was encountered'}\n",
    "start - qwen3:8b\ntext Hi\nerror 9 an error was encountered\n" },
  { "cut off", "qwen", LINE ("'content':'Hi'", ",'done':false") "{'model':'qwen3:8b','crea",
    "start - qwen3:8b\ntext Hi\nerror 10 The answer of Ollama broke off.\n" },
  { "nonsense for usage", "qwen", LINE ("'content':'Hi'", ",'done':true,'eval_count':-3"),
    "start - qwen3:8b\ntext Hi\nfinish 1\nend\n" },
};

static TcStreamReader *
new_reader (const Case *c,
            WireAnswer *answer)
{
  return tc_stream_reader_new (tc_provider_find (c->provider), "sk-secret", wire_answer_take, answer);
}

/* Feeds a stream in two pieces, or byte by byte. */
static WireAnswer *
read_in_pieces (const Case *c,
                const char *bytes,
                gsize       first,
                gboolean    by_byte)
{
  WireAnswer *answer = wire_answer_new ();
  g_autoptr(TcStreamReader) reader = new_reader (c, answer);
  g_autoptr(GError) error = NULL;
  gsize length = strlen (bytes);

  tc_stream_reader_feed (reader, bytes, first, &error);
  g_assert_no_error (error);
  for (gsize at = first; at < length; at += by_byte ? 1 : length - first)
    {
      tc_stream_reader_feed (reader, bytes + at, by_byte ? 1 : length - first, &error);
      g_assert_no_error (error);
    }
  tc_stream_reader_finish (reader);
  g_assert_cmpint (tc_stream_reader_is_complete (reader), ==, answer->is_ended);
  g_assert_cmpint (tc_stream_reader_get_text_bytes (reader), >=,
                   (gint64) (answer->text->len + answer->thinking->len));

  return answer;
}

static void
check_log (const Case *c,
           const char *bytes,
           gsize       first,
           gboolean    by_byte)
{
  g_autoptr(WireAnswer) answer = read_in_pieces (c, bytes, first, by_byte);
  g_autofree char *expected = wire_json (c->log);
  g_autofree char *found = g_strdup (answer->log->str);

  /* Both sides: texts may have quotes. */
  g_strdelimit (expected, "\"", '\'');
  g_strdelimit (found, "\"", '\'');
  if (!g_str_equal (expected, found))
    g_test_message ("%s, %s, cut at %u", c->provider, c->name, (guint) first);
  g_assert_cmpstr (found, ==, expected);
}

/* "\'" in a fixture is a quote inside a string. */
static char *
dup_input (const Case *c)
{
  return wire_json (c->input);
}

static char *
with_ends (const char *text,
           const char *end)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strjoinv (end, lines);
}

static void
test_every_cut (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *bytes = dup_input (&cases[i]);

      for (gsize first = 0; first <= strlen (bytes); first++)
        check_log (&cases[i], bytes, first, FALSE);
      check_log (&cases[i], bytes, 0, TRUE);
    }
}

static void
test_line_ends (void)
{
  static const char *const ends[] = { "\r\n", "\r" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (ends); j++)
        {
          g_autofree char *bytes = dup_input (&cases[i]);
          g_autofree char *other = with_ends (bytes, ends[j]);

          check_log (&cases[i], other, 0, FALSE);
          check_log (&cases[i], other, 0, TRUE);
          check_log (&cases[i], other, strlen (other) / 2, FALSE);
        }
    }
}

static void
test_byte_order_mark (void)
{
  g_autofree char *bytes = dup_input (&cases[0]);
  g_autofree char *marked = g_strconcat ("\xef\xbb\xbf", bytes, NULL);

  check_log (&cases[0], marked, 0, FALSE);
  check_log (&cases[0], marked, 1, FALSE);
}

static void
test_broken_utf8 (void)
{
  const char *bytes = "data: {\"choices\":[{\"delta\":{\"content\":\"a\xc3\"},\"finish_reason\":\"stop\"}]}\n\n";
  Case c = { "", "openai", NULL, "start - -\ntext a\xef\xbf\xbd\nfinish 1\nend\n" };

  check_log (&c, bytes, 0, FALSE);
}

static const char *const garbage[][2] = {
  { "openai", "data: {'choices':\n\n" },
  { "openai", "data: 17\n\n" },
  { "openai", "data: [1]\n\n" },
  { "claude", "event: message_start\ndata: hello\n\n" },
  { "claude", "data: {'a':1e999}\n\n" },
  { "openai", "data: {'usage':{'prompt_tokens':99999999999999999999}}\n\n" },
  { "qwen", "<html>\n" },
  { "qwen", "[]\n" },
};

static void
test_garbage (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      Case c = { "", garbage[i][0], NULL, NULL };
      g_autoptr(WireAnswer) answer = wire_answer_new ();
      g_autoptr(TcStreamReader) reader = new_reader (&c, answer);
      g_autofree char *bytes = wire_json (garbage[i][1]);
      g_autoptr(GError) error = NULL;
      g_autoptr(GError) again = NULL;

      g_assert_false (tc_stream_reader_feed (reader, bytes, strlen (bytes), &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
      g_assert_false (tc_stream_reader_feed (reader, "\n", 1, &again));
      g_assert_error (again, TC_ERROR, TC_ERROR_INVALID);
      tc_stream_reader_finish (reader);
      g_assert_false (tc_stream_reader_is_complete (reader));
      g_assert_cmpstr (answer->log->str, ==, "");
    }
}

/* P13: a line that does not end. */
static void
test_endless_line (void)
{
  static const char *const providers[] = { "claude", "openai", "qwen" };
  g_autofree char *piece = g_strnfill (65536, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    {
      Case c = { "", providers[i], NULL, NULL };
      g_autoptr(WireAnswer) answer = wire_answer_new ();
      g_autoptr(TcStreamReader) reader = new_reader (&c, answer);
      g_autoptr(GError) error = NULL;
      guint n = 0;

      while (n < 64 && tc_stream_reader_feed (reader, piece, 65536, &error))
        n++;
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
      g_assert_cmpuint (n, ==, 16);
    }
}

/* The same, a little at a time: many lines of one message. */
static void
test_endless_message (void)
{
  Case c = { "", "openai", NULL, NULL };
  g_autoptr(WireAnswer) answer = wire_answer_new ();
  g_autoptr(TcStreamReader) reader = new_reader (&c, answer);
  g_autoptr(GError) error = NULL;
  guint n = 0;

  while (n < 1000000 && tc_stream_reader_feed (reader, "data: 0123456789\n", 17, &error))
    n++;
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_assert_cmpuint (n, <, 110000);
}

static void
test_too_many_tools (void)
{
  Case c = { "", "qwen", NULL, NULL };
  g_autoptr(WireAnswer) answer = wire_answer_new ();
  g_autoptr(TcStreamReader) reader = new_reader (&c, answer);
  g_autofree char *line = wire_json ("{'message':{'tool_calls':[{'function':{'name':'a'}}]}}\n");
  g_autoptr(GError) error = NULL;
  guint n = 0;

  while (n < 1000 && tc_stream_reader_feed (reader, line, strlen (line), &error))
    n++;
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_assert_cmpuint (n, ==, 128);
}

/* Counts that came before the last chunk are whole if nothing was said since. */
static void
test_early_usage (void)
{
  static const struct { const char *last; gboolean is_reported; } lasts[] = {
    { CHUNK ("{}", "'stop'", "") O_DONE, TRUE },
    { CHUNK ("{'content':'i'}", "'stop'", "") O_DONE, FALSE },
    { CHUNK ("{}", "null", ""), FALSE },
  };
  g_autofree char *first = wire_json (CHUNK ("{'content':'H'}", "null",
                                             ",'usage':{'prompt_tokens':5,'completion_tokens':1}"));

  for (guint i = 0; i < G_N_ELEMENTS (lasts); i++)
    {
      Case c = { "", "xai", NULL, NULL };
      g_autoptr(WireAnswer) answer = wire_answer_new ();
      g_autoptr(TcStreamReader) reader = new_reader (&c, answer);
      g_autofree char *last = wire_json (lasts[i].last);

      tc_stream_reader_feed (reader, first, strlen (first), NULL);
      tc_stream_reader_feed (reader, last, strlen (last), NULL);
      tc_stream_reader_finish (reader);
      g_assert_cmpint (tc_stream_reader_get_usage (reader)->is_reported, ==, lasts[i].is_reported);
      g_assert_cmpint (tc_stream_reader_get_usage (reader)->output, ==, 1);
    }
}

/* A key that a provider repeats in mid-stream. */
static void
test_secret (void)
{
  Case c = { "", "openai", NULL, NULL };
  g_autoptr(WireAnswer) answer = wire_answer_new ();
  g_autoptr(TcStreamReader) reader = new_reader (&c, answer);
  g_autofree char *line = wire_json ("data: {'error':{'message':'no access for sk-secret or sk-other0123'}}\n\n");

  tc_stream_reader_feed (reader, line, strlen (line), NULL);
  g_assert_null (strstr (answer->log->str, "sk-secret"));
  g_assert_null (strstr (answer->log->str, "sk-other"));
  g_assert_nonnull (strstr (answer->log->str, "no access for"));
}

/* --- what a client of another format is sent --- */

typedef struct
{
  TcStreamWriter *writer;
  GString        *out;
} Rewriting;

static void
rewrite (const TcChatEvent *event,
         gpointer           user_data)
{
  Rewriting *self = user_data;

  tc_stream_writer_write (self->writer, event, self->out);
}

/* The stream of a case as a client of that format gets it. */
static char *
translate (const Case     *c,
           TcProviderWire  wire,
           gboolean        wants_usage)
{
  g_autoptr(TcStreamWriter) writer = tc_stream_writer_new (wire, "asked-for", wants_usage);
  Rewriting self = { writer, g_string_new (NULL) };
  g_autoptr(TcStreamReader) reader = tc_stream_reader_new (tc_provider_find (c->provider), NULL, rewrite, &self);
  g_autofree char *bytes = dup_input (c);

  tc_stream_reader_feed (reader, bytes, strlen (bytes), NULL);
  tc_stream_reader_finish (reader);

  return g_string_free_and_steal (self.out);
}

static const char *
get_reader_of (TcProviderWire wire)
{
  return wire == TC_PROVIDER_WIRE_ANTHROPIC ? "claude" : wire == TC_PROVIDER_WIRE_OPENAI ? "openai" : "qwen";
}

/* Arguments, whatever the spaces in them; none are an empty object. */
static char *
dup_tools (const WireAnswer *answer)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < answer->tools->len; i++)
    {
      const GString *tool = g_ptr_array_index (answer->tools, i);
      const char *space = strchr (tool->str, ' ');
      g_autoptr(JsonNode) args = tc_json_parse (space[1] != '\0' ? space + 1 : "{}", -1, TC_JSON_DEFAULT, NULL);
      g_autofree char *text = args != NULL ? tc_json_to_string (args, FALSE) : g_strdup (space + 1);

      g_string_append_printf (all, "%.*s%s;", (int) (space + 1 - tool->str), tool->str, text);
    }

  return g_string_free_and_steal (all);
}

static void
compare (const WireAnswer *from,
         const WireAnswer *to,
         TcProviderWire    wire)
{
  gboolean is_ollama = wire == TC_PROVIDER_WIRE_OLLAMA;
  g_autofree char *from_tools = dup_tools (from);
  g_autofree char *to_tools = dup_tools (to);

  g_assert_cmpstr (to->text->str, ==, from->text->str);
  g_assert_cmpstr (to->thinking->str, ==, from->thinking->str);
  g_assert_cmpint (to->is_ended, ==, from->is_ended);
  /* Ollama's errors have no kind, a tool call comes with the end, and it does not know of refusals. */
  g_assert_true ((to->error >= 0) == (from->error >= 0));
  if (from->is_ended || !is_ollama)
    g_assert_cmpstr (to_tools, ==, from_tools);
  if (from->is_ended && !(is_ollama && from->finish == TC_FINISH_REFUSAL))
    g_assert_cmpint (to->finish, ==, from->finish);
  g_assert_cmpint (to->usage.input + to->usage.cache_read + to->usage.cache_write, ==,
                   from->is_ended ? from->usage.input + from->usage.cache_read + from->usage.cache_write
                                  : to->usage.input + to->usage.cache_read + to->usage.cache_write);
  if (from->is_ended)
    g_assert_cmpint (to->usage.output, ==, from->usage.output);
  if (from->is_ended && !is_ollama)
    g_assert_cmpint (to->usage.cache_read, ==, from->usage.cache_read);
}

static void
test_translation (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *bytes = dup_input (&cases[i]);
      g_autoptr(WireAnswer) from = read_in_pieces (&cases[i], bytes, 0, FALSE);

      for (int wire = TC_PROVIDER_WIRE_ANTHROPIC; wire <= TC_PROVIDER_WIRE_OLLAMA; wire++)
        {
          g_autofree char *sent = translate (&cases[i], wire, TRUE);
          Case c = { "", get_reader_of (wire), NULL, NULL };
          g_autoptr(WireAnswer) to = read_in_pieces (&c, sent, 0, FALSE);

          g_test_message ("%s, %s → %s", cases[i].provider, cases[i].name, c.provider);
          compare (from, to, wire);
        }
    }
}

static const Case *
find_case (const char *provider,
           const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      if (g_str_equal (cases[i].provider, provider) && g_str_equal (cases[i].name, name))
        return &cases[i];
    }

  g_assert_not_reached ();
}

/* The order Anthropic's clients rely on: each block is closed before the next. */
static void
test_anthropic_blocks (void)
{
  g_autofree char *sent = translate (find_case ("openai", "two tools"), TC_PROVIDER_WIRE_ANTHROPIC, FALSE);
  g_auto(GStrv) events = g_strsplit (sent, "\n\n", -1);
  GString *names = g_string_new (NULL);
  g_autofree char *joined = NULL;

  for (guint i = 0; events[i][0] != '\0'; i++)
    {
      const char *data = strstr (events[i], "\ndata: ");
      g_autofree char *index = NULL;

      g_assert_true (g_str_has_prefix (events[i], "event: "));
      g_assert_nonnull (data);
      index = wire_at (data + strlen ("\ndata: "), "index");
      g_string_append_printf (names, "%.*s%s ", (int) (data - events[i] - strlen ("event: ")),
                              events[i] + strlen ("event: "), index != NULL ? index : "");
    }
  joined = g_string_free_and_steal (names);
  g_assert_cmpstr (joined, ==,
                   "message_start content_block_start0 content_block_delta0 content_block_delta0 "
                   "content_block_stop0 content_block_start1 content_block_delta1 content_block_stop1 "
                   "message_delta message_stop ");
  g_assert_null (strstr (sent, "\"text\""));
}

/* The usage chunk is for who asked; each tool call has a number, an id, a name. */
static void
test_openai_chunks (void)
{
  const Case *c = find_case ("claude", "thinking and tools");
  g_autofree char *with = translate (c, TC_PROVIDER_WIRE_OPENAI, TRUE);
  g_autofree char *without = translate (c, TC_PROVIDER_WIRE_OPENAI, FALSE);
  g_autofree char *first = wire_json ("{'index':0,'id':'toolu_1','type':'function','function':"
                                      "{'name':'weather','arguments':''}}");
  g_autofree char *empty = wire_json ("{'index':1,'function':{'arguments':'{}'}}");
  g_autofree char *signature = wire_json ("{'thinking_blocks':[{'type':'thinking','thinking':'Hm.','signature':"
                                          "'c2ln'}]},'logprobs':null,'finish_reason':'tool_calls'");

  g_assert_nonnull (strstr (with, "\"prompt_tokens\":11"));
  g_assert_null (strstr (without, "usage"));
  g_assert_nonnull (strstr (without, first));
  g_assert_nonnull (strstr (without, empty));
  g_assert_nonnull (strstr (without, signature));
  g_assert_true (g_str_has_suffix (without, "\n\ndata: [DONE]\n\n"));
  g_assert_true (g_str_has_suffix (with, "\n\ndata: [DONE]\n\n"));
}

/* What nobody counted is not told as zero where it need not be. */
static void
test_unknown_usage (void)
{
  const Case *c = find_case ("claude", "usage nowhere");
  g_autofree char *openai = translate (c, TC_PROVIDER_WIRE_OPENAI, TRUE);
  g_autofree char *ollama = translate (c, TC_PROVIDER_WIRE_OLLAMA, TRUE);

  g_assert_null (strstr (openai, "prompt_tokens"));
  g_assert_null (strstr (ollama, "eval_count"));
}

static void
test_content_types (void)
{
  g_autoptr(TcStreamWriter) sse = tc_stream_writer_new (TC_PROVIDER_WIRE_OPENAI, "m", FALSE);
  g_autoptr(TcStreamWriter) lines = tc_stream_writer_new (TC_PROVIDER_WIRE_OLLAMA, "m", FALSE);

  g_assert_true (g_str_has_prefix (tc_stream_writer_get_content_type (sse), "text/event-stream"));
  g_assert_cmpstr (tc_stream_writer_get_content_type (lines), ==, "application/x-ndjson");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/stream/every-cut", test_every_cut);
  g_test_add_func ("/wire/stream/line-ends", test_line_ends);
  g_test_add_func ("/wire/stream/byte-order-mark", test_byte_order_mark);
  g_test_add_func ("/wire/stream/broken-utf8", test_broken_utf8);
  g_test_add_func ("/wire/stream/garbage", test_garbage);
  g_test_add_func ("/wire/stream/endless-line", test_endless_line);
  g_test_add_func ("/wire/stream/endless-message", test_endless_message);
  g_test_add_func ("/wire/stream/too-many-tools", test_too_many_tools);
  g_test_add_func ("/wire/stream/early-usage", test_early_usage);
  g_test_add_func ("/wire/stream/secret", test_secret);
  g_test_add_func ("/wire/stream/translation", test_translation);
  g_test_add_func ("/wire/stream/anthropic-blocks", test_anthropic_blocks);
  g_test_add_func ("/wire/stream/openai-chunks", test_openai_chunks);
  g_test_add_func ("/wire/stream/unknown-usage", test_unknown_usage);
  g_test_add_func ("/wire/stream/content-types", test_content_types);

  return g_test_run ();
}
