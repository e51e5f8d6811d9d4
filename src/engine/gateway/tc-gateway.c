/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-gateway-private.h"

/* Longer than any token, and than what is worth hashing. */
/* What is held for a client that takes nothing is money that others cannot use. */
#define STALL_US (60 * G_TIME_SPAN_SECOND)

#define TOKEN_MAX 128

#define RUN_PREFIX "/run/"

enum
{
  SIGNAL_PROBLEM,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcGateway, tc_gateway, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static char *
hash_token (const char *token,
            gsize       length)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) token, length);
}

/* The table is keyed by hashes: how long a look-up takes tells nothing about
 * the tokens. */
static TcGrant *
look_up (TcGateway  *self,
         const char *token,
         gsize       length)
{
  g_autofree char *hash = NULL;

  if (length == 0 || length > TOKEN_MAX)
    return NULL;
  hash = hash_token (token, length);
  return g_hash_table_lookup (self->grants, hash);
}

static TcGrant *
look_up_header (TcGateway        *self,
                const TcHttpHead *head)
{
  const char *bearer = tc_http_head_get (head, "Authorization");
  const char *key = tc_http_head_get (head, "x-api-key");
  TcGrant *grant = NULL;

  if (tc_http_head_count (head, "Authorization") > 1 || tc_http_head_count (head, "x-api-key") > 1)
    return NULL;
  if (bearer != NULL && g_ascii_strncasecmp (bearer, "Bearer ", 7) == 0)
    grant = look_up (self, bearer + 7, strlen (bearer + 7));
  if (grant == NULL && key != NULL)
    grant = look_up (self, key, strlen (key));
  return grant;
}

/**
 * tc_gateway_find_grant:
 * @head: of a request
 * @path: (out): its path without the token
 *
 * Returns: (transfer none) (nullable): what it may use
 */
TcGrant *
tc_gateway_find_grant (TcGateway         *self,
                       const TcHttpHead  *head,
                       const char       **path)
{
  const char *token, *end;

  *path = head->target;
  if (!g_str_has_prefix (head->target, RUN_PREFIX))
    return look_up_header (self, head);

  token = head->target + strlen (RUN_PREFIX);
  end = token + strcspn (token, "/?");
  *path = *end == '/' ? end : "/";
  return look_up (self, token, (gsize) (end - token));
}

/** tc_gateway_is_known: what the gate asks; a wrong token is put down in the book */
gboolean
tc_gateway_is_known (const TcHttpHead *head,
                     gpointer          user_data)
{
  TcGateway *self = user_data;
  const char *path;

  if (tc_gateway_find_grant (self, head, &path) != NULL)
    return TRUE;
  tc_ledger_note_refusal (self->ledger, 0, 401, "Not the token of a run that is on.");
  return FALSE;
}

/**
 * tc_gateway_report:
 * @kind: a stable word; each is told once for a session
 *
 * Tells whoever listens about a problem.
 */
void
tc_gateway_report (TcGateway  *self,
                   guint64     session_id,
                   TcSeverity  severity,
                   const char *kind,
                   const char *text)
{
  char *key = g_strdup_printf ("%" G_GUINT64_FORMAT ":%s", session_id, kind);

  if (g_hash_table_add (self->told, key))
    g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, session_id, severity, kind, text);
}

static void
tc_gateway_dispose (GObject *object)
{
  TcGateway *self = TC_GATEWAY (object);

  tc_gateway_shutdown (self);

  G_OBJECT_CLASS (tc_gateway_parent_class)->dispose (object);
}

static void
tc_gateway_finalize (GObject *object)
{
  TcGateway *self = TC_GATEWAY (object);

  g_hash_table_unref (self->grants);
  g_hash_table_unref (self->told);
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->sources);
  tc_upstream_free (self->upstream);
  tc_api_gate_unref (self->gate);
  g_object_unref (self->ledger);
  tc_clock_unref (self->clock);

  G_OBJECT_CLASS (tc_gateway_parent_class)->finalize (object);
}

