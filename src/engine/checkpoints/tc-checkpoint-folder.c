/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-checkpoint-folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-error.h"

#define REMOVED "removed"
#define DEPTH_MAX 8

/* Where nothing was removed, most folders have no "removed" at all. */
struct _TcCheckpointFolder
{
  char   *run_dir; /* (owned) for sentences */
  int     run_fd;  /* -1: there is no such folder */
  int     fd;      /* of checkpoints/; -1: none */
  dev_t   device;
  ino_t   inode;
  GArray *stamps;  /* (owned) (element-type gint64) of removed/, the newest first */
};

/* The endings that the trainers give to the files of one checkpoint. The one
 * that makes it a checkpoint comes last: it leaves first and comes back last. */
static const char *const endings[] = { "_optim.safetensors", ".safetensors", ".pt", ".json" };

static int
open_dir (int         parent,
          const char *name)
{
  return openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int
compare_stamps (gconstpointer a,
                gconstpointer b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;

  return first > second ? -1 : first < second;
}

static void
read_stamps (TcCheckpointFolder *self)
{
  int fd = open_dir (self->run_fd, REMOVED);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  if (dir == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }
  while ((entry = readdir (dir)) != NULL)
    {
      guint64 stamp;

      if (g_ascii_string_to_unsigned (entry->d_name, 10, 1, G_MAXINT64, &stamp, NULL))
        {
          gint64 value = (gint64) stamp;

          g_array_append_val (self->stamps, value);
        }
    }
  closedir (dir);
  g_array_sort (self->stamps, compare_stamps);
}

/**
 * tc_checkpoint_folder_open:
 * @run_dir: of a run; it need not be there
 *
 * Returns: (transfer full): what is in it at this moment
 */
TcCheckpointFolder *
tc_checkpoint_folder_open (const char *run_dir)
{
  TcCheckpointFolder *self = g_new0 (TcCheckpointFolder, 1);
  struct stat info;

  self->run_dir = g_strdup (run_dir);
  self->stamps = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->run_fd = open_dir (AT_FDCWD, run_dir);
  self->fd = self->run_fd >= 0 ? open_dir (self->run_fd, "checkpoints") : -1;
  if (self->fd >= 0 && fstat (self->fd, &info) == 0)
    {
      self->device = info.st_dev;
      self->inode = info.st_ino;
    }
  if (self->run_fd >= 0)
    read_stamps (self);

  return self;
}

/** tc_checkpoint_folder_free: @self: (transfer full) (nullable) */
void
tc_checkpoint_folder_free (TcCheckpointFolder *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  if (self->run_fd >= 0)
    close (self->run_fd);
  g_array_unref (self->stamps);
  g_free (self->run_dir);
  g_free (self);
}

/** tc_checkpoint_look_clear: frees what is in it, not @look itself */
void
tc_checkpoint_look_clear (TcCheckpointLook *look)
{
  g_clear_pointer (&look->parts, g_array_unref);
}

/** tc_checkpoint_look_get_bytes: Returns: the sum of its files */
gint64
tc_checkpoint_look_get_bytes (const TcCheckpointLook *look)
{
  gint64 sum = 0;

  for (guint i = 0; i < look->parts->len; i++)
    sum += g_array_index (look->parts, TcCheckpointPart, i).bytes;

  return sum;
}

/* The length of @name without the ending of a trainer's file; all of it for
 * another one. */
static gsize
get_stem_length (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i]))
      return strlen (name) - strlen (endings[i]);

  return strlen (name);
}

/**
 * tc_checkpoint_dup_key:
 * @path: absolute, of any file of a checkpoint, or without its ending
 *
 * Returns: (transfer full): the same text for all that stand for one checkpoint
 */
char *
tc_checkpoint_dup_key (const char *path)
{
  g_autofree char *real = realpath (path, NULL);
  g_autofree char *folder = g_path_get_dirname (real != NULL ? real : path);
  g_autofree char *name = g_path_get_basename (real != NULL ? real : path);
  g_autofree char *real_folder = realpath (folder, NULL);

  return g_strdup_printf ("%s/%.*s", real_folder != NULL ? real_folder : folder,
                          (int) get_stem_length (name), name);
}

/* The name of a checkpoint directly in the run's own folder; NULL for any other.
 * The folder is compared as such: the path may come to it by other names. */
static char *
dup_own_name (TcCheckpointFolder *self,
              const char         *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  struct stat info;

  if (self->fd < 0 || !g_path_is_absolute (path) || strchr (name, '/') != NULL ||
      g_str_equal (name, ".") || g_str_equal (name, "..") || stat (folder, &info) != 0 ||
      info.st_dev != self->device || info.st_ino != self->inode)
    return NULL;

  return g_steal_pointer (&name);
}

