/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Requests of clients, passed on to every other provider, with the traps that
 * gateways are known to fall into. In the fixtures ' stands for ". */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "wire-checks.h"

/* Whose format the client writes. */
#define A TC_PROVIDER_WIRE_ANTHROPIC
#define O TC_PROVIDER_WIRE_OPENAI
#define L TC_PROVIDER_WIRE_OLLAMA

#define HI "'messages':[{'role':'user','content':'Hi'}]"
#define SCHEMA \
  "{'type':'object','properties':{'a':{'type':'integer','minimum':1,'description':'How many.'}," \
  "'b':{'type':'object','properties':{'c':{'type':'string'}},'required':['c']}},'required':['a','b']}"
#define LOOSE "{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'string'}},'required':['a']}"
#define LIMITS \
  "{'type':'object','properties':{'a':{'type':'string','maxLength':9},'b':{'type':'integer','minimum':1}}," \
  "'required':['a','b']}"
#define O_FORMAT(schema) \
  "'response_format':{'type':'json_schema','json_schema':{'name':'my answer!','schema':" schema "}}"
#define O_TOOL "'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':" LOOSE "}}]"
#define O_CALL(id, arguments) \
  "{'role':'assistant','content':null,'tool_calls':[{'id':'" id "','type':'function','function':" \
  "{'name':'f','arguments':'" arguments "'}}]}"
#define O_RESULT(id, text) "{'role':'tool','tool_call_id':'" id "','content':'" text "'}"

typedef struct
{
  TcProviderWire  client;
  const char     *provider;
  const char     *body;
  const char     *path;     /* in what is sent */
  const char     *expected; /* NULL: nothing is there */
} Case;

