/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-checkpoint-job.h"

#include <math.h>

#include "tc-checkpoint-folder.h"
#include "tc-checkpoint-needs.h"
#include "tc-clock.h"
#include "tc-error.h"

/* What a list of checkpoints tells of their session. */
typedef struct
{
  guint64  id;
  char    *run_dir;    /* (owned) */
  char    *title;      /* (owned) (nullable) */
  char    *corpus;     /* (owned) */
  char    *target;     /* (owned) */
  gint64   parameters; /* 0: not known */
  gint64   ended_us;   /* UTC; G_MAXINT64 until it ended */
} Run;

/* A checkpoint while it is worked on. */
typedef struct
{
  TcCheckpoint       *record; /* (owned) */
  Run                *run;    /* (unowned) */
  TcCheckpointLook    look;
  const char         *why;    /* (unowned) (nullable) why it has to stay */
  gboolean            is_chosen;
} Entry;

static const char *const state_names[] = { "there", "removed", "gone" };
static const char *const contents_names[] = { NULL, "weights", "resumable" };

static void
run_free (gpointer data)
{
  Run *run = data;

  g_free (run->run_dir);
  g_free (run->title);
  g_free (run->corpus);
  g_free (run->target);
  g_free (run);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  tc_checkpoint_free (entry->record);
  tc_checkpoint_look_clear (&entry->look);
  g_free (entry);
}

/** tc_checkpoint_job_new: Returns: (transfer full): nothing chosen yet */
TcCheckpointJob *
tc_checkpoint_job_new (TcCheckpointVerb verb,
                       guint64          session_id)
{
  TcCheckpointJob *self = g_new0 (TcCheckpointJob, 1);

  self->verb = verb;
  self->session_id = session_id;

  return self;
}

/** tc_checkpoint_job_copy: Returns: (transfer full): the same to do, not prepared */
TcCheckpointJob *
tc_checkpoint_job_copy (const TcCheckpointJob *self)
{
  TcCheckpointJob *copy = tc_checkpoint_job_new (self->verb, self->session_id);

  copy->ids = self->ids != NULL ? g_array_copy (self->ids) : NULL;
  copy->last = self->last;
  copy->careful = self->careful;
  copy->since_us = self->since_us;
  copy->spared = self->spared != NULL ? g_array_copy (self->spared) : NULL;
  copy->dry_run = self->dry_run;

  return copy;
}

/** tc_checkpoint_job_free: @self: (transfer full) */
void
tc_checkpoint_job_free (TcCheckpointJob *self)
{
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_pointer (&self->spared, g_array_unref);
  g_clear_pointer (&self->records, json_node_unref);
  g_clear_pointer (&self->sessions, g_hash_table_unref);
  g_clear_pointer (&self->needs, g_ptr_array_unref);
  g_free (self);
}

static void
add_run (TcCheckpointJob *self,
         TcScheduler     *scheduler,
         TcSession       *session)
{
  TcSessionConfig *config = tc_session_get_config (session);
  Run *run = g_new0 (Run, 1);

  run->id = tc_session_get_id (session);
  run->run_dir = tc_scheduler_dup_run_dir (scheduler, run->id);
  run->title = g_strdup (config->title);
  run->corpus = g_strdup (config->corpus);
  run->target = g_strdup (config->target);
  run->parameters = (gint64) tc_session_get_progress (session)->parameters;
  run->ended_us = tc_session_state_is_final (tc_session_get_state (session)) ? tc_session_get_ended_at (session)
                                                                              : G_MAXINT64;
  g_hash_table_insert (self->sessions, &run->id, run);
}

/**
 * tc_checkpoint_job_prepare:
 * @records: an array of the store's checkpoints
 * @now_us: UTC
 *
 * Takes along what the main thread knows.
 */
