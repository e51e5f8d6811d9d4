/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "power-loss.h"

#include <glib.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512

/* A file as the disk has it, and what is on its way there. */
typedef struct {
  GByteArray *durable;   /* (owned) */
  GPtrArray  *pending;   /* (owned) (element-type Write) in order */
  gboolean    is_named;  /* its name is on the disk */
  gboolean    is_deleted; /* its name may still be on the disk */
} Disk;

/* bytes NULL: a truncation to offset. */
typedef struct {
  gint64  offset;
  GBytes *bytes;  /* (owned) (nullable) */
} Write;

typedef struct {
  sqlite3_file  base;
  Disk         *disk;  /* (unowned) NULL for what is not worth remembering */
  gboolean      is_journal;
  sqlite3_file *real;  /* behind this struct */
} File;

static GMutex mutex;
static GHashTable *disks;       /* (mutex mutex) path → Disk */
static GRand *chance;           /* (mutex mutex) */
static char *target_folder;
static int operations_left;     /* (mutex mutex) */
static int n_answers;           /* (atomic) */
static sqlite3_vfs *real_vfs;
static sqlite3_vfs vfs;

static void
write_free (gpointer data)
{
  Write *self = data;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static void
set_length (GByteArray *image,
            gsize       length)
{
  gsize before = image->len;

  g_byte_array_set_size (image, length);
  if (length > before)
    memset (image->data + before, 0, length - before);
}

/* One sector of a write reaches the disk, or does not, or is torn. */
static void
apply_sector (GByteArray   *image,
              gsize         offset,
              const guint8 *bytes,
              gsize         length,
              gboolean      is_certain)
{
  int fate = is_certain ? 1 : g_rand_int_range (chance, 0, 5);

  if (fate == 0 || fate == 3)
    return;
  if (image->len < offset + length)
    set_length (image, offset + length);
  if (fate != 4)
    memcpy (image->data + offset, bytes, length);
  else
    for (gsize i = 0; i < length; i++)
      image->data[offset + i] = g_rand_int (chance);
}

static void
apply (GByteArray  *image,
       const Write *write,
       gboolean     is_certain)
{
  gsize length;
  const guint8 *bytes;

  if (write->bytes == NULL)
    {
      if (is_certain || g_rand_boolean (chance))
        set_length (image, write->offset);
      return;
    }

  bytes = g_bytes_get_data (write->bytes, &length);
  for (gsize at = 0; at < length; at += SECTOR)
    apply_sector (image, write->offset + at, bytes + at, MIN (SECTOR, length - at), is_certain);
}

static G_GNUC_NORETURN void
lose_power (void)
{
  g_autofree char *answers = g_strdup_printf ("%d\n", g_atomic_int_get (&n_answers));
  g_autofree char *answers_path = g_build_filename (target_folder, "answers", NULL);
  GHashTableIter iter;
  const char *path;
  Disk *disk;

  g_hash_table_iter_init (&iter, disks);
  while (g_hash_table_iter_next (&iter, (gpointer *) &path, (gpointer *) &disk))
    {
      g_autofree char *name = g_path_get_basename (path);
      g_autofree char *copy = g_build_filename (target_folder, name, NULL);

      if ((!disk->is_named || disk->is_deleted) && g_rand_boolean (chance))
        continue;
      for (guint i = 0; i < disk->pending->len; i++)
        apply (disk->durable, disk->pending->pdata[i], FALSE);
      g_file_set_contents (copy, (char *) disk->durable->data, disk->durable->len, NULL);
    }
  g_file_set_contents (answers_path, answers, -1, NULL);
  _exit (99);
}

/* Called with the lock held. */
static void
count_operation (void)
{
  if (--operations_left == 0)
    lose_power ();
}

static void
remember (Disk         *disk,
          gint64        offset,
          gconstpointer bytes,
          int           length)
{
  Write *write = g_new0 (Write, 1);

  write->offset = offset;
  write->bytes = bytes != NULL ? g_bytes_new (bytes, length) : NULL;
  g_mutex_lock (&mutex);
  g_ptr_array_add (disk->pending, write);
  count_operation ();
  g_mutex_unlock (&mutex);
}

static int
file_close (sqlite3_file *file)
{
  File *self = (File *) file;

  return self->real->pMethods != NULL ? self->real->pMethods->xClose (self->real) : SQLITE_OK;
}

static int
file_read (sqlite3_file  *file,
           void          *buffer,
           int            length,
           sqlite3_int64  offset)
{
  File *self = (File *) file;

  return self->real->pMethods->xRead (self->real, buffer, length, offset);
}

static int
file_write (sqlite3_file  *file,
            const void    *buffer,
            int            length,
            sqlite3_int64  offset)
{
  File *self = (File *) file;

  if (self->disk != NULL)
    remember (self->disk, offset, buffer, length);

  return self->real->pMethods->xWrite (self->real, buffer, length, offset);
}

static int
file_truncate (sqlite3_file  *file,
               sqlite3_int64  size)
{
  File *self = (File *) file;

  if (self->disk != NULL)
    remember (self->disk, size, NULL, 0);

  return self->real->pMethods->xTruncate (self->real, size);
}

/* SQLite syncs the folder when it has made a journal or a log, or deleted one
 * with care. Called with the lock held. */
static void
sync_folder (void)
{
  GHashTableIter iter;
  Disk *disk;

  g_hash_table_iter_init (&iter, disks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &disk))
    {
      disk->is_named = TRUE;
      if (disk->is_deleted)
        g_hash_table_iter_remove (&iter);
    }
}

