/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-host-state.h"

#define LOOK_SECONDS 30

/* A checkpoint of the largest model and what resuming needs take 2 GB. Less than
 * that is low however small the disk is; a large one is low at a twentieth too. */
#define LOW_BYTES (G_GUINT64_CONSTANT (2) << 30)
#define LOW_SHARE 20
#define LOW_SHARE_BYTES (G_GUINT64_CONSTANT (10) << 30)

struct _TcHostState
{
  GObject       parent_instance;

  GFile        *folder;       /* (owned) where the runs lie */
  GDBusProxy   *power;        /* (owned) (nullable) UPower, where there is one */
  GCancellable *cancellable;  /* (owned) */
  guint         look_id;
  guint64       free_bytes;
  gboolean      is_low;
  gboolean      on_battery;
};

G_DEFINE_FINAL_TYPE (TcHostState, tc_host_state, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- The disk ---- */

static void
on_room (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(TcHostState) self = user_data;
  g_autoptr(GFileInfo) info = g_file_query_filesystem_info_finish (G_FILE (object), result, NULL);
  gboolean was_low = self->is_low;
  guint64 before = self->free_bytes;
  guint64 size;

  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return;
  size = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_SIZE);
  self->free_bytes = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  self->is_low = self->free_bytes < LOW_BYTES ||
                 (self->free_bytes < LOW_SHARE_BYTES && self->free_bytes < size / LOW_SHARE);
  if (self->is_low != was_low || (self->is_low && self->free_bytes != before))
    g_signal_emit (self, changed_signal, 0);
}

static gboolean
on_look (gpointer user_data)
{
  TcHostState *self = user_data;

  g_file_query_filesystem_info_async (self->folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE ","
                                      G_FILE_ATTRIBUTE_FILESYSTEM_SIZE, G_PRIORITY_LOW, self->cancellable,
                                      on_room, g_object_ref (self));

  return G_SOURCE_CONTINUE;
}

/* ---- The battery ---- */

static void
read_power (TcHostState *self)
{
  g_autoptr(GVariant) value = g_dbus_proxy_get_cached_property (self->power, "OnBattery");
  gboolean on_battery = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) &&
                        g_variant_get_boolean (value);

  if (on_battery == self->on_battery)
    return;
  self->on_battery = on_battery;
  g_signal_emit (self, changed_signal, 0);
}

/* Without UPower nothing is known of a battery, and nothing said. */
static void
on_power (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcHostState) self = user_data;
  GDBusProxy *power = g_dbus_proxy_new_for_bus_finish (result, NULL);

  if (power == NULL)
    return;
  g_set_object (&self->power, power);
  g_object_unref (power);
  g_signal_connect_object (power, "g-properties-changed", G_CALLBACK (read_power), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (power, "notify::g-name-owner", G_CALLBACK (read_power), self, G_CONNECT_SWAPPED);
  read_power (self);
}

/* ---- The object ---- */

static void
tc_host_state_dispose (GObject *object)
{
  TcHostState *self = TC_HOST_STATE (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->power);

  G_OBJECT_CLASS (tc_host_state_parent_class)->dispose (object);
}

static void
tc_host_state_finalize (GObject *object)
{
  TcHostState *self = TC_HOST_STATE (object);

  g_object_unref (self->folder);
  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (tc_host_state_parent_class)->finalize (object);
}

static void
tc_host_state_class_init (TcHostStateClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_host_state_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_host_state_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_host_state_init (TcHostState *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * tc_host_state_new:
 * @paths: where the runs lie
 *
 * Returns: (transfer full): well off, until it is known better
 */
TcHostState *
tc_host_state_new (TcPaths *paths)
{
  TcHostState *self = g_object_new (TC_TYPE_HOST_STATE, NULL);

  self->folder = g_file_new_for_path (tc_paths_get_data_dir (paths));
  self->look_id = g_timeout_add_seconds (LOOK_SECONDS, on_look, self);
  on_look (self);
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SYSTEM, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL,
                            "org.freedesktop.UPower", "/org/freedesktop/UPower", "org.freedesktop.UPower",
                            self->cancellable, on_power, g_object_ref (self));

  return self;
}

/** tc_host_state_on_battery: Returns: whether nothing but the battery drives it */
gboolean
tc_host_state_on_battery (TcHostState *self)
{
  g_return_val_if_fail (TC_IS_HOST_STATE (self), FALSE);

  return self->on_battery;
}

/**
 * tc_host_state_is_disk_low:
 * @free_bytes: (out): what is left
 *
 * Returns: whether that is too little for a training
 */
gboolean
tc_host_state_is_disk_low (TcHostState *self,
                           guint64     *free_bytes)
{
  g_return_val_if_fail (TC_IS_HOST_STATE (self), FALSE);

  *free_bytes = self->free_bytes;

  return self->is_low;
}
