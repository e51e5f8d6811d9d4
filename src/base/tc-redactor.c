/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-redactor.h"

#include <string.h>

#include "tc-redactor-private.h"

/* Of a secret that is not kept, so much is, to find where it may begin: what all
 * keys to a provider begin with. */
#define KEPT_BYTES 4

#define DIGEST_BYTES 32
#define SALT_BYTES 16

typedef struct
{
  char     *bytes;    /* (owned), wiped when freed */
  gsize     n_bytes;
  gsize     length;   /* of the whole; more than n_bytes: the digest decides */
  guint8    digest[DIGEST_BYTES];
  gboolean  is_base64;
  gboolean  has_space;
} Pattern;

struct _TcRedactor
{
  gatomicrefcount ref_count;

  GRWLock    lock;        /* for what is looked for */
  GPtrArray *patterns;    /* (owned) (element-type Pattern), longest first */
  TcRedactorPairs pairs;  /* with what anything starts */
  gboolean   has_shapes;
  gsize      reach;       /* of the longest pattern, wrapped */
  guint8     salt[SALT_BYTES];

  GString   *held;        /* (owned) bytes that may be the start of a secret */
};

static void
pattern_free (gpointer data)
{
  Pattern *pattern = data;

  explicit_bzero (pattern->bytes, pattern->n_bytes);
  g_free (pattern->bytes);
  g_free (pattern);
}

static void
wipe (GString *string)
{
  explicit_bzero (string->str, string->allocated_len);
  g_string_free (string, TRUE);
}

/**
 * tc_redactor_new:
 *
 * Returns: (transfer full): a redactor that knows no secret yet
 */
TcRedactor *
tc_redactor_new (void)
{
  TcRedactor *self = g_new0 (TcRedactor, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_rw_lock_init (&self->lock);
  self->patterns = g_ptr_array_new_with_free_func (pattern_free);
  self->held = g_string_new (NULL);
  for (guint i = 0; i < SALT_BYTES; i += sizeof (guint32))
    {
      guint32 random = g_random_int ();

      memcpy (self->salt + i, &random, sizeof random);
    }

  return self;
}

/** tc_redactor_ref: Returns: (transfer full): the same, for one more owner */
TcRedactor *
tc_redactor_ref (TcRedactor *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * tc_redactor_free:
 * @self: (transfer full): a redactor
 *
 * The last of its owners wipes the secrets from memory.
 */
void
tc_redactor_free (TcRedactor *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->patterns);
  wipe (self->held);
  g_rw_lock_clear (&self->lock);
  g_free (self);
}

static int
compare_length (gconstpointer a,
                gconstpointer b)
{
  const Pattern *pattern_a = *(const Pattern *const *) a;
  const Pattern *pattern_b = *(const Pattern *const *) b;

  return (pattern_a->length < pattern_b->length) - (pattern_a->length > pattern_b->length);
}

static void
digest_text (TcRedactor *self,
             const char *text,
             gsize       length,
             guint8      digest[DIGEST_BYTES])
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n = DIGEST_BYTES;

  g_checksum_update (checksum, self->salt, SALT_BYTES);
  g_checksum_update (checksum, (const guchar *) text, (gssize) length);
  g_checksum_get_digest (checksum, digest, &n);
}

static gboolean
is_known (TcRedactor    *self,
          const Pattern *wanted)
{
  for (guint i = 0; i < self->patterns->len; i++)
    {
      const Pattern *pattern = g_ptr_array_index (self->patterns, i);

      if (pattern->length == wanted->length && pattern->n_bytes == wanted->n_bytes &&
          memcmp (pattern->bytes, wanted->bytes, wanted->n_bytes) == 0 &&
          memcmp (pattern->digest, wanted->digest, DIGEST_BYTES) == 0)
        return TRUE;
    }

  return FALSE;
}

/* What is taken on, and how. */
typedef struct
{
  const char *secret;
  gsize       length;
  gboolean    is_kept;
} Addition;