static void
tc_gateway_class_init (TcGatewayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_gateway_dispose;
  object_class->finalize = tc_gateway_finalize;

  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", TC_TYPE_GATEWAY, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_UINT64,
                                          G_TYPE_INT, G_TYPE_STRING, G_TYPE_STRING);
}

static void
tc_gateway_init (TcGateway *self)
{
  self->grants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) tc_grant_unref);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);
  g_queue_init (&self->exchanges);
  g_queue_init (&self->conns);
  self->upstream = tc_upstream_new ();
  self->stall_us = STALL_US;
  self->gate = tc_api_gate_new_many (tc_gateway_is_known, self);
}

/**
 * tc_gateway_new:
 * @ledger: the book
 * @clock: the time
 *
 * Returns: (transfer full): a gateway that does not listen yet
 */
TcGateway *
tc_gateway_new (TcLedger *ledger,
                TcClock  *clock)
{
  TcGateway *self = g_object_new (TC_TYPE_GATEWAY, NULL);

  self->ledger = g_object_ref (ledger);
  self->clock = tc_clock_ref (clock);
  return self;
}

/**
 * tc_gateway_set_stall:
 * @stall_ms: a minute, unless it is set
 *
 * How long a client may take nothing of its answer before the connection is cut
 * and the call settled. For connections that are made from now on.
 */
void
tc_gateway_set_stall (TcGateway *self,
                      guint      stall_ms)
{
  g_return_if_fail (TC_IS_GATEWAY (self));

  self->stall_us = stall_ms * G_GINT64_CONSTANT (1000);
}

/**
 * tc_gateway_listen:
 * @wanted_port: that of the engine before, so that its runs find the way; 0: any
 * @error: TC_ERROR_UNAVAILABLE when there is no loopback interface
 *
 * Opens the way in. If @wanted_port is taken by another program it is any other.
 *
 * Returns: whether it listens
 */
gboolean
tc_gateway_listen (TcGateway  *self,
                   guint16     wanted_port,
                   GError    **error)
{
  g_return_val_if_fail (TC_IS_GATEWAY (self) && self->sockets->len == 0, FALSE);

  return tc_gateway_bind (self, wanted_port, error);
}

/** tc_gateway_get_port: Returns: 0 when it does not listen */
guint16
tc_gateway_get_port (TcGateway *self)
{
  g_return_val_if_fail (TC_IS_GATEWAY (self), 0);

  return self->port;
}

/**
 * tc_gateway_shutdown:
 *
 * Closes the way in and cuts off what is on it. What was asked already is paid
 * for as far as it is known.
 */
void
tc_gateway_shutdown (TcGateway *self)
{
  g_return_if_fail (TC_IS_GATEWAY (self));

  tc_gateway_cancel_exchanges (self, 0);
  tc_gateway_unbind (self);
  g_hash_table_remove_all (self->grants);
}

static gboolean
is_of_session (gpointer key,
               gpointer value,
               gpointer user_data)
{
  return ((TcGrant *) value)->session_id == *(guint64 *) user_data;
}

static gboolean
is_told_of_session (gpointer key,
                    gpointer value,
                    gpointer user_data)
{
  return g_ascii_strtoull (key, NULL, 10) == *(guint64 *) user_data;
}

/**
 * tc_gateway_open_run:
 * @grant: what the run may use; a reference is kept until the run is closed
 *
 * Opens the way for a run. An earlier one of the same session is closed.
 *
 * Returns: (transfer full): the token; wipe it when it has been handed over
 */
char *
tc_gateway_open_run (TcGateway *self,
                     TcGrant   *grant)
{
  g_autofree char *hash = NULL;
  char *token;

  g_return_val_if_fail (TC_IS_GATEWAY (self), NULL);

  tc_gateway_close_run (self, grant->session_id);
  token = tc_api_gate_make_token ();
  hash = hash_token (token, strlen (token));
  tc_ledger_save_token (self->ledger, grant->session_id, grant->attempt, hash, grant->key_id);
  g_hash_table_replace (self->grants, g_steal_pointer (&hash), tc_grant_ref (grant));
  return token;
}

