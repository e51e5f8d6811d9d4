/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-http-head.h"

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != 0 && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
is_token (const char *text)
{
  if (*text == 0)
    return FALSE;
  while (*text != 0)
    if (!is_token_char (*text++))
      return FALSE;
  return TRUE;
}

/**
 * tc_http_head_find_end:
 * @bytes: what has arrived so far
 * @length: its length
 *
 * Looks for the empty line that ends a head. Only CR LF counts as a line end:
 * a reader that takes a bare LF too sees other requests than one that doesn't.
 *
 * Returns: the length of the head with its empty line; -1 when it is not
 *   complete yet
 */
gssize
tc_http_head_find_end (const char *bytes,
                       gsize       length)
{
  const char *end = memmem (bytes, length, "\r\n\r\n", 4);

  return end == NULL ? -1 : end - bytes + 4;
}

/* Cuts the next line off *rest, in place. Returns NULL when a control
 * character stands in it (a bare CR or LF, a NUL, …). */
static char *
cut_line (char **rest)
{
  char *line = *rest;
  char *end = strstr (line, "\r\n");

  if (end == NULL)
    return NULL;
  *end = 0;
  *rest = end + 2;

  for (const char *c = line; *c != 0; c++)
    if (g_ascii_iscntrl (*c) && *c != '\t')
      return NULL;

  return line;
}

