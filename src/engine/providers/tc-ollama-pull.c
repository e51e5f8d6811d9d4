/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-ollama-pull.h"
#include "tc-ollama.h"
#include "tc-provider.h"
#include "tc-text.h"

#define CHUNK_BYTES 16384
#define LINE_MAX_BYTES (64 * 1024)
#define LAYERS_MAX 64
#define MODEL_MAX_BYTES 200
#define STATUS_MAX_BYTES 200

/* Checking the digest of many gigabytes takes minutes in which nothing is said. */
#define SILENCE_MAX_SECONDS 600

typedef struct
{
  gint64 total;
  gint64 completed;
} Layer;

struct _TcOllamaPull
{
  GObject       parent_instance;

  char         *base_url; /* (owned) (nullable) */
  char         *model;    /* (owned) */
  char         *status;   /* (owned) Ollama's words for what it does */
  char         *problem;  /* (owned) (nullable) Ollama's words for what went wrong */
  GHashTable   *layers;   /* (owned) digest → Layer */
  SoupSession  *session;  /* (owned) (nullable) */
  SoupMessage  *message;  /* (owned) (nullable) */
  GInputStream *stream;   /* (owned) (nullable) */
  GString      *line;     /* (owned) begun, not ended */
  gboolean      is_done;  /* Ollama said so */
  char          chunk[CHUNK_BYTES];
};

G_DEFINE_FINAL_TYPE (TcOllamaPull, tc_ollama_pull, G_TYPE_OBJECT)