void
tc_checkpoint_job_prepare (TcCheckpointJob *self,
                           TcScheduler     *scheduler,
                           JsonNode        *records,
                           gint64           now_us)
{
  TcQueue *queue = tc_scheduler_get_queue (scheduler);

  self->now_us = now_us;
  self->records = json_node_ref (records);
  self->needs = tc_checkpoint_needs_list (scheduler, self->careful);
  self->sessions = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, run_free);
  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    add_run (self, scheduler, tc_queue_peek (queue, i));
}

/* ---- In the thread ---- */

static TcCheckpointFolder *
ensure_folder (GHashTable *folders,
               Run        *run)
{
  TcCheckpointFolder *folder = g_hash_table_lookup (folders, &run->id);

  if (folder == NULL)
    {
      folder = tc_checkpoint_folder_open (run->run_dir);
      g_hash_table_insert (folders, &run->id, folder);
    }

  return folder;
}

static GHashTable *
new_folders (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) tc_checkpoint_folder_free);
}

static const char *
find_why (const Entry *entry,
          GHashTable  *needs)
{
  g_autofree char *key = NULL;

  if (entry->look.state == TC_CHECKPOINT_GONE)
    return NULL;
  if (!entry->look.is_ours)
    return "It does not lie in the checkpoints folder of its run.";
  if (g_hash_table_size (needs) == 0)
    return NULL;
  key = tc_checkpoint_dup_key (entry->record->path);

  return g_hash_table_lookup (needs, key);
}

/* A record that is of no session in the list belongs to a removed one. */
static GPtrArray *
make_entries (TcCheckpointJob *self,
              GHashTable      *folders,
              GHashTable      *needs)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  JsonArray *records = json_node_get_array (self->records);

  for (guint i = 0; i < json_array_get_length (records); i++)
    {
      TcCheckpoint *record = tc_checkpoint_from_json (json_array_get_object_element (records, i));
      Run *run = g_hash_table_lookup (self->sessions, &record->session_id);
      Entry *entry;

      if (run == NULL || (self->session_id != 0 && run->id != self->session_id))
        {
          tc_checkpoint_free (record);
          continue;
        }
      entry = g_new0 (Entry, 1);
      entry->record = record;
      entry->run = run;
      tc_checkpoint_folder_look (ensure_folder (folders, run), record->path, &entry->look);
      entry->why = find_why (entry, needs);
      g_ptr_array_add (entries, entry);
    }

  return entries;
}

static void
set_number (JsonObject *object,
            const char *member,
            gint64      value,
            gboolean    is_known)
{
  if (is_known)
    json_object_set_int_member (object, member, value);
  else
    json_object_set_null_member (object, member);
}

static JsonNode *
entry_to_json (Entry *entry)
{
  JsonNode *node = tc_checkpoint_to_json (entry->record);
  JsonObject *object = json_node_get_object (node);
  g_autofree char *name = g_path_get_basename (entry->record->path);
  gboolean is_removed = entry->look.state == TC_CHECKPOINT_REMOVED;
  g_autofree char *until = is_removed ? tc_clock_format_iso8601 (entry->look.removed_us + TC_CHECKPOINT_KEPT_US)
                                      : NULL;

  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "state", state_names[entry->look.state]);
  json_object_set_string_member (object, "contents", contents_names[entry->look.contents]);
  json_object_set_string_member (object, "restore_until", until);
  json_object_set_string_member (object, "needed", entry->why);
  set_number (object, "disk_bytes", tc_checkpoint_look_get_bytes (&entry->look),
              entry->look.state != TC_CHECKPOINT_GONE);
  set_number (object, "parameters", entry->run->parameters, entry->run->parameters > 0);
  json_object_set_string_member (object, "title", entry->run->title);
  json_object_set_string_member (object, "corpus", entry->run->corpus);
  json_object_set_string_member (object, "target", entry->run->target);

  return node;
}

/* What the disk has more when the chosen ones are gone: a file that has another
 * name elsewhere stays. */