static const Case cases[] = {
  /* the cap */
  { O, "claude", "{'model':'claude-sonnet-5-5'," HI "}", "max_tokens", "8192" },
  { O, "claude", "{'model':'m','max_completion_tokens':9," HI "}", "max_tokens", "9" },
  { O, "claude", "{'model':'m','max_tokens':9," HI "}", "max_tokens", "9" },
  { O, "qwen", "{'model':'m','max_tokens':9," HI "}", "options/num_predict", "9" },
  { O, "qwen", "{'model':'m','max_tokens':9," HI "}", "max_tokens", NULL },
  { A, "openai", "{'model':'gpt-5.1','max_tokens':9," HI "}", "max_completion_tokens", "9" },
  { A, "openai", "{'model':'gpt-5.1','max_tokens':9," HI "}", "max_tokens", NULL },
  { A, "xai", "{'model':'grok-4.7','max_tokens':9," HI "}", "max_tokens", NULL },
  { A, "compatible", "{'model':'m','max_tokens':9," HI "}", "max_completion_tokens", "9" },
  { A, "compatible", "{'model':'m','max_tokens':9," HI "}", "max_tokens", "9" },
  { L, "claude", "{'model':'m','options':{'num_predict':9}," HI "}", "max_tokens", "9" },
  { L, "claude", "{'model':'m','options':{'num_predict':-1}," HI "}", "max_tokens", "8192" },

  /* temperature, and models that refuse it */
  { O, "claude", "{'model':'claude-haiku-4-5','temperature':1.5,'top_p':0.5," HI "}", "temperature", "1.0" },
  { O, "claude", "{'model':'claude-haiku-4-5','temperature':1.5,'top_p':0.5," HI "}", "top_p", NULL },
  { O, "claude", "{'model':'claude-haiku-4-5','top_p':0.5," HI "}", "top_p", "0.5" },
  { O, "claude", "{'model':'claude-opus-4-6','temperature':1," HI "}", "temperature", "1.0" },
  { O, "claude", "{'model':'claude-opus-4-7','temperature':1," HI "}", "temperature", NULL },
  { O, "claude", "{'model':'claude-sonnet-4-20250514','temperature':1," HI "}", "temperature", "1.0" },
  { O, "claude", "{'model':'claude-3-5-haiku-20241022','temperature':1," HI "}", "temperature", "1.0" },
  { O, "claude", "{'model':'claude-sonnet-5','temperature':1," HI "}", "temperature", NULL },
  { O, "claude", "{'model':'claude-fable-5-2','temperature':1," HI "}", "temperature", NULL },
  { O, "claude", "{'model':'claude-haiku-5-5','temperature':1," HI "}", "temperature", NULL },
  { A, "openai", "{'model':'gpt-4o','temperature':0.5," HI "}", "temperature", "0.5" },
  { A, "openai", "{'model':'gpt-5.1','temperature':0.5," HI "}", "temperature", NULL },
  { A, "openai", "{'model':'gpt-5.1','temperature':0.5,'thinking':{'type':'disabled'}," HI "}", "temperature", "0.5" },
  { A, "openai", "{'model':'gpt-5.5','temperature':0.5,'thinking':{'type':'disabled'}," HI "}", "temperature", NULL },
  { A, "openai", "{'model':'o3','temperature':0.5," HI "}", "temperature", NULL },
  { A, "openai", "{'model':'gpt-6.2-astra','temperature':0.5," HI "}", "temperature", NULL },
  { A, "compatible", "{'model':'gpt-5.5','temperature':0.5," HI "}", "temperature", "0.5" },

  /* stop sequences */
  { O, "claude", "{'model':'m','stop':'END'," HI "}", "stop_sequences", "['END']" },
  { O, "claude", "{'model':'m','stop':['END','\\n']," HI "}", "stop_sequences", "['END']" },
  { A, "openai", "{'model':'gpt-4o','stop_sequences':['a','b','c','d','e']," HI "}", "stop", "['a','b','c','d']" },
  { A, "openai", "{'model':'gpt-5.1','stop_sequences':['a']," HI "}", "stop", NULL },
  { A, "xai", "{'model':'grok-4.7','stop_sequences':['a']," HI "}", "stop", NULL },
  { A, "xai", "{'model':'grok-4.20-0309-non-reasoning','stop_sequences':['a']," HI "}", "stop", "['a']" },
  { A, "qwen", "{'model':'m','stop_sequences':['a']," HI "}", "options/stop", "['a']" },

  /* thinking */
  { O, "claude", "{'model':'claude-opus-5-5','reasoning_effort':'high'," HI "}", "output_config/effort", "'high'" },
  { O, "claude", "{'model':'claude-opus-5-5','reasoning_effort':'none'," HI "}", "thinking", NULL },
  { O, "claude", "{'model':'claude-opus-5-5','reasoning_effort':'none'," HI "}", "output_config/effort", "'low'" },
  { O, "claude", "{'model':'claude-sonnet-5','reasoning_effort':'none'," HI "}", "thinking/type", "'disabled'" },
  { O, "claude", "{'model':'claude-haiku-4-5','reasoning_effort':'high'," HI "}", "output_config", NULL },
  { O, "claude", "{'model':'claude-opus-4-5','reasoning_effort':'xhigh'," HI "}", "output_config/effort", "'high'" },
  { A, "openai", "{'model':'gpt-5.1','output_config':{'effort':'max'}," HI "}", "reasoning_effort", "'high'" },
  { A, "openai", "{'model':'gpt-6.2-sol','thinking':{'type':'disabled'}," HI "}", "reasoning_effort", "'low'" },
  { A, "openai", "{'model':'gpt-5','thinking':{'type':'disabled'}," HI "}", "reasoning_effort", "'minimal'" },
  { A, "openai", "{'model':'gpt-4o','output_config':{'effort':'high'}," HI "}", "reasoning_effort", NULL },
  { A, "xai", "{'model':'grok-4.3','thinking':{'type':'disabled'}," HI "}", "reasoning_effort", "'none'" },
  { A, "xai", "{'model':'grok-4.7','output_config':{'effort':'max'}," HI "}", "reasoning_effort", "'xhigh'" },
  { A, "xai", "{'model':'grok-build-0.1','output_config':{'effort':'max'}," HI "}", "reasoning_effort", NULL },
  { A, "openai", "{'model':'o3','thinking':{'type':'enabled','budget_tokens':20000}," HI "}", "reasoning_effort", "'high'" },
  { O, "qwen", "{'model':'qwen3:8b','reasoning_effort':'none'," HI "}", "think", "false" },
  { O, "qwen", "{'model':'qwen3:8b','reasoning_effort':'high'," HI "}", "think", "true" },
  { O, "qwen", "{'model':'gpt-oss:20b','reasoning_effort':'max'," HI "}", "think", "'high'" },
  { O, "qwen", "{'model':'qwen3:8b'," HI "}", "think", NULL },

  /* instructions, wherever they stand */
  { O, "claude", "{'model':'m','messages':[{'role':'system','content':'A'},{'role':'user','content':'Hi'},"
    "{'role':'developer','content':[{'type':'text','text':'B'}]}]}", "system", "'A\\n\\nB'" },
  { A, "openai", "{'model':'m','system':[{'type':'text','text':'A'},{'type':'text','text':'B'}]," HI "}",
    "messages/0", "{'role':'system','content':'A\\n\\nB'}" },
  { A, "qwen", "{'model':'m','system':'A'," HI "}", "messages/0", "{'role':'system','content':'A'}" },

  /* turns: neighbours of one role, empty ones, none, one of the assistant at the end */
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'},{'role':'user','content':'b'}]}", "messages",
    "[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}]" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'},{'role':'assistant','content':''},"
    "{'role':'user','content':' \\n'}]}", "messages", "[{'role':'user','content':[{'type':'text','text':'a'}]}]" },
  { O, "claude", "{'model':'m','messages':[{'role':'system','content':'a'}]}", "messages",
    "[{'role':'user','content':[{'type':'text','text':'Continue.'}]}]" },
  { O, "claude", "{'model':'m','messages':[{'role':'assistant','content':'a'},{'role':'user','content':'b'}]}",
    "messages/0/role", "'user'" },
  { O, "claude", "{'model':'claude-haiku-4-5','messages':[{'role':'user','content':'a'},"
    "{'role':'assistant','content':'b \\n'}]}", "messages/1", "{'role':'assistant','content':[{'type':'text','text':'b'}]}" },
  { O, "claude", "{'model':'claude-sonnet-5-5','messages':[{'role':'user','content':'a'},"
    "{'role':'assistant','content':'b'}]}", "messages/2/role", "'user'" },

  /* tools */
  { O, "claude", "{'model':'m'," HI "," O_TOOL "}", "tools", "[{'name':'f','description':'d','input_schema':" LOOSE "}]" },
  { O, "claude", "{'model':'m'," HI ",'tools':[{'type':'function','function':{'name':'f'}}]}", "tools/0/input_schema",
    "{'type':'object'}" },
  { O, "claude", "{'model':'m'," HI "," O_TOOL ",'tool_choice':'required'}", "tool_choice", "{'type':'any'}" },
  { O, "claude", "{'model':'m'," HI "," O_TOOL ",'tool_choice':'none'}", "tool_choice", "{'type':'none'}" },
  { O, "claude", "{'model':'m'," HI "," O_TOOL ",'tool_choice':{'type':'function','function':{'name':'f'}}}",
    "tool_choice", "{'type':'tool','name':'f'}" },
  { O, "claude", "{'model':'claude-opus-5-5'," HI "," O_TOOL ",'tool_choice':'required'}", "tool_choice", "{'type':'auto'}" },
  { O, "claude", "{'model':'claude-sonnet-5-5'," HI "," O_TOOL ",'tool_choice':'required'}", "system",
    "'Answer by calling at least one of the tools.'" },
  { O, "claude", "{'model':'claude-opus-4-8'," HI "," O_TOOL ",'tool_choice':'required'}", "system", NULL },
  { O, "claude", "{'model':'m'," HI "," O_TOOL ",'parallel_tool_calls':false}", "tool_choice",
    "{'type':'auto','disable_parallel_tool_use':true}" },
  { O, "qwen", "{'model':'m'," HI "," O_TOOL "}", "tools/0/function/name", "'f'" },
  { O, "qwen", "{'model':'m'," HI "," O_TOOL ",'tool_choice':'none'}", "tools", NULL },
  { A, "openai", "{'model':'m'," HI ",'tools':[{'name':'f','input_schema':" LOOSE "}],'tool_choice':"
    "{'type':'any','disable_parallel_tool_use':true}}", "tool_choice", "'required'" },
  { A, "openai", "{'model':'m'," HI ",'tools':[{'name':'f','input_schema':" LOOSE "}],'tool_choice':"
    "{'type':'any','disable_parallel_tool_use':true}}", "parallel_tool_calls", "false" },
  { A, "openai", "{'model':'m'," HI ",'tools':[{'name':'f','input_schema':" LOOSE "}],'tool_choice':"
    "{'type':'tool','name':'f'}}", "tool_choice", "{'type':'function','function':{'name':'f'}}" },

  /* tools that were used: results are the user's and come first; none is missing, none too many */
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'}," O_CALL ("c:1", "{\\'x\\':1}") ","
    O_RESULT ("c:1", "r") ",{'role':'user','content':'b'}]," O_TOOL "}", "messages/1/content",
    "[{'type':'tool_use','id':'c_1','name':'f','input':{'x':1}}]" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'}," O_CALL ("c:1", "{\\'x\\':1}") ","
    O_RESULT ("c:1", "r") ",{'role':'user','content':'b'}]," O_TOOL "}", "messages/2",
    "{'role':'user','content':[{'type':'tool_result','tool_use_id':'c_1','content':'r'},{'type':'text','text':'b'}]}" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'}," O_CALL ("c", "") ","
    "{'role':'user','content':'b'}]}", "messages/2/content",
    "[{'type':'tool_result','tool_use_id':'c','content':'The tool gave no result.','is_error':true},"
    "{'type':'text','text':'b'}]" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'}," O_CALL ("c", "") "]}", "messages/2/content/0/type",
    "'tool_result'" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'}," O_RESULT ("x", "r") "]}", "messages",
    "[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'r'}]}]" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'}," O_CALL ("c", "{\\'x\\':") ","
    O_RESULT ("c", "r") "]}", "messages/1/content/0/input", "{'arguments':'{\\'x\\':'}" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'}," O_CALL ("c", "{}") ","
    O_RESULT ("c", "r") "]}", "tools", "[{'name':'f','input_schema':{'type':'object'}}]" },
  { A, "openai", "{'model':'m','messages':[{'role':'user','content':'a'},{'role':'assistant','content':["
    "{'type':'thinking','thinking':'t','signature':'s'},{'type':'text','text':'Look.'},"
    "{'type':'tool_use','id':'u','name':'f','input':{'x':1}}]},{'role':'user','content':["
    "{'type':'text','text':'b'},{'type':'tool_result','tool_use_id':'u','content':[{'type':'text','text':'r'}]}]}]}",
    "messages", "[{'role':'user','content':'a'},{'role':'assistant','content':'Look.','tool_calls':[{'id':'u',"
    "'type':'function','function':{'name':'f','arguments':'{\\'x\\':1}'}}]},"
    "{'role':'tool','tool_call_id':'u','content':'r'},{'role':'user','content':'b'}]" },
  { A, "qwen", "{'model':'m','messages':[{'role':'user','content':'a'},{'role':'assistant','content':["
    "{'type':'thinking','thinking':'t','signature':'s'},{'type':'tool_use','id':'u','name':'f','input':{'x':1}}]},"
    "{'role':'user','content':[{'type':'tool_result','tool_use_id':'u','content':'r'}]}]}",
    "messages", "[{'role':'user','content':'a'},{'role':'assistant','content':'','tool_calls':[{'id':'u',"
    "'function':{'name':'f','arguments':{'x':1}}}],'thinking':'t'},"
    "{'role':'tool','content':'r','tool_name':'f','tool_call_id':'u'}]" },
  { L, "claude", "{'model':'m','messages':[{'role':'user','content':'a'},{'role':'assistant','tool_calls':["
    "{'function':{'name':'f','arguments':{'x':1}}},{'function':{'name':'g','arguments':{}}}]},"
    "{'role':'tool','tool_name':'g','content':'2'},{'role':'tool','tool_name':'f','content':'1'}]}", "messages/2/content",
    "[{'type':'tool_result','tool_use_id':'call_1','content':'2'},{'type':'tool_result','tool_use_id':'call_0',"
    "'content':'1'}]" },
  { L, "claude", "{'model':'m','messages':[{'role':'user','content':'a'},{'role':'assistant','tool_calls':["
    "{'id':'x','function':{'name':'f'}},{'id':'y','function':{'name':'f'}}]},{'role':'tool','tool_call_id':'z',"
    "'content':'0'},{'role':'tool','tool_call_id':'y','content':'2'},{'role':'tool','content':'1'}]}",
    "messages/2/content", "[{'type':'tool_result','tool_use_id':'y','content':'2'},{'type':'tool_result',"
    "'tool_use_id':'x','content':'1'},{'type':'text','text':'0'}]" },
  { L, "openai", "{'model':'m','messages':[{'role':'assistant','tool_calls':[{'function':{'name':'f'}}]},"
    "{'role':'tool','content':'1'}]}", "messages/1", "{'role':'tool','tool_call_id':'call_0','content':'1'}" },

  /* thinking that must come back */
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b',"
    "'reasoning_content':'t','thinking_blocks':[{'type':'thinking','thinking':'t','signature':'s'}]},"
    "{'role':'user','content':'c'}]}", "messages/1/content/0", "{'type':'thinking','thinking':'t','signature':'s'}" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b',"
    "'reasoning_content':'t'},{'role':'user','content':'c'}]}", "messages/1/content", "[{'type':'text','text':'b'}]" },

  /* images */
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':[{'type':'image_url','image_url':"
    "{'url':'data:image/jpeg;base64,AAAA'}}]}]}", "messages/0/content/0/source",
    "{'type':'base64','media_type':'image/jpeg','data':'AAAA'}" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':[{'type':'image_url','image_url':"
    "{'url':'https://x/y.png'}}]}]}", "messages/0/content/0/source", "{'type':'url','url':'https://x/y.png'}" },
  { O, "qwen", "{'model':'m','messages':[{'role':'user','content':[{'type':'text','text':'a'},{'type':'image_url',"
    "'image_url':{'url':'data:image/jpeg;base64,AAAA'}}]}]}", "messages/0",
    "{'role':'user','content':'a','images':['AAAA']}" },
  { A, "openai", "{'model':'m','messages':[{'role':'user','content':[{'type':'image','source':{'type':'base64',"
    "'media_type':'image/png','data':'AAAA'}}]}]}", "messages/0/content/0",
    "{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA'}}" },
  { L, "claude", "{'model':'m','messages':[{'role':'user','content':'a','images':['/9j/AA']}]}",
    "messages/0/content/1/source/media_type", "'image/jpeg'" },

  /* structured output */
  { O, "claude", "{'model':'m'," HI "," O_FORMAT (SCHEMA) "}", "output_config/format/type", "'json_schema'" },
  { O, "claude", "{'model':'m'," HI "," O_FORMAT (SCHEMA) "}", "output_config/format/schema/properties/a",
    "{'type':'integer','description':'How many. (minimum: 1)'}" },
  { O, "claude", "{'model':'m'," HI "," O_FORMAT (SCHEMA) "}", "output_config/format/schema/additionalProperties", "false" },
  { O, "claude", "{'model':'m'," HI "," O_FORMAT (SCHEMA) "}",
    "output_config/format/schema/properties/b/additionalProperties", "false" },
  { O, "claude", "{'model':'m'," HI ",'response_format':{'type':'json_object'}}", "output_config", NULL },
  { O, "claude", "{'model':'m'," HI ",'response_format':{'type':'json_object'}}", "system",
    "'Answer with one JSON object and nothing else: no words around it, no code fence.'" },
  { O, "qwen", "{'model':'m'," HI "," O_FORMAT (LOOSE) "}", "format", LOOSE },
  { O, "qwen", "{'model':'m'," HI ",'response_format':{'type':'json_object'}}", "format", "'json'" },
  { A, "openai", "{'model':'m'," HI ",'output_config':{'format':{'type':'json_schema','schema':" SCHEMA "}}}",
    "response_format/json_schema/strict", "true" },
  { A, "openai", "{'model':'m'," HI ",'output_config':{'format':{'type':'json_schema','schema':" SCHEMA "}}}",
    "response_format/json_schema/schema/properties/b/additionalProperties", "false" },
  { A, "openai", "{'model':'m'," HI ",'output_config':{'format':{'type':'json_schema','schema':" LIMITS "}}}",
    "response_format/json_schema/schema/properties", "{'a':{'type':'string','description':'(maxLength: 9)'},"
    "'b':{'type':'integer','minimum':1}}" },
  { A, "xai", "{'model':'m'," HI ",'output_config':{'format':{'type':'json_schema','schema':" LIMITS "}}}",
    "response_format/json_schema/schema/properties", "{'a':{'type':'string','description':'(maxLength: 9)'},"
    "'b':{'type':'integer','description':'(minimum: 1)'}}" },
  { A, "compatible", "{'model':'m'," HI ",'output_config':{'format':{'type':'json_schema','schema':" LIMITS "}}}",
    "response_format/json_schema/schema/properties/a", "{'type':'string','maxLength':9}" },
  { A, "openai", "{'model':'m'," HI ",'output_config':{'format':{'type':'json_schema','schema':" LOOSE "}}}",
    "response_format/json_schema", "{'name':'answer','strict':false,'schema':" LOOSE "}" },
  { O, "compatible", "{'model':'m'," HI "," O_FORMAT (LOOSE) "}", "response_format/json_schema/name", "'my_answer_'" },
  { L, "openai", "{'model':'m'," HI ",'format':'json'}", "response_format", "{'type':'json_object'}" },
  { L, "claude", "{'model':'m'," HI ",'format':" LOOSE "}", "output_config/format/schema/required", "['a']" },

  /* streams, and who asks */
  { O, "claude", "{'model':'m','stream':true," HI "}", "stream", "true" },
  { O, "claude", "{'model':'m'," HI "}", "stream", NULL },
  { A, "openai", "{'model':'m','stream':true," HI "}", "stream_options/include_usage", "true" },
  { L, "openai", "{'model':'m'," HI "}", "stream", "true" },
  { L, "openai", "{'model':'m','stream':false," HI "}", "stream", NULL },
  { O, "qwen", "{'model':'m'," HI "}", "stream", "false" },
  { O, "claude", "{'model':'m','user':'u-1'," HI "}", "metadata/user_id", "'u-1'" },
  { O, "claude", "{'model':'m','user':'me@example.org'," HI "}", "metadata", NULL },
  { O, "qwen", "{'model':'m','seed':7," HI "}", "options/seed", "7" },
  { O, "qwen", "{'model':'m'," HI "}", "truncate", "false" },
  { O, "qwen", "{'model':'m','max_tokens':2000," HI "}", "options/num_ctx", NULL },
  { O, "qwen", "{'model':'m','max_tokens':5000," HI "}", "options/num_ctx", "8192" },
  { O, "qwen", "{'model':'m','max_tokens':900000000," HI "}", "options/num_ctx", "262144" },
};

