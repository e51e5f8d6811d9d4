/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-key-choice.h"
#include "tc-records.h"
#include "tc-run-access-private.h"

#define HTTP_TIMEOUT_MS 10000
#define HTTP_MAX_BYTES (4 * 1024 * 1024)

/* What was found wrong with Ollama, and what the catalogue said of a model, is
 * believed for so long. */
#define OLLAMA_US (30 * G_USEC_PER_SEC)
#define UNUSABLE_US (10 * G_USEC_PER_SEC)

#define RETRY_SECONDS 30

static void tc_run_access_iface_init (TcAccessInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcRunAccess, tc_run_access, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TC_TYPE_ACCESS, tc_run_access_iface_init))

static guint problem_signal;

static void fetch_key (TcAccessRun *run);

/* ---- What is known without asking ---- */

/* Returns: (transfer full) (nullable): why @model can never be asked */
char *
tc_run_access_dup_model_problem (TcRunAccess      *self,
                                 const TcProvider *provider,
                                 const char       *model)
{
  g_autofree char *name = g_strconcat (provider->word, "/", model, NULL);
  gint64 now = g_get_monotonic_time ();
  const char *known;

  if (now - self->unusable_at_us > UNUSABLE_US)
    {
      g_hash_table_remove_all (self->unusable);
      self->unusable_at_us = now;
    }
  known = g_hash_table_lookup (self->unusable, name);
  if (known == NULL)
    {
      g_autoptr(TcModelFacts) facts = tc_catalogue_find (self->catalogue, provider, model);

      known = facts->unusable != NULL ? facts->unusable : "";
      g_hash_table_insert (self->unusable, g_steal_pointer (&name), g_strdup (known));
      return known[0] != '\0' ? g_strdup (known) : NULL;
    }

  return known[0] != '\0' ? g_strdup (known) : NULL;
}

static char *
tc_run_access_dup_obstacle (TcAccess  *access,
                            TcSession *session)
{
  TcRunAccess *self = TC_RUN_ACCESS (access);
  TcSessionConfig *config = tc_session_get_config (session);
  const TcProvider *provider = tc_provider_find (config->provider);
  g_autofree char *model_problem = NULL;

  if (provider == NULL)
    return NULL;
  if (self->problem != NULL)
    return g_strdup_printf ("Waiting for the way to %s: %s", provider->title, self->problem);
  if (config->model == NULL)
    return g_strdup_printf ("Waiting for a model: this session names none. Queue it again with one; “trainctl "
                            "models --provider %s” lists them.", provider->word);
  model_problem = tc_run_access_dup_model_problem (self, provider, config->model);
  if (model_problem != NULL)
    return g_strdup_printf ("Waiting for a model that works: %s Queue the session again with another.",
                            model_problem);
  if (provider->id == TC_PROVIDER_QWEN && config->key_id == 0)
    return self->ollama != NULL && g_get_monotonic_time () - self->ollama_at_us < OLLAMA_US
      ? g_strdup (self->ollama) : NULL;
  if (tc_key_choice_find (self->keys, config, NULL) == NULL)
    return tc_key_choice_dup_obstacle (self->keys, config);

  return NULL;
}

/* ---- Runs ---- */

static void
run_free (gpointer data)
{
  TcAccessRun *run = data;

  g_clear_handle_id (&run->retry_id, g_source_remove);
  g_clear_pointer (&run->grant, tc_grant_unref);
  g_clear_signal_handler (&run->changed_id, run->session);
  g_object_unref (run->session);
  g_free (run);
}

static TcAccessRun *
find_run (TcRunAccess *self,
          guint64      session_id)
{
  return g_hash_table_lookup (self->runs, &session_id);
}

static void
set_grant (TcAccessRun *run,
           TcGrant     *grant)
{
  g_clear_pointer (&run->grant, tc_grant_unref);
  run->grant = tc_grant_ref (grant);
  tc_key_pool_note_use (run->self->keys, grant->session_id, grant->key_id);
}

static TcMoney
get_limit (TcSession *session)
{
  gint64 budget = tc_session_get_config (session)->budget;

  return budget != TC_BUDGET_NONE ? budget : TC_MONEY_UNKNOWN;
}

/* The next call is measured against it. */
static void
on_session_changed (TcSession   *session,
                    TcAccessRun *run)
{
  if (run->grant != NULL)
    run->grant->limit = get_limit (session);
}

/* Notes that the run of @session is on, with @grant (nullable). */
TcAccessRun *
tc_run_access_add_run (TcRunAccess *self,
                       TcSession   *session,
                       TcGrant     *grant)
{
  TcAccessRun *run = g_new0 (TcAccessRun, 1);
  guint64 id = tc_session_get_id (session);

  run->self = self;
  run->session = g_object_ref (session);
  run->changed_id = g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), run);
  g_hash_table_replace (self->runs, g_memdup2 (&id, sizeof id), run);
  if (grant != NULL)
    set_grant (run, grant);

  return run;
}