static gint64
count_freed (GPtrArray *entries)
{
  g_autoptr(GHashTable) links = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  gint64 sum = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);

      for (guint k = 0; entry->is_chosen && k < entry->look.parts->len; k++)
        {
          const TcCheckpointPart *part = &g_array_index (entry->look.parts, TcCheckpointPart, k);
          guint64 *n = g_hash_table_lookup (links, &part->inode);

          if (n == NULL)
            {
              n = g_new0 (guint64, 1);
              g_hash_table_insert (links, g_memdup2 (&part->inode, sizeof part->inode), n);
            }
          if (++*n == part->n_links)
            sum += part->bytes;
        }
    }

  return sum;
}

/* ---- Choosing ---- */

static gboolean
check_chosen (TcCheckpointJob  *self,
              Entry            *entry,
              GError          **error)
{
  g_autofree char *name = g_path_get_basename (entry->record->path);

  if (self->verb == TC_CHECKPOINT_RESTORE || entry->look.state == TC_CHECKPOINT_GONE)
    return TRUE;
  if (entry->look.state == TC_CHECKPOINT_REMOVED)
    g_set_error (error, TC_ERROR, TC_ERROR_CONFLICT, "The checkpoint %s is removed already.", name);
  else if (entry->why != NULL)
    g_set_error (error, TC_ERROR, TC_ERROR_CONFLICT, "The checkpoint %s stays: %s", name, entry->why);
  else
    return TRUE;

  return FALSE;
}

static gboolean
choose_ids (TcCheckpointJob  *self,
            GPtrArray        *entries,
            GError          **error)
{
  for (guint i = 0; i < self->ids->len; i++)
    {
      gint64 id = g_array_index (self->ids, gint64, i);
      Entry *found = NULL;

      for (guint k = 0; k < entries->len && found == NULL; k++)
        {
          Entry *entry = g_ptr_array_index (entries, k);

          found = entry->record->id == id ? entry : NULL;
        }
      if (found == NULL)
        {
          g_set_error (error, TC_ERROR, TC_ERROR_NOT_FOUND, "There is no checkpoint %" G_GINT64_FORMAT ".", id);
          return FALSE;
        }
      if (!check_chosen (self, found, error))
        return FALSE;
      found->is_chosen = TRUE;
    }

  return TRUE;
}

/* Of one run: the lowest loss, unless the script named the best itself. */
static Entry *
find_best (GPtrArray *entries,
           Run       *run)
{
  Entry *best = NULL;

  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);

      if (entry->run != run || entry->look.state != TC_CHECKPOINT_THERE)
        continue;
      if (entry->record->is_best)
        return entry;
      if (isfinite (entry->record->val_loss) &&
          (best == NULL || entry->record->val_loss < best->record->val_loss))
        best = entry;
    }

  return best;
}

static gboolean
is_spared (TcCheckpointJob *self,
           const Entry     *entry)
{
  for (guint i = 0; self->spared != NULL && i < self->spared->len; i++)
    if (g_array_index (self->spared, gint64, i) == entry->record->id)
      return TRUE;

  return FALSE;
}

/* Those of a run are in the order of their epochs. All files of the last N
 * epochs that have any stay, and so do those of the best epoch. */
static void
choose_of_run (TcCheckpointJob *self,
               GPtrArray       *entries,
               Run             *run)
{
  const Entry *best = find_best (entries, run);
  guint n_epochs = 0;
  guint last_epoch = 0;
  guint last_attempt = 0;

  for (guint i = entries->len; i-- > 0;)
    {
      Entry *entry = g_ptr_array_index (entries, i);
      const TcCheckpoint *record = entry->record;

      if (entry->run != run || entry->look.state != TC_CHECKPOINT_THERE)
        continue;
      if (n_epochs == 0 || record->epoch != last_epoch || record->attempt != last_attempt)
        n_epochs++;
      last_epoch = record->epoch;
      last_attempt = record->attempt;
      entry->is_chosen = n_epochs > self->last && entry->why == NULL && !is_spared (self, entry) &&
                         (best == NULL || record->epoch != best->record->epoch ||
                          record->attempt != best->record->attempt);
    }
}

