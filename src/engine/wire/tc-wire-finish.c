/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Why an answer ended, in each format's words. A word that nobody knows yet
 * means that it ended; the ones of OpenAI-like servers for "broken off" mean
 * that it did not. */

#include "config.h"

#include "tc-wire-private.h"

typedef struct
{
  const char *word;
  TcFinish    finish;
} Word;

static TcFinish
look_up (const Word *words,
         const char *word)
{
  if (word == NULL)
    return TC_FINISH_NONE;
  for (; words->word != NULL; words++)
    {
      if (g_str_equal (words->word, word))
        return words->finish;
    }

  return TC_FINISH_STOP;
}

/** tc_wire_finish_from_anthropic: */
TcFinish
tc_wire_finish_from_anthropic (const char *word)
{
  static const Word words[] = {
    { "max_tokens", TC_FINISH_LENGTH },
    { "model_context_window_exceeded", TC_FINISH_LENGTH },
    { "tool_use", TC_FINISH_TOOL_CALLS },
    { "refusal", TC_FINISH_REFUSAL },
    { NULL, TC_FINISH_STOP },
  };

  return look_up (words, word);
}

/** tc_wire_finish_from_openai: */
TcFinish
tc_wire_finish_from_openai (const char *word)
{
  static const Word words[] = {
    { "length", TC_FINISH_LENGTH },
    { "tool_calls", TC_FINISH_TOOL_CALLS },
    { "function_call", TC_FINISH_TOOL_CALLS },
    { "content_filter", TC_FINISH_REFUSAL },
    { "abort", TC_FINISH_NONE },
    { "error", TC_FINISH_NONE },
    { NULL, TC_FINISH_STOP },
  };

  return look_up (words, word);
}

/** tc_wire_finish_from_ollama: */
TcFinish
tc_wire_finish_from_ollama (const char *word)
{
  static const Word words[] = {
    { "length", TC_FINISH_LENGTH },
    { "tool_calls", TC_FINISH_TOOL_CALLS },
    { NULL, TC_FINISH_STOP },
  };

  return look_up (words, word != NULL ? word : "stop");
}

/** tc_wire_finish_to_anthropic: Returns: (nullable): the "stop_reason" */
const char *
tc_wire_finish_to_anthropic (TcFinish finish)
{
  static const char *const words[] = { NULL, "end_turn", "max_tokens", "tool_use", "refusal" };

  return words[finish];
}

/** tc_wire_finish_to_openai: Returns: (nullable): the "finish_reason" */
const char *
tc_wire_finish_to_openai (TcFinish finish)
{
  static const char *const words[] = { NULL, "stop", "length", "tool_calls", "content_filter" };

  return words[finish];
}

/** tc_wire_finish_to_ollama: Returns: the "done_reason"; it has two only */
const char *
tc_wire_finish_to_ollama (TcFinish finish)
{
  return finish == TC_FINISH_LENGTH ? "length" : "stop";
}