static char *
translate (TcProviderWire  client,
           const char     *provider,
           const char     *body,
           GError        **error)
{
  g_autofree char *json = wire_json (body);
  g_autoptr(JsonObject) root = tc_json_parse_object (json, -1, TC_JSON_DEFAULT, error);
  g_autoptr(TcChatRequest) request = NULL;

  if (root == NULL)
    return NULL;
  request = tc_wire_read_request (client, root, error);

  return request != NULL ? tc_wire_write_request (tc_provider_find (provider), request, error) : NULL;
}

static void
test_translation (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      g_autoptr(GError) error = NULL;
      g_autofree char *sent = translate (c->client, c->provider, c->body, &error);
      g_autofree char *expected = g_strdup (c->expected);

      g_test_message ("%d → %s: %s", c->client, c->provider, c->body);
      g_assert_no_error (error);
      wire_assert_at (sent, c->path, expected);
    }
}

typedef struct
{
  TcProviderWire  client;
  const char     *provider;
  const char     *body;
  const char     *part; /* of the message */
} Refusal;

static const Refusal refusals[] = {
  { O, "claude", "{" HI "}", "model" },
  { O, "claude", "{'model':''," HI "}", "model" },
  { O, "claude", "{'model':7," HI "}", "model" },
  { O, "claude", "{'model':'m'}", "messages" },
  { O, "claude", "{'model':'m','messages':'Hi'}", "messages" },
  { O, "claude", "{'model':'m','messages':[7]}", "role" },
  { O, "claude", "{'model':'m','messages':[{'role':'wizard','content':'x'}]}", "wizard" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':7}]}", "content" },
  { O, "claude", "{'model':'m','messages':[{'role':'user','content':[{'type':'input_audio'}]}]}", "input_audio" },
  { O, "claude", "{'model':'m','n':2," HI "}", "n:" },
  { O, "claude", "{'model':'m','n':-1," HI "}", "n:" },
  { O, "claude", "{'model':'m','n':1000000," HI "}", "n:" },
  { O, "claude", "{'model':'m','logprobs':true," HI "}", "logprobs" },
  { O, "claude", "{'model':'m','functions':[]," HI "}", "functions" },
  { O, "claude", "{'model':'m','max_tokens':'9'," HI "}", "max_tokens" },
  { O, "claude", "{'model':'m','max_tokens':-9," HI "}", "max_tokens" },
  { O, "claude", "{'model':'m','max_tokens':1.5," HI "}", "max_tokens" },
  { O, "claude", "{'model':'m','max_completion_tokens':1e300," HI "}", "max_completion_tokens" },
  { O, "claude", "{'model':'m','stream':'true'," HI "}", "stream" },
  { O, "claude", "{'model':'m','tools':[{'type':'custom','custom':{}}]," HI "}", "tools" },
  { O, "claude", "{'model':'m','messages':[{'role':'assistant','content':'x','function_call':{'name':'f'}}]}",
    "function_call" },
  { O, "qwen", "{'model':'m','messages':[{'role':'user','content':[{'type':'image_url','image_url':"
    "{'url':'https://x/y.png'}}]}]}", "fetch" },
  { A, "openai", "{'model':'m','messages':[{'role':'user','content':[{'type':'document','source':"
    "{'type':'base64','data':'AA'}}]}]}", "document" },
  { A, "openai", "{'model':'m'," HI ",'tools':[{'type':'web_search_20250305','name':'web_search'}]}", "tools" },
  { A, "openai", "{'model':'m','messages':[{'role':'user'}]}", "content" },
  { L, "openai", "{'model':'m','options':{'num_predict':-7}," HI "}", "num_predict" },
  { L, "openai", "{'model':'m','messages':[{'role':'user','content':'a','images':[7]}]}", "images" },
};

static void
test_refusals (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *sent = translate (refusals[i].client, refusals[i].provider, refusals[i].body, &error);

      g_test_message ("%s", refusals[i].body);
      g_assert_null (sent);
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, refusals[i].part));
    }
}