static guint
parse_request_line (TcHttpHead  *self,
                    char        *line,
                    const char **reason)
{
  char *target = strchr (line, ' ');
  char *version = target == NULL ? NULL : strchr (target + 1, ' ');

  *reason = "The request line is not “METHOD /path HTTP/1.1”.";
  if (version == NULL || strchr (version + 1, ' ') != NULL)
    return 400;
  *target++ = 0;
  *version++ = 0;

  if (strlen (line) > 16 || strspn (line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen (line) ||
      *line == 0 || strchr (target, '\t') != NULL)
    return 400;
  if (strcmp (version, "HTTP/1.1") != 0 && strcmp (version, "HTTP/1.0") != 0)
    {
      *reason = "Only HTTP/1.1 is spoken here.";
      return g_str_has_prefix (version, "HTTP/") ? 505 : 400;
    }
  if (strcmp (line, "CONNECT") == 0 || strcmp (line, "TRACE") == 0)
    {
      *reason = "This method is not offered.";
      return 405;
    }
  if (target[0] != '/' && strcmp (target, "*") != 0)
    {
      /* An absolute URI would overrule the Host header that was checked. */
      *reason = "The request line must name a path, not a whole address.";
      return 400;
    }

  self->method = line;
  self->target = target;
  self->minor = version[7] - '0';
  return 0;
}

static guint
parse_header_line (TcHttpHead  *self,
                   char        *line,
                   guint        max_headers,
                   const char **reason)
{
  TcHttpHeader *header;
  char *colon = strchr (line, ':');

  if (strlen (line) > TC_HTTP_HEAD_MAX_LINE)
    {
      *reason = "A header is longer than 8 KiB.";
      return 431;
    }
  if (self->n_headers == max_headers)
    {
      *reason = "There are too many headers.";
      return 431;
    }

  *reason = "A header is not “Name: value”.";
  if (colon == NULL)
    return 400;
  *colon = 0;
  if (!is_token (line))
    return 400;

  header = &self->headers[self->n_headers++];
  header->name = line;
  header->value = g_strstrip (colon + 1);
  return 0;
}

/* A length is digits and nothing else: "+5", "5, 5", "0x5" and "-1" mean
 * different things to different readers. */
static gboolean
parse_length (const char *text,
              gsize      *length)
{
  gsize value = 0;
  gsize digits = strlen (text);

  if (digits == 0 || digits > 15)
    return FALSE;
  for (; *text != 0; text++)
    {
      if (!g_ascii_isdigit (*text))
        return FALSE;
      value = value * 10 + (gsize) (*text - '0');
    }
  *length = value;
  return TRUE;
}

static guint
find_framing (TcHttpHead  *self,
              const char **reason)
{
  guint n_lengths = tc_http_head_count (self, "Content-Length");
  guint n_encodings = tc_http_head_count (self, "Transfer-Encoding");

  *reason = "The body's length must be given once and in one way.";
  if (n_lengths > 1 || n_encodings > 1 || (n_lengths > 0 && n_encodings > 0))
    return 400;

  if (n_encodings == 1)
    {
      if (self->minor == 0)
        return 400;
      *reason = "“chunked” is the only transfer encoding accepted.";
      if (g_ascii_strcasecmp (tc_http_head_get (self, "Transfer-Encoding"), "chunked") != 0)
        return 400;
      self->framing = TC_HTTP_FRAMING_CHUNKED;
    }
  else if (n_lengths == 1)
    {
      *reason = "Content-Length is not a number.";
      if (!parse_length (tc_http_head_get (self, "Content-Length"), &self->length))
        return 400;
      *reason = "The body is larger than is accepted here.";
      if (self->length > self->max_body)
        return 413;
      if (self->length > 0)
        self->framing = TC_HTTP_FRAMING_LENGTH;
    }

  return 0;
}

/* Copies the head and cuts its first line off. */
static char *
begin (TcHttpHead  *self,
       const char  *bytes,
       gsize        length,
       char       **rest,
       const char **reason)
{
  memset (self, 0, G_STRUCT_OFFSET (TcHttpHead, headers));
  self->n_headers = 0;
  self->framing = TC_HTTP_FRAMING_NONE;
  self->length = 0;
  self->text = g_strndup (bytes, length);
  *rest = self->text;
  *reason = "The head holds a control character.";

  return length < 4 || memchr (bytes, 0, length) != NULL ? NULL : cut_line (rest);
}

static guint
parse_header_lines (TcHttpHead  *self,
                    char        *rest,
                    guint        max_headers,
                    const char **reason)
{
  while (TRUE)
    {
      char *line = cut_line (&rest);
      guint status;

      *reason = "The head holds a control character.";
      if (line == NULL)
        return 400;
      if (*line == 0)
        return find_framing (self, reason);
      status = parse_header_line (self, line, max_headers, reason);
      if (status != 0)
        return status;
    }
}

/**
 * tc_http_head_parse:
 * @self: (out caller-allocates): the head; cleared with tc_http_head_clear()
 *   whatever is returned
 * @bytes: a whole head, with its empty line
 * @length: as tc_http_head_find_end() said
 * @reason: (out): a sentence for the client, static, when refused
 *
 * Returns: 0, or the HTTP status of the refusal
 */
guint
tc_http_head_parse (TcHttpHead  *self,
                    const char  *bytes,
                    gsize        length,
                    const char **reason)
{
  return tc_http_head_parse_limited (self, bytes, length, TC_HTTP_BODY_MAX_BYTES, reason);
}

/**
 * tc_http_head_parse_limited:
 * @max_body: payload bytes the body may have
 *
 * As tc_http_head_parse(), for those who take other bodies than the API does.
 *
 * Returns: 0, or the HTTP status of the refusal
 */
guint
tc_http_head_parse_limited (TcHttpHead  *self,
                            const char  *bytes,
                            gsize        length,
                            gsize        max_body,
                            const char **reason)
{
  char *rest;
  char *line = begin (self, bytes, length, &rest, reason);
  guint status;

  self->max_body = max_body;
  if (line == NULL)
    return 400;
  status = parse_request_line (self, line, reason);
  if (status != 0)
    return status;

  return parse_header_lines (self, rest, TC_HTTP_HEAD_MAX_HEADERS, reason);
}

static gboolean
parse_status_line (TcHttpHead *self,
                   const char *line)
{
  if (strncmp (line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') || line[8] != ' ' ||
      !g_ascii_isdigit (line[9]) || !g_ascii_isdigit (line[10]) || !g_ascii_isdigit (line[11]) ||
      (line[12] != ' ' && line[12] != 0))
    return FALSE;

  self->minor = line[7] - '0';
  self->status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  return self->status >= 100;
}

/**
 * tc_http_answer_parse:
 * @self: (out caller-allocates): the head; cleared with tc_http_head_clear()
 *   whatever is returned
 * @bytes: a whole head of an answer to a POST or GET, with its empty line
 * @length: as tc_http_head_find_end() said
 * @max_body: payload bytes the body may have
 * @reason: (out): what is wrong with it, static
 *
 * Returns: whether it is one
 */
gboolean
tc_http_answer_parse (TcHttpHead  *self,
                      const char  *bytes,
                      gsize        length,
                      gsize        max_body,
                      const char **reason)
{
  char *rest;
  char *line = begin (self, bytes, length, &rest, reason);

  self->max_body = max_body;
  if (line == NULL)
    return FALSE;
  *reason = "The answer does not begin with a status of HTTP/1.1.";
  if (!parse_status_line (self, line) ||
      parse_header_lines (self, rest, TC_HTTP_ANSWER_MAX_HEADERS, reason) != 0)
    return FALSE;

  if (self->status < 200 || self->status == 204 || self->status == 304)
    self->framing = TC_HTTP_FRAMING_NONE;
  else if (self->framing == TC_HTTP_FRAMING_NONE &&
           tc_http_head_count (self, "Content-Length") == 0)
    self->framing = TC_HTTP_FRAMING_CLOSE;
  return TRUE;
}

/**
 * tc_http_head_clear:
 * @self: a head, parsed or zero-filled
 *
 * Frees what it holds. May be called twice.
 */
void
tc_http_head_clear (TcHttpHead *self)
{
  g_clear_pointer (&self->text, g_free);
  self->method = NULL;
  self->target = NULL;
  self->n_headers = 0;
}

/**
 * tc_http_head_count:
 *
 * Returns: how many headers are called @name, without regard to case
 */
guint
tc_http_head_count (const TcHttpHead *self,
                    const char       *name)
{
  guint count = 0;

  for (guint i = 0; i < self->n_headers; i++)
    if (g_ascii_strcasecmp (self->headers[i].name, name) == 0)
      count++;

  return count;
}

/**
 * tc_http_head_get:
 *
 * Returns: (nullable) (transfer none): the value of the first header @name
 */
const char *
tc_http_head_get (const TcHttpHead *self,
                  const char       *name)
{
  for (guint i = 0; i < self->n_headers; i++)
    if (g_ascii_strcasecmp (self->headers[i].name, name) == 0)
      return self->headers[i].value;

  return NULL;
}

/**
 * tc_http_head_has_word:
 *
 * Returns: whether the comma-separated value of a header @name has @word
 *   among its members, without regard to case ("Connection: keep-alive, Upgrade")
 */
gboolean
tc_http_head_has_word (const TcHttpHead *self,
                       const char       *name,
                       const char       *word)
{
  for (guint i = 0; i < self->n_headers; i++)
    {
      g_auto (GStrv) words = NULL;

      if (g_ascii_strcasecmp (self->headers[i].name, name) != 0)
        continue;
      words = g_strsplit (self->headers[i].value, ",", -1);
      for (guint j = 0; words[j] != NULL; j++)
        if (g_ascii_strcasecmp (g_strstrip (words[j]), word) == 0)
          return TRUE;
    }

  return FALSE;
}
