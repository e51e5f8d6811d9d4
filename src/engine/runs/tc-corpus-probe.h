/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Looks into a corpus: Markdown with blocks of the lines "English: …", "HLXL: …",
 * "LC-R: …", "LC-T: …" and "LC-B: …", each also as "**English:** …". */

#include <gio/gio.h>

G_BEGIN_DECLS

/* How many blocks the bundled trainer makes when it is given no corpus. */
#define TC_BUNDLED_BLOCKS 40000

enum
{
  TC_CORPUS_ENGLISH,
  TC_CORPUS_HLXL,
  TC_CORPUS_LC_R,
  TC_CORPUS_LC_T,
  TC_CORPUS_LC_B,
  TC_CORPUS_N_FORMATS,
};

typedef struct
{
  guint64 bytes;                       /* of the file */
  guint64 lines[TC_CORPUS_N_FORMATS];  /* a block has one of English */
} TcCorpusFacts;

gboolean       tc_corpus_refuse           (const char           *path,
                                           GError              **error);
const char    *tc_corpus_get_format       (guint                 format);
void           tc_corpus_probe_async      (const char           *path,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
TcCorpusFacts *tc_corpus_probe_finish     (GAsyncResult         *result,
                                           GError              **error);

G_END_DECLS