static void
choose_old (TcCheckpointJob *self,
            GPtrArray       *entries)
{
  GHashTableIter iter;
  gpointer run;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &run))
    if (((const Run *) run)->ended_us >= self->since_us)
      choose_of_run (self, entries, run);
}

/* ---- Doing ---- */

static gboolean
move_entry (TcCheckpointJob     *self,
            TcCheckpointFolder  *folder,
            Entry               *entry,
            gboolean             is_back,
            GError             **error)
{
  if ((self->verb == TC_CHECKPOINT_RESTORE) != is_back)
    return tc_checkpoint_folder_restore (folder, entry->record->path, error);

  return tc_checkpoint_folder_remove (folder, entry->record->path, self->now_us, error);
}

/* All of the chosen ones, or none. Two records may be of one checkpoint: the
 * second is where it should be then. */
static gboolean
move_chosen (TcCheckpointJob  *self,
             GPtrArray        *entries,
             GHashTable       *folders,
             GError          **error)
{
  TcCheckpointState wanted = self->verb == TC_CHECKPOINT_RESTORE ? TC_CHECKPOINT_THERE : TC_CHECKPOINT_REMOVED;
  g_autoptr(GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);
      char *key = entry->is_chosen ? tc_checkpoint_dup_key (entry->record->path) : NULL;

      if (key == NULL || !g_hash_table_add (done, key) || entry->look.state == wanted)
        continue;
      if (move_entry (self, ensure_folder (folders, entry->run), entry, FALSE, error))
        continue;
      while (i-- > 0)
        {
          Entry *back = g_ptr_array_index (entries, i);
          g_autoptr(TcCheckpointFolder) folder = back->is_chosen && back->look.state != wanted
                                                 ? tc_checkpoint_folder_open (back->run->run_dir) : NULL;

          if (folder != NULL)
            move_entry (self, folder, back, TRUE, NULL);
        }
      return FALSE;
    }

  return TRUE;
}

static JsonObject *
make_answer (TcCheckpointJob *self,
             GPtrArray       *entries,
             gint64           freed)
{
  JsonObject *answer = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);

      if (self->verb == TC_CHECKPOINT_LIST || entry->is_chosen)
        json_array_add_element (array, entry_to_json (entry));
    }
  json_object_set_array_member (answer, "checkpoints", array);
  if (self->verb != TC_CHECKPOINT_LIST)
    json_object_set_int_member (answer, "bytes", freed);

  return answer;
}

/* The chosen ones as they are now. */
static void
look_again (GPtrArray *entries)
{
  g_autoptr(GHashTable) folders = new_folders ();

  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);

      if (!entry->is_chosen)
        continue;
      tc_checkpoint_look_clear (&entry->look);
      tc_checkpoint_folder_look (ensure_folder (folders, entry->run), entry->record->path, &entry->look);
    }
}

/**
 * tc_checkpoint_job_run:
 * @self: prepared
 * @error: TC_ERROR_NOT_FOUND for an unknown id, TC_ERROR_CONFLICT for one that
 *   has to stay as it is; then nothing is changed
 *
 * Does it; blocks.
 *
 * Returns: (transfer full): {"checkpoints":[…]}, all or those that were chosen;
 *   with those also "bytes", what the disk gains when they are gone for good
 */
JsonObject *
tc_checkpoint_job_run (TcCheckpointJob  *self,
                       GError          **error)
{
  g_autoptr(GHashTable) needs = tc_checkpoint_needs_resolve (self->needs);
  g_autoptr(GHashTable) folders = new_folders ();
  g_autoptr(GPtrArray) entries = make_entries (self, folders, needs);
  gint64 freed;

  if (self->ids != NULL && !choose_ids (self, entries, error))
    return NULL;
  if (self->verb == TC_CHECKPOINT_KEEP)
    choose_old (self, entries);
  freed = count_freed (entries);
  if (self->verb != TC_CHECKPOINT_LIST && !self->dry_run)
    {
      if (!move_chosen (self, entries, folders, error))
        return NULL;
      look_again (entries);
    }

  return make_answer (self, entries, freed);
}
