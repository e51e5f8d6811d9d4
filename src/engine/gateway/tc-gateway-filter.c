/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-gateway-filter.h"
#include "tc-json.h"

/* The event with the usage is short; a longer one is passed on as it comes. */
#define EVENT_MAX 65536

struct _TcGatewayFilter
{
  GString  *event;      /* (owned) what has come of it */
  gboolean  is_passing; /* the present event is too long to be the one */
};

/** tc_gateway_filter_new: Returns: (transfer full): a filter for one stream */
TcGatewayFilter *
tc_gateway_filter_new (void)
{
  TcGatewayFilter *self = g_new0 (TcGatewayFilter, 1);

  self->event = g_string_new (NULL);
  return self;
}

/** tc_gateway_filter_free: */
void
tc_gateway_filter_free (TcGatewayFilter *self)
{
  g_string_free (self->event, TRUE);
  g_free (self);
}

/* An event "data: {…,"choices":[],…,"usage":{…}}". The text is looked at first,
 * because hardly any event has both words. */
static gboolean
is_usage_only (const char *event,
               gsize       length)
{
  const char *begin = memchr (event, '{', length);
  const char *end = memrchr (event, '}', length);
  g_autoptr (JsonObject) object = NULL;
  JsonArray *choices;

  if (begin == NULL || end == NULL || end < begin || !g_str_has_prefix (event, "data:") ||
      memmem (event, length, "\"usage\"", 7) == NULL || memmem (event, length, "\"choices\"", 9) == NULL)
    return FALSE;
  object = tc_json_parse_object (begin, end - begin + 1, TC_JSON_ALLOW_NON_FINITE, NULL);
  choices = tc_json_get_array (object, "choices");
  return choices != NULL && json_array_get_length (choices) == 0 &&
         tc_json_get_object (object, "usage") != NULL && !tc_json_has (object, "error");
}

static void
end_event (TcGatewayFilter *self,
           GString         *out)
{
  if (self->is_passing || !is_usage_only (self->event->str, self->event->len))
    g_string_append_len (out, self->event->str, (gssize) self->event->len);
  g_string_truncate (self->event, 0);
  self->is_passing = FALSE;
}

/* Whether the event in the buffer has just got its empty line. */
static gboolean
is_complete (const GString *event)
{
  return g_str_has_suffix (event->str, "\n\n") || g_str_has_suffix (event->str, "\n\r\n");
}

/** tc_gateway_filter_push: @out: what the client gets of it is appended */
void
tc_gateway_filter_push (TcGatewayFilter *self,
                        const char      *bytes,
                        gsize            length,
                        GString         *out)
{
  while (length > 0)
    {
      const char *newline = memchr (bytes, '\n', length);
      gsize n = newline == NULL ? length : (gsize) (newline - bytes) + 1;

      g_string_append_len (self->event, bytes, (gssize) n);
      bytes += n;
      length -= n;
      if (newline != NULL && is_complete (self->event))
        end_event (self, out);
      else if (self->event->len > EVENT_MAX)
        {
          /* The last two bytes stay, to see the empty line. */
          self->is_passing = TRUE;
          g_string_append_len (out, self->event->str, (gssize) self->event->len - 2);
          g_string_erase (self->event, 0, (gssize) self->event->len - 2);
        }
    }
}

/** tc_gateway_filter_finish: what is left of an event that was not finished */
void
tc_gateway_filter_finish (TcGatewayFilter *self,
                          GString         *out)
{
  end_event (self, out);
}
