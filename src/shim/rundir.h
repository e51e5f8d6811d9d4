/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdbool.h>
#include <stddef.h>

#define TC_EXIT_RECORD_TMP ".exit.json.tmp"

/* Descriptors of the run folder. Everything in it is reached through fd, never
 * by path: the folder may be moved, and paths may be longer than a socket
 * address takes. */
typedef struct
{
  int fd;      /* (owned) the folder */
  int lock_fd; /* (owned) holds the lock: as long as it is open the run is alive */
} TcRunDir;

int  tc_run_dir_open            (TcRunDir *dir, const char *path);
int  tc_run_dir_lock            (TcRunDir *dir);
int  tc_run_dir_write_atomic    (const TcRunDir *dir, const char *name, const char *tmp_name,
                                 const char *data, size_t length, bool durable);
int  tc_run_dir_make_fifo       (const TcRunDir *dir);
int  tc_run_dir_open_fifo       (const TcRunDir *dir);
bool tc_run_dir_exists          (const TcRunDir *dir, const char *name);
bool tc_run_dir_log_in_use      (const TcRunDir *dir);
bool tc_run_dir_log_is_partial  (const TcRunDir *dir, long long *size);
void tc_run_dir_flush_log       (const TcRunDir *dir);
bool tc_run_dir_reserve_ballast (int dir_fd);
void tc_run_dir_reserve_record  (const TcRunDir *dir);
void tc_run_dir_tidy            (const TcRunDir *dir);
void tc_run_dir_note            (int dir_fd, const char *what, int number);