static int
file_sync (sqlite3_file *file,
           int           flags)
{
  File *self = (File *) file;
  Disk *disk = self->disk;

  if (disk != NULL)
    {
      g_mutex_lock (&mutex);
      count_operation ();
      for (guint i = 0; i < disk->pending->len; i++)
        apply (disk->durable, disk->pending->pdata[i], TRUE);
      g_ptr_array_set_size (disk->pending, 0);
      if (self->is_journal && !disk->is_named)
        sync_folder ();
      g_mutex_unlock (&mutex);
    }

  return SQLITE_OK;
}

#define FORWARD(name, arguments, ...)                           \
  static int                                                    \
  name arguments                                                \
  {                                                             \
    File *self = (File *) file;                                 \
                                                                \
    return self->real->pMethods->__VA_ARGS__;                   \
  }

FORWARD (file_size, (sqlite3_file *file, sqlite3_int64 *size), xFileSize (self->real, size))
FORWARD (file_lock, (sqlite3_file *file, int level), xLock (self->real, level))
FORWARD (file_unlock, (sqlite3_file *file, int level), xUnlock (self->real, level))
FORWARD (file_check_lock, (sqlite3_file *file, int *result),
         xCheckReservedLock (self->real, result))
FORWARD (file_sector_size, (sqlite3_file *file), xSectorSize (self->real))
FORWARD (file_shm_map, (sqlite3_file *file, int page, int size, int extend, void volatile **map),
         xShmMap (self->real, page, size, extend, map))
FORWARD (file_shm_lock, (sqlite3_file *file, int offset, int n, int flags),
         xShmLock (self->real, offset, n, flags))
FORWARD (file_shm_unmap, (sqlite3_file *file, int is_deleted),
         xShmUnmap (self->real, is_deleted))

static int
file_control (sqlite3_file *file,
              int           what,
              void         *argument)
{
  File *self = (File *) file;

  /* Nothing may go past us: no memory maps. */
  if (what == SQLITE_FCNTL_MMAP_SIZE)
    return SQLITE_NOTFOUND;

  return self->real->pMethods->xFileControl (self->real, what, argument);
}

static int
file_characteristics (sqlite3_file *file)
{
  /* No promise of any kind: not even that a sector is written whole. */
  return 0;
}