/* ---- The parts of a checkpoint ---- */

static gint64
measure (int         parent,
         const char *name,
         guint       depth)
{
  int fd = open_dir (parent, name);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;
  gint64 sum = 0;

  if (dir == NULL)
    {
      if (fd >= 0)
        close (fd);
      return 0;
    }
  while ((entry = readdir (dir)) != NULL)
    {
      struct stat info;

      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") ||
          fstatat (fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      if (S_ISREG (info.st_mode))
        sum += info.st_size;
      else if (S_ISDIR (info.st_mode) && depth < DEPTH_MAX)
        sum += measure (fd, entry->d_name, depth + 1);
    }
  closedir (dir);

  return sum;
}

/* Adds the file or folder @name of @fd; a link is none. */
static void
add_part (int          fd,
          const char  *name,
          GPtrArray   *names,
          GArray      *parts)
{
  TcCheckpointPart part;
  struct stat info;

  if (fstatat (fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      (!S_ISREG (info.st_mode) && !S_ISDIR (info.st_mode)))
    return;
  part.inode = info.st_ino;
  part.n_links = S_ISREG (info.st_mode) ? info.st_nlink : 1;
  part.bytes = S_ISREG (info.st_mode) ? info.st_size : measure (fd, name, 0);
  if (names != NULL)
    g_ptr_array_add (names, g_strdup (name));
  if (parts != NULL)
    g_array_append_val (parts, part);
}

/* Whether the checkpoint is in @fd; its files are added to @names and @parts. */
static gboolean
list_parts (int          fd,
            const char  *name,
            GPtrArray   *names,
            GArray      *parts)
{
  g_autofree char *stem = g_strndup (name, get_stem_length (name));
  struct stat info;

  if (fstatat (fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return FALSE;
  if (strlen (stem) == strlen (name))
    {
      add_part (fd, name, names, parts);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *member = g_strconcat (stem, endings[i], NULL);

      add_part (fd, member, names, parts);
    }

  return TRUE;
}

static gboolean
has_part (int         fd,
          const char *name,
          const char *ending)
{
  g_autofree char *member = g_strdup_printf ("%.*s%s", (int) get_stem_length (name), name, ending);
  struct stat info;

  return fstatat (fd, member, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (info.st_mode);
}

/* Only our trainer's manifest says that the names mean what they seem to. */
static TcCheckpointContents
find_contents (int         fd,
               const char *name)
{
  if (!g_str_has_suffix (name, ".safetensors") || !has_part (fd, name, ".json"))
    return TC_CHECKPOINT_UNKNOWN;

  return has_part (fd, name, "_optim.safetensors") ? TC_CHECKPOINT_RESUMABLE : TC_CHECKPOINT_WEIGHTS;
}

/* The newest folder of removed/ that has the checkpoint; -1 if none has. */
static int
open_removed (TcCheckpointFolder *self,
              const char         *name,
              gint64             *stamp)
{
  g_autofd int removed = self->stamps->len > 0 ? open_dir (self->run_fd, REMOVED) : -1;

  for (guint i = 0; removed >= 0 && i < self->stamps->len; i++)
    {
      g_autofree char *folder = NULL;
      g_autofd int fd = -1;
      struct stat info;

      *stamp = g_array_index (self->stamps, gint64, i);
      folder = g_strdup_printf ("%" G_GINT64_FORMAT, *stamp);
      fd = open_dir (removed, folder);
      if (fd >= 0 && fstatat (fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0)
        return g_steal_fd (&fd);
    }

  return -1;
}

/**
 * tc_checkpoint_folder_look:
 * @path: of a checkpoint, as the script told it
 * @look: (out caller-allocates): to be cleared
 *
 * Says what there is of it.
 */
void
tc_checkpoint_folder_look (TcCheckpointFolder *self,
                           const char         *path,
                           TcCheckpointLook   *look)
{
  g_autofree char *name = dup_own_name (self, path);
  g_autofree char *other = NULL;
  struct stat info;
  int removed;

  memset (look, 0, sizeof *look);
  look->state = TC_CHECKPOINT_GONE;
  look->parts = g_array_new (FALSE, FALSE, sizeof (TcCheckpointPart));
  look->is_ours = name != NULL;
  if (name == NULL)
    {
      if (stat (path, &info) == 0)
        {
          look->state = TC_CHECKPOINT_THERE;
          add_part (AT_FDCWD, path, NULL, look->parts);
        }
      return;
    }
  if (list_parts (self->fd, name, NULL, look->parts))
    {
      look->state = TC_CHECKPOINT_THERE;
      look->contents = find_contents (self->fd, name);
      return;
    }
  removed = open_removed (self, name, &look->removed_us);
  if (removed < 0)
    {
      look->removed_us = 0;
      return;
    }
  look->state = TC_CHECKPOINT_REMOVED;
  list_parts (removed, name, NULL, look->parts);
  look->contents = find_contents (removed, name);
  close (removed);
}

/* ---- Moving ---- */

/* Nothing that is there is replaced; some file systems have to be asked first.
 * Returns: 0 or an errno */
static int
move_one (int         from,
          int         to,
          const char *name)
{
  if (renameat2 (from, name, to, name, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  if (faccessat (to, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    return EEXIST;

  return renameat (from, name, to, name) == 0 ? 0 : errno;
}

/* Moves all of @names, or none. */
static gboolean
move_all (int          from,
          int          to,
          GPtrArray   *names,
          gboolean     last_first,
          GError     **error)
{
  guint n = names->len;

  for (guint i = 0; i < n; i++)
    {
      const char *name = g_ptr_array_index (names, last_first ? n - 1 - i : i);
      int errnum = move_one (from, to, name);

      if (errnum == 0)
        continue;
      while (i-- > 0)
        {
          const char *back = g_ptr_array_index (names, last_first ? n - 1 - i : i);

          if (move_one (to, from, back) != 0)
            g_warning ("The file %s stays among the removed ones", back);
        }
      if (errnum == EEXIST)
        g_set_error (error, TC_ERROR, TC_ERROR_CONFLICT, "There is another %s by now.", name);
      else
        tc_error_set_from_errno (error, errnum, "%s cannot be moved", name);
      return FALSE;
    }

  return TRUE;
}

static int
make_removed (TcCheckpointFolder  *self,
              gint64               stamp,
              GError             **error)
{
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, stamp);
  g_autofd int removed = -1;
  int fd = -1;

  if (mkdirat (self->run_fd, REMOVED, 0700) == 0 || errno == EEXIST)
    removed = open_dir (self->run_fd, REMOVED);
  if (removed >= 0 && (mkdirat (removed, name, 0700) == 0 || errno == EEXIST))
    fd = open_dir (removed, name);
  if (fd < 0)
    tc_error_set_from_errno (error, errno, "The folder %s/" REMOVED " cannot be used", self->run_dir);

  return fd;
}

/* Removes the folders that have nothing in them any more. */
static void
sweep (TcCheckpointFolder *self,
       gint64              stamp)
{
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, stamp);
  g_autofd int removed = open_dir (self->run_fd, REMOVED);

  if (removed < 0)
    return;
  unlinkat (removed, name, AT_REMOVEDIR);
  unlinkat (self->run_fd, REMOVED, AT_REMOVEDIR);
}

static gboolean
refuse_foreign (const char  *path,
                GError     **error)
{
  g_set_error (error, TC_ERROR, TC_ERROR_CONFLICT,
               "%s does not lie in the checkpoints folder of its run and is left alone.", path);

  return FALSE;
}

/**
 * tc_checkpoint_folder_remove:
 * @path: of a checkpoint
 * @now_us: UTC
 * @error: TC_ERROR_NOT_FOUND if it is not there, TC_ERROR_CONFLICT if it is not
 *   in the run's own folder
 *
 * Moves its files to removed/.
 *
 * Returns: whether all of them are there now; else none is
 */
gboolean
tc_checkpoint_folder_remove (TcCheckpointFolder  *self,
                             const char          *path,
                             gint64               now_us,
                             GError             **error)
{
  g_autofree char *name = dup_own_name (self, path);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofd int to = -1;

  if (name == NULL)
    return refuse_foreign (path, error);
  if (!list_parts (self->fd, name, names, NULL) || names->len == 0)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_NOT_FOUND, "The checkpoint %s is not there any more.", name);
      return FALSE;
    }
  to = make_removed (self, now_us, error);
  if (to < 0)
    return FALSE;
  if (move_all (self->fd, to, names, TRUE, error))
    return TRUE;
  sweep (self, now_us);

  return FALSE;
}

/**
 * tc_checkpoint_folder_restore:
 * @path: where it was
 * @error: TC_ERROR_NOT_FOUND if it was not removed, or is gone for good;
 *   TC_ERROR_CONFLICT if another one has its name by now
 *
 * Moves the files back that were removed last.
 *
 * Returns: whether all of them are back; else none is
 */
gboolean
tc_checkpoint_folder_restore (TcCheckpointFolder  *self,
                              const char          *path,
                              GError             **error)
{
  g_autofree char *name = dup_own_name (self, path);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofd int from = -1;
  gint64 stamp = 0;

  if (name == NULL)
    return refuse_foreign (path, error);
  from = open_removed (self, name, &stamp);
  if (from < 0 || !list_parts (from, name, names, NULL) || names->len == 0)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_NOT_FOUND,
                   "The checkpoint %s cannot be restored: it is not among those that were removed.", name);
      return FALSE;
    }
  if (!move_all (from, self->fd, names, FALSE, error))
    return FALSE;
  sweep (self, stamp);

  return TRUE;
}

/* Whether some files of the checkpoint of @name are in the one folder and the
 * others in the other. Where one is in both, they are of two checkpoints. */
static gboolean
is_half_moved (int         fd,
               int         removed,
               const char *name)
{
  gboolean is_half = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      gboolean is_there = has_part (fd, name, endings[i]);

      if (is_there && has_part (removed, name, endings[i]))
        return FALSE;
      is_half = is_half || is_there;
    }

  return is_half;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
heal_from (TcCheckpointFolder *self,
           int                 fd)
{
  DIR *dir = fdopendir (dup (fd));
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  struct dirent *entry;

  while (dir != NULL && (entry = readdir (dir)) != NULL)
    if (get_stem_length (entry->d_name) < strlen (entry->d_name) && is_half_moved (self->fd, fd, entry->d_name))
      g_ptr_array_add (names, g_strdup (entry->d_name));
  if (dir != NULL)
    closedir (dir);
  /* By name, a manifest comes before what it stands for, and back it comes last. */
  g_ptr_array_sort (names, compare_names);
  if (!move_all (fd, self->fd, names, TRUE, &error))
    g_warning ("Half of a checkpoint stays among the removed ones: %s", error->message);
}

/**
 * tc_checkpoint_folder_heal:
 *
 * Brings the halves of checkpoints together that an end of the engine in the
 * middle of a removal left in two places: as if it had not been begun. Not
 * while anything else works on the folder.
 */
void
tc_checkpoint_folder_heal (TcCheckpointFolder *self)
{
  g_autofd int removed = self->stamps->len > 0 ? open_dir (self->run_fd, REMOVED) : -1;

  for (guint i = 0; self->fd >= 0 && removed >= 0 && i < self->stamps->len; i++)
    {
      gint64 stamp = g_array_index (self->stamps, gint64, i);
      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, stamp);
      g_autofd int fd = open_dir (removed, name);

      if (fd >= 0)
        heal_from (self, fd);
      sweep (self, stamp);
    }
}

/* ---- The end ---- */

static gint64
delete_tree (int         parent,
             const char *name,
             guint       depth)
{
  g_autofd int fd = open_dir (parent, name);
  DIR *dir = fd >= 0 ? fdopendir (dup (fd)) : NULL;
  struct dirent *entry;
  gint64 sum = 0;

  while (dir != NULL && (entry = readdir (dir)) != NULL)
    {
      struct stat info;

      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") ||
          fstatat (fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      if (S_ISDIR (info.st_mode) && depth < DEPTH_MAX)
        sum += delete_tree (fd, entry->d_name, depth + 1);
      else if (unlinkat (fd, entry->d_name, 0) == 0 && S_ISREG (info.st_mode) && info.st_nlink == 1)
        sum += info.st_size;
    }
  if (dir != NULL)
    closedir (dir);
  unlinkat (parent, name, AT_REMOVEDIR);

  return sum;
}

/**
 * tc_checkpoint_folder_purge:
 * @before_us: UTC
 *
 * Deletes for good what was removed before that.
 *
 * Returns: how many bytes there are more on the disk
 */
gint64
tc_checkpoint_folder_purge (TcCheckpointFolder *self,
                            gint64              before_us)
{
  g_autofd int removed = self->stamps->len > 0 ? open_dir (self->run_fd, REMOVED) : -1;
  gint64 sum = 0;

  for (guint i = 0; removed >= 0 && i < self->stamps->len; i++)
    {
      gint64 stamp = g_array_index (self->stamps, gint64, i);
      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, stamp);

      if (stamp < before_us)
        sum += delete_tree (removed, name, 0);
    }
  if (removed >= 0)
    unlinkat (self->run_fd, REMOVED, AT_REMOVEDIR);

  return sum;
}
