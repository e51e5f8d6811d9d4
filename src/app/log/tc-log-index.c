/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-log-index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-redactor.h"
#include "tc-text.h"

#define ENTRY_LINES 64
#define ENTRY_BYTES (64 * 1024)
#define BUFFER_BYTES (256 * 1024)

/* A line whose start is known. */
typedef struct
{
  gint64 offset;
  guint  line;
} Entry;

struct _TcLogIndex
{
  gatomicrefcount ref_count;

  int             fd;       /* (owned) */
  TcRedactor     *redactor; /* (owned) of what looks like a key */
  GMutex          lock;     /* for what follows */
  GArray         *entries;  /* (owned) (element-type Entry) rising; the first is 0, 0 */
  gint64          size;     /* bytes looked at */
  guint           n_feeds;  /* line feeds among them */
  gboolean        ends_partial; /* the last line has no end yet */
};

static gssize
read_at (TcLogIndex *self,
         char       *buffer,
         gsize       size,
         gint64      offset)
{
  gssize n;

  do
    n = pread (self->fd, buffer, size, offset);
  while (n < 0 && errno == EINTR);

  return n;
}

/**
 * tc_log_index_open:
 * @path: a regular file
 * @error: TC_ERROR_NOT_FOUND, TC_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): an index that has looked at nothing yet
 */
TcLogIndex *
tc_log_index_open (const char  *path,
                   GError     **error)
{
  /* Not blocking: a FIFO in its place must not hang anybody. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  TcLogIndex *self;
  Entry first = { 0, 0 };
  struct stat info;

  if (fd < 0)
    {
      tc_error_set_from_errno (error, errno, "The log %s cannot be read", path);
      return NULL;
    }
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      close (fd);
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "%s is no log file", path);
      return NULL;
    }
  self = g_new0 (TcLogIndex, 1);
  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->fd = fd;
  self->redactor = tc_redactor_new ();
  tc_redactor_add_shapes (self->redactor);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_append_val (self->entries, first);

  return self;
}

TcLogIndex *
tc_log_index_ref (TcLogIndex *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
tc_log_index_unref (TcLogIndex *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  close (self->fd);
  tc_redactor_free (self->redactor);
  g_array_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Takes the line feeds of a piece in. Only the extending thread changes the
 * fields, so it may read them without the lock. */
static void
take_piece (TcLogIndex *self,
            const char *bytes,
            gsize       length)
{
  const char *at = bytes;
  const char *end = bytes + length;
  Entry last = g_array_index (self->entries, Entry, self->entries->len - 1);
  guint n_feeds = self->n_feeds;
  g_autoptr(GArray) found = g_array_new (FALSE, FALSE, sizeof (Entry));

  while (at < end && (at = memchr (at, '\n', end - at)) != NULL)
    {
      gint64 offset = self->size + (at - bytes) + 1;

      at++;
      n_feeds++;
      if (n_feeds - last.line < ENTRY_LINES && offset - last.offset < ENTRY_BYTES)
        continue;
      last = (Entry) { offset, n_feeds };
      g_array_append_val (found, last);
    }

  g_mutex_lock (&self->lock);
  g_array_append_vals (self->entries, found->data, found->len);
  self->n_feeds = n_feeds;
  self->size += length;
  self->ends_partial = length > 0 ? bytes[length - 1] != '\n' : self->ends_partial;
  g_mutex_unlock (&self->lock);
}

/**
 * tc_log_index_extend:
 * @max_bytes: to look at in this call
 *
 * Looks at what has been written since. One thread at a time.
 *
 * Returns: whether there is more
 */
gboolean
tc_log_index_extend (TcLogIndex *self,
                     gsize       max_bytes)
{
  g_autofree char *buffer = g_malloc (BUFFER_BYTES);
  gsize done = 0;

  while (done < max_bytes)
    {
      gssize n = read_at (self, buffer, BUFFER_BYTES, self->size);

      if (n <= 0)
        return FALSE;
      take_piece (self, buffer, n);
      done += n;
    }

  return TRUE;
}

/** tc_log_index_get_n_lines: Returns: the lines found so far, one without an end included */
guint
tc_log_index_get_n_lines (TcLogIndex *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_feeds + (self->ends_partial ? 1 : 0);
  g_mutex_unlock (&self->lock);

  return n;
}

/** tc_log_index_get_size: Returns: the bytes looked at so far */
gint64
tc_log_index_get_size (TcLogIndex *self)
{
  gint64 size;

  g_mutex_lock (&self->lock);
  size = self->size;
  g_mutex_unlock (&self->lock);

  return size;
}

/* The last entry at or before a line. */
static guint
find_entry_index (TcLogIndex *self,
                  gint64      line)
{
  guint low = 0;
  guint high;

  g_mutex_lock (&self->lock);
  high = self->entries->len;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->entries, Entry, middle).line <= line)
        low = middle;
      else
        high = middle;
    }
  g_mutex_unlock (&self->lock);

  return low;
}

static Entry
find_entry (TcLogIndex *self,
            guint       line,
            gint64     *size)
{
  guint index = find_entry_index (self, line);
  Entry entry;

  g_mutex_lock (&self->lock);
  entry = g_array_index (self->entries, Entry, index);
  *size = self->size;
  g_mutex_unlock (&self->lock);

  return entry;
}

