/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What somebody asked to be trained: the part of a session that is fixed when
 * it is queued. A plain reference-counted struct, immutable once shared;
 * the engine, trainctl and the window all build it and read it. */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#define TC_EPOCHS_MAX 500
#define TC_BUDGET_NONE ((gint64) -1)

typedef struct {
  char *key;    /* (owned) an option's name without dashes, "batch-size" */
  char *value;  /* (owned) */
} TcSetting;

typedef struct {
  char      *title;          /* (owned) (nullable) shown instead of the model's name */
  char      *provider;       /* (owned) "none" "claude" "openai" "xai" "qwen" or a custom one */
  char      *model;          /* (owned) (nullable) the provider's id of the model */
  char      *model_name;     /* (owned) (nullable) "Grok 4.7"; the engine sets it when it knows */
  char      *corpus;         /* (owned) "english" "hlx" "translation" */
  char      *corpus_file;    /* (owned) (nullable) absolute; the bundled corpus when NULL */
  char      *target;         /* (owned) "helix-100m" "helix-10m" "helix-1m" or a custom one */
  guint      epochs;         /* 1 to TC_EPOCHS_MAX */
  gint64     seed;           /* passed as --seed; -1: the script's own */
  char      *script;         /* (owned) (nullable) absolute path; the bundled one when NULL */
  char      *python;         /* (owned) (nullable) absolute: a program, or a virtual environment's folder */
  char      *command;        /* (owned) (nullable) free-form template instead of a script */
  char      *workdir;        /* (owned) (nullable) the run folder when NULL */
  char      *resume_from;    /* (owned) (nullable) a checkpoint's path */
  char      *progress_regex; /* (owned) (nullable) user dialect, named groups */
  GPtrArray *settings;       /* (owned) (element-type TcSetting) in the order given */
  GPtrArray *environment;    /* (owned) (element-type TcSetting) never secrets */
  gint64     budget;         /* micro-dollars; TC_BUDGET_NONE without one */
  guint64    key_id;         /* of the provider's key to use; 0: the best there is */
  char      *policy;         /* (owned) what a verdict may do: "off" (ask for none) "notify" "pause" "stop" */
  guint      verdict_every;  /* epochs between verdicts besides the gates'; 0: at gates only */
  guint64    after;          /* id of the session that must complete first; 0: none */
  guint      grace_seconds;  /* between TERM and KILL */
  gboolean   auto_stop;      /* stop by rule on divergence or NaN */

  /*< private >*/
  gatomicrefcount ref_count;
} TcSessionConfig;

TcSessionConfig *tc_session_config_new         (void);
TcSessionConfig *tc_session_config_ref         (TcSessionConfig  *self);
void             tc_session_config_unref       (TcSessionConfig  *self);
TcSessionConfig *tc_session_config_copy        (TcSessionConfig  *self);
TcSessionConfig *tc_session_config_from_json   (JsonObject       *object,
                                                GError          **error);
JsonNode        *tc_session_config_to_json     (TcSessionConfig  *self);
gboolean         tc_session_config_validate    (TcSessionConfig  *self,
                                                GError          **error);
guint            tc_session_config_get_phase   (TcSessionConfig  *self);
char            *tc_session_config_dup_title   (TcSessionConfig  *self);
void             tc_session_config_add_setting (TcSessionConfig  *self,
                                                const char       *key,
                                                const char       *value);
void             tc_session_config_add_environment (TcSessionConfig *self,
                                                const char       *name,
                                                const char       *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSessionConfig, tc_session_config_unref)
