/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-exit-verdict.h"

#include <signal.h>
#include <string.h>

#define WELL_FOUNDED 50   /* weight from which a reason of the log is believed */

typedef TcExitVerdict *(*VerdictFunc) (const TcExitRecord  *record,
                                       const TcExitContext *context);

/* The codes there are, so that a verdict never carries another one. */
static const char *const codes[] = {
  "exit-code", "signal", "oom", "cuda-oom", "gate", "diverged", "nan", "stalled",
  "budget", "supervisor-lost", "host-restarted", "launch", "dataset", "verdict",
};

static const struct
{
  int         signal;
  const char *words;
} signals[] = {
  { SIGHUP, "It was hung up on" },
  { SIGINT, "It was interrupted" },
  { SIGQUIT, "It was made to quit" },
  { SIGILL, "It crashed: an instruction this processor does not know" },
  { SIGABRT, "It crashed: it gave up by itself (abort)" },
  { SIGBUS, "It crashed: memory or a mapped file was gone (bus error)" },
  { SIGFPE, "It crashed: an arithmetic error" },
  { SIGKILL, "It was killed by something else" },
  { SIGSEGV, "It crashed: a wrong memory access" },
  { SIGPIPE, "It wrote to a pipe nobody reads" },
  { SIGTERM, "It was asked to end by something else" },
  { SIGXCPU, "It used more processor time than it is allowed" },
  { SIGXFSZ, "It wrote a file larger than it is allowed" },
};

/* ---- building blocks ---- */

/* Takes the text. */
static TcExitVerdict *
make (TcSessionState  state,
      const char     *code,
      char           *text)
{
  TcExitVerdict *self = g_new0 (TcExitVerdict, 1);

  self->state = state;
  self->code = code;
  self->text = text;

  return self;
}

static TcExitVerdict *
make_failed (const char *code,
             char       *text)
{
  return make (TC_SESSION_FAILED, code, text);
}

static const char *
intern_code (const char *code,
             const char *fallback)
{
  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (codes); i++)
    {
      if (g_str_equal (codes[i], code))
        return codes[i];
    }

  return fallback;
}

static gboolean
was_stopped_by (const TcExitRecord *record,
                const char         *who)
{
  return g_strcmp0 (record->stopped_by, who) == 0;
}

/* How it went down once it was asked to: by itself, or not. */
static const char *
describe_end (const TcExitRecord *record)
{
  if (record->unkillable)
    return " Some of its processes could not be ended.";
  if (record->killed_after_grace)
    return " It did not end in time and was killed.";

  return "";
}

/* A kind of finding as the code of a reason. */
static const char *
code_of_rule (const char *kind)
{
  if (g_strcmp0 (kind, "stall") == 0)
    return "stalled";
  if (g_strcmp0 (kind, "frozen") == 0)
    return "nan";
  if (g_strcmp0 (kind, "collapse") == 0)
    return "diverged";

  return intern_code (kind, "diverged");
}

/* ---- the verdicts, in the order in which they are tried ---- */

static TcExitVerdict *
judge_lost (const TcExitRecord  *record,
            const TcExitContext *context)
{
  if (record != NULL)
    return NULL;

  if (context->host_restarted)
    return make (TC_SESSION_QUEUED, "host-restarted",
                 g_strdup ("The computer was restarted while it ran; it goes on from its last "
                           "checkpoint."));

  return make_failed ("supervisor-lost",
                      g_strdup ("Its supervisor is gone; how it ended is not known."));
}

static TcExitVerdict *
judge_user (const TcExitRecord  *record,
            const TcExitContext *context)
{
  if (!was_stopped_by (record, "user"))
    return NULL;

  /* It had come to its end before the word reached it. */
  if (record->has_exit_code && record->exit_code == 0 &&
      g_strcmp0 (context->end_status, "completed") == 0)
    return make (TC_SESSION_COMPLETED, NULL, g_strdup ("It was completed."));

  return make (TC_SESSION_CANCELLED, NULL,
               g_strdup_printf ("You stopped it.%s", describe_end (record)));
}

static TcExitVerdict *
judge_shutdown (const TcExitRecord  *record,
                const TcExitContext *context)
{
  if (!was_stopped_by (record, "shutdown"))
    return NULL;

  return make (TC_SESSION_QUEUED, "host-restarted",
               g_strdup_printf ("It was stopped because the computer shut down, and goes "
                                "on from its last checkpoint.%s", describe_end (record)));
}

/* A supervisor's verdict reaches the shim as a rule's stop; the reason that was
 * saved before tells them apart. */