/* The offset just behind the n-th line feed from @offset on; @size without so
 * many. */
static gint64
skip_feeds (TcLogIndex *self,
            gint64      offset,
            guint       n,
            gint64      size)
{
  g_autofree char *buffer = g_malloc (ENTRY_BYTES);

  while (n > 0 && offset < size)
    {
      gssize length = read_at (self, buffer, MIN (ENTRY_BYTES, size - offset), offset);
      const char *at = buffer;
      const char *end;

      if (length <= 0)
        return size;
      end = buffer + length;
      while (n > 0 && at < end && (at = memchr (at, '\n', end - at)) != NULL)
        {
          at++;
          n--;
        }
      offset += n == 0 ? at - buffer : length;
    }

  return offset;
}

/* Where the next line begins. The index knows it for a line that is very long,
 * and for the last one: those are not looked through again each time. */
static gint64
find_line_end (TcLogIndex *self,
               guint       line,
               gint64      start,
               gint64      size)
{
  guint next = find_entry_index (self, (gint64) line + 1);
  gboolean is_last;
  Entry entry;

  g_mutex_lock (&self->lock);
  entry = g_array_index (self->entries, Entry, next);
  is_last = line >= self->n_feeds;
  g_mutex_unlock (&self->lock);
  if (is_last)
    return MAX (start, size);

  return entry.line == line + 1 ? entry.offset : skip_feeds (self, start, 1, size);
}

/* Of the bytes of a line what a terminal would show at the end: behind the last
 * carriage return that is not at the very end. */
static char *
clean_line (char  *bytes,
            gsize  length,
            gsize  max_bytes)
{
  const char *start;

  while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
    length--;
  start = length > 0 ? memrchr (bytes, '\r', length) : NULL;
  if (start != NULL)
    {
      length -= start + 1 - bytes;
      bytes = (char *) start + 1;
    }

  return tc_text_sanitize (bytes, length, max_bytes, TC_TEXT_SINGLE_LINE);
}

/* Reads a piece of a line with what may be a key masked, which may lie across
 * either end. Behind the last line, which may be half of one, nobody knows. */
static gsize
read_masked (TcLogIndex *self,
             gint64      offset,
             gsize       length,
             char       *bytes)
{
  gsize reach = tc_redactor_get_reach (self->redactor);
  gsize lead = (gsize) MIN (offset, (gint64) reach);
  g_autofree char *wide = g_malloc (lead + length + reach + 1);
  gssize n = read_at (self, wide, lead + length + reach, offset - (gint64) lead);

  if (n <= (gssize) lead)
    return 0;
  tc_redactor_mask_in_place (self->redactor, wide, (gsize) n, TC_REDACTOR_CUT);
  length = MIN (length, (gsize) n - lead);
  memcpy (bytes, wide + lead, length);

  return length;
}

/**
 * tc_log_index_dup_line:
 * @line: from 0
 * @max_bytes: of the text; a longer one is cut
 * @offset: (out) (optional): where in the file it begins
 *
 * Of a line that is longer than what is read, the end is what counts if it was
 * overwritten, and the start if not.
 *
 * Returns: (transfer full): harmless text with what looks like a key masked; empty
 *   if there is no such line
 */
char *
tc_log_index_dup_line (TcLogIndex *self,
                       guint       line,
                       gsize       max_bytes,
                       gint64     *offset)
{
  gint64 size;
  Entry entry = find_entry (self, line, &size);
  gint64 start = skip_feeds (self, entry.offset, line - entry.line, size);
  gint64 end = find_line_end (self, line, start, size);
  gsize wanted = MIN ((gsize) (end - start), max_bytes * 4);
  g_autofree char *bytes = g_malloc (wanted + 1);
  gsize n;

  if (offset != NULL)
    *offset = start;
  n = read_masked (self, end - (gint64) wanted, wanted, bytes);
  if ((gsize) (end - start) > wanted && memchr (bytes, '\r', n) == NULL)
    n = read_masked (self, start, wanted, bytes);

  return clean_line (bytes, n, max_bytes);
}

/* ---- Searching ---- */

/* What a search has seen of the blocks before this one. */
typedef struct
{
  GStrv   texts;      /* (owned) in ASCII lower case */
  gsize   longest;    /* of them, in bytes */
  gint64  from_line;
  int     direction;
  gint64  found;      /* -1: not yet */

  /* Of a count. */
  gboolean is_count;
  gint64   last_line; /* counted; -1: none yet */
  guint    n_lines;
  guint    n_until;   /* of them, up to from_line */
} Search;

/* Returns: whether there is something to look for */
static gboolean
search_init (Search             *search,
             const char *const  *texts)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  *search = (Search) { .found = -1, .last_line = -1 };
  for (guint i = 0; texts[i] != NULL; i++)
    {
      gsize length = strlen (texts[i]);

      if (length == 0 || length > BUFFER_BYTES / 2)
        continue;
      g_strv_builder_take (builder, g_ascii_strdown (texts[i], -1));
      search->longest = MAX (search->longest, length);
    }
  search->texts = g_strv_builder_end (builder);

  return search->longest > 0;
}

