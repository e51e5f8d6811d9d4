/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

/* A sink that writes down everything it is told, one line a call, into a
 * GString: what two parsers said can then be compared as text.
 */

#include "tc-parse-sink.h"

extern const TcParseSink tc_recorder_sink;
