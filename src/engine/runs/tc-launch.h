/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What will be executed: arguments, environment, working directory. Built from
 * a session, then wrapped layer by layer (own scope, shim); a later layer may
 * submit it to another machine. Nothing here starts a process, so every layer
 * is tested by looking at the result. Plain struct, owned by its maker. */

#pragma once

#include <gio/gio.h>

#include "tc-python-probe.h"
#include "tc-session.h"

typedef struct {
  GPtrArray *argv;      /* (owned) (element-type utf8) not NULL-terminated */
  GStrv      environment; /* (owned) */
  char      *cwd;       /* (owned) */
  TcPythonFacts *python; /* (owned) (nullable) what runs it, where that is known */
  GPtrArray *left_out;  /* (owned) (element-type utf8) options not passed; NULL-terminated */
} TcLaunch;

/* What the launch of a session depends on besides the session. */
typedef struct {
  const char         *run_dir;
  const char         *trainer_dir;   /* where the bundled scripts are */
  const char         *resume_from;   /* (nullable) checkpoint of the same phase */
  const char         *init_from;     /* (nullable) checkpoint of an earlier phase */
  GHashTable         *known_options; /* (nullable) set of "--option"; NULL: all */
  const char * const *environment;   /* the engine's own */
} TcLaunchContext;

#define TC_BUNDLED_SCRIPT "train_100m_production.py"
#define TC_BUNDLED_CORPUS "corpus_all_variants.md"

gboolean  tc_launch_uses_python  (TcSessionConfig       *config,
                                  const char            *trainer_dir);
char     *tc_launch_dup_script   (TcSessionConfig       *config,
                                  const char            *trainer_dir);
TcLaunch *tc_launch_new          (TcSession             *session,
                                  const TcLaunchContext *context,
                                  GError               **error);
void      tc_launch_free         (TcLaunch              *self);
void      tc_launch_add_python   (TcLaunch              *self,
                                  const char            *python);
void      tc_launch_add_shim     (TcLaunch              *self,
                                  const char            *shim,
                                  const char            *run_dir,
                                  guint                  grace_seconds,
                                  int                    ready_fd);
void      tc_launch_add_variables (TcLaunch           *self,
                                  const char *const     *variables);
GStrv     tc_launch_dup_argv     (TcLaunch              *self,
                                  const char            *scope);
gboolean  tc_environment_is_secret (const char          *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLaunch, tc_launch_free)
