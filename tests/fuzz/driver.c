/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Runs a fuzz target without libFuzzer: on every file of a corpus, and on
 * mutations of them that are the same on every machine.
 *
 *     driver [-runs=N] [-seed=N] FILE-OR-FOLDER…
 *
 * The input that is being tried is kept in the working folder when the target
 * dies. libc only, since one of the targets is.
 */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define MAX_LENGTH 4096
#define MAX_SEEDS  256

typedef struct
{
  uint8_t *bytes;
  size_t   length;
} Seed;

static Seed seeds[MAX_SEEDS];
static size_t n_seeds;
static uint64_t random_state = 1;

/* The input being tried, for the signal handler. */
static uint8_t *current;
static size_t current_length;

static uint32_t
next_random (void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;

  return (uint32_t) (random_state >> 16);
}

static size_t
pick (size_t limit)
{
  return limit > 0 ? next_random () % limit : 0;
}

static void
on_crash (int signal_number)
{
  static const char text[] = "The input is in crash-input.\n";
  int fd = open ("crash-input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  /* There is nothing to do about a failure here but to die as well. */
  if (fd >= 0 && write (fd, current, current_length) >= 0 &&
      write (STDERR_FILENO, text, sizeof text - 1) >= 0)
    close (fd);

  signal (signal_number, SIG_DFL);
  raise (signal_number);
}

static void
try_input (const uint8_t *bytes,
           size_t         length)
{
  /* Of the exact size, so that memory checkers see a read too far. */
  current = malloc (length > 0 ? length : 1);
  if (current == NULL)
    abort ();
  if (length > 0)
    memcpy (current, bytes, length);
  current_length = length;

  LLVMFuzzerTestOneInput (current, length);
  free (current);
}

static void
add_file (const char *path)
{
  FILE *file = fopen (path, "rbe");
  Seed *seed = &seeds[n_seeds];

  if (file == NULL || n_seeds == MAX_SEEDS)
    {
      fprintf (stderr, "Cannot use %s\n", path);
      exit (2);
    }

  seed->bytes = malloc (MAX_LENGTH);
  if (seed->bytes == NULL)
    abort ();
  seed->length = fread (seed->bytes, 1, MAX_LENGTH, file);
  n_seeds++;
  fclose (file);
}

static void
add_path (const char *path)
{
  struct stat info;
  struct dirent **entries;
  int n;

  if (stat (path, &info) == 0 && !S_ISDIR (info.st_mode))
    {
      add_file (path);
      return;
    }

  /* Sorted, so that the same seed means the same inputs. */
  n = scandir (path, &entries, NULL, alphasort);
  if (n < 0)
    {
      fprintf (stderr, "Cannot read %s\n", path);
      exit (2);
    }
  for (int i = 0; i < n; i++)
    {
      char name[4096];

      if (entries[i]->d_name[0] != '.')
        {
          snprintf (name, sizeof name, "%s/%s", path, entries[i]->d_name);
          add_file (name);
        }
      free (entries[i]);
    }
  free (entries);
}

static size_t
insert (uint8_t       *bytes,
        size_t         length,
        const uint8_t *piece,
        size_t         piece_length)
{
  size_t at = pick (length + 1);

  if (length + piece_length > MAX_LENGTH)
    return length;

  memmove (bytes + at + piece_length, bytes + at, length - at);
  memcpy (bytes + at, piece, piece_length);

  return length + piece_length;
}

static size_t
delete_range (uint8_t *bytes,
              size_t   length)
{
  size_t at = pick (length);
  size_t n = pick (length - at < 16 ? length - at : 16) + 1;

  if (length == 0)
    return 0;
  if (n > length - at)
    n = length - at;
  memmove (bytes + at, bytes + at + n, length - at - n);

  return length - n;
}

/* Words parsers look at twice. */
static const char *const words[] = {
  "\r", "\n", "\r\n", "\033[", "\033]", "\xff", "\xc3", "\xe2\x9f", "NaN", "-Infinity", "1e999",
  "9223372036854775808", "{", "}", "[", "]", "\"", "\\u0000", "\\ud800", ":", ",", "'", "/", "%|",
};

static size_t
mutate (uint8_t *bytes,
        size_t   length)
{
  uint8_t byte = (uint8_t) next_random ();
  const Seed *other = &seeds[pick (n_seeds)];
  const char *word = words[pick (sizeof words / sizeof words[0])];
  size_t from = pick (other->length);

  switch (pick (7))
    {
    case 0:
      if (length > 0)
        bytes[pick (length)] ^= (uint8_t) (1 << pick (8));
      return length;
    case 1:
      if (length > 0)
        bytes[pick (length)] = byte;
      return length;
    case 2:
      return insert (bytes, length, &byte, 1);
    case 3:
      return insert (bytes, length, (const uint8_t *) word, strlen (word));
    case 4:
      return delete_range (bytes, length);
    case 5:
      return insert (bytes, length, other->bytes + from, pick (other->length - from + 1));
    default:
      return pick (length + 1);
    }
}

static void
try_mutations (long runs)
{
  static uint8_t bytes[MAX_LENGTH];

  for (long run = 0; run < runs; run++)
    {
      const Seed *seed = &seeds[pick (n_seeds)];
      size_t length = seed->length;

      memcpy (bytes, seed->bytes, length);
      for (size_t i = pick (8) + 1; i > 0; i--)
        length = mutate (bytes, length);
      try_input (bytes, length);
    }
}

int
main (int   argc,
      char *argv[])
{
  long runs = 2000;

  for (int i = 1; i < argc; i++)
    {
      if (strncmp (argv[i], "-runs=", 6) == 0)
        runs = strtol (argv[i] + 6, NULL, 10);
      else if (strncmp (argv[i], "-seed=", 6) == 0)
        random_state = strtoull (argv[i] + 6, NULL, 10) | 1;
      else
        add_path (argv[i]);
    }
  if (n_seeds == 0)
    {
      fprintf (stderr, "There is no corpus.\n");
      return 2;
    }

  signal (SIGABRT, on_crash);
  signal (SIGSEGV, on_crash);
  signal (SIGTRAP, on_crash);

  try_input (NULL, 0);
  for (size_t i = 0; i < n_seeds; i++)
    try_input (seeds[i].bytes, seeds[i].length);
  try_mutations (runs);

  for (size_t i = 0; i < n_seeds; i++)
    free (seeds[i].bytes);
  printf ("%zu inputs, %ld mutations\n", n_seeds + 1, runs);

  return 0;
}
