/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-http-head.h"

static guint
parse (const char *text,
       gsize       length,
       TcHttpHead *head)
{
  const char *reason = NULL;
  guint status = tc_http_head_parse (head, text, length, &reason);

  if (status != 0)
    g_assert_cmpstr (reason, !=, NULL);
  return status;
}

static guint
parse_once (const char *text,
            gsize       length)
{
  g_auto (TcHttpHead) head = { NULL };

  return parse (text, length, &head);
}

static void
test_sound (void)
{
  const char *text = "POST /a/b?c=d HTTP/1.1\r\nHost:localhost\r\nX-Y: \t a b \r\n"
                     "Connection: keep-alive, Upgrade\r\nContent-Length: 12\r\n\r\nrest";
  gssize length = tc_http_head_find_end (text, strlen (text));
  g_auto (TcHttpHead) head = { NULL };

  g_assert_cmpint (length, ==, (gssize) strlen (text) - 4);
  g_assert_cmpuint (parse (text, (gsize) length, &head), ==, 0);
  g_assert_cmpstr (head.method, ==, "POST");
  g_assert_cmpstr (head.target, ==, "/a/b?c=d");
  g_assert_cmpuint (head.minor, ==, 1);
  g_assert_cmpuint (head.n_headers, ==, 4);
  g_assert_cmpstr (tc_http_head_get (&head, "host"), ==, "localhost");
  g_assert_cmpstr (tc_http_head_get (&head, "X-y"), ==, "a b");
  g_assert_cmpstr (tc_http_head_get (&head, "none"), ==, NULL);
  g_assert_true (tc_http_head_has_word (&head, "connection", "upgrade"));
  g_assert_false (tc_http_head_has_word (&head, "connection", "keep"));
  g_assert_cmpint (head.framing, ==, TC_HTTP_FRAMING_LENGTH);
  g_assert_cmpuint (head.length, ==, 12);
}

/* A head that was cut short anywhere is not taken for a whole one. */
static void
test_truncated (void)
{
  const char *text = "GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n\r\n";
  gsize length = strlen (text);

  g_assert_cmpuint (parse_once (text, length), ==, 0);
  for (gsize i = 0; i < length; i++)
    {
      g_assert_cmpint (tc_http_head_find_end (text, i), ==, -1);
      g_assert_cmpuint (parse_once (text, i), !=, 0);
    }
}

/* No byte that has no place in a head gets through, wherever it stands. */
static void
test_control_characters (void)
{
  const char *text = "GET /path HTTP/1.1\r\nHost: localhost\r\n\r\n";
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i++)
    for (int c = 0; c < 32; c++)
      {
        g_autofree char *copy = g_strdup (text);

        if (text[i] == c || (c == '\t' && i > 24 && i < 36))
          continue;
        copy[i] = (char) c;
        g_assert_cmpuint (parse_once (copy, length), !=, 0);
      }
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new ("GET / HTTP/1.1\r\n");
  gsize begin = text->len;

  for (guint i = 0; i < TC_HTTP_HEAD_MAX_HEADERS; i++)
    g_string_append (text, "A: b\r\n");
  g_string_append (text, "\r\n");
  g_assert_cmpuint (parse_once (text->str, text->len), ==, 0);
  g_string_insert (text, (gssize) begin, "A: b\r\n");
  g_assert_cmpuint (parse_once (text->str, text->len), ==, 431);

  g_string_assign (text, "GET / HTTP/1.1\r\nA: ");
  for (guint i = 0; i < TC_HTTP_HEAD_MAX_LINE; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, "\r\n\r\n");
  g_assert_cmpuint (parse_once (text->str, text->len), ==, 431);
}