/* Everything at once, as the engine itself asks. */
static TcChatRequest *
new_full_request (void)
{
  TcChatRequest *request = tc_chat_request_new ("some-model");
  g_autofree char *schema = wire_json (SCHEMA);
  const char *const stop[] = { "END", NULL };
  TcChatMessage *message;
  TcChatPart *part;

  request->system = g_strdup ("Be brief.");
  tc_chat_request_add (request, TC_CHAT_USER, "Look at the weather.");
  message = tc_chat_request_add (request, TC_CHAT_ASSISTANT, "I look.");
  part = tc_chat_message_add (message, TC_PART_TOOL_CALL);
  part->id = g_strdup ("call_9");
  part->name = g_strdup ("weather");
  part->text = g_strdup ("{\"city\":\"Paris\"}");
  part = tc_chat_message_add (tc_chat_request_add (request, TC_CHAT_USER, NULL), TC_PART_TOOL_RESULT);
  part->id = g_strdup ("call_9");
  part->text = g_strdup ("rain");
  tc_chat_request_add_tool (request, "weather", "Tells it.", tc_json_parse (schema, -1, TC_JSON_DEFAULT, NULL));
  request->tool_choice = TC_TOOL_CHOICE_AUTO;
  request->max_tokens = 1000;
  request->temperature = 0.25;
  request->stop = g_strdupv ((GStrv) stop);
  request->format = TC_FORMAT_SCHEMA;
  request->schema = tc_json_parse (schema, -1, TC_JSON_DEFAULT, NULL);
  request->schema_name = g_strdup ("answer");
  request->effort = g_strdup ("medium");

  return request;
}