static void
file_shm_barrier (sqlite3_file *file)
{
  File *self = (File *) file;

  self->real->pMethods->xShmBarrier (self->real);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = file_close,
  .xRead = file_read,
  .xWrite = file_write,
  .xTruncate = file_truncate,
  .xSync = file_sync,
  .xFileSize = file_size,
  .xLock = file_lock,
  .xUnlock = file_unlock,
  .xCheckReservedLock = file_check_lock,
  .xFileControl = file_control,
  .xSectorSize = file_sector_size,
  .xDeviceCharacteristics = file_characteristics,
  .xShmMap = file_shm_map,
  .xShmLock = file_shm_lock,
  .xShmBarrier = file_shm_barrier,
  .xShmUnmap = file_shm_unmap,
};

/* What was there before is on the disk. */
static Disk *
get_disk (const char *path)
{
  Disk *disk;

  g_mutex_lock (&mutex);
  disk = g_hash_table_lookup (disks, path);
  if (disk == NULL || disk->is_deleted)
    {
      char *content = NULL;
      gsize length = 0;

      disk = g_new0 (Disk, 1);
      disk->durable = g_byte_array_new ();
      disk->pending = g_ptr_array_new_with_free_func (write_free);
      if (g_file_get_contents (path, &content, &length, NULL))
        {
          g_byte_array_append (disk->durable, (guint8 *) content, length);
          disk->is_named = TRUE;
        }
      g_free (content);
      g_hash_table_replace (disks, g_strdup (path), disk);
    }
  g_mutex_unlock (&mutex);

  return disk;
}

static int
vfs_open (sqlite3_vfs  *self,
          const char   *path,
          sqlite3_file *file,
          int           flags,
          int          *out_flags)
{
  File *opened = (File *) file;
  int code;

  opened->real = (sqlite3_file *) (opened + 1);
  opened->base.pMethods = NULL;
  /* Only the database itself: a backup is synced by whoever makes it, and by
   * then SQLite has closed it. */
  opened->disk = path != NULL && strstr (path, "/backups/") == NULL &&
                 (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL |
                           SQLITE_OPEN_MAIN_JOURNAL)) != 0
                 ? get_disk (path) : NULL;
  opened->is_journal = (flags & SQLITE_OPEN_MAIN_DB) == 0;
  code = real_vfs->xOpen (real_vfs, path, opened->real, flags, out_flags);
  if (opened->real->pMethods != NULL)
    opened->base.pMethods = &methods;

  return code;
}

static int
vfs_delete (sqlite3_vfs *self,
            const char  *path,
            int          do_sync)
{
  Disk *disk;

  g_mutex_lock (&mutex);
  disk = g_hash_table_lookup (disks, path);
  if (disk != NULL)
    disk->is_deleted = TRUE;
  if (do_sync)
    sync_folder ();
  g_mutex_unlock (&mutex);

  return real_vfs->xDelete (real_vfs, path, do_sync);
}

/**
 * power_loss_install:
 * @folder: what gets the files, and "answers": how many were given by then
 * @seed: decides what is lost
 * @at: at which write, truncation or sync
 */
void
power_loss_install (const char *folder,
                    int         seed,
                    int         at)
{
  target_folder = g_strdup (folder);
  operations_left = at;
  chance = g_rand_new_with_seed (seed);
  disks = g_hash_table_new (g_str_hash, g_str_equal);

  real_vfs = sqlite3_vfs_find (NULL);
  vfs = *real_vfs;
  vfs.zName = "power-loss";
  vfs.szOsFile = sizeof (File) + real_vfs->szOsFile;
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  sqlite3_vfs_register (&vfs, 1);
}

/**
 * power_loss_count_answer:
 *
 * Before an answer is printed: what was said cannot be taken back.
 */
void
power_loss_count_answer (void)
{
  g_atomic_int_inc (&n_answers);
}