static void
add_pattern (TcRedactor     *self,
             const Addition *addition,
             const char     *bytes,
             gsize           length,
             gboolean        is_base64)
{
  Pattern *pattern = g_new0 (Pattern, 1);

  pattern->length = length;
  pattern->n_bytes = addition->is_kept ? length : MIN (KEPT_BYTES, MAX (1, length / 4));
  pattern->bytes = g_memdup2 (bytes, pattern->n_bytes);
  pattern->is_base64 = is_base64;
  if (!addition->is_kept)
    digest_text (self, bytes, length, pattern->digest);
  for (gsize i = 0; i < length; i++)
    pattern->has_space |= g_ascii_isspace (bytes[i]);
  if (is_known (self, pattern))
    {
      pattern_free (pattern);
      return;
    }
  tc_redactor_note_pair (&self->pairs, (guchar) bytes[0], pattern->n_bytes > 1 ? (guchar) bytes[1] : -1);
  if (is_base64)
    {
      tc_redactor_note_pair (&self->pairs, (guchar) bytes[0], '\n');
      tc_redactor_note_pair (&self->pairs, (guchar) bytes[0], '\r');
    }
  self->reach = MAX (self->reach, length + 2 * (length / TC_REDACTOR_MIN_LINE + 2));
  g_ptr_array_add (self->patterns, pattern);
}

/* Percent-encoding as encodeURIComponent() does it, in either case. */
static void
add_percent_encoded (TcRedactor     *self,
                     const Addition *addition,
                     const char     *digits)
{
  GString *encoded = g_string_sized_new (addition->length * 3);

  for (gsize i = 0; i < addition->length; i++)
    {
      guchar c = (guchar) addition->secret[i];

      if (g_ascii_isalnum (c) || (c != '\0' && strchr ("-_.~", c) != NULL))
        {
          g_string_append_c (encoded, (char) c);
        }
      else
        {
          g_string_append_c (encoded, '%');
          g_string_append_c (encoded, digits[c >> 4]);
          g_string_append_c (encoded, digits[c & 15]);
        }
    }

  add_pattern (self, addition, encoded->str, encoded->len, FALSE);
  wipe (encoded);
}

/* Inside a longer base64 text a secret looks different depending on how many
 * bytes stand before it, modulo three. Encodes it behind that many bytes and
 * takes the characters that depend on nothing but the secret. */
static void
add_base64 (TcRedactor     *self,
            const Addition *addition,
            guint           shift)
{
  gsize total = addition->length + shift;
  g_autofree guchar *padded = g_malloc0 (total);
  g_autofree char *encoded = NULL;
  gsize from = (shift * 8 + 5) / 6;
  gsize to = total * 8 / 6;

  memcpy (padded + shift, addition->secret, addition->length);
  encoded = g_base64_encode (padded, total);
  add_pattern (self, addition, encoded + from, to - from, TRUE);

  /* The variant for addresses. */
  for (gsize i = from; i < to; i++)
    {
      if (encoded[i] == '+')
        encoded[i] = '-';
      else if (encoded[i] == '/')
        encoded[i] = '_';
    }
  add_pattern (self, addition, encoded + from, to - from, TRUE);

  explicit_bzero (padded, total);
  explicit_bzero (encoded, strlen (encoded));
}

static gboolean
add_secret (TcRedactor *self,
            const char *secret,
            gssize      length,
            gboolean    is_kept)
{
  const Addition addition = { secret, length < 0 ? strlen (secret) : (gsize) length, is_kept };

  if (addition.length < TC_REDACTOR_MIN_SECRET)
    return FALSE;

  g_rw_lock_writer_lock (&self->lock);
  add_pattern (self, &addition, secret, addition.length, FALSE);
  add_percent_encoded (self, &addition, "0123456789ABCDEF");
  add_percent_encoded (self, &addition, "0123456789abcdef");
  for (guint shift = 0; shift < 3; shift++)
    add_base64 (self, &addition, shift);
  g_ptr_array_sort (self->patterns, compare_length);
  g_rw_lock_writer_unlock (&self->lock);

  return TRUE;
}

/**
 * tc_redactor_add_secret:
 * @self: a redactor
 * @secret: what must not be seen
 * @length: its length in bytes, or -1 if nul-terminated
 *
 * From now on @secret is masked, as it is, in base64 (also as part of a longer
 * text, also wrapped into lines) and percent-encoded. A secret shorter than
 * TC_REDACTOR_MIN_SECRET is not taken: masking it would make text unreadable and
 * protect nothing.
 *
 * Returns: whether it was taken
 */
gboolean
tc_redactor_add_secret (TcRedactor *self,
                        const char *secret,
                        gssize      length)
{
  g_return_val_if_fail (self != NULL && secret != NULL, FALSE);

  return add_secret (self, secret, length, TRUE);
}

