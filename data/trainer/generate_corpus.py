#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Writes an HLX corpus: English sentences with their values in four formats, by size and seed.

Does nothing when the file already holds just that corpus.  Exit status: 0 there, 1 failed, 2 usage.
"""

import argparse
import sys
from pathlib import Path

from helix import generator
from helix.values import HlxError


def main() -> int:
    """Parse the command line, generate, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE")
    parser.add_argument("--blocks", type=int, default=generator.DEFAULT_BLOCKS, help=f"1 to {generator.MAX_BLOCKS}")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not generator.MIN_BLOCKS <= options.blocks <= generator.MAX_BLOCKS:
        parser.error(f"--blocks must be {generator.MIN_BLOCKS} to {generator.MAX_BLOCKS}")
    what = generator.identity(options.blocks, options.seed)
    if generator.is_current(options.output, options.blocks, options.seed):
        print(f"✓ {options.output} is up to date ({what})")
        return 0
    try:
        generator.write_corpus(options.output, options.blocks, options.seed)
    except (OSError, HlxError) as error:
        print(f"generate_corpus.py: {options.output} was not written: "
              f"{getattr(error, 'strerror', None) or error}", file=sys.stderr)
        return 1
    print(f"✓ Wrote {options.output} ({what})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
