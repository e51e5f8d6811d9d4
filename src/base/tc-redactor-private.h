/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the files of TcRedactor share. */

#include "tc-redactor.h"

G_BEGIN_DECLS

/* Of a wrapped base64 text: lines are at least so long, but for the first. */
#define TC_REDACTOR_MIN_LINE 32

/* Characters of something that looks like a key; of more, the start is masked. */
#define TC_REDACTOR_MAX_SHAPE 512

/* Where something is looked for. */
typedef struct
{
  const char    *bytes;
  gsize          n_before;  /* bytes that can be read before these */
  gsize          length;
  TcRedactorEnd  end;
  gboolean       undecided; /* (out) more bytes could still make one of it */
} TcRedactorView;

/* One step through text that may be wrapped. */
typedef struct
{
  gsize    at;          /* in the bytes */
  gsize    in_line;     /* characters since the last line end */
  gboolean has_wrapped;
} TcRedactorStep;

/* The two bytes with which something may begin, a bit each: most text has few of
 * them, and all else is looked at only there. */
typedef struct
{
  guint32 bits[256][8];
} TcRedactorPairs;

/* In a stream nobody knows any more what was before. */
#define TC_REDACTOR_UNKNOWN G_MAXSIZE

int   tc_redactor_get_value   (char                  c);
void  tc_redactor_step_wrap   (TcRedactorStep       *step,
                               const TcRedactorView *view);

void  tc_redactor_note_pair   (TcRedactorPairs      *pairs,
                               guchar                first,
                               int                   second);
void  tc_redactor_note_shapes (TcRedactorPairs      *pairs);
gsize tc_redactor_match_shape (TcRedactorView       *view);

G_END_DECLS
