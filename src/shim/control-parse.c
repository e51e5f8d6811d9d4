/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "control-parse.h"
#include "text.h"

#define MAX_GRACE_SECONDS (7 * 24 * 3600)

typedef struct
{
  const char *at;
  size_t      length;
} Word;

static const char *const askers[] = { "user", "rule", "budget", "gate", "shutdown" };

static bool
word_is (Word word, const char *string)
{
  return word.length == strlen (string) && memcmp (word.at, string, word.length) == 0;
}

/* Words are parted by exactly one space: a message is written by a program,
 * and whatever is not written exactly is better refused than guessed. */
static Word
next_word (const char **at, size_t *left)
{
  Word word = { *at, 0 };
  const char *space = memchr (*at, ' ', *left);

  word.length = space != NULL ? (size_t) (space - *at) : *left;
  *at += word.length + (space != NULL);
  *left -= word.length + (space != NULL);

  return word;
}

static const char *
find_asker (Word word)
{
  for (size_t i = 0; i < sizeof askers / sizeof askers[0]; i++)
    if (word_is (word, askers[i]))
      return askers[i];

  return NULL;
}

static bool
parse_bare (Word verb, TcCommand *command)
{
  static const struct
  {
    const char   *verb;
    TcCommandKind kind;
  } bare[] = {
    { "status", TC_COMMAND_STATUS },
    { "pause", TC_COMMAND_PAUSE },
    { "resume", TC_COMMAND_RESUME },
  };

  for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++)
    if (word_is (verb, bare[i].verb))
      {
        command->kind = bare[i].kind;
        return true;
      }

  return false;
}

/* Parses one datagram of the control socket into command. data needs no NUL,
 * may hold any bytes, and is not kept.
 *
 * Returns false, with problem set to a constant, when it is no command. */
bool
tc_control_parse (const char *data, size_t length, TcCommand *command, const char **problem)
{
  const char *at = data;
  size_t left = length;
  bool more;
  Word verb, grace;

  *command = (TcCommand) { 0 };
  *problem = "unknown command";
  if (length == 0)
    return false;
  verb = next_word (&at, &left);
  more = verb.length < length;
  if (parse_bare (verb, command))
    {
      *problem = "unexpected argument";
      return !more;
    }
  if (word_is (verb, "stop"))
    command->kind = TC_COMMAND_STOP;
  else if (word_is (verb, "kill"))
    command->kind = TC_COMMAND_KILL;
  else
    return false;

  *problem = "who asks must be user, rule, budget, gate or shutdown";
  command->who = find_asker (next_word (&at, &left));
  if (command->who == NULL)
    return false;
  if (command->kind == TC_COMMAND_KILL)
    {
      *problem = "unexpected argument";
      return at == data + length && data[length - 1] != ' ';
    }
  *problem = "the grace period must be whole seconds";
  grace = next_word (&at, &left);

  return at == data + length && data[length - 1] != ' ' &&
         tc_parse_int (grace.at, grace.length, MAX_GRACE_SECONDS, &command->grace_seconds);
}
