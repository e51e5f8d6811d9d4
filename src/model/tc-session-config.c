/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-json.h"
#include "tc-money.h"
#include "tc-session-config.h"

#define DEFAULT_GRACE_SECONDS 120
#define GRACE_SECONDS_MAX 3600
#define TEXT_MAX 4096

/* The members that are plain texts, and where they live in the struct. */
static const struct {
  const char *name;
  gsize       offset;
} texts[] = {
  { "title", G_STRUCT_OFFSET (TcSessionConfig, title) },
  { "provider", G_STRUCT_OFFSET (TcSessionConfig, provider) },
  { "model", G_STRUCT_OFFSET (TcSessionConfig, model) },
  { "model_name", G_STRUCT_OFFSET (TcSessionConfig, model_name) },
  { "corpus", G_STRUCT_OFFSET (TcSessionConfig, corpus) },
  { "corpus_file", G_STRUCT_OFFSET (TcSessionConfig, corpus_file) },
  { "target", G_STRUCT_OFFSET (TcSessionConfig, target) },
  { "script", G_STRUCT_OFFSET (TcSessionConfig, script) },
  { "python", G_STRUCT_OFFSET (TcSessionConfig, python) },
  { "command", G_STRUCT_OFFSET (TcSessionConfig, command) },
  { "workdir", G_STRUCT_OFFSET (TcSessionConfig, workdir) },
  { "resume_from", G_STRUCT_OFFSET (TcSessionConfig, resume_from) },
  { "progress_regex", G_STRUCT_OFFSET (TcSessionConfig, progress_regex) },
  { "policy", G_STRUCT_OFFSET (TcSessionConfig, policy) },
};

static const char *const other_members[] = {
  "epochs", "seed", "settings", "environment", "budget_usd", "after",
  "grace_seconds", "auto_stop", "key", "verdict_every", NULL
};

/* From doing nothing to doing most: "pause" pauses at a D or worse, "stop"
 * stops at an F besides. */
static const char *const policies[] = { "off", "notify", "pause", "stop", NULL };

/* The three corpora are the three phases, in this order. */
static const struct {
  const char *corpus;
  const char *title;
} phases[] = {
  { "english", "English Mastery" },
  { "hlx", "HLX Family" },
  { "translation", "Translation" },
};

static char **
text_field (TcSessionConfig *self,
            gsize            offset)
{
  return G_STRUCT_MEMBER_P (self, offset);
}

static void
setting_free (TcSetting *setting)
{
  g_free (setting->key);
  g_free (setting->value);
  g_free (setting);
}

static void
add_pair (GPtrArray  *pairs,
          const char *key,
          const char *value)
{
  TcSetting *setting = g_new0 (TcSetting, 1);

  setting->key = g_strdup (key);
  setting->value = g_strdup (value);
  g_ptr_array_add (pairs, setting);
}

/**
 * tc_session_config_new:
 *
 * Returns: (transfer full): a configuration with the defaults: phase 1 of
 *   helix-100m for 200 epochs with no provider
 */
TcSessionConfig *
tc_session_config_new (void)
{
  TcSessionConfig *self = g_new0 (TcSessionConfig, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->provider = g_strdup ("none");
  self->corpus = g_strdup ("english");
  self->target = g_strdup ("helix-100m");
  self->policy = g_strdup ("notify");
  self->epochs = 200;
  self->seed = -1;
  self->budget = TC_BUDGET_NONE;
  self->grace_seconds = DEFAULT_GRACE_SECONDS;
  self->settings = g_ptr_array_new_with_free_func ((GDestroyNotify) setting_free);
  self->environment = g_ptr_array_new_with_free_func ((GDestroyNotify) setting_free);

  return self;
}

/**
 * tc_session_config_ref:
 *
 * Returns: (transfer full): @self
 */
TcSessionConfig *
tc_session_config_ref (TcSessionConfig *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * tc_session_config_unref:
 */
void
tc_session_config_unref (TcSessionConfig *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*text_field (self, texts[i].offset));
  g_ptr_array_unref (self->settings);
  g_ptr_array_unref (self->environment);
  g_free (self);
}

/**
 * tc_session_config_copy:
 *
 * Returns: (transfer full): a copy that nobody shares yet
 */
TcSessionConfig *
tc_session_config_copy (TcSessionConfig *self)
{
  TcSessionConfig *copy = tc_session_config_new ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_set_str (text_field (copy, texts[i].offset), *text_field (self, texts[i].offset));
  for (guint i = 0; i < self->settings->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (self->settings, i);

      add_pair (copy->settings, setting->key, setting->value);
    }
  for (guint i = 0; i < self->environment->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (self->environment, i);

      add_pair (copy->environment, setting->key, setting->value);
    }
  copy->epochs = self->epochs;
  copy->seed = self->seed;
  copy->budget = self->budget;
  copy->key_id = self->key_id;
  copy->verdict_every = self->verdict_every;
  copy->after = self->after;
  copy->grace_seconds = self->grace_seconds;
  copy->auto_stop = self->auto_stop;

  return copy;
}

/**
 * tc_session_config_add_setting:
 * @key: an option of the script, without dashes
 * @value: its value
 *
 * Adds an option that is passed to the script as `--key value`.
 */
void
tc_session_config_add_setting (TcSessionConfig *self,
                               const char      *key,
                               const char      *value)
{
  add_pair (self->settings, key, value);
}

/**
 * tc_session_config_add_environment:
 * @name: of a variable
 * @value: its value, which is no secret
 *
 * Adds a variable to the environment of the script.
 */
void
tc_session_config_add_environment (TcSessionConfig *self,
                                   const char      *name,
                                   const char      *value)
{
  add_pair (self->environment, name, value);
}

static gboolean
refuse_unknown_members (JsonObject  *object,
                        GError     **error)
{
  JsonObjectIter iter;
  const char *member;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &member, NULL))
    {
      gboolean known = g_strv_contains (other_members, member);

      for (guint i = 0; !known && i < G_N_ELEMENTS (texts); i++)
        known = g_str_equal (texts[i].name, member);
      if (!known)
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                       "A session has no setting “%s”; script options belong into “settings”",
                       member);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
