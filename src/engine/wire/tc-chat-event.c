/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-chat-event.h"

/* Who asks to wait for longer is not asked again by itself. */
#define LONGEST_WAIT_MS (60 * 1000)

/**
 * tc_chat_error_new:
 * @status: of HTTP; 0: there was no answer
 * @message: for people
 *
 * Returns: (transfer full): an error that says nothing about trying again
 */
TcChatError *
tc_chat_error_new (TcChatErrorKind  kind,
                   guint            status,
                   const char      *message)
{
  TcChatError *self = g_new0 (TcChatError, 1);

  self->kind = kind;
  self->status = status;
  self->message = g_strdup (message);
  self->retry_after_ms = -1;
  self->should_retry = -1;

  return self;
}

/** tc_chat_error_copy: Returns: (transfer full): a copy */
TcChatError *
tc_chat_error_copy (const TcChatError *self)
{
  TcChatError *copy = g_memdup2 (self, sizeof *self);

  copy->code = g_strdup (self->code);
  copy->message = g_strdup (self->message);

  return copy;
}

/** tc_chat_error_free: */
void
tc_chat_error_free (TcChatError *self)
{
  g_free (self->code);
  g_free (self->message);
  g_free (self);
}

static gboolean
is_passing (const TcChatError *self)
{
  if (self->status == 0)
    return self->kind == TC_CHAT_ERROR_SERVER || self->kind == TC_CHAT_ERROR_TIMEOUT ||
           self->kind == TC_CHAT_ERROR_OVERLOADED;

  return self->status == 408 || self->status == 409 || self->status == 429 || self->status >= 500;
}

/**
 * tc_chat_error_may_retry:
 *
 * The rules of the vendors' own clients, but never where money is the trouble:
 * that does not go away by asking again. An error in mid-stream has the status
 * 200 and is not tried again, for a part of the answer is out already.
 *
 * Returns: whether the same request may be sent again by itself
 */
gboolean
tc_chat_error_may_retry (const TcChatError *self)
{
  if (self->kind == TC_CHAT_ERROR_MONEY || self->should_retry == 0)
    return FALSE;
  if (self->retry_after_ms > LONGEST_WAIT_MS)
    return FALSE;
  if (self->should_retry == 1)
    return self->status != 200;

  return is_passing (self);
}