/* A client may call the model what the session calls it. */
static void
add_name (TcModelFacts *facts,
          const char   *name)
{
  g_autoptr(GStrvBuilder) names = NULL;

  if (g_str_equal (facts->id, name) ||
      (facts->aliases != NULL && g_strv_contains ((const char *const *) facts->aliases, name)))
    return;
  names = g_strv_builder_new ();
  if (facts->aliases != NULL)
    g_strv_builder_addv (names, (const char **) facts->aliases);
  g_strv_builder_add (names, name);
  g_strfreev (facts->aliases);
  facts->aliases = g_strv_builder_end (names);
}

/**
 * tc_run_access_make_grant:
 * @attempt: of the run
 * @key: (nullable): NULL for an Ollama without a key
 * @secret: (transfer full) (nullable)
 *
 * Returns: (transfer full): what the run may use
 */
TcGrant *
tc_run_access_make_grant (TcRunAccess    *self,
                          TcSession      *session,
                          guint           attempt,
                          const TcApiKey *key,
                          TcSecret       *secret)
{
  TcSessionConfig *config = tc_session_get_config (session);
  const TcProvider *provider = tc_provider_find (config->provider);
  TcGrant *grant = tc_grant_new (tc_session_get_id (session), attempt, provider);
  TcModelFacts *facts = NULL;

  grant->secret = secret;
  if (key != NULL)
    {
      grant->key_id = key->id;
      grant->base_url = g_strdup (key->base_url);
    }
  grant->limit = get_limit (session);
  if (config->model != NULL)
    {
      facts = tc_catalogue_find (self->catalogue, provider, config->model);
      add_name (facts, config->model);
      g_ptr_array_add (grant->models, facts);
    }

  return grant;
}

/* ---- Keys of runs that are on ---- */

static void
end_resuming (TcAccessRun *run)
{
  if (!run->is_resuming)
    return;
  run->is_resuming = FALSE;
  run->self->n_resuming--;
  if (run->self->n_resuming == 0)
    tc_access_emit_changed (TC_ACCESS (run->self));
}

static gboolean
on_retry (gpointer user_data)
{
  TcAccessRun *run = user_data;

  run->retry_id = 0;
  fetch_key (run);

  return G_SOURCE_REMOVE;
}

static void
retry_later (TcAccessRun *run,
             const char  *why)
{
  g_message ("Session %" G_GUINT64_FORMAT " has no key for now: %s", tc_session_get_id (run->session), why);
  if (run->retry_id == 0)
    run->retry_id = g_timeout_add_seconds (RETRY_SECONDS, on_retry, run);
  end_resuming (run);
}

/* The key that the run was given last, maybe by an earlier engine; 0: none. */
static guint64
get_last_key (TcAccessRun *run)
{
  return tc_gateway_get_run_key (run->self->gateway, tc_session_get_id (run->session),
                                 tc_session_get_attempt (run->session));
}

static void
tell_other_key (TcAccessRun    *run,
                guint64         last,
                const TcApiKey *key)
{
  const TcApiKey *removed = tc_key_pool_lookup_removed (run->self->keys, last);
  g_autofree char *before = removed != NULL ? g_strdup_printf ("The key “%s”, which this run used,", removed->name)
                                            : g_strdup ("The key that this run used");
  g_autofree char *text = g_strdup_printf ("%s is not there any more. It goes on with the key “%s”.", before,
                                           key->name);

  g_signal_emit (run->self, problem_signal, 0, tc_session_get_id (run->session), (int) TC_SEVERITY_WARNING,
                 "key", text);
}

/* Gives a run that is on another grant under the token it has.
 * @secret: (transfer full) (nullable) */
static void
renew (TcAccessRun    *run,
       const TcApiKey *key,
       TcSecret       *secret)
{
  TcRunAccess *self = run->self;
  gboolean had_none = run->grant == NULL && !run->is_resuming;
  guint64 last = get_last_key (run);
  g_autoptr(TcGrant) grant =
    tc_run_access_make_grant (self, run->session, tc_session_get_attempt (run->session), key, secret);

  g_clear_handle_id (&run->retry_id, g_source_remove);
  if (tc_gateway_resume_run (self->gateway, grant))
    {
      set_grant (run, grant);
      if (key != NULL && last != 0 && last != key->id)
        tell_other_key (run, last, key);
    }
  else
    g_message ("Session %" G_GUINT64_FORMAT " has no token, so its run has no way to its provider",
               tc_session_get_id (run->session));
  end_resuming (run);
  if (had_none && run->grant != NULL)
    tc_access_emit_changed (TC_ACCESS (self));
}

