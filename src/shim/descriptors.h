/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

void tc_close_others   (int keep, int keep_too);
void tc_std_to_null    (void);
