/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-redactor.h"

#include <string.h>

typedef struct
{
  char  *bytes;   /* (owned), wiped when freed */
  gsize  length;
} Pattern;

struct _TcRedactor
{
  GPtrArray *patterns;    /* (owned) (element-type Pattern), longest first */
  gboolean   first[256];  /* whether any pattern starts with this byte */
  GString   *held;        /* (owned) bytes that may be the start of a secret */
};

static void
pattern_free (gpointer data)
{
  Pattern *pattern = data;

  explicit_bzero (pattern->bytes, pattern->length);
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

  self->patterns = g_ptr_array_new_with_free_func (pattern_free);
  self->held = g_string_new (NULL);

  return self;
}

/**
 * tc_redactor_free:
 * @self: (transfer full): a redactor
 *
 * Wipes the secrets from memory.
 */
void
tc_redactor_free (TcRedactor *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->patterns);
  wipe (self->held);
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
add_pattern (TcRedactor *self,
             const char *bytes,
             gsize       length)
{
  Pattern *pattern;

  for (guint i = 0; i < self->patterns->len; i++)
    {
      pattern = g_ptr_array_index (self->patterns, i);
      if (pattern->length == length && memcmp (pattern->bytes, bytes, length) == 0)
        return;
    }

  pattern = g_new0 (Pattern, 1);
  pattern->bytes = g_memdup2 (bytes, length);
  pattern->length = length;
  self->first[(guchar) bytes[0]] = TRUE;
  g_ptr_array_add (self->patterns, pattern);
}

/* Percent-encoding as encodeURIComponent() does it, in either case. */
static void
add_percent_encoded (TcRedactor *self,
                     const char *secret,
                     gsize       length,
                     const char *digits)
{
  GString *encoded = g_string_sized_new (length * 3);

  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar) secret[i];

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

  add_pattern (self, encoded->str, encoded->len);
  wipe (encoded);
}

/* Inside a longer base64 text a secret looks different depending on how many
 * bytes stand before it, modulo three. Encodes it behind that many bytes and
 * takes the characters that depend on nothing but the secret. */
static void
add_base64 (TcRedactor *self,
            const char *secret,
            gsize       length,
            guint       shift)
{
  gsize total = length + shift;
  g_autofree guchar *padded = g_malloc0 (total);
  g_autofree char *encoded = NULL;
  gsize from = (shift * 8 + 5) / 6;
  gsize to = total * 8 / 6;

  memcpy (padded + shift, secret, length);
  encoded = g_base64_encode (padded, total);
  add_pattern (self, encoded + from, to - from);

  /* The variant for addresses. */
  for (gsize i = from; i < to; i++)
    {
      if (encoded[i] == '+')
        encoded[i] = '-';
      else if (encoded[i] == '/')
        encoded[i] = '_';
    }
  add_pattern (self, encoded + from, to - from);

  explicit_bzero (padded, total);
  explicit_bzero (encoded, strlen (encoded));
}

/**
 * tc_redactor_add_secret:
 * @self: a redactor
 * @secret: what must not be seen
 * @length: its length in bytes, or -1 if nul-terminated
 *
 * From now on @secret is masked, as it is, in base64 (also as part of a longer
 * text) and percent-encoded. A secret shorter than TC_REDACTOR_MIN_SECRET is
 * not taken: masking it would make text unreadable and protect nothing.
 *
 * Returns: whether it was taken
 */
gboolean
tc_redactor_add_secret (TcRedactor *self,
                        const char *secret,
                        gssize      length)
{
  gsize size;

  g_return_val_if_fail (self != NULL && secret != NULL, FALSE);

  size = length < 0 ? strlen (secret) : (gsize) length;
  if (size < TC_REDACTOR_MIN_SECRET)
    return FALSE;

  add_pattern (self, secret, size);
  add_percent_encoded (self, secret, size, "0123456789ABCDEF");
  add_percent_encoded (self, secret, size, "0123456789abcdef");
  for (guint shift = 0; shift < 3; shift++)
    add_base64 (self, secret, size, shift);

  g_ptr_array_sort (self->patterns, compare_length);

  return TRUE;
}

/* Looks for a secret at bytes. Returns its length, or 0; undecided is set if
 * more bytes could still make one of it. At the end of the stream no more
 * come. */
static gsize
match (TcRedactor *self,
       const char *bytes,
       gsize       length,
       gboolean    is_final,
       gboolean   *undecided)
{
  for (guint i = 0; i < self->patterns->len; i++)
    {
      const Pattern *pattern = g_ptr_array_index (self->patterns, i);

      if (memcmp (bytes, pattern->bytes, MIN (length, pattern->length)) != 0)
        continue;

      /* The patterns come longest first, so this is the longest possible. */
      if (pattern->length <= length)
        return pattern->length;

      if (!is_final)
        {
          *undecided = TRUE;
          return 0;
        }
    }

  return 0;
}

static void
process (TcRedactor *self,
         gboolean    is_final,
         GString    *out)
{
  const char *bytes = self->held->str;
  gsize length = self->held->len;
  gsize copied = 0;
  gsize at = 0;

  while (at < length)
    {
      gboolean undecided = FALSE;
      gsize found = 0;

      if (self->first[(guchar) bytes[at]])
        found = match (self, bytes + at, length - at, is_final, &undecided);
      if (undecided)
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
  process (self, FALSE, out);
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

  process (self, TRUE, out);
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
