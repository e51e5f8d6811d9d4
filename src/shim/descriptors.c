/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "descriptors.h"

static void
close_between (unsigned int first, unsigned int last)
{
  struct rlimit limit = { 0 };

  if (first > last || syscall (SYS_close_range, first, last, 0) == 0)
    return;
  /* Kernels before 5.9. */
  (void) getrlimit (RLIMIT_NOFILE, &limit);
  for (unsigned int fd = first; fd <= last && fd < limit.rlim_cur; fd++)
    close ((int) fd);
}

/* Closes every descriptor above 2 but the two given; -1 means none. */
void
tc_close_others (int keep, int keep_too)
{
  int low = keep < keep_too ? keep : keep_too;
  int high = keep < keep_too ? keep_too : keep;
  unsigned int next = 3;

  if (low >= 3)
    {
      close_between (next, (unsigned int) low - 1);
      next = (unsigned int) low + 1;
    }
  if (high >= 3)
    {
      close_between (next, (unsigned int) high - 1);
      next = (unsigned int) high + 1;
    }
  close_between (next, UINT_MAX);
}

/* Lets go of the terminal or pipes of whoever started us. */
void
tc_std_to_null (void)
{
  int fd = open ("/dev/null", O_RDWR | O_CLOEXEC);

  for (int std = 0; fd >= 0 && std <= 2; std++)
    if (std != fd)
      dup2 (fd, std);
  if (fd > 2)
    close (fd);
}
