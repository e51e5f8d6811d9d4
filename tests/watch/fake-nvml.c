/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Stands in for the driver's libnvidia-ml.so.1: two GPUs, the second one used
 * by the process TC_FAKE_NVML_PID. TC_FAKE_NVML_FAIL names a function that
 * answers with an error.
 */

#include <stdlib.h>
#include <string.h>

typedef struct { unsigned int gpu, memory; } Utilization;
typedef struct { unsigned int pid; unsigned long long used; unsigned int gi, ci; } ProcessInfo;

int nvmlInit_v2 (void);
int nvmlShutdown (void);
int nvmlDeviceGetCount_v2 (unsigned int *count);
int nvmlDeviceGetHandleByIndex_v2 (unsigned int index, void **device);
int nvmlDeviceGetUtilizationRates (void *device, Utilization *utilization);
int nvmlDeviceGetComputeRunningProcesses_v3 (void *device, unsigned int *count, ProcessInfo *infos);

static char devices[2];

static int
answer (const char *name)
{
  const char *fail = getenv ("TC_FAKE_NVML_FAIL");

  return fail != NULL && strcmp (fail, name) == 0 ? 999 : 0;
}

int
nvmlInit_v2 (void)
{
  return answer ("init");
}

int
nvmlShutdown (void)
{
  return 0;
}

int
nvmlDeviceGetCount_v2 (unsigned int *count)
{
  *count = 2;

  return answer ("count");
}

int
nvmlDeviceGetHandleByIndex_v2 (unsigned int   index,
                               void         **device)
{
  *device = &devices[index];

  return answer ("handle");
}

int
nvmlDeviceGetUtilizationRates (void        *device,
                               Utilization *utilization)
{
  utilization->gpu = device == &devices[1] ? 73 : 99;
  utilization->memory = 5;

  return answer ("utilization");
}

int
nvmlDeviceGetComputeRunningProcesses_v3 (void         *device,
                                         unsigned int *count,
                                         ProcessInfo  *infos)
{
  const char *pid = getenv ("TC_FAKE_NVML_PID");

  *count = 1;
  infos[0].pid = device == &devices[1] && pid != NULL ? (unsigned int) atoi (pid) : 1;

  return answer ("processes");
}
