/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

/* Empties text. */
void
tc_text_clear (TcText *text)
{
  text->length = 0;
  text->overflow = false;
  text->first_member = true;
  text->data[0] = '\0';
}

/* Appends string, or as much of it as fits. */
void
tc_text_add (TcText *text, const char *string)
{
  size_t room = sizeof text->data - 1 - text->length;
  size_t length = strlen (string);

  if (length > room)
    {
      length = room;
      text->overflow = true;
    }
  memcpy (text->data + text->length, string, length);
  text->length += length;
  text->data[text->length] = '\0';
}

/* Appends value in decimal. */
void
tc_text_add_int (TcText *text, int64_t value)
{
  char digits[24];
  size_t at = sizeof digits - 1;
  uint64_t rest = value < 0 ? 0 - (uint64_t) value : (uint64_t) value;

  digits[at] = '\0';
  do
    digits[--at] = (char) ('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (value < 0)
    digits[--at] = '-';

  tc_text_add (text, digits + at);
}

/* Begins a JSON object. */
void
tc_text_open (TcText *text)
{
  tc_text_clear (text);
  tc_text_add (text, "{");
}

/* Ends the JSON object begun with tc_text_open(). */
void
tc_text_close (TcText *text)
{
  tc_text_add (text, "}");
}

static void
add_key (TcText *text, const char *key)
{
  tc_text_add (text, text->first_member ? "\"" : ",\"");
  text->first_member = false;
  tc_text_add (text, key);
  tc_text_add (text, "\":");
}

/* Adds an integer member to the open JSON object. */
void
tc_text_int (TcText *text, const char *key, int64_t value)
{
  add_key (text, key);
  tc_text_add_int (text, value);
}

/* Adds a null member to the open JSON object. */
void
tc_text_null (TcText *text, const char *key)
{
  add_key (text, key);
  tc_text_add (text, "null");
}

/* Adds a boolean member to the open JSON object. */
void
tc_text_bool (TcText *text, const char *key, bool value)
{
  add_key (text, key);
  tc_text_add (text, value ? "true" : "false");
}

/* Adds a string member, or null when value is NULL. Every string the shim
 * writes is a constant or a boot id, so nothing needs escaping. */
void
tc_text_string (TcText *text, const char *key, const char *value)
{
  if (value == NULL)
    {
      tc_text_null (text, key);
      return;
    }
  add_key (text, key);
  tc_text_add (text, "\"");
  tc_text_add (text, value);
  tc_text_add (text, "\"");
}

/* Adds a member in seconds with six decimals from a time in microseconds. */
void
tc_text_seconds (TcText *text, const char *key, int64_t microseconds)
{
  char fraction[8] = ".000000";
  int64_t rest = microseconds % 1000000;

  add_key (text, key);
  tc_text_add_int (text, microseconds / 1000000);
  for (int at = 6; at >= 1; at--, rest /= 10)
    fraction[at] = (char) ('0' + rest % 10);
  tc_text_add (text, fraction);
}

static const char *
find_value (const char *json, const char *key)
{
  size_t length = strlen (key);

  for (const char *at = strchr (json, '"'); at != NULL; at = strchr (at + 1, '"'))
    if (strncmp (at + 1, key, length) == 0 && strncmp (at + 1 + length, "\":", 2) == 0)
      return at + length + 3;

  return NULL;
}

/* Finds an integer member in JSON that this program wrote itself (flat, no
 * blanks). Not a JSON parser: only shim.json is ever given to it, and whatever
 * it finds there is checked against the kernel before it is believed.
 *
 * Returns false when the member is absent or no plain integer. */
bool
tc_text_find_int (const char *json, const char *key, int64_t *value)
{
  const char *at = find_value (json, key);

  if (at == NULL)
    return false;

  return tc_parse_int (at, strspn (at, "0123456789"), INT64_MAX, value);
}

/* Like tc_text_find_int() for a string without escapes; value gets a copy.
 *
 * Returns false when the member is absent, no string, or longer than size. */
bool
tc_text_find_string (const char *json, const char *key, char *value, size_t size)
{
  const char *at = find_value (json, key);
  size_t length;

  if (at == NULL || *at != '"')
    return false;
  length = strcspn (at + 1, "\"\\");
  if (at[1 + length] != '"' || length >= size)
    return false;
  memcpy (value, at + 1, length);
  value[length] = '\0';

  return true;
}

/* Parses exactly length decimal digits: no sign, no blanks, no base prefix.
 *
 * Returns false on anything else, and on a value above maximum. */
bool
tc_parse_int (const char *digits, size_t length, int64_t maximum, int64_t *value)
{
  int64_t result = 0;

  if (length == 0)
    return false;
  for (size_t i = 0; i < length; i++)
    {
      int digit = digits[i] - '0';

      if (digit < 0 || digit > 9 || result > (maximum - digit) / 10)
        return false;
      result = result * 10 + digit;
    }
  *value = result;

  return true;
}

/* Writes all of data, going on after short writes and interruptions.
 *
 * Returns 0, or an errno value. */
int
tc_write_all (int fd, const void *data, size_t length)
{
  const char *at = data;

  while (length > 0)
    {
      ssize_t n = write (fd, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno;
      if (n == 0)
        return EIO;
      at += n;
      length -= (size_t) n;
    }

  return 0;
}

/* Reads a small file, relative to dir_fd, into buffer and ends it with a NUL.
 * What does not fit is left out.
 *
 * Returns the number of bytes read, 0 when the file cannot be read. */
size_t
tc_read_file (int dir_fd, const char *path, char *buffer, size_t size)
{
  size_t length = 0;
  int fd = openat (dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

  buffer[0] = '\0';
  if (fd < 0)
    return 0;
  while (length < size - 1)
    {
      ssize_t n = read (fd, buffer + length, size - 1 - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      length += (size_t) n;
    }
  close (fd);
  buffer[length] = '\0';

  return length;
}