read_texts (TcSessionConfig  *self,
            JsonObject       *object,
            GError          **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      JsonNode *node = json_object_get_member (object, texts[i].name);

      if (node == NULL || JSON_NODE_HOLDS_NULL (node))
        continue;
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” must be a text", texts[i].name);
          return FALSE;
        }
      g_set_str (text_field (self, texts[i].offset), json_node_get_string (node));
    }

  return TRUE;
}

static gboolean
read_pairs (GPtrArray   *pairs,
            JsonObject  *object,
            const char  *member,
            GError     **error)
{
  JsonObject *values = tc_json_get_object (object, member);
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  if (values == NULL)
    {
      if (!tc_json_has (object, member))
        return TRUE;
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” must be an object of texts", member);
      return FALSE;
    }

  json_object_iter_init_ordered (&iter, values);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                       "“%s” in “%s” must be a text, in quotes also when it is a number", key, member);
          return FALSE;
        }
      add_pair (pairs, key, json_node_get_string (node));
    }

  return TRUE;
}

static gboolean
read_number (JsonObject  *object,
             const char  *member,
             gint64       minimum,
             gint64       maximum,
             gint64      *value,
             GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 ||
      json_node_get_int (node) < minimum || json_node_get_int (node) > maximum)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "“%s” must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                   member, minimum, maximum);
      return FALSE;
    }
  *value = json_node_get_int (node);

  return TRUE;
}

/* Ids are texts in JSON; numbers are taken too, people type them. */
static gboolean
read_id (JsonObject  *object,
         const char  *member,
         const char  *of_what,
         guint64     *id,
         GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 &&
      json_node_get_int (node) > 0)
    {
      *id = json_node_get_int (node);
      return TRUE;
    }
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING &&
      g_ascii_string_to_unsigned (json_node_get_string (node), 10, 1, G_MAXINT64, id, NULL))
    return TRUE;

  g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” must be the number of %s", member, of_what);
  return FALSE;
}

static gboolean
read_budget (TcSessionConfig  *self,
             JsonObject       *object,
             GError          **error)
{
  if (tc_json_has (object, "budget_usd"))
    {
      const char *text = tc_json_get_string (object, "budget_usd", NULL);

      if (text == NULL)
        {
          if (JSON_NODE_HOLDS_NULL (json_object_get_member (object, "budget_usd")))
            return TRUE;
          g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                               "“budget_usd” must be a text such as \"5.00\"");
          return FALSE;
        }
      return tc_money_parse (text, &self->budget, error);
    }

  return TRUE;
}

/**
 * tc_session_config_from_json:
 * @object: what tc_session_config_to_json() writes; every member is optional
 * @error: TC_ERROR_INVALID with a sentence that names the member
 *
 * Returns: (transfer full) (nullable): a valid configuration
 */