/**
 * tc_redactor_add_digest:
 *
 * As tc_redactor_add_secret(), but of @secret nothing is kept but salted digests
 * and what it begins with: for a redactor that lives long. What begins in the
 * same way is held back until it is as long as the secret or has a space.
 *
 * Returns: whether it was taken
 */
gboolean
tc_redactor_add_digest (TcRedactor *self,
                        const char *secret,
                        gssize      length)
{
  g_return_val_if_fail (self != NULL && secret != NULL, FALSE);

  return add_secret (self, secret, length, FALSE);
}

/**
 * tc_redactor_add_shapes:
 *
 * From now on what looks like a key to a known provider is masked as well, as it
 * is and in base64.
 */
void
tc_redactor_add_shapes (TcRedactor *self)
{
  g_return_if_fail (self != NULL);

  g_rw_lock_writer_lock (&self->lock);
  self->has_shapes = TRUE;
  tc_redactor_note_shapes (&self->pairs);
  self->reach = MAX (self->reach, TC_REDACTOR_MAX_SHAPE * 2);
  g_rw_lock_writer_unlock (&self->lock);
}

static gboolean
has_digest (TcRedactor           *self,
            const Pattern        *pattern,
            const TcRedactorView *view,
            gsize                 length)
{
  GString *text;
  guint8 digest[DIGEST_BYTES];

  if (pattern->length == pattern->n_bytes)
    return TRUE;
  text = g_string_sized_new (length);
  for (gsize i = 0; i < length; i++)
    if (!pattern->is_base64 || (view->bytes[i] != '\n' && view->bytes[i] != '\r'))
      g_string_append_c (text, view->bytes[i]);
  digest_text (self, text->str, text->len, digest);
  wipe (text);

  return memcmp (digest, pattern->digest, DIGEST_BYTES) == 0;
}

/* Returns the length of what is at the start of @view, or 0. */
static gsize
match_pattern (TcRedactor     *self,
               const Pattern  *pattern,
               TcRedactorView *view)
{
  TcRedactorStep step = { 0 };

  for (gsize n = 0; n < pattern->length; n++)
    {
      char c;

      if (pattern->is_base64)
        tc_redactor_step_wrap (&step, view);
      if (step.at == view->length)
        {
          view->undecided |= view->end == TC_REDACTOR_MORE;
          return 0;
        }
      c = view->bytes[step.at];
      if (n < pattern->n_bytes ? c != pattern->bytes[n] : !pattern->has_space && g_ascii_isspace (c))
        return 0;
      step.at++;
      step.in_line++;
    }

  return has_digest (self, pattern, view, step.at) ? step.at : 0;
}

static inline gboolean
may_start (TcRedactor *self,
           const char *bytes,
           gsize       length)
{
  guchar first = (guchar) bytes[0];
  guchar second = length > 1 ? (guchar) bytes[1] : 0;

  return length == 1 || (self->pairs.bits[first][second >> 5] >> (second & 31) & 1) != 0;
}

/* Looks for a secret at the start of @view. Returns its length, or 0; the view
 * is undecided if more bytes could still make one of it. */
static gsize
match (TcRedactor     *self,
       TcRedactorView *view)
{
  gsize found = 0;

  /* The patterns come longest first, so the first one is the longest. */
  for (guint i = 0; i < self->patterns->len && found == 0 && !view->undecided; i++)
    found = match_pattern (self, g_ptr_array_index (self->patterns, i), view);
  if (self->has_shapes && !view->undecided)
    found = MAX (found, tc_redactor_match_shape (view));

  return view->undecided ? 0 : found;
}

static void
process (TcRedactor    *self,
         TcRedactorEnd  end,
         GString       *out)
{
  const char *bytes = self->held->str;
  gsize length = self->held->len;
  gsize copied = 0;
  gsize at = 0;

  g_rw_lock_reader_lock (&self->lock);
  while (at < length)
    {
      TcRedactorView view = { bytes + at, TC_REDACTOR_UNKNOWN, length - at, end, FALSE };
      gsize found = 0;

      if (may_start (self, bytes + at, length - at))
        found = match (self, &view);
      if (view.undecided)
        break;
      if (found == 0)
        {
          at++;
          continue;
        }

      g_string_append_len (out, bytes + copied, (gssize) (at - copied));
      g_string_append (out, TC_REDACTOR_MASK);
      at += found;
      copied = at;
    }
  g_rw_lock_reader_unlock (&self->lock);

  g_string_append_len (out, bytes + copied, (gssize) (at - copied));
  g_string_erase (self->held, 0, (gssize) at);
}

