/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text built in a buffer of fixed size: the shim has to work when memory has
 * run out, and stdio would double its resident size. Text that does not fit is
 * cut and `overflow` set; the buffer always ends with a NUL. */
typedef struct
{
  size_t length;
  bool   overflow;
  bool   first_member; /* the next JSON member needs no comma */
  char   data[2048];
} TcText;

void     tc_text_clear       (TcText *text);
void     tc_text_add         (TcText *text, const char *string);
void     tc_text_add_int     (TcText *text, int64_t value);
void     tc_text_open        (TcText *text);
void     tc_text_close       (TcText *text);
void     tc_text_int         (TcText *text, const char *key, int64_t value);
void     tc_text_null        (TcText *text, const char *key);
void     tc_text_bool        (TcText *text, const char *key, bool value);
void     tc_text_string      (TcText *text, const char *key, const char *value);
void     tc_text_seconds     (TcText *text, const char *key, int64_t microseconds);

bool     tc_text_find_int    (const char *json, const char *key, int64_t *value);
bool     tc_text_find_string (const char *json, const char *key, char *value, size_t size);

bool     tc_parse_int        (const char *digits, size_t length, int64_t maximum, int64_t *value);
int      tc_write_all        (int fd, const void *data, size_t length);
size_t   tc_read_file        (int dir_fd, const char *path, char *buffer, size_t size);