typedef struct
{
  TcRunAccess *self;       /* (owned) */
  guint64      session_id;
  guint64      key_id;
} Fetch;

static void
on_fetched (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree Fetch *fetch = user_data;
  g_autoptr(TcRunAccess) self = fetch->self;
  TcAccessRun *run = find_run (self, fetch->session_id);
  const TcApiKey *key = tc_key_pool_lookup (self->keys, fetch->key_id);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcSecret) secret = tc_key_pool_look_up_finish (TC_KEY_POOL (object), result, &error);

  if (run == NULL)
    return;
  if (error != NULL)
    retry_later (run, error->message);
  else if (key == NULL)
    retry_later (run, "The key was removed meanwhile.");
  else
    renew (run, key, g_steal_pointer (&secret));
}

/* The one it had, as long as it is there. */
static const TcApiKey *
choose_key (TcAccessRun *run)
{
  TcSessionConfig *config = tc_session_get_config (run->session);
  guint64 last = get_last_key (run);
  const TcApiKey *key = last != 0 ? tc_key_pool_lookup (run->self->keys, last) : NULL;

  if (key != NULL && g_strcmp0 (key->provider, config->provider) == 0)
    return key;

  return tc_key_choice_find_best (run->self->keys, config);
}

/* Finds the key of a run that is on and has none, or has an old one. */
static void
fetch_key (TcAccessRun *run)
{
  TcRunAccess *self = run->self;
  TcSessionConfig *config = tc_session_get_config (run->session);
  const TcApiKey *key = choose_key (run);
  Fetch *fetch;

  if (key == NULL && g_strcmp0 (config->provider, "qwen") == 0)
    {
      renew (run, NULL, NULL);
      return;
    }
  if (key == NULL)
    {
      retry_later (run, "There is none.");
      return;
    }
  fetch = g_new0 (Fetch, 1);
  fetch->self = g_object_ref (self);
  fetch->session_id = tc_session_get_id (run->session);
  fetch->key_id = key->id;
  tc_key_pool_look_up_async (self->keys, key->id, on_fetched, fetch);
}

static void
tell_removal (TcAccessRun *run,
              const char  *name)
{
  guint64 id = tc_session_get_id (run->session);
  g_autofree char *text = g_strdup_printf ("The key “%s” was removed. This run goes on with it to its end; "
                                           "“trainctl cancel %" G_GUINT64_FORMAT "” stops it.", name, id);

  g_signal_emit (run->self, problem_signal, 0, id, (int) TC_SEVERITY_WARNING, "key", text);
}

static void
update_runs (TcRunAccess *self,
             guint64      key_id,
             TcKeyNews    news)
{
  const TcApiKey *removed = tc_key_pool_lookup_removed (self->keys, key_id);
  g_autoptr(GPtrArray) runs = g_hash_table_get_values_as_ptr_array (self->runs);

  for (guint i = 0; i < runs->len; i++)
    {
      TcAccessRun *run = g_ptr_array_index (runs, i);
      gboolean uses_it = run->grant != NULL && run->grant->key_id == key_id;

      if (uses_it && news == TC_KEY_REMOVED)
        tell_removal (run, removed != NULL ? removed->name : "it used");
      else if ((uses_it && news == TC_KEY_REPLACED) || (run->grant == NULL && news != TC_KEY_REMOVED))
        fetch_key (run);
    }
}

/* Only what makes a difference to those that wait is news to them: otherwise
 * each try would bring about the next. */
static void
on_key_changed (TcKeyPool   *keys,
                guint64      id,
                guint        news,
                TcRunAccess *self)
{
  const TcApiKey *key = tc_key_pool_lookup (keys, id);
  gboolean is_usable = key != NULL && (key->state == TC_KEY_VALID || key->state == TC_KEY_UNVERIFIED);
  gboolean was_usable = g_hash_table_contains (self->usable, &id);

  if (is_usable)
    g_hash_table_add (self->usable, g_memdup2 (&id, sizeof id));
  else
    g_hash_table_remove (self->usable, &id);
  update_runs (self, id, news);
  if (news != TC_KEY_CHANGED)
    g_clear_pointer (&self->ollama, g_free);
  if (news != TC_KEY_CHANGED || is_usable != was_usable)
    tc_access_emit_changed (TC_ACCESS (self));
}

/* ---- The interface ---- */

static void
tc_run_access_resume (TcAccess  *access,
                      TcSession *session)
{
  TcRunAccess *self = TC_RUN_ACCESS (access);
  TcAccessRun *run;

  if (self->gateway == NULL || tc_provider_find (tc_session_get_config (session)->provider) == NULL)
    return;
  run = tc_run_access_add_run (self, session, NULL);
  run->is_resuming = TRUE;
  self->n_resuming++;
  fetch_key (run);
}

