/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A stream is lines with JSON in them, of events or alone. Of the strings in it
 * those that hold a piece of a longer text are put together by name and number;
 * all other bytes are looked at as they stand. Each of these texts has a seeker,
 * which knows how much of the key its end is, and where in the stream that lies. */

#include "config.h"

#include <string.h>

#include "tc-gateway-mask.h"
#include "tc-redactor.h"

/* What waits for the rest of a key at most; it is no key then. */
#define HELD_MAX 32768
/* Texts that grow side by side, as the answers when several were asked for. */
#define MAX_TEXTS 32
#define MAX_NAME 20

/* What becomes of a byte that waits. */
enum { KEEP, DROP, REPLACE };

/* A character of the key in the stream. */
typedef struct
{
  guint64 at;
  guint8  length; /* 1, or more of an escape */
} Place;

typedef struct
{
  char     name[MAX_NAME + 1]; /* of the member; "": what is in none of them */
  guint64  number;             /* of the choice, block or call */
  gsize    n_found;            /* so much of the key is at the end */
  Place   *places;             /* (owned) of that */
} Seeker;

struct _TcGatewayMask
{
  char       *secret;    /* (owned), wiped when freed */
  gsize       length;
  gsize      *borders;   /* (owned) of each beginning: the longest that it ends with as well */
  GArray     *texts;     /* (owned) (element-type Seeker) */
  Seeker      other;     /* outside of texts */

  GString    *held;      /* (owned) what waits */
  GByteArray *fates;     /* (owned) of each of these bytes */
  guint64     begin;     /* of what waits, in the stream */

  GString    *line;      /* (owned) how the line began */
  char        string[MAX_NAME + 1]; /* the last outside of texts, if short */
  gsize       string_length;
  char        name[MAX_NAME + 1]; /* of the member that comes now */
  guint64     number;    /* made of each "index" in the line so far */
  gboolean    is_number; /* in the value of one */
  gboolean    is_string;
  int         text;      /* of the texts, the one the string is of; -1: none */
  char        escape[7]; /* what has come of it */
  gsize       n_escape;
};

/* The members with pieces of a longer text, in all three formats. */
static const char *const text_names[] = {
  "content", "text", "thinking", "reasoning", "reasoning_content", "refusal", "arguments", "partial_json", NULL,
};

static void
clear_seeker (gpointer data)
{
  g_clear_pointer (&((Seeker *) data)->places, g_free);
}

/**
 * tc_gateway_mask_new:
 * @secret: the key, copied
 * @length: in bytes, more than none
 *
 * Returns: (transfer full): a mask for one stream
 */
TcGatewayMask *
tc_gateway_mask_new (const char *secret,
                     gsize       length)
{
  TcGatewayMask *self = g_new0 (TcGatewayMask, 1);
  gsize border = 0;

  self->secret = g_strndup (secret, length);
  self->length = length;
  self->borders = g_new0 (gsize, length + 1);
  for (gsize i = 1; i < length; i++)
    {
      while (border > 0 && secret[i] != secret[border])
        border = self->borders[border];
      border += secret[i] == secret[border];
      self->borders[i + 1] = border;
    }
  self->texts = g_array_new (FALSE, TRUE, sizeof (Seeker));
  g_array_set_clear_func (self->texts, clear_seeker);
  self->other.places = g_new (Place, length);
  self->held = g_string_new (NULL);
  self->fates = g_byte_array_new ();
  self->line = g_string_new (NULL);
  self->text = -1;
  return self;
}

/** tc_gateway_mask_free: */
void
tc_gateway_mask_free (TcGatewayMask *self)
{
  explicit_bzero (self->secret, self->length);
  g_free (self->secret);
  g_free (self->borders);
  g_array_unref (self->texts);
  clear_seeker (&self->other);
  g_string_free (self->held, TRUE);
  g_byte_array_unref (self->fates);
  g_string_free (self->line, TRUE);
  g_free (self);
}

/* ---- Seeking ---- */

static void
strike (TcGatewayMask *self,
        const Seeker  *seeker)
{
  /* Its beginning had waited too long. */
  if (seeker->places[0].at < self->begin)
    return;
  for (gsize i = 0; i < self->length; i++)
    memset (self->fates->data + (seeker->places[i].at - self->begin), DROP, seeker->places[i].length);
  self->fates->data[seeker->places[0].at - self->begin] = REPLACE;
}