enum
{
  SIGNAL_PROGRESS,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Ollama goes on until its client has hung up. */
static void
hang_up (TcOllamaPull *self)
{
  g_clear_object (&self->stream);
  g_clear_object (&self->message);
  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
}

static void
tc_ollama_pull_finalize (GObject *object)
{
  TcOllamaPull *self = TC_OLLAMA_PULL (object);

  hang_up (self);
  g_hash_table_unref (self->layers);
  g_string_free (self->line, TRUE);
  g_free (self->base_url);
  g_free (self->model);
  g_free (self->status);
  g_free (self->problem);

  G_OBJECT_CLASS (tc_ollama_pull_parent_class)->finalize (object);
}

static void
tc_ollama_pull_class_init (TcOllamaPullClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_ollama_pull_finalize;

  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", TC_TYPE_OLLAMA_PULL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 0);
}

static void
tc_ollama_pull_init (TcOllamaPull *self)
{
  self->layers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->line = g_string_new (NULL);
  self->status = g_strdup ("asking");
}

/**
 * tc_ollama_check_model:
 * @error: TC_ERROR_USAGE with a sentence
 *
 * Returns: whether it can be the name of a model in Ollama
 */
gboolean
tc_ollama_check_model (const char  *model,
                       GError     **error)
{
  gsize length = strlen (model);
  gsize good = strspn (model, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-:/");

  if (length > 0 && length <= MODEL_MAX_BYTES && good == length && g_ascii_isalnum (model[0]) &&
      strstr (model, "..") == NULL)
    return TRUE;
  g_set_error_literal (error, TC_ERROR, TC_ERROR_USAGE,
                       "A model of Ollama is named as at https://ollama.com/library, such as qwen3:8b.");

  return FALSE;
}

/**
 * tc_ollama_pull_new:
 * @base_url: (nullable): where Ollama is; NULL for the usual place
 * @model: passed tc_ollama_check_model()
 *
 * Returns: (transfer full): a pull that has not begun
 */
TcOllamaPull *
tc_ollama_pull_new (const char *base_url,
                    const char *model)
{
  TcOllamaPull *self = g_object_new (TC_TYPE_OLLAMA_PULL, NULL);

  self->base_url = g_strdup (base_url);
  self->model = g_strdup (model);

  return self;
}

/* What Ollama says about its troubles, for those who do not know it. */
static GError *
create_problem (TcOllamaPull *self)
{
  static const struct
  {
    const char *part;
    TcError     code;
    const char *words;
  } known[] = {
    { "no space left", TC_ERROR_NO_SPACE, "The disk on which Ollama keeps its models is full. Make room and pull again." },
    { "disk quota", TC_ERROR_NO_SPACE, "The quota of the disk on which Ollama keeps its models is used up." },
    { "file does not exist", TC_ERROR_NOT_FOUND, "There is no such model at ollama.com; look at its name and tag." },
    { "not found", TC_ERROR_NOT_FOUND, "There is no such model at ollama.com; look at its name and tag." },
    { "invalid model name", TC_ERROR_NOT_FOUND, "There is no such model at ollama.com; look at its name and tag." },
    { "newer version", TC_ERROR_UNAVAILABLE, "This model needs a newer Ollama than the one that runs here." },
    { "no such host", TC_ERROR_UNAVAILABLE, "Ollama does not reach the network. Look at it and pull again." },
    { "lookup ", TC_ERROR_UNAVAILABLE, "Ollama does not reach the network. Look at it and pull again." },
    { "dial tcp", TC_ERROR_UNAVAILABLE, "Ollama does not reach its registry. Look at the network and pull again." },
    { "timeout", TC_ERROR_UNAVAILABLE, "Ollama's registry does not answer in time. Pull again; what came so far is kept." },
    { "unexpected EOF", TC_ERROR_UNAVAILABLE, "The transfer broke off. Pull again; what came so far is kept." },
    { "max retries", TC_ERROR_UNAVAILABLE, "The transfer broke off. Pull again; what came so far is kept." },
    { "digest mismatch", TC_ERROR_CORRUPT, "What came is damaged. Pull again." },
    { "permission denied", TC_ERROR_PERMISSION, "Ollama may not write where it keeps its models." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (strstr (self->problem, known[i].part) != NULL)
        return g_error_new (TC_ERROR, known[i].code, "%s (Ollama: %s)", known[i].words, self->problem);
    }

  return g_error_new (TC_ERROR, TC_ERROR_FAILED, "Ollama could not pull %s: %s", self->model, self->problem);
}

static void
read_layer (TcOllamaPull *self,
            JsonObject   *object)
{
  const char *digest = tc_json_get_string (object, "digest", "");
  gint64 total = tc_json_get_int (object, "total", 0);
  gint64 completed = tc_json_get_int (object, "completed", 0);
  Layer *layer = g_hash_table_lookup (self->layers, digest);

  if (digest[0] == '\0' || strlen (digest) > STATUS_MAX_BYTES || total <= 0 || total > G_MAXINT64 / LAYERS_MAX)
    return;
  if (layer == NULL)
    {
      if (g_hash_table_size (self->layers) >= LAYERS_MAX)
        return;
      layer = g_new0 (Layer, 1);
      g_hash_table_insert (self->layers, g_strdup (digest), layer);
    }
  layer->total = total;
  layer->completed = CLAMP (completed, 0, total);
}

/* An answer that is no success may hold an error alone, or nothing we know. */
static void
read_line (TcOllamaPull *self,
           const char   *text,
           gsize         length)
{
  g_autoptr(JsonObject) object = tc_json_parse_object (text, (gssize) length, TC_JSON_DEFAULT, NULL);
  const char *status = tc_json_get_string (object, "status", NULL);
  const char *problem = tc_json_get_string (object, "error", NULL);

  if (problem != NULL && self->problem == NULL)
    self->problem = tc_text_sanitize (problem, -1, 2 * STATUS_MAX_BYTES, TC_TEXT_SINGLE_LINE);
  if (status == NULL)
    return;
  g_free (self->status);
  self->status = tc_text_sanitize (status, -1, STATUS_MAX_BYTES, TC_TEXT_SINGLE_LINE);
  self->is_done = self->is_done || strcmp (status, "success") == 0;
  read_layer (self, object);
}

/* Whether the lines are of a length that makes sense. */
static gboolean
take_bytes (TcOllamaPull *self,
            const char   *bytes,
            gsize         length)
{
  const char *end;

  while ((end = memchr (bytes, '\n', length)) != NULL)
    {
      gsize n = (gsize) (end - bytes);

      g_string_append_len (self->line, bytes, (gssize) n);
      if (self->line->len > LINE_MAX_BYTES)
        return FALSE;
      read_line (self, self->line->str, self->line->len);
      g_string_truncate (self->line, 0);
      bytes = end + 1;
      length -= n + 1;
    }
  g_string_append_len (self->line, bytes, (gssize) length);

  return self->line->len <= LINE_MAX_BYTES;
}

/* @reason: (transfer full) */
static void
fail (GTask  *task,
      GError *reason)
{
  TcOllamaPull *self = g_task_get_source_object (task);

  gboolean had_answer = self->stream != NULL;

  hang_up (self);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, reason);
      return;
    }
  if (had_answer)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                             "The connection to Ollama broke off. Pull again; what came so far is kept.");
  else
    {
      g_autoptr(GError) plain = g_error_new_literal (TC_ERROR, TC_ERROR_UNAVAILABLE, "Nobody answers there.");
      g_autofree char *text = tc_ollama_dup_absence (self->base_url, plain);

      g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE, "%s", text);
    }
  g_error_free (reason);
}