static void
tc_run_access_close (TcAccess  *access,
                     TcSession *session)
{
  TcRunAccess *self = TC_RUN_ACCESS (access);
  guint64 id = tc_session_get_id (session);
  TcAccessRun *run = find_run (self, id);

  if (self->gateway == NULL || tc_provider_find (tc_session_get_config (session)->provider) == NULL)
    return;
  tc_gateway_close_run (self->gateway, id);
  tc_key_pool_note_use (self->keys, id, 0);
  if (run == NULL)
    return;
  end_resuming (run);
  g_hash_table_remove (self->runs, &id);
}

static void
tc_run_access_iface_init (TcAccessInterface *iface)
{
  iface->dup_obstacle = tc_run_access_dup_obstacle;
  iface->open_async = tc_run_access_open_async;
  iface->open_finish = tc_run_access_open_finish;
  iface->resume = tc_run_access_resume;
  iface->close = tc_run_access_close;
}

static void
tc_run_access_dispose (GObject *object)
{
  TcRunAccess *self = TC_RUN_ACCESS (object);

  g_clear_pointer (&self->early, g_ptr_array_unref);
  g_clear_pointer (&self->runs, g_hash_table_unref);
  g_clear_pointer (&self->usable, g_hash_table_unref);
  g_clear_pointer (&self->unusable, g_hash_table_unref);
  g_clear_pointer (&self->ollama, g_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_object (&self->keys);
  g_clear_object (&self->catalogue);
  g_clear_object (&self->gateway);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (tc_run_access_parent_class)->dispose (object);
}

static void
tc_run_access_class_init (TcRunAccessClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_run_access_dispose;

  problem_signal = g_signal_new ("problem", TC_TYPE_RUN_ACCESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 4, G_TYPE_UINT64, G_TYPE_INT, G_TYPE_STRING,
                                 G_TYPE_STRING);
}

static void
tc_run_access_init (TcRunAccess *self)
{
  self->http = tc_http_new (HTTP_TIMEOUT_MS, HTTP_MAX_BYTES);
  self->runs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, run_free);
  self->usable = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->early = g_ptr_array_new_with_free_func (g_object_unref);
  self->unusable = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * tc_run_access_new:
 * @keys: the pool; may be loaded later, but before a run is resumed
 * @catalogue: the models
 * @gateway: (nullable): NULL when there is none; say why with
 *   tc_run_access_begin()
 *
 * Returns: (transfer full): access for a scheduler
 */
TcRunAccess *
tc_run_access_new (TcKeyPool   *keys,
                   TcCatalogue *catalogue,
                   TcGateway   *gateway)
{
  TcRunAccess *self = g_object_new (TC_TYPE_RUN_ACCESS, NULL);

  self->keys = g_object_ref (keys);
  self->catalogue = g_object_ref (catalogue);
  g_set_object (&self->gateway, gateway);
  g_signal_connect_object (keys, "changed", G_CALLBACK (on_key_changed), self, 0);

  return self;
}

/**
 * tc_run_access_begin:
 * @problem: (nullable): a sentence; NULL: the gateway listens
 */
void
tc_run_access_begin (TcRunAccess *self,
                     const char  *problem)
{
  g_autoptr(GPtrArray) early = NULL;

  g_return_if_fail (TC_IS_RUN_ACCESS (self));

  g_set_str (&self->problem, problem);
  early = g_steal_pointer (&self->early);
  for (guint i = 0; early != NULL && i < early->len; i++)
    tc_run_access_go_on (g_object_ref (g_ptr_array_index (early, i)));
}

/** tc_run_access_look_again: */
void
tc_run_access_look_again (TcRunAccess *self)
{
  g_return_if_fail (TC_IS_RUN_ACCESS (self));

  g_clear_pointer (&self->ollama, g_free);
  g_hash_table_remove_all (self->unusable);
  tc_access_emit_changed (TC_ACCESS (self));
}

/** tc_run_access_is_resuming: Returns: whether runs still wait for their first key */
gboolean
tc_run_access_is_resuming (TcRunAccess *self)
{
  g_return_val_if_fail (TC_IS_RUN_ACCESS (self), FALSE);

  return self->n_resuming > 0;
}

/**
 * tc_run_access_get_grant:
 *
 * Returns: (transfer none) (nullable): what the run of a session may use
 */
TcGrant *
tc_run_access_get_grant (TcRunAccess *self,
                         guint64      session_id)
{
  TcAccessRun *run;

  g_return_val_if_fail (TC_IS_RUN_ACCESS (self), NULL);

  run = find_run (self, session_id);

  return run != NULL ? run->grant : NULL;
}
