/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-gpu.h"

#include <dlfcn.h>

#define MAX_PROCESSES 256
#define NVML_SUCCESS  0

/* The few pieces of NVML's interface that are needed, as its header has them.
 * The header itself is not: the library is the driver's. */
typedef struct
{
  unsigned int gpu;
  unsigned int memory;
} Utilization;

typedef struct
{
  unsigned int       pid;
  unsigned long long used_memory;
  unsigned int       gpu_instance;
  unsigned int       compute_instance;
} ProcessInfo;

typedef struct
{
  int (*init)            (void);
  int (*shutdown)        (void);
  int (*get_count)       (unsigned int *count);
  int (*get_handle)      (unsigned int  index,
                          void        **device);
  int (*get_utilization) (void         *device,
                          Utilization  *utilization);
  int (*get_processes)   (void         *device,
                          unsigned int *count,
                          ProcessInfo  *infos);
} Nvml;

struct _TcWatchGpu
{
  void     *library;    /* (owned) (nullable) */
  Nvml      nvml;
  gboolean  is_ready;   /* init succeeded, shutdown is owed */
};

static gboolean
bind (void       *library,
      const char *name,
      gpointer    function)
{
  *(void **) function = dlsym (library, name);

  return *(void **) function != NULL;
}

/* v2 and v3 of the list of processes have the same layout. */
static gboolean
bind_all (void *library,
          Nvml *nvml)
{
  return bind (library, "nvmlInit_v2", &nvml->init) &&
         bind (library, "nvmlShutdown", &nvml->shutdown) &&
         bind (library, "nvmlDeviceGetCount_v2", &nvml->get_count) &&
         bind (library, "nvmlDeviceGetHandleByIndex_v2", &nvml->get_handle) &&
         bind (library, "nvmlDeviceGetUtilizationRates", &nvml->get_utilization) &&
         (bind (library, "nvmlDeviceGetComputeRunningProcesses_v3", &nvml->get_processes) ||
          bind (library, "nvmlDeviceGetComputeRunningProcesses_v2", &nvml->get_processes));
}

/**
 * tc_watch_gpu_new:
 * @library: the name or path of the library, "libnvidia-ml.so.1"; "" for none
 *
 * Returns: (transfer full): a view of the GPUs, which may see none
 */
TcWatchGpu *
tc_watch_gpu_new (const char *library)
{
  TcWatchGpu *self = g_new0 (TcWatchGpu, 1);

  g_return_val_if_fail (library != NULL, self);

  if (library[0] != '\0')
    self->library = dlopen (library, RTLD_NOW | RTLD_LOCAL);

  self->is_ready = self->library != NULL && bind_all (self->library, &self->nvml) &&
                   self->nvml.init () == NVML_SUCCESS;

  return self;
}

/**
 * tc_watch_gpu_free:
 * @self: (transfer full) (nullable): a view
 */
void
tc_watch_gpu_free (TcWatchGpu *self)
{
  if (self == NULL)
    return;

  if (self->is_ready)
    self->nvml.shutdown ();
  g_clear_pointer (&self->library, dlclose);
  g_free (self);
}

/**
 * tc_watch_gpu_is_present:
 * @self: a view
 *
 * Returns: whether there is a driver to ask
 */
gboolean
tc_watch_gpu_is_present (TcWatchGpu *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_ready;
}

static gboolean
is_used_by (TcWatchGpu   *self,
            void         *device,
            const GArray *pids)
{
  ProcessInfo infos[MAX_PROCESSES];
  unsigned int n_infos = MAX_PROCESSES;

  if (self->nvml.get_processes (device, &n_infos, infos) != NVML_SUCCESS)
    return FALSE;

  for (guint i = 0; i < MIN (n_infos, MAX_PROCESSES); i++)
    {
      for (guint j = 0; j < pids->len; j++)
        {
          if ((GPid) infos[i].pid == g_array_index (pids, GPid, j))
            return TRUE;
        }
    }

  return FALSE;
}

static int
get_device_percent (TcWatchGpu   *self,
                    unsigned int  index,
                    const GArray *pids)
{
  Utilization utilization = { 0, 0 };
  void *device = NULL;

  if (self->nvml.get_handle (index, &device) != NVML_SUCCESS ||
      !is_used_by (self, device, pids) ||
      self->nvml.get_utilization (device, &utilization) != NVML_SUCCESS)
    return -1;

  return (int) MIN (utilization.gpu, 100);
}

/**
 * tc_watch_gpu_get_percent:
 * @self: a view
 * @pids: (element-type GPid): the processes of a run
 *
 * Returns: how busy the busiest GPU is that one of @pids computes on, 0 to 100;
 *   -1 when none does or it cannot be known
 */
int
tc_watch_gpu_get_percent (TcWatchGpu   *self,
                          const GArray *pids)
{
  unsigned int n_devices = 0;
  int percent = -1;

  g_return_val_if_fail (self != NULL, -1);
  g_return_val_if_fail (pids != NULL, -1);

  if (!self->is_ready || self->nvml.get_count (&n_devices) != NVML_SUCCESS)
    return -1;

  for (unsigned int i = 0; i < n_devices; i++)
    percent = MAX (percent, get_device_percent (self, i, pids));

  return percent;
}