static void
end (GTask *task)
{
  TcOllamaPull *self = g_task_get_source_object (task);
  guint status = soup_message_get_status (self->message);

  hang_up (self);
  if (self->line->len > 0)
    read_line (self, self->line->str, self->line->len);
  if (self->problem != NULL)
    g_task_return_error (task, create_problem (self));
  else if (status != SOUP_STATUS_OK)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                             "What answers there is not Ollama, or not well: it gave the error %u.", status);
  else if (!self->is_done)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                             "The transfer broke off. Pull again; what came so far is kept.");
  else
    g_task_return_boolean (task, TRUE);
}

static void read_more (GTask *task);

static void
on_read (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcOllamaPull *self = g_task_get_source_object (task);
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error);

  if (n < 0)
    fail (task, error);
  else if (n == 0)
    end (task);
  else if (!take_bytes (self, self->chunk, (gsize) n))
    {
      hang_up (self);
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID, "What answers there does not talk like Ollama.");
    }
  else
    {
      g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
      read_more (g_steal_pointer (&task));
    }
}

/* @task: (transfer full) */
static void
read_more (GTask *task)
{
  TcOllamaPull *self = g_task_get_source_object (task);

  g_input_stream_read_async (self->stream, self->chunk, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                             g_task_get_cancellable (task), on_read, task);
}

static void
on_sent (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcOllamaPull *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (self->stream == NULL)
    fail (task, error);
  else
    read_more (g_steal_pointer (&task));
}

static SoupMessage *
create_message (TcOllamaPull *self)
{
  g_autofree char *url = tc_provider_build_url (tc_provider_get (TC_PROVIDER_QWEN), self->base_url, "/api/pull");
  g_autoptr(JsonObject) body = json_object_new ();
  g_autoptr(GBytes) bytes = NULL;
  SoupMessage *message = soup_message_new (SOUP_METHOD_POST, url);
  char *text;

  if (message == NULL)
    return NULL;
  json_object_set_string_member (body, "model", self->model);
  json_object_set_boolean_member (body, "stream", TRUE);
  text = tc_json_object_to_string (body, FALSE);
  bytes = g_bytes_new_take (text, strlen (text));
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Accept-Encoding", "identity");
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);

  return message;
}

/**
 * tc_ollama_pull_run_async:
 *
 * Lets Ollama fetch the model; once an object. To cancel it makes Ollama stop.
 */
void
tc_ollama_pull_run_async (TcOllamaPull        *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_ollama_pull_run_async);
  g_return_if_fail (TC_IS_OLLAMA_PULL (self) && self->session == NULL && !self->is_done);

  self->message = create_message (self);
  if (self->message == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID, "The address of Ollama makes no sense.");
      g_object_unref (task);
      return;
    }
  self->session = soup_session_new_with_options ("user-agent", "TrainingCenter/" TC_VERSION,
                                                 "timeout", SILENCE_MAX_SECONDS, NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_send_async (self->session, self->message, G_PRIORITY_DEFAULT, cancellable, on_sent, task);
}

/**
 * tc_ollama_pull_run_finish:
 * @error: G_IO_ERROR_CANCELLED; TC_ERROR with a sentence: NOT_FOUND no such
 *   model, NO_SPACE, UNAVAILABLE, CORRUPT, PERMISSION, INVALID, FAILED
 *
 * Returns: whether Ollama has the model now
 */
gboolean
tc_ollama_pull_run_finish (TcOllamaPull  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/** tc_ollama_pull_get_model: Returns: (transfer none): its name */
const char *
tc_ollama_pull_get_model (TcOllamaPull *self)
{
  return self->model;
}

/** tc_ollama_pull_get_status: Returns: (transfer none): what Ollama says it does */
const char *
tc_ollama_pull_get_status (TcOllamaPull *self)
{
  return self->status;
}

static gint64
sum (TcOllamaPull *self,
     gboolean      is_total)
{
  GHashTableIter iter;
  gpointer layer;
  gint64 bytes = 0;

  g_hash_table_iter_init (&iter, self->layers);
  while (g_hash_table_iter_next (&iter, NULL, &layer))
    bytes += is_total ? ((Layer *) layer)->total : ((Layer *) layer)->completed;

  return bytes;
}

/** tc_ollama_pull_get_completed: Returns: bytes that have come */
gint64
tc_ollama_pull_get_completed (TcOllamaPull *self)
{
  return sum (self, FALSE);
}

/** tc_ollama_pull_get_total: Returns: bytes of what is known to come; 0: not known yet */
gint64
tc_ollama_pull_get_total (TcOllamaPull *self)
{
  return sum (self, TRUE);
}
