#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Judges a checkpoint: five tests, and exact match on held-out pairs for each HLX format.

Writes validation_<checkpoint>.json (or --output).  Exit status: 0 pass, 1 fail, 2 warnings or usage.
"""

import sys

from helix.validator import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
