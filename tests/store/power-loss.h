/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A disk that loses its power, after the idea of SQLite's test6.c: everything
 * goes to the real file system, but what was written since the last sync of a
 * file is remembered. When the power goes, a folder gets the files as a disk
 * might have them: what was synced, and of the rest each sector at random as
 * it was before, as it was written, or torn. The shared memory file is lost.
 *
 * It becomes SQLite's default VFS; the store knows nothing of it. */

#pragma once

void power_loss_install      (const char *folder,
                              int         seed,
                              int         at);
void power_loss_count_answer (void);