static TcExitVerdict *
judge_our_stop (const TcExitRecord  *record,
                const TcExitContext *context)
{
  static const struct
  {
    const char *who;
    const char *reason; /* only with this code; NULL: any */
    const char *code;   /* NULL: that of the rule */
    const char *words;
  } stops[] = {
    { "rule", "verdict", "verdict", "Stopped by its supervisor" },
    { "rule", NULL, NULL, "Stopped by a rule" },
    { "gate", NULL, "gate", "Stopped by the quality gate" },
    { "budget", NULL, "budget", "Stopped by the budget" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (stops); i++)
    {
      if (was_stopped_by (record, stops[i].who) &&
          (stops[i].reason == NULL || g_strcmp0 (stops[i].reason, context->stop_code) == 0))
        return make_failed (stops[i].code != NULL ? stops[i].code : code_of_rule (context->stop_code),
                            g_strdup_printf ("%s%s%s%s%s", stops[i].words,
                                             context->stop_text != NULL ? ": " : "",
                                             context->stop_text != NULL ? context->stop_text : "",
                                             context->stop_text != NULL ? "" : ".",
                                             describe_end (record)));
    }

  return NULL;
}

/* The kernel's word comes before the log's: what dies of a killed helper often
 * blames something else. */
static TcExitVerdict *
judge_oom (const TcExitRecord  *record,
           const TcExitContext *context)
{
  if (!record->oom_killed || (record->has_exit_code && record->exit_code == 0))
    return NULL;

  if (!record->oom_certain && record->signal != SIGKILL && record->exit_code != 137)
    return NULL;

  if (!record->oom_certain)
    return make_failed ("oom", g_strdup ("It probably ran out of memory: it was killed by "
                                         "signal 9 while the kernel was freeing memory."));
  if (record->signal == SIGKILL)
    return make_failed ("oom", g_strdup ("It ran out of memory: the kernel killed it."));

  return make_failed ("oom", g_strdup ("It ran out of memory: the kernel killed a part of "
                                       "it, and the rest gave up."));
}

static TcExitVerdict *
judge_unknown (const TcExitRecord  *record,
               const TcExitContext *context)
{
  if (record->has_exit_code || record->signal != 0)
    return NULL;

  return make_failed ("supervisor-lost",
                      g_strdup_printf ("Its supervisor was replaced while it ran, so how it "
                                       "ended is not known.%s%s",
                                       g_strcmp0 (context->end_status, "completed") == 0
                                       ? " It said that it was completed." : "",
                                       describe_end (record)));
}

/* What the script itself said about its end. */
static TcExitVerdict *
judge_said (const TcExitRecord  *record,
            const TcExitContext *context)
{
  const char *code = intern_code (context->log_code, NULL);

  if (g_strcmp0 (context->end_status, "quality_failed") == 0)
    return make_failed ("gate", g_strdup (context->log_text != NULL && g_strcmp0 (code, "gate") == 0
                                          ? context->log_text : "It failed its quality gate."));

  if (record->has_exit_code && record->exit_code == 0)
    {
      if (g_strcmp0 (context->end_status, "aborted") != 0)
        return NULL;

      return make_failed (code != NULL ? code : "exit-code",
                          g_strdup (context->log_text != NULL ? context->log_text
                                    : "The script says that it aborted."));
    }

  if (code == NULL || context->log_text == NULL || context->log_weight < WELL_FOUNDED)
    return NULL;

  /* Killed from outside: whatever it complained about before is not why. */
  if (record->signal == SIGKILL || record->signal == SIGTERM || record->exit_code == 143)
    return NULL;

  return make_failed (code, g_strdup (context->log_text));
}

static TcExitVerdict *
judge_signal (const TcExitRecord  *record,
              const TcExitContext *context)
{
  const char *words = "It was ended";

  if (record->signal == 0)
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      if (signals[i].signal == record->signal)
        words = signals[i].words;
    }

  return make_failed ("signal", g_strdup_printf ("%s (signal %d).", words, record->signal));
}

static TcExitVerdict *
judge_launch (const TcExitRecord  *record,
              const TcExitContext *context)
{
  if (record->log_bytes > 0 || (record->exit_code != 126 && record->exit_code != 127))
    return NULL;

  return make_failed ("launch", g_strdup (record->exit_code == 127
                                          ? "It could not be started: there is no such program."
                                          : "It could not be started: the program cannot be executed."));
}

static TcExitVerdict *
judge_exit_code (const TcExitRecord  *record,
                 const TcExitContext *context)
{
  int code = record->exit_code;

  if (code == 0)
    return make (TC_SESSION_COMPLETED, NULL, g_strdup ("It was completed."));
  if (code == 143)
    return make_failed ("signal", g_strdup ("It was asked to end by something else "
                                            "(signal 15), saved and left."));
  if (code == 2)
    return make_failed ("exit-code", g_strdup ("It did not understand its arguments "
                                               "(exit code 2)."));
  if (code > 128 && code <= 128 + 64)
    return make_failed ("exit-code", g_strdup_printf ("Something it started was ended by signal "
                                                      "%d (exit code %d).", code - 128, code));
  if (context->log_text != NULL)
    return make_failed (intern_code (context->log_code, "exit-code"),
                        g_strdup_printf ("%s (exit code %d)", context->log_text, code));

  return make_failed ("exit-code", g_strdup_printf ("It ended with exit code %d.", code));
}

/* The first that has something to say decides; the last one always has. */
static const VerdictFunc verdicts[] = {
  judge_lost, judge_user, judge_shutdown, judge_our_stop, judge_oom, judge_unknown,
  judge_said, judge_signal, judge_launch, judge_exit_code,
};

/**
 * tc_exit_verdict_new:
 * @record: (nullable): how it ended; NULL when there is no such record
 * @context: (nullable): what else is known
 *
 * Decides in which state a session is now that its run is over, and why. A
 * session that was stopped because the computer shut down goes back to the
 * queue. Without a record it never succeeded.
 *
 * Returns: (transfer full): the verdict
 */
TcExitVerdict *
tc_exit_verdict_new (const TcExitRecord  *record,
                     const TcExitContext *context)
{
  static const TcExitContext nothing = { 0 };
  TcExitVerdict *verdict = NULL;

  if (context == NULL)
    context = &nothing;

  for (guint i = 0; verdict == NULL && i < G_N_ELEMENTS (verdicts); i++)
    verdict = verdicts[i] (record, context);

  return verdict;
}

/**
 * tc_exit_verdict_free:
 * @self: (transfer full) (nullable): a verdict
 */
void
tc_exit_verdict_free (TcExitVerdict *self)
{
  if (self == NULL)
    return;

  g_free (self->text);
  g_free (self);
}
