#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Trains Helix on one phase of the HLX curriculum.  `--help` lists the options; the guide is
PRODUCTION_TRAINING_GUIDE.md.  Exit status: 0 completed, 1 failed, 2 usage, 143 saved on SIGTERM.
"""

import sys

from helix.main import train

if __name__ == "__main__":
    sys.exit(train(sys.argv[1:]))
