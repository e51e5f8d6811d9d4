/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "memory-keyring.h"
#include "tc-error.h"

typedef struct
{
  TcKeyring   parent_instance;
  GHashTable *secrets; /* (owned) id → text */
} MemoryKeyring;

typedef TcKeyringClass MemoryKeyringClass;

static GType memory_keyring_get_type (void);

G_DEFINE_TYPE (MemoryKeyring, memory_keyring, TC_TYPE_KEYRING)

static void
memory_keyring_store (TcKeyring  *keyring,
                      const char *id,
                      const char *label,
                      const char *secret,
                      GTask      *task)
{
  g_hash_table_replace (((MemoryKeyring *) keyring)->secrets, g_strdup (id), g_strdup (secret));
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
memory_keyring_look_up (TcKeyring  *keyring,
                        const char *id,
                        GTask      *task)
{
  const char *secret = g_hash_table_lookup (((MemoryKeyring *) keyring)->secrets, id);

  if (secret != NULL)
    g_task_return_pointer (task, tc_secret_new (secret), (GDestroyNotify) tc_secret_free);
  else
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND, "It is not there.");
  g_object_unref (task);
}

static void
memory_keyring_clear (TcKeyring  *keyring,
                      const char *id,
                      GTask      *task)
{
  g_hash_table_remove (((MemoryKeyring *) keyring)->secrets, id);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
memory_keyring_finalize (GObject *object)
{
  g_hash_table_unref (((MemoryKeyring *) object)->secrets);
  G_OBJECT_CLASS (memory_keyring_parent_class)->finalize (object);
}

static void
memory_keyring_class_init (MemoryKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = memory_keyring_finalize;
  klass->store = memory_keyring_store;
  klass->look_up = memory_keyring_look_up;
  klass->clear = memory_keyring_clear;
}

static void
memory_keyring_init (MemoryKeyring *self)
{
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

TcKeyring *
memory_keyring_new (void)
{
  return g_object_new (memory_keyring_get_type (), NULL);
}