/* The next character of a text, or of the bytes between them. */
static void
seek (TcGatewayMask *self,
      Seeker        *seeker,
      char           c,
      Place          place)
{
  while (seeker->n_found > 0 && c != self->secret[seeker->n_found])
    {
      gsize n = self->borders[seeker->n_found];

      memmove (seeker->places, seeker->places + (seeker->n_found - n), n * sizeof (Place));
      seeker->n_found = n;
    }
  if (c != self->secret[seeker->n_found])
    return;
  seeker->places[seeker->n_found++] = place;
  if (seeker->n_found < self->length)
    return;
  strike (self, seeker);
  seeker->n_found = 0;
}

/* No more comes of any text. */
static void
forget (TcGatewayMask *self)
{
  for (guint i = 0; i < self->texts->len; i++)
    g_array_index (self->texts, Seeker, i).n_found = 0;
}

/* The text that the string which begins now is a piece of. */
static int
find_text (TcGatewayMask *self)
{
  Seeker *seeker;
  int found = -1;

  if (!g_strv_contains (text_names, self->name))
    return -1;
  for (guint i = 0; i < self->texts->len; i++)
    {
      seeker = &g_array_index (self->texts, Seeker, i);
      if (g_str_equal (seeker->name, self->name) && seeker->number == self->number)
        found = (int) i;
    }
  if (found >= 0)
    return found;
  if (self->texts->len >= MAX_TEXTS)
    g_array_set_size (self->texts, 0);
  g_array_set_size (self->texts, self->texts->len + 1);
  seeker = &g_array_index (self->texts, Seeker, self->texts->len - 1);
  g_strlcpy (seeker->name, self->name, sizeof seeker->name);
  seeker->number = self->number;
  seeker->places = g_new (Place, self->length);
  return (int) self->texts->len - 1;
}

/* Pieces of different kinds do not alternate: what was thought is over when it is
 * said. */
static void
add_to_text (TcGatewayMask *self,
             char           c,
             Place          place)
{
  Seeker *text = &g_array_index (self->texts, Seeker, self->text);

  for (guint i = 0; i < self->texts->len; i++)
    {
      Seeker *other = &g_array_index (self->texts, Seeker, i);

      if (other->n_found > 0 && !g_str_equal (other->name, text->name))
        other->n_found = 0;
    }
  seek (self, text, c, place);
}

/* ---- Reading ---- */

/* Returns: what an escape stands for; NUL: nothing that is in a key */
static char
decode (const char *escape)
{
  gint64 code;

  switch (escape[1])
    {
    case 'u':
      code = g_ascii_strtoll (escape + 2, NULL, 16);
      return code > 0 && code < 0x80 ? (char) code : '\0';
    case 'b': case 'f': case 'n': case 'r': case 't':
      return '\0';
    default:
      return escape[1];
    }
}

static void
read_text (TcGatewayMask *self,
           char           c,
           guint64        at)
{
  Place place = { at, 1 };

  if (self->n_escape == 0 && c == '"')
    {
      self->is_string = FALSE;
      self->text = -1;
      return;
    }
  if (self->n_escape == 0 && c != '\\')
    {
      add_to_text (self, c, place);
      return;
    }
  self->escape[self->n_escape++] = c;
  self->escape[self->n_escape] = '\0';
  if (self->n_escape < 2 || (self->escape[1] == 'u' && self->n_escape < 6))
    return;
  place.at = at + 1 - self->n_escape;
  place.length = (guint8) self->n_escape;
  self->n_escape = 0;
  add_to_text (self, decode (self->escape), place);
}

static void
read_string (TcGatewayMask *self,
             char           c)
{
  if (self->n_escape > 0)
    self->n_escape = 0;
  else if (c == '\\')
    self->n_escape = 1;
  else if (c == '"')
    self->is_string = FALSE;
  else if (self->string_length <= MAX_NAME)
    {
      self->string[self->string_length] = c;
      self->string_length++;
    }
}

