/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-table.h"

#include <string.h>

#define FLAG(name, letter, help) \
  { name, letter, TC_CLI_VALUE_NONE, NULL, NULL, 0, 0, FALSE, help }
#define TEXT(name, value, help) \
  { name, 0, TC_CLI_VALUE_TEXT, value, NULL, 0, 0, FALSE, help }
#define TYPED(name, type, value, many, help) \
  { name, 0, TC_CLI_VALUE_##type, value, NULL, 0, 0, many, help }
#define NUMBER(name, value, minimum, maximum, help) \
  { name, 0, TC_CLI_VALUE_NUMBER, value, NULL, minimum, maximum, FALSE, help }
#define CHOICE(name, value, choices, help) \
  { name, 0, TC_CLI_VALUE_CHOICE, value, choices, 0, 0, FALSE, help }
#define END { NULL }

#define PROVIDERS "none claude openai xai qwen compatible"
#define TARGETS "helix-100m helix-10m helix-1m"

/* Options that both kinds of adding have. Providers and targets are texts, not
 * choices: a custom script may know others, and the engine has the last word. */
#define PROVIDER_OPTION \
  { "provider", 0, TC_CLI_VALUE_TEXT, "P", PROVIDERS, 0, 0, FALSE, \
    "teacher and supervisor: none, claude, openai, xai, qwen or compatible (default none)" }
#define MODEL_OPTION \
  TEXT ("model", "M", "the provider's model")
#define KEY_OPTION \
  TEXT ("key", "NAME|ID", "the key to use (default the provider's best)")
#define POLICY_OPTION \
  CHOICE ("policy", "POLICY", "off notify pause stop", \
          "what a verdict may do: off, notify, pause or stop (default notify)")
#define VERDICT_EVERY_OPTION \
  NUMBER ("verdict-every", "N", 0, 500, "ask for a verdict every N epochs too, not at gates only")
#define TARGET_OPTION \
  { "target", 0, TC_CLI_VALUE_TEXT, "T", TARGETS, 0, 0, FALSE, \
    "what is trained: helix-100m, helix-10m or helix-1m (default helix-100m)" }
#define SEED_OPTION \
  NUMBER ("seed", "N", 0, G_MAXINT32, "start of the random numbers")
#define SET_OPTION \
  TYPED ("set", PAIR, "KEY=VALUE", TRUE, "pass --KEY VALUE to the script")
#define ENV_OPTION \
  TYPED ("env", PAIR, "KEY=VALUE", TRUE, "set an environment variable of the script, never a secret")
#define SCRIPT_OPTION \
  TYPED ("script", PATH, "PATH", FALSE, "a training script of your own")
#define PYTHON_OPTION \
  TYPED ("python", PATH, "PATH", FALSE, "the Python to run it with: a program or a virtual environment's folder")
#define CORPUS_FILE_OPTION \
  TYPED ("corpus-file", PATH, "FILE", FALSE, "a corpus of your own instead of the bundled one")
#define ESTIMATE_OPTION \
  FLAG ("estimate", 0, "say what it would take in time, money, disk and memory, and queue nothing")
#define AUTO_STOP_OPTION \
  FLAG ("auto-stop", 0, "stop the run when its loss diverges or is not a number")

const TcCliOption tc_cli_global_options[] = {
  FLAG ("json", 0, "JSON for programs instead of text for people"),
  FLAG ("help", 'h', "show help"),
  FLAG ("version", 0, "show the version"),
  END
};

static const TcCliOption queue_add_options[] = {
  PROVIDER_OPTION,
  MODEL_OPTION,
  KEY_OPTION,
  POLICY_OPTION,
  VERDICT_EVERY_OPTION,
  CHOICE ("corpus", "C", "english hlx translation 1 2 3",
          "english, hlx or translation, or the phase's number (default english)"),
  CORPUS_FILE_OPTION,
  NUMBER ("epochs", "N", 1, 500, "how many epochs, 1 to 500 (default 200)"),
  TARGET_OPTION,
  SEED_OPTION,
  SET_OPTION,
  SCRIPT_OPTION,
  PYTHON_OPTION,
  TEXT ("command", "TEMPLATE", "any command instead of a script; {epochs} and the like are filled in"),
  TYPED ("workdir", PATH, "DIR", FALSE, "where the script runs (default its run folder)"),
  TYPED ("budget", MONEY, "USD", FALSE, "the most this session may spend, in US dollars"),
  TYPED ("after", ID, "ID", FALSE, "start only when this session has completed"),
  TYPED ("resume-from", PATH, "PATH", FALSE, "a checkpoint to go on from"),
  ENV_OPTION,
  TEXT ("regex", "PATTERN", "how to read progress from the output, with named groups"),
  TEXT ("title", "TEXT", "a name of your own"),
  NUMBER ("grace", "SECONDS", 0, 3600, "time to save after a stop before it is killed"),
  AUTO_STOP_OPTION,
  ESTIMATE_OPTION,
  END
};

static const TcCliOption queue_list_options[] = {
  TEXT ("state", "STATES", "only these states, such as queued,running"),
  END
};

static const TcCliOption curriculum_options[] = {
  TYPED ("epochs", EPOCHS, "N,N,N", FALSE, "epochs of the three phases (default 200,200,50)"),
  TARGET_OPTION,
  PROVIDER_OPTION,
  MODEL_OPTION,
  KEY_OPTION,
  POLICY_OPTION,
  VERDICT_EVERY_OPTION,
  SEED_OPTION,
  SET_OPTION,
  ENV_OPTION,
  SCRIPT_OPTION,
  PYTHON_OPTION,
  CORPUS_FILE_OPTION,
  TYPED ("budget", MONEY, "USD", FALSE, "the most each phase may spend, in US dollars"),
  AUTO_STOP_OPTION,
  FLAG ("start", 0, "start the queue as well"),
  ESTIMATE_OPTION,
  END
};

static const TcCliOption logs_options[] = {
  FLAG ("follow", 'f', "go on until the run ends"),
  FLAG ("raw", 0, "the bytes as the run wrote them, with keys and control characters"),
  END
};

static const TcCliOption metrics_options[] = {
  FLAG ("csv", 0, "comma-separated values for a spreadsheet"),
  TEXT ("series", "NAMES", "only these, such as train_loss,val_loss"),
  NUMBER ("points", "N", 1, 1000000, "thin each series out to so many points"),
  END
};

static const TcCliOption checkpoints_options[] = {
  FLAG ("all", 0, "also those whose files are gone"),
  END
};

static const TcCliOption checkpoints_keep_options[] = {
  FLAG ("dry-run", 0, "say what would be removed, and remove nothing"),
  TYPED ("session", ID, "ID", FALSE, "only those of this session"),
  END
};

static const TcCliOption keys_add_options[] = {
  CHOICE ("provider", "P", "claude openai xai qwen compatible",
          "whose key it is: claude, openai, xai, qwen (Ollama) or compatible"),
  TEXT ("name", "NAME", "what to call it"),
  TEXT ("base-url", "URL", "where the server is, if not the provider's own"),
  END
};

static const TcCliOption keys_remove_options[] = {
  FLAG ("now", 0, "forget it and its secret at once, with no way back"),
  END
};

static const TcCliOption spend_options[] = {
  CHOICE ("by", "WHAT", "session provider model day key call",
          "sum up by session, provider, model, day or key, or list each call (default provider)"),
  TYPED ("session", ID, "ID", FALSE, "only what this session spent"),
  TEXT ("from", "DAY", "calls from this day on, such as 2026-11-01"),
  TEXT ("to", "DAY", "calls up to this day, which is included"),
  END
};

static const TcCliOption models_options[] = {
  CHOICE ("provider", "P", "claude openai xai qwen compatible", "only the models of this one"),
  FLAG ("refresh", 0, "ask the providers for their lists first"),
  END
};

static const TcCliOption status_options[] = {
  FLAG ("command", 0, "print the command as it was started, for a shell"),
  END
};

static const TcCliOption serve_options[] = {
  NUMBER ("port", "N", 0, 65535, "the port on 127.0.0.1 (default 5000; 0: any free one)"),
  FLAG ("stop", 0, "stop listening"),
  END
};

const TcCliCommand tc_cli_commands[] = {
  { "queue add", "[-- COMMAND…]", 0, G_MAXUINT, 0,
    "queue a session and print its id", queue_add_options },
  { "queue list", "", 0, 0, 0, "list the sessions in their order", queue_list_options },
  { "queue move", "ID POSITION", 2, 2, 1, "move a queued session; 1 is the front", NULL },
  { "queue remove", "ID…", 1, G_MAXUINT, G_MAXUINT, "remove sessions that are not running", NULL },
  { "queue restore", "ID…", 1, G_MAXUINT, G_MAXUINT, "put sessions back that were just removed", NULL },
  { "curriculum", "", 0, 0, 0, "queue the three phases one after the other", curriculum_options },
  { "start", "", 0, 0, 0, "start the queue", NULL },
  { "pause", "", 0, 0, 0, "start nothing more; what runs goes on", NULL },
  { "status", "[ID]", 0, 1, 1, "show how a session stands, or all of them", status_options },
  { "watch", "[ID]", 0, 1, 1, "watch a session, or the queue, live until it ends", NULL },
  { "cancel", "ID…", 1, G_MAXUINT, G_MAXUINT, "stop sessions for good", NULL },
  { "suspend", "ID…", 1, G_MAXUINT, G_MAXUINT, "pause running sessions where they are", NULL },
  { "resume", "ID…", 1, G_MAXUINT, G_MAXUINT, "let suspended sessions go on", NULL },
  { "retry", "ID…", 1, G_MAXUINT, G_MAXUINT, "queue ended sessions again", NULL },
  { "tag", "ID [TAG…]", 1, G_MAXUINT, 1, "set the tags of a session; none takes them away", NULL },
  { "note", "ID TEXT", 2, 2, 1, "write a note on a session; an empty text takes it away", NULL },
  { "logs", "ID", 1, 1, 1, "print what a run wrote", logs_options },
  { "metrics", "ID", 1, 1, 1, "print losses and other series", metrics_options },
  { "gates", "ID", 1, 1, 1, "list the quality gates of a session and what its supervisor said", NULL },
  { "checkpoints remove", "ID EPOCH|PATH…", 2, G_MAXUINT, 1,
    "put checkpoints of a session aside; for an hour they can be restored", NULL },
  { "checkpoints restore", "ID EPOCH|PATH…", 2, G_MAXUINT, 1, "put removed checkpoints back", NULL },
  { "checkpoints keep", "N", 1, 1, 0,
    "keep the best and the last N of each run, put the others aside", checkpoints_keep_options },
  { "checkpoints purge", "", 0, 0, 0, "delete for good what was removed", NULL },
  { "checkpoints auto", "[N|off]", 0, 1, 0,
    "say or set whether “checkpoints keep N” happens after each session", NULL },
  { "checkpoints", "[ID]", 0, 1, 1, "list checkpoints", checkpoints_options },
  { "events", "[ID]", 0, 1, 1, "list what happened and what the watchdog said", NULL },
  { "keys add", "", 0, 0, 0, "check a key, read from stdin or a prompt, and keep it", keys_add_options },
  { "keys list", "", 0, 0, 0, "list the keys and how they stand", NULL },
  { "keys check", "ID", 1, 1, 1, "ask the provider whether a key is good", NULL },
  { "keys rename", "ID NAME", 2, 2, 1, "give a key another name", NULL },
  { "keys replace", "ID", 1, 1, 1, "put another secret into a key, from stdin or a prompt", NULL },
  { "keys remove", "ID", 1, 1, 1, "take a key out; for ten minutes it can be restored",
    keys_remove_options },
  { "keys restore", "ID", 1, 1, 1, "put a removed key back", NULL },
  { "keys unlock", "", 0, 0, 0, "have the desktop ask for the keyring's password", NULL },
  { "models pull", "MODEL", 1, 1, 0, "let Ollama fetch a model, such as qwen3:8b", NULL },
  { "models", "", 0, 0, 0, "list the models with what they cost and how they stand", models_options },
  { "spend", "", 0, 0, 0, "show what calls to providers have cost", spend_options },
  { "budget show", "", 0, 0, 0, "show what may be spent this month, and what was", NULL },
  { "budget set", "SCOPE [ID] USD", 2, 3, 0,
    "set what may be spent in a month, in all (month) or with a provider, or by session ID; none for no limit", NULL },
  { "budget", "", 0, 0, 0, "the same as budget show", NULL },
  { "awake show", "", 0, 0, 0, "show whether the computer is kept awake while a training runs", NULL },
  { "awake on", "", 0, 0, 0, "keep the computer awake while a training runs", NULL },
  { "awake off", "", 0, 0, 0, "let the computer suspend, also while a training runs", NULL },
  { "awake", "", 0, 0, 0, "the same as awake show", NULL },
  { "serve", "", 0, 0, 0, "offer the API on loopback TCP with a token", serve_options },
  { "engine status", "", 0, 0, 0, "show whether the engine runs", NULL },
  { "engine start", "", 0, 0, 0, "start the engine", NULL },
  { "engine stop", "", 0, 0, 0, "stop the engine; runs go on", NULL },
  { "demo", "", 0, 0, 0, "train the small curriculum and watch it", NULL },
  { "help", "[COMMAND]", 0, 2, 0, "show help", NULL },
};

const guint tc_cli_n_commands = G_N_ELEMENTS (tc_cli_commands);

/**
 * tc_cli_command_find:
 * @first: the first word
 * @second: (nullable): the second word, if there is one
 * @n_words: (out): how many words the command has
 *
 * Returns: (nullable): the command, or NULL if there is none of that name
 */
const TcCliCommand *
tc_cli_command_find (const char *first,
                     const char *second,
                     guint      *n_words)
{
  gsize length = strlen (first);

  for (guint i = 0; i < tc_cli_n_commands; i++)
    {
      const char *name = tc_cli_commands[i].name;

      if (strncmp (name, first, length) != 0)
        continue;
      *n_words = name[length] == ' ' ? 2 : 1;
      if (name[length] == '\0' ||
          (name[length] == ' ' && second != NULL && strcmp (name + length + 1, second) == 0))
        return &tc_cli_commands[i];
    }

  return NULL;
}

/**
 * tc_cli_command_is_group:
 * @word: a word
 *
 * Returns: whether commands of two words begin with it, as with "queue"
 */
gboolean
tc_cli_command_is_group (const char *word)
{
  gsize length = strlen (word);

  for (guint i = 0; i < tc_cli_n_commands; i++)
    {
      const char *name = tc_cli_commands[i].name;

      if (strncmp (name, word, length) == 0 && name[length] == ' ')
        return TRUE;
    }

  return FALSE;
}

/**
 * tc_cli_command_option:
 * @command: (nullable): a command, or NULL for the global options alone
 * @name: a name without dashes, not nul-terminated
 * @length: its length
 *
 * Returns: (nullable): the option of that name, also a global one
 */
const TcCliOption *
tc_cli_command_option (const TcCliCommand *command,
                       const char         *name,
                       gsize               length)
{
  const TcCliOption *lists[] = { command != NULL ? command->options : NULL, tc_cli_global_options };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      for (const TcCliOption *o = lists[i]; o != NULL && o->name != NULL; o++)
        {
          if (strlen (o->name) == length && strncmp (o->name, name, length) == 0)
            return o;
        }
    }

  return NULL;
}

/**
 * tc_cli_command_letter:
 * @command: (nullable): a command, or NULL for the global options alone
 * @letter: a letter
 *
 * Returns: (nullable): the option with that letter, also a global one
 */
const TcCliOption *
tc_cli_command_letter (const TcCliCommand *command,
                       char                letter)
{
  const TcCliOption *lists[] = { command != NULL ? command->options : NULL, tc_cli_global_options };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      for (const TcCliOption *o = lists[i]; o != NULL && o->name != NULL; o++)
        {
          if (o->letter == letter)
            return o;
        }
    }

  return NULL;
}