/**
 * tc_redactor_push:
 * @self: a redactor
 * @bytes: the next bytes
 * @length: how many
 * @out: where the masked bytes are appended
 */
void
tc_redactor_push (TcRedactor *self,
                  const char *bytes,
                  gsize       length,
                  GString    *out)
{
  g_return_if_fail (self != NULL && out != NULL);

  g_string_append_len (self->held, bytes, (gssize) length);
  process (self, TC_REDACTOR_MORE, out);
}

/**
 * tc_redactor_finish:
 * @self: a redactor
 * @out: where the rest is appended
 *
 * The stream has ended: what was held back is no whole secret.
 */
void
tc_redactor_finish (TcRedactor *self,
                    GString    *out)
{
  g_return_if_fail (self != NULL && out != NULL);

  process (self, TC_REDACTOR_END, out);
}

/**
 * tc_redactor_mask:
 * @self: a redactor, not in the middle of a stream
 * @text: a whole text
 *
 * Returns: (transfer full): @text with the secrets masked
 */
char *
tc_redactor_mask (TcRedactor *self,
                  const char *text)
{
  GString *out;

  g_return_val_if_fail (self != NULL && text != NULL, NULL);

  out = g_string_new (NULL);
  tc_redactor_push (self, text, strlen (text), out);
  tc_redactor_finish (self, out);

  return g_string_free_and_steal (out);
}

/**
 * tc_redactor_get_reach:
 *
 * Returns: how many bytes the longest of what is masked may take; a piece of a
 *   text is masked right if so many bytes before and behind it are there, too
 */
gsize
tc_redactor_get_reach (TcRedactor *self)
{
  gsize reach;

  g_return_val_if_fail (self != NULL, 0);

  g_rw_lock_reader_lock (&self->lock);
  reach = self->reach;
  g_rw_lock_reader_unlock (&self->lock);

  return reach;
}

/**
 * tc_redactor_mask_in_place:
 * @self: a redactor, also one in use in other threads
 * @bytes: (inout): a text, or a piece of one
 * @end: what comes behind it
 *
 * Puts TC_REDACTOR_FILL in the place of each byte of a secret, so that all others
 * stay where they are.
 *
 * Returns: how many bytes are masked as they will stay; less than @length only
 *   for TC_REDACTOR_MORE, when the rest may be the start of a secret
 */
gsize
tc_redactor_mask_in_place (TcRedactor    *self,
                           char          *bytes,
                           gsize          length,
                           TcRedactorEnd  end)
{
  g_autoptr(GArray) spans = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize end_of_last = 0;
  gsize at;

  g_return_val_if_fail (self != NULL && (bytes != NULL || length == 0), 0);

  g_rw_lock_reader_lock (&self->lock);
  for (at = 0; at < length; at++)
    {
      TcRedactorView view = { bytes + at, at, length - at, end, FALSE };
      gsize found = 0;

      if (may_start (self, bytes + at, length - at))
        found = match (self, &view);
      if (view.undecided)
        break;
      if (found == 0 || at + found <= end_of_last)
        continue;
      end_of_last = at + found;
      g_array_append_val (spans, at);
      g_array_append_val (spans, end_of_last);
    }
  g_rw_lock_reader_unlock (&self->lock);

  /* Only now, for one may begin within another. */
  for (guint i = 0; i + 1 < spans->len; i += 2)
    memset (bytes + g_array_index (spans, gsize, i), TC_REDACTOR_FILL,
            g_array_index (spans, gsize, i + 1) - g_array_index (spans, gsize, i));

  return at;
}

/**
 * tc_redactor_mask_text:
 * @text: (nullable): a whole text
 *
 * Returns: (transfer full) (nullable): @text with TC_REDACTOR_FILL in the place of
 *   each byte of a secret
 */
char *
tc_redactor_mask_text (TcRedactor *self,
                       const char *text)
{
  char *masked = g_strdup (text);

  if (masked != NULL)
    tc_redactor_mask_in_place (self, masked, strlen (masked), TC_REDACTOR_CUT);

  return masked;
}
