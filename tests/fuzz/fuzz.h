/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

/* What every fuzz target is: one function that takes any bytes, checks what
 * must hold, and aborts if it does not. Run by libFuzzer where there is clang,
 * and by driver.c everywhere.
 */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);
