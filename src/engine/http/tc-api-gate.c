/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "tc-api-gate.h"

/* So many wrong tokens in so much time, and further wrong ones are told to
 * wait. The right one is always let in: guessing must not lock the owner out. */
#define FAILURES_MAX   20
#define FAILURE_WINDOW (10 * G_USEC_PER_SEC)

struct _TcApiGate
{
  gatomicrefcount ref_count;
  gboolean        is_tcp;
  guint16         port;
  char           *token;        /* (owned) (nullable) */
  TcApiGateFunc   is_known;     /* (nullable) instead of the token */
  gpointer        user_data;    /* of is_known */
  guint           n_failures;
  gint64          window_start; /* monotonic µs */
};

static TcApiGate *
gate_new (void)
{
  TcApiGate *self = g_new0 (TcApiGate, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

/**
 * tc_api_gate_new_unix:
 *
 * Returns: (transfer full): the gate of the Unix socket
 */
TcApiGate *
tc_api_gate_new_unix (void)
{
  return gate_new ();
}

/**
 * tc_api_gate_new_tcp:
 * @port: the port that a Host must name
 * @token: what a client must know
 *
 * Returns: (transfer full): the gate of a loopback port
 */
TcApiGate *
tc_api_gate_new_tcp (guint16     port,
                     const char *token)
{
  TcApiGate *self = gate_new ();

  g_return_val_if_fail (token != NULL && *token != 0, NULL);
  self->is_tcp = TRUE;
  self->port = port;
  self->token = g_strdup (token);
  return self;
}

/**
 * tc_api_gate_new_many:
 * @is_known: whether a request has a token that is known
 * @user_data: for it; must live as long as requests come
 *
 * Returns: (transfer full): the gate of a loopback port with many tokens; its
 *   port is set when it is known
 */
TcApiGate *
tc_api_gate_new_many (TcApiGateFunc is_known,
                      gpointer      user_data)
{
  TcApiGate *self = gate_new ();

  self->is_tcp = TRUE;
  self->is_known = is_known;
  self->user_data = user_data;
  return self;
}

/** tc_api_gate_ref: */
TcApiGate *
tc_api_gate_ref (TcApiGate *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/** tc_api_gate_unref: */
void
tc_api_gate_unref (TcApiGate *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->token != NULL)
    explicit_bzero (self->token, strlen (self->token));
  g_free (self->token);
  g_free (self);
}

/** tc_api_gate_is_tcp: */
gboolean
tc_api_gate_is_tcp (TcApiGate *self)
{
  return self->is_tcp;
}

/** tc_api_gate_get_port: Returns: 0 for the Unix socket */
guint16
tc_api_gate_get_port (TcApiGate *self)
{
  return self->port;
}

/** tc_api_gate_set_port: for a port the kernel chose after the gate was made */
void
tc_api_gate_set_port (TcApiGate *self,
                      guint16    port)
{
  self->port = port;
}

/** tc_api_gate_get_token: Returns: (nullable) */
const char *
tc_api_gate_get_token (TcApiGate *self)
{
  return self->token;
}

/**
 * tc_api_gate_make_token:
 *
 * Returns: (transfer full): 32 random bytes as 43 characters of base64url
 */
char *
tc_api_gate_make_token (void)
{
  guchar bytes[32];
  gsize filled = 0;
  char *text;

  while (filled < sizeof bytes)
    {
      gssize n = getrandom (bytes + filled, sizeof bytes - filled, 0);

      if (n > 0)
        filled += (gsize) n;
      else if (errno != EINTR)
        g_error ("The kernel has no random numbers: %s", g_strerror (errno));
    }

  text = g_base64_encode (bytes, sizeof bytes);
  explicit_bzero (bytes, sizeof bytes);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  *strchr (text, '=') = 0;
  return text;
}

/**
 * tc_api_gate_code_for:
 * @status: an HTTP error status
 *
 * Returns: the stable word that goes with it
 */
const char *
tc_api_gate_code_for (guint status)
{
  switch (status)
    {
    case 401:
      return "unauthorized";
    case 403:
      return "permission";
    case 405:
      return "method-not-allowed";
    case 408:
      return "timeout";
    case 413:
      return "too-large";
    case 415:
      return "unsupported-media-type";
    case 429:
      return "too-many-attempts";
    case 431:
      return "headers-too-large";
    case 505:
      return "unsupported-version";
    default:
      return "usage";
    }
}

static gboolean
refuse (TcApiRefusal *refusal,
        guint         status,
        const char   *message)
{
  *refusal = (TcApiRefusal) { status, tc_api_gate_code_for (status), message };
  return FALSE;
}

/* A page on a name that its owner points at 127.0.0.1 (DNS rebinding) sends
 * that name; only the loopback's own spellings with our port are ours. */
static gboolean
is_own_host (TcApiGate  *self,
             const char *host)
{
  static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };

  if (!self->is_tcp)
    return *host == 0 || g_ascii_strcasecmp (host, "localhost") == 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char own[32];

      g_snprintf (own, sizeof own, "%s:%u", names[i], self->port);
      if (g_ascii_strcasecmp (host, own) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_host (TcApiGate        *self,
            const TcHttpHead *head,
            TcApiRefusal     *refusal)
{
  if (tc_http_head_count (head, "Host") != 1)
    return refuse (refusal, 400, "Send exactly one Host header.");
  if (!is_own_host (self, tc_http_head_get (head, "Host")))
    return refuse (refusal, 403,
                   self->is_tcp ? "The Host must be 127.0.0.1, localhost or [::1] "
                                  "with the port of this server."
                                : "The Host must be localhost.");
  return TRUE;
}

/* Web pages have no business here, whatever page they are. Browsers say what
 * they are in these headers and let no script change them. */
static gboolean
check_browser (const TcHttpHead *head,
               TcApiRefusal     *refusal)
{
  const char *site = tc_http_head_get (head, "Sec-Fetch-Site");

  if (tc_http_head_count (head, "Origin") > 0)
    return refuse (refusal, 403, "Requests from web pages are not accepted.");
  if (tc_http_head_count (head, "Sec-Fetch-Site") > 1 ||
      (site != NULL && strcmp (site, "none") != 0))
    return refuse (refusal, 403, "Requests from web pages are not accepted.");
  if (strcmp (head->method, "OPTIONS") == 0)
    return refuse (refusal, 403, "There is no sharing with web pages to ask for.");
  return TRUE;
}

/* Takes the same time wherever the first difference is. Only the length can
 * be learnt from the time, and it is no secret. */
static gboolean
is_equal_secret (const char *given,
                 const char *secret)
{
  gsize length = strlen (secret);
  volatile guchar difference = 0;

  if (strlen (given) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    difference |= (guchar) (given[i] ^ secret[i]);
  return difference == 0;
}

static gboolean
has_token (TcApiGate        *self,
           const TcHttpHead *head)
{
  const char *value = tc_http_head_get (head, "Authorization");

  if (self->is_known != NULL)
    return self->is_known (head, self->user_data);
  return tc_http_head_count (head, "Authorization") == 1 &&
         g_ascii_strncasecmp (value, "Bearer ", 7) == 0 &&
         is_equal_secret (value + 7, self->token);
}

static gboolean
check_token (TcApiGate        *self,
             const TcHttpHead *head,
             gint64            now_us,
             TcApiRefusal     *refusal)
{
  if (!self->is_tcp || has_token (self, head))
    return TRUE;

  if (now_us - self->window_start > FAILURE_WINDOW)
    {
      self->window_start = now_us;
      self->n_failures = 0;
    }
  if (self->n_failures >= FAILURES_MAX)
    return refuse (refusal, 429, "Too many wrong tokens; wait ten seconds.");
  self->n_failures++;
  if (self->is_known != NULL)
    return refuse (refusal, 401, "This is not the token of a run that is on. A run's token is in "
                                 "its environment and ends with it.");
  return refuse (refusal, 401, "Send the token as “Authorization: Bearer TOKEN”; "
                               "“trainctl serve” shows it.");
}

/* A form or a text/plain body is what a web page can send without asking. */
static gboolean
check_content (const TcHttpHead *head,
               TcApiRefusal     *refusal)
{
  const char *type = tc_http_head_get (head, "Content-Type");
  g_autofree char *media = NULL;

  if (tc_http_head_count (head, "Content-Type") > 1)
    return refuse (refusal, 400, "Send one Content-Type.");
  if (tc_http_head_count (head, "Expect") > 0 &&
      g_ascii_strcasecmp (tc_http_head_get (head, "Expect"), "100-continue") != 0)
    return refuse (refusal, 400, "Only “Expect: 100-continue” is understood.");
  if (tc_http_head_count (head, "Content-Encoding") > 0)
    return refuse (refusal, 415, "Send the body without compression.");
  if (head->framing == TC_HTTP_FRAMING_NONE)
    return TRUE;

  media = g_strndup (type == NULL ? "" : type, type == NULL ? 0 : strcspn (type, ";"));
  if (g_ascii_strcasecmp (g_strstrip (media), "application/json") != 0)
    return refuse (refusal, 415, "Send the body as application/json.");
  return TRUE;
}

/**
 * tc_api_gate_check:
 * @self: the gate it came through
 * @head: the head of the request
 * @is_own_user: whether the kernel says that the peer is our user
 * @now_us: monotonic time
 * @refusal: (out): what to answer when it may not pass
 *
 * Returns: whether the request may pass
 */
gboolean
tc_api_gate_check (TcApiGate        *self,
                   const TcHttpHead *head,
                   gboolean          is_own_user,
                   gint64            now_us,
                   TcApiRefusal     *refusal)
{
  if (!is_own_user)
    return refuse (refusal, 403, "Only the user who runs the engine may talk to it.");

  return check_host (self, head, refusal) &&
         check_browser (head, refusal) &&
         check_token (self, head, now_us, refusal) &&
         check_content (head, refusal);
}