/* Written, read and written again it is the same. */
static void
test_round_trip (void)
{
  static const char *const providers[] = { "claude", "openai", "xai", "qwen", "compatible" };

  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    {
      const TcProvider *provider = tc_provider_find (providers[i]);
      g_autoptr(TcChatRequest) request = new_full_request ();
      g_autoptr(GError) error = NULL;
      g_autofree char *first = tc_wire_write_request (provider, request, &error);
      g_autoptr(JsonObject) root = tc_json_parse_object (first, -1, TC_JSON_DEFAULT, &error);
      g_autoptr(TcChatRequest) again = tc_wire_read_request (provider->wire, root, &error);
      g_autofree char *second = NULL;

      g_assert_no_error (error);
      second = tc_wire_write_request (provider, again, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (second, ==, first);
      g_assert_nonnull (strstr (first, "Be brief."));
      g_assert_nonnull (strstr (first, "Paris"));
      g_assert_nonnull (strstr (first, "rain"));
    }
}

typedef struct
{
  const char *provider;
  gint64      max_tokens;
  const char *before;
  const char *after;
} Preparation;

static const Preparation preparations[] = {
  { "claude", 0, "{'model':'m','top_k':5,'max_tokens':9}", "{'model':'m','top_k':5,'max_tokens':9}" },
  { "claude", 5, "{'model':'m','max_tokens':9,'stream':true}", "{'model':'m','max_tokens':5,'stream':true}" },
  { "openai", 0, "{'model':'m','stream':true}", "{'model':'m','stream':true,'stream_options':{'include_usage':true}}" },
  { "openai", 0, "{'stream':true,'stream_options':{'include_obfuscation':false,'include_usage':false}}",
    "{'stream':true,'stream_options':{'include_obfuscation':false,'include_usage':true}}" },
  { "openai", 5, "{'max_tokens':9}", "{'max_tokens':5}" },
  { "openai", 5, "{'max_completion_tokens':9}", "{'max_completion_tokens':5}" },
  { "openai", 5, "{'max_tokens':9,'max_completion_tokens':9}", "{'max_tokens':5,'max_completion_tokens':5}" },
  { "openai", 5, "{}", "{'max_completion_tokens':5}" },
  { "xai", 5, "{'max_tokens':9}", "{'max_tokens':5}" },
  { "compatible", 5, "{'max_tokens':9}", "{'max_tokens':5,'max_completion_tokens':5}" },
  { "compatible", 5, "{}", "{'max_tokens':5,'max_completion_tokens':5}" },
  { "qwen", 5, "{'model':'m'}", "{'model':'m','options':{'num_predict':5}}" },
  { "qwen", 5, "{'options':{'seed':1,'num_predict':9},'stream':true}",
    "{'options':{'seed':1,'num_predict':5},'stream':true}" },
};

static void
test_prepare (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (preparations); i++)
    {
      const Preparation *p = &preparations[i];
      g_autofree char *before = wire_json (p->before);
      g_autofree char *after = wire_json (p->after);
      g_autoptr(JsonObject) body = tc_json_parse_object (before, -1, TC_JSON_DEFAULT, NULL);
      g_autofree char *found = NULL;

      tc_wire_prepare (tc_provider_find (p->provider), body, p->max_tokens);
      found = tc_json_object_to_string (body, FALSE);
      g_assert_cmpstr (found, ==, after);
    }
}