/**
 * tc_gateway_resume_run:
 *
 * Opens the way again for a run that an earlier engine opened it for; the run
 * has its token.
 *
 * Returns: whether the book knows of it
 */
gboolean
tc_gateway_resume_run (TcGateway *self,
                       TcGrant   *grant)
{
  char *hash;

  g_return_val_if_fail (TC_IS_GATEWAY (self), FALSE);

  hash = tc_ledger_dup_token (self->ledger, grant->session_id, grant->attempt);
  if (hash == NULL)
    return FALSE;
  if (tc_gateway_get_run_key (self, grant->session_id, grant->attempt) != grant->key_id)
    tc_ledger_save_token (self->ledger, grant->session_id, grant->attempt, hash, grant->key_id);
  g_hash_table_replace (self->grants, hash, tc_grant_ref (grant));
  return TRUE;
}

/**
 * tc_gateway_get_run_key:
 *
 * Returns: the key a run was given last, maybe by an earlier engine; 0: none
 */
guint64
tc_gateway_get_run_key (TcGateway *self,
                        guint64    session_id,
                        guint      attempt)
{
  g_return_val_if_fail (TC_IS_GATEWAY (self), 0);

  return tc_ledger_get_token_key (self->ledger, session_id, attempt);
}

/**
 * tc_gateway_close_run:
 *
 * The session's token is worth nothing any more, and what it asks is cut off.
 */
void
tc_gateway_close_run (TcGateway *self,
                      guint64    session_id)
{
  g_return_if_fail (TC_IS_GATEWAY (self) && session_id != 0);

  g_hash_table_foreach_remove (self->grants, is_of_session, &session_id);
  g_hash_table_foreach_remove (self->told, is_told_of_session, &session_id);
  tc_ledger_drop_tokens (self->ledger, session_id);
  tc_gateway_cancel_exchanges (self, session_id);
}

/* What is there for other addresses stays. */
static char *
extend_no_proxy (const char *name)
{
  const char *before = g_getenv (name);

  return g_strdup_printf ("%s=%s%s127.0.0.1,localhost", name, before != NULL ? before : "",
                          before != NULL && *before != 0 ? "," : "");
}

/**
 * tc_gateway_dup_environment:
 * @token: of the run
 *
 * Returns: (transfer full): "NAME=VALUE" for the run, which lead the usual
 *   clients here
 */
GStrv
tc_gateway_dup_environment (TcGateway  *self,
                            const char *token)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint port = self->port;

  g_strv_builder_take (builder, g_strdup_printf ("OPENAI_BASE_URL=http://127.0.0.1:%u/v1", port));
  g_strv_builder_take (builder, g_strdup_printf ("OPENAI_API_KEY=%s", token));
  g_strv_builder_take (builder, g_strdup_printf ("ANTHROPIC_BASE_URL=http://127.0.0.1:%u", port));
  g_strv_builder_take (builder, g_strdup_printf ("ANTHROPIC_API_KEY=%s", token));
  g_strv_builder_take (builder, g_strdup_printf ("XAI_BASE_URL=http://127.0.0.1:%u/v1", port));
  g_strv_builder_take (builder, g_strdup_printf ("XAI_API_KEY=%s", token));
  g_strv_builder_take (builder, g_strdup_printf ("OLLAMA_HOST=http://127.0.0.1:%u" RUN_PREFIX "%s",
                                                 port, token));
  g_strv_builder_take (builder, g_strdup_printf ("OLLAMA_API_KEY=%s", token));
  g_strv_builder_take (builder, extend_no_proxy ("NO_PROXY"));
  g_strv_builder_take (builder, extend_no_proxy ("no_proxy"));
  return g_strv_builder_end (builder);
}