/* Two neighbouring entries; the second may be the end. */
static gboolean
get_block (TcLogIndex *self,
           guint       index,
           Entry      *entry,
           gint64     *end)
{
  gboolean is_there;

  g_mutex_lock (&self->lock);
  is_there = index < self->entries->len;
  if (is_there)
    {
      *entry = g_array_index (self->entries, Entry, index);
      *end = index + 1 < self->entries->len ? g_array_index (self->entries, Entry, index + 1).offset
                                            : self->size;
    }
  g_mutex_unlock (&self->lock);

  return is_there;
}

/* Returns: whether the rest of the piece matters too */
static gboolean
take_hit (Search *search,
          gint64  line)
{
  if (search->is_count)
    {
      if (line > search->last_line)
        {
          search->last_line = line;
          search->n_lines++;
          search->n_until += line <= search->from_line ? 1 : 0;
        }
      return TRUE;
    }
  if (search->direction < 0)
    {
      if (line <= search->from_line)
        search->found = MAX (search->found, line);
      return line <= search->from_line;
    }
  if (line < search->from_line)
    return TRUE;
  search->found = search->found < 0 ? line : MIN (search->found, line);

  return FALSE;
}

/* Looks for one text in a piece that begins in line @line. */
static void
search_piece (Search     *search,
              const char *text,
              const char *bytes,
              gsize       length,
              gint64      line)
{
  const char *at = bytes;
  const char *counted = bytes;
  const char *end = bytes + length;
  gsize text_length = strlen (text);

  while ((at = memmem (at, end - at, text, text_length)) != NULL)
    {
      while ((counted = memchr (counted, '\n', at - counted)) != NULL)
        {
          counted++;
          line++;
        }
      counted = at;
      if (!take_hit (search, line))
        return;
      at++;
    }
}

/* A line may be longer than memory is for: pieces, which overlap by so much that
 * no hit falls between them. */
static void
search_block (TcLogIndex *self,
              Search     *search,
              char       *buffer,
              Entry       entry,
              gint64      end)
{
  gint64 offset = entry.offset;
  gint64 line = entry.line;

  while (offset < end && (search->found < 0 || search->direction < 0))
    {
      gssize n = read_at (self, buffer, MIN (BUFFER_BYTES, end - offset), offset);
      gssize step;

      if (n <= 0)
        return;
      for (gssize i = 0; i < n; i++)
        buffer[i] = g_ascii_tolower (buffer[i]);
      for (guint i = 0; search->texts[i] != NULL; i++)
        search_piece (search, search->texts[i], buffer, n, line);
      step = offset + n < end ? MAX (1, n - (gssize) search->longest + 1) : n;
      for (const char *at = buffer; (at = memchr (at, '\n', buffer + step - at)) != NULL; at++)
        line++;
      offset += step;
    }
}

/* Block by block in the direction, until there is a hit or an end. */
static void
search_blocks (TcLogIndex *self,
               Search     *search,
               gint64      index,
               const int  *is_cancelled)
{
  g_autofree char *buffer = g_malloc (BUFFER_BYTES);
  Entry entry;
  gint64 end;

  for (; index >= 0 && get_block (self, (guint) index, &entry, &end); index += search->direction)
    {
      if (is_cancelled != NULL && g_atomic_int_get (is_cancelled))
        return;
      search_block (self, search, buffer, entry, end);
      if (search->found >= 0)
        return;
    }
}

/**
 * tc_log_index_find:
 * @texts: (array zero-terminated=1): any of them is looked for, without regard to
 *   the case of A to Z
 * @from_line: where to begin, from 0
 * @direction: 1 or -1
 * @is_cancelled: (nullable): set by another thread to end the search
 *
 * Returns: the line, or -1
 */
gint64
tc_log_index_find (TcLogIndex         *self,
                   const char *const  *texts,
                   gint64              from_line,
                   int                 direction,
                   const int          *is_cancelled)
{
  Search search;

  if (search_init (&search, texts) && from_line >= 0)
    {
      search.from_line = from_line;
      search.direction = direction;
      search_blocks (self, &search, find_entry_index (self, from_line), is_cancelled);
    }
  g_strfreev (search.texts);

  return search.found;
}

/**
 * tc_log_index_count:
 * @text: counted without regard to the case of A to Z
 * @until_line: from 0
 * @n_until: (out): how many of the lines are not behind @until_line
 * @is_cancelled: (nullable): set by another thread to end it too early
 *
 * Returns: how many lines have it
 */
guint
tc_log_index_count (TcLogIndex *self,
                    const char *text,
                    gint64      until_line,
                    guint      *n_until,
                    const int  *is_cancelled)
{
  const char *const texts[] = { text, NULL };
  Search search;

  if (search_init (&search, texts))
    {
      search.is_count = TRUE;
      search.from_line = until_line;
      search.direction = 1;
      search_blocks (self, &search, 0, is_cancelled);
    }
  g_strfreev (search.texts);
  *n_until = search.n_until;

  return search.n_lines;
}