static void
test_framing (void)
{
  static const struct
  {
    const char *headers;
    guint       status;
    int         framing;
  } cases[] = {
    { "", 0, TC_HTTP_FRAMING_NONE },
    { "Content-Length: 0\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "Content-Length: 1048576\r\n", 0, TC_HTTP_FRAMING_LENGTH },
    { "Content-Length: 1048577\r\n", 413, 0 },
    { "Content-Length: 2\r\nContent-Length: 2\r\n", 400, 0 },
    { "Content-Length: 2\r\ncontent-length: 3\r\n", 400, 0 },
    { "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", 400, 0 },
    { "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", 400, 0 },
    { "Transfer-Encoding: Chunked\r\n", 0, TC_HTTP_FRAMING_CHUNKED },
    { "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400, 0 },
    { "Transfer-Encoding: gzip, chunked\r\n", 400, 0 },
    { "Content-Length: 2,2\r\n", 400, 0 },
    { "Content-Length: +2\r\n", 400, 0 },
    { "Content-Length: \r\n", 400, 0 },
    { "Content-Length: 9999999999999999999999\r\n", 400, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat ("POST / HTTP/1.1\r\n", cases[i].headers, "\r\n", NULL);
      g_auto (TcHttpHead) head = { NULL };

      g_assert_cmpuint (parse (text, strlen (text), &head), ==, cases[i].status);
      if (cases[i].status == 0)
        g_assert_cmpint ((int) head.framing, ==, cases[i].framing);
    }
}

static guint
feed_in_pieces (TcHttpBody *body,
                const char *text,
                gsize       length,
                gsize       piece,
                gsize      *total_used)
{
  const char *reason = NULL;

  *total_used = 0;
  while (*total_used < length && !tc_http_body_is_done (body))
    {
      gsize used = 0;
      guint status = tc_http_body_feed (body, text + *total_used,
                                        MIN (piece, length - *total_used), &used, &reason);

      *total_used += used;
      if (status != 0)
        return status;
    }
  return 0;
}

/* A chunked body ends at the same byte whatever pieces it comes in. */
static void
test_chunks (void)
{
  const char *text = "3\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\nnext";
  gsize length = strlen (text);

  for (gsize piece = 1; piece <= length; piece++)
    {
      TcHttpBody body = { .framing = TC_HTTP_FRAMING_CHUNKED };
      gsize used;

      g_assert_cmpuint (feed_in_pieces (&body, text, length, piece, &used), ==, 0);
      g_assert_true (tc_http_body_is_done (&body));
      g_assert_cmpuint (used, ==, length - 4);
      g_assert_cmpuint (body.total, ==, 13);
    }
}

static void
test_bad_chunks (void)
{
  static const char *const texts[] = {
    "\r\n", "g\r\n", "3\nabc", "3\r\nabcd", "3\r\nabc\n", "3;x\r\nabc\r\n", " 3\r\nabc",
    "-1\r\n", "0\r\nX: y\r\n\r\n", "0\r\n\n", "0000003\r\nabc", "3\r\rabc",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize piece = 1; piece < 9; piece += 7)
      {
        TcHttpBody body = { .framing = TC_HTTP_FRAMING_CHUNKED };
        gsize used;

        g_assert_cmpuint (feed_in_pieces (&body, texts[i], strlen (texts[i]), piece, &used), ==, 400);
      }
}

static void
test_cap (void)
{
  TcHttpBody body = { .framing = TC_HTTP_FRAMING_CHUNKED };
  g_autofree char *data = g_malloc0 (1 << 16);
  gsize used;
  guint status = 0;
  guint chunks = 0;

  while (status == 0 && chunks < 100)
    {
      status = feed_in_pieces (&body, "10000\r\n", 7, 7, &used);
      if (status == 0)
        status = feed_in_pieces (&body, data, 1 << 16, 1 << 16, &used);
      if (status == 0)
        status = feed_in_pieces (&body, "\r\n", 2, 2, &used);
      chunks++;
    }
  g_assert_cmpuint (status, ==, 413);
  g_assert_cmpuint (chunks, ==, 17);
  g_assert_cmpuint (body.total, ==, TC_HTTP_BODY_MAX_BYTES);
}

static gboolean
answer (const char *text,
        TcHttpHead *head)
{
  const char *reason = NULL;
  gboolean is_one = tc_http_answer_parse (head, text, strlen (text), 1000, &reason);

  g_assert_true (is_one || reason != NULL);
  return is_one;
}

/* A provider's head is read as strictly, and says where its body ends. */
static void
test_answers (void)
{
  static const struct
  {
    const char   *text;
    guint         status; /* 0: no answer */
    TcHttpFraming framing;
  } cases[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, TC_HTTP_FRAMING_LENGTH },
    { "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.0 529 Busy\r\n\r\n", 529, TC_HTTP_FRAMING_CLOSE },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, TC_HTTP_FRAMING_CHUNKED },
    { "HTTP/1.1 204 \r\n\r\n", 204, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n", 103, TC_HTTP_FRAMING_NONE },
    { "HTTP/2 200 OK\r\n\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1 2x0 OK\r\n\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1 099 OK\r\n\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1 2000\r\n\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1\r\n\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1 200 OK\r\nA: b\n\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1 200 OK\r\n folded\r\n\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", 0, TC_HTTP_FRAMING_NONE },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 0, TC_HTTP_FRAMING_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (TcHttpHead) head = { NULL };

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (answer (cases[i].text, &head), ==, cases[i].status != 0);
      if (cases[i].status == 0)
        continue;
      g_assert_cmpuint (head.status, ==, cases[i].status);
      g_assert_cmpint ((int) head.framing, ==, cases[i].framing);
    }
}

/* The payload comes without its framing, until the connection ends if need be. */
static void
test_payload (void)
{
  TcHttpBody chunked = { .framing = TC_HTTP_FRAMING_CHUNKED };
  TcHttpBody until_close = { .framing = TC_HTTP_FRAMING_CLOSE, .max = 8 };
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  const char *reason = NULL;
  gsize used;

  g_assert_cmpuint (tc_http_body_read (&chunked, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nx", 21, &used, payload,
                                       &reason), ==, 0);
  g_assert_cmpuint (used, ==, 20);
  g_assert_cmpmem (payload->data, payload->len, "abcde", 5);

  g_byte_array_set_size (payload, 0);
  g_assert_cmpuint (tc_http_body_read (&until_close, "abcd", 4, &used, payload, &reason), ==, 0);
  g_assert_false (tc_http_body_is_done (&until_close));
  g_assert_cmpuint (tc_http_body_read (&until_close, "efghi", 5, &used, payload, &reason), ==, 413);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/http-head/sound", test_sound);
  g_test_add_func ("/tc/http-head/truncated", test_truncated);
  g_test_add_func ("/tc/http-head/control-characters", test_control_characters);
  g_test_add_func ("/tc/http-head/limits", test_limits);
  g_test_add_func ("/tc/http-head/framing", test_framing);
  g_test_add_func ("/tc/http-body/chunks", test_chunks);
  g_test_add_func ("/tc/http-body/bad-chunks", test_bad_chunks);
  g_test_add_func ("/tc/http-body/cap", test_cap);
  g_test_add_func ("/tc/http-head/answers", test_answers);
  g_test_add_func ("/tc/http-body/payload", test_payload);
  return g_test_run ();
}