TcSessionConfig *
tc_session_config_from_json (JsonObject  *object,
                             GError     **error)
{
  g_autoptr(TcSessionConfig) self = tc_session_config_new ();
  gint64 epochs = self->epochs;
  gint64 grace = self->grace_seconds;
  gint64 verdict_every = 0;

  g_return_val_if_fail (object != NULL, NULL);

  if (!refuse_unknown_members (object, error) ||
      !read_texts (self, object, error) ||
      !read_pairs (self->settings, object, "settings", error) ||
      !read_pairs (self->environment, object, "environment", error) ||
      !read_number (object, "epochs", 1, TC_EPOCHS_MAX, &epochs, error) ||
      !read_number (object, "seed", -1, G_MAXINT32, &self->seed, error) ||
      !read_number (object, "grace_seconds", 0, GRACE_SECONDS_MAX, &grace, error) ||
      !read_number (object, "verdict_every", 0, TC_EPOCHS_MAX, &verdict_every, error) ||
      !read_id (object, "after", "another session", &self->after, error) ||
      !read_id (object, "key", "a key", &self->key_id, error) ||
      !read_budget (self, object, error))
    return NULL;

  self->epochs = epochs;
  self->grace_seconds = grace;
  self->verdict_every = verdict_every;
  self->auto_stop = tc_json_get_boolean (object, "auto_stop", FALSE);
  if (!tc_session_config_validate (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

static void
write_pairs (JsonObject *object,
             const char *member,
             GPtrArray  *pairs)
{
  JsonObject *values = json_object_new ();

  for (guint i = 0; i < pairs->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (pairs, i);

      json_object_set_string_member (values, setting->key, setting->value);
    }
  json_object_set_object_member (object, member, values);
}

static void
write_id (JsonObject *object,
          const char *member,
          guint64     id)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

  if (id != 0)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}

/**
 * tc_session_config_to_json:
 *
 * Returns: (transfer full): an object with every member
 */
JsonNode *
tc_session_config_to_json (TcSessionConfig *self)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_init_object (json_node_alloc (), object);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    json_object_set_string_member (object, texts[i].name, *text_field (self, texts[i].offset));
  json_object_set_int_member (object, "epochs", self->epochs);
  json_object_set_int_member (object, "seed", self->seed);
  json_object_set_int_member (object, "grace_seconds", self->grace_seconds);
  json_object_set_boolean_member (object, "auto_stop", self->auto_stop);
  write_pairs (object, "settings", self->settings);
  write_pairs (object, "environment", self->environment);
  json_object_set_int_member (object, "verdict_every", self->verdict_every);
  write_id (object, "after", self->after);
  write_id (object, "key", self->key_id);
  if (self->budget != TC_BUDGET_NONE)
    {
      g_autofree char *budget = g_strdup_printf ("%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT,
                                                 self->budget / TC_MONEY_DOLLAR,
                                                 self->budget % TC_MONEY_DOLLAR);

      json_object_set_string_member (object, "budget_usd", budget);
    }
  else
    json_object_set_null_member (object, "budget_usd");
  json_object_unref (object);

  return node;
}

static gboolean
is_word (const char *text)
{
  if (text == NULL || !g_ascii_isalnum (text[0]) || strlen (text) > 64)
    return FALSE;

  return strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") == strlen (text);
}

static gboolean
validate_texts (TcSessionConfig  *self,
                GError          **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *text = *text_field (self, texts[i].offset);

      if (text != NULL && strlen (text) > TEXT_MAX)
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                       "“%s” is longer than %d bytes", texts[i].name, TEXT_MAX);
          return FALSE;
        }
    }

  if (!is_word (self->provider) || !is_word (self->target))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "“provider” and “target” must be plain words such as “claude” and “helix-100m”");
      return FALSE;
    }

  return TRUE;
}

static gboolean
validate_pairs (GPtrArray   *pairs,
                const char  *what,
                GError     **error)
{
  for (guint i = 0; i < pairs->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (pairs, i);

      if (!is_word (setting->key) || strlen (setting->value) > TEXT_MAX)
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                       "%s: a name has letters, digits and dashes only, a value at most %d bytes",
                       what, TEXT_MAX);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * tc_session_config_validate:
 * @error: TC_ERROR_INVALID with a sentence for people
 *
 * Checks what can be checked without looking at files.
 *
 * Returns: whether a session may be made of it
 */
gboolean
tc_session_config_validate (TcSessionConfig  *self,
                            GError          **error)
{
  if (self->epochs < 1 || self->epochs > TC_EPOCHS_MAX)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "Epochs must be from 1 to %d, not %u", TC_EPOCHS_MAX, self->epochs);
      return FALSE;
    }
  if (tc_session_config_get_phase (self) == 0)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "There is no corpus “%s”; choose english, hlx or translation", self->corpus);
      return FALSE;
    }
  if (self->script != NULL && self->command != NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "Give either a script or a command, not both");
      return FALSE;
    }
  if (self->budget != TC_BUDGET_NONE && self->budget < 0)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "A budget cannot be negative");
      return FALSE;
    }

  if (self->policy == NULL || !g_strv_contains (policies, self->policy))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "“policy” must be off, notify, pause or stop");
      return FALSE;
    }

  return validate_texts (self, error) &&
         validate_pairs (self->settings, "Settings", error) &&
         validate_pairs (self->environment, "Environment", error);
}

/**
 * tc_session_config_get_phase:
 *
 * Returns: 1, 2 or 3; 0 when the corpus is none of the three
 */
guint
tc_session_config_get_phase (TcSessionConfig *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      if (g_strcmp0 (phases[i].corpus, self->corpus) == 0)
        return i + 1;
    }

  return 0;
}

/**
 * tc_session_config_dup_title:
 *
 * Returns: (transfer full): the title given, else "English Mastery → helix-1m"
 */
char *
tc_session_config_dup_title (TcSessionConfig *self)
{
  guint phase = tc_session_config_get_phase (self);

  if (self->title != NULL && self->title[0] != '\0')
    return g_strdup (self->title);

  return g_strdup_printf ("%s → %s", phase > 0 ? phases[phase - 1].title : self->corpus,
                          self->target);
}