static void
test_summary (void)
{
  g_autofree char *json = wire_json ("{'model':'m','max_tokens':7,'max_completion_tokens':9,'n':3,'stream':true}");
  g_autoptr(JsonObject) body = tc_json_parse_object (json, -1, TC_JSON_DEFAULT, NULL);
  g_auto(TcWireSummary) openai = { NULL };
  g_auto(TcWireSummary) turned = { NULL };
  g_auto(TcWireSummary) anthropic = { NULL };
  g_auto(TcWireSummary) ollama = { NULL };

  g_assert_true (tc_wire_summarize (O, body, &openai, NULL));
  g_assert_cmpstr (openai.model, ==, "m");
  g_assert_true (openai.is_stream);
  g_assert_cmpint (openai.max_tokens, ==, 9);
  g_assert_cmpint (openai.n_choices, ==, 3);
  /* Nobody knows which of the two a server obeys. */
  json_object_set_int_member (body, "max_tokens", 11);
  g_assert_true (tc_wire_summarize (O, body, &turned, NULL));
  g_assert_cmpint (turned.max_tokens, ==, 11);
  g_assert_true (tc_wire_summarize (A, body, &anthropic, NULL));
  g_assert_cmpint (anthropic.max_tokens, ==, 11);
  g_assert_cmpint (anthropic.n_choices, ==, 1);
  json_object_remove_member (body, "stream");
  g_assert_true (tc_wire_summarize (L, body, &ollama, NULL));
  g_assert_true (ollama.is_stream);
  g_assert_cmpint (ollama.max_tokens, ==, 0);
}

static void
test_paths (void)
{
  g_assert_cmpstr (tc_wire_get_path (tc_provider_find ("claude")), ==, "/v1/messages");
  g_assert_cmpstr (tc_wire_get_path (tc_provider_find ("compatible")), ==, "/chat/completions");
  g_assert_cmpstr (tc_wire_get_path (tc_provider_find ("qwen")), ==, "/api/chat");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/request/translation", test_translation);
  g_test_add_func ("/wire/request/refusals", test_refusals);
  g_test_add_func ("/wire/request/round-trip", test_round_trip);
  g_test_add_func ("/wire/request/prepare", test_prepare);
  g_test_add_func ("/wire/request/summary", test_summary);
  g_test_add_func ("/wire/request/paths", test_paths);

  return g_test_run ();
}
