/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The reader of heads, of requests and answers, and of body framing: what it
 * accepts has one meaning, and feeding a body never uses more bytes than it was
 * given, nor gives more than the cap. */

#include "fuzz.h"
#include "tc-http-head.h"

static void
feed_body (const TcHttpHead *head,
           const char       *bytes,
           gsize             length)
{
  TcHttpBody body;
  gsize fed = 0;

  tc_http_body_init (&body, head);
  while (fed < length && !tc_http_body_is_done (&body))
    {
      const char *reason = NULL;
      gsize used = 0;
      guint status = tc_http_body_feed (&body, bytes + fed, MIN (length - fed, 7), &used, &reason);

      g_assert (used <= length - fed);
      g_assert (status == 0 || reason != NULL);
      if (status != 0 || used == 0)
        return;
      fed += used;
      g_assert (body.total <= TC_HTTP_BODY_MAX_BYTES);
    }
}

/* The same bytes as what a provider could send. */
static void
read_answer (const char *bytes,
             gsize       size,
             gsize       end)
{
  g_autoptr(GByteArray) payload = g_byte_array_new ();
  g_auto(TcHttpHead) head = { 0 };
  const char *reason = NULL;
  TcHttpBody body;
  gsize used = 0;

  if (!tc_http_answer_parse (&head, bytes, end, 1000, &reason))
    {
      g_assert (reason != NULL);
      return;
    }
  g_assert (head.status >= 100 && head.status <= 999);
  g_assert (head.n_headers <= TC_HTTP_ANSWER_MAX_HEADERS);
  tc_http_body_init (&body, &head);
  if (tc_http_body_read (&body, bytes + end, size - end, &used, payload, &reason) == 0)
    g_assert (payload->len <= 1000);
  g_assert (used <= size - end);
  g_assert (payload->len == body.total);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *bytes = (const char *) data;
  gssize end = tc_http_head_find_end (bytes, size);
  g_auto(TcHttpHead) head = { 0 };
  const char *reason = NULL;
  guint status;

  if (end < 0)
    return 0;
  g_assert ((gsize) end <= size);
  read_answer (bytes, size, (gsize) end);
  status = tc_http_head_parse (&head, bytes, end, &reason);
  g_assert (status == 0 || reason != NULL);
  if (status != 0)
    return 0;

  g_assert (head.target[0] == '/' || g_str_equal (head.target, "*"));
  g_assert (head.n_headers <= TC_HTTP_HEAD_MAX_HEADERS);
  g_assert (tc_http_head_count (&head, "content-length") <= 1);
  g_assert (tc_http_head_count (&head, "content-length") == 0 ||
            tc_http_head_count (&head, "transfer-encoding") == 0);
  feed_body (&head, bytes + end, size - end);

  return 0;
}