static void
begin_string (TcGatewayMask *self)
{
  self->is_string = TRUE;
  self->text = find_text (self);
  self->string_length = 0;
  self->other.n_found = 0;
}

static void
read_outside (TcGatewayMask *self,
              char           c)
{
  if (self->is_number && g_ascii_isdigit (c))
    self->number = self->number * 31 + (guint64) (c - '0') + 1;
  else if (c != ' ')
    self->is_number = FALSE;
  if (c == '"')
    begin_string (self);
  else if (c == ':')
    {
      gsize n = self->string_length <= MAX_NAME ? self->string_length : 0;

      memcpy (self->name, self->string, n);
      self->name[n] = '\0';
      self->is_number = strcmp (self->name, "index") == 0;
    }
  else if (strchr ("{}[],", c) != NULL && c != '\0')
    self->name[0] = '\0';
}

/* A string never goes on in the next line. */
static void
end_line (TcGatewayMask *self)
{
  if (g_str_has_prefix (self->line->str, "data: [DONE]") || g_str_has_prefix (self->line->str, "event: message_stop") ||
      g_str_has_prefix (self->line->str, "event: content_block_stop"))
    forget (self);
  g_string_truncate (self->line, 0);
  self->is_string = FALSE;
  self->is_number = FALSE;
  self->text = -1;
  self->n_escape = 0;
  self->string_length = 0;
  self->name[0] = '\0';
  self->number = 0;
}

static void
read_byte (TcGatewayMask *self,
           char           c,
           guint64        at)
{
  Place place = { at, 1 };

  if (self->line->len < 32)
    g_string_append_c (self->line, c);
  if (self->text >= 0 && c != '\n' && c != '\r')
    {
      read_text (self, c, at);
      return;
    }
  seek (self, &self->other, c, place);
  if (c == '\n' || c == '\r')
    end_line (self);
  else if (self->is_string)
    read_string (self, c);
  else
    read_outside (self, c);
}

/* ---- Passing on ---- */

/* The first byte that may be of a key, or the end of what there is. */
static guint64
find_open (TcGatewayMask *self)
{
  guint64 end = self->begin + self->held->len;
  guint64 open = end;

  if (self->text >= 0)
    open -= self->n_escape;
  if (self->other.n_found > 0)
    open = MIN (open, self->other.places[0].at);
  for (guint i = 0; i < self->texts->len; i++)
    {
      const Seeker *text = &g_array_index (self->texts, Seeker, i);

      if (text->n_found > 0)
        open = MIN (open, text->places[0].at);
    }
  return open;
}

static void
let_go (TcGatewayMask *self,
        gsize          length,
        GString       *out)
{
  gsize copied = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (self->fates->data[i] == KEEP)
        continue;
      g_string_append_len (out, self->held->str + copied, (gssize) (i - copied));
      if (self->fates->data[i] == REPLACE)
        g_string_append (out, TC_REDACTOR_MASK);
      copied = i + 1;
    }
  g_string_append_len (out, self->held->str + copied, (gssize) (length - copied));
  g_string_erase (self->held, 0, (gssize) length);
  if (length > 0)
    g_byte_array_remove_range (self->fates, 0, (guint) length);
  self->begin += length;
}

/** tc_gateway_mask_push: @out: what may go on of it, and of what waited, is appended */
void
tc_gateway_mask_push (TcGatewayMask *self,
                      const char    *bytes,
                      gsize          length,
                      GString       *out)
{
  guint64 at = self->begin + self->held->len;
  guint known = self->fates->len;

  if (length == 0)
    return;
  g_string_append_len (self->held, bytes, (gssize) length);
  g_byte_array_set_size (self->fates, known + (guint) length);
  memset (self->fates->data + known, KEEP, length);
  for (gsize i = 0; i < length; i++)
    read_byte (self, bytes[i], at + i);

  let_go (self, find_open (self) - self->begin, out);
  if (self->held->len > HELD_MAX)
    {
      forget (self);
      self->other.n_found = 0;
      let_go (self, self->held->len, out);
    }
}

/** tc_gateway_mask_finish: the stream has ended: what waited is no key */
void
tc_gateway_mask_finish (TcGatewayMask *self,
                        GString       *out)
{
  let_go (self, self->held->len, out);
}
