#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Watches a training run through its status file and says when something is wrong.

Every check prints a block for people and one line for programs (`WATCHDOG {…}`, JSON).  A stall is
measured on this machine's monotonic clock, so neither time zones nor a changed clock raise one.
Exit status: 0 the run completed, 1 it ended otherwise or is lost, 2 usage, 143 on SIGTERM.
"""

import sys

from helix.watchdog import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
