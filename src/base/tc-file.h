/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Files as a program that may be killed at any moment must write them, and as
 * one that does not trust the folder must read them. Blocking; local paths in
 * the file system's encoding; errors are TC_ERROR. Any thread.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_FILE_DEFAULT = 0,
  TC_FILE_SYNC    = 1 << 0, /* survive a power cut: fsync file and folder */
} TcFileFlags;

gboolean tc_file_write        (const char  *path,
                               const char  *bytes,
                               gssize       length,
                               TcFileFlags  flags,
                               GError     **error);
char    *tc_file_read         (const char  *path,
                               gsize        max_bytes,
                               gsize       *length,
                               GError     **error);
int      tc_file_open_regular (const char  *path,
                               GError     **error);
gboolean tc_file_make_dir     (const char  *path,
                               GError     **error);

G_END_DECLS
