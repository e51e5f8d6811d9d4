# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Asks a checkpoint: `python3 -m helix.translate --checkpoint FILE "Search the logs for \"timeout\"" …`

Prints the answer in every format, and whether the codec reads it; `--json` prints one object a line.
"""

from __future__ import annotations

import argparse
import sys

from .codec import FORMATS
from .options import prepare_threads


def main(arguments: list[str]) -> int:
    """Translate the sentences on the command line (or on stdin, one a line); return the exit status."""
    p = argparse.ArgumentParser(prog="helix.translate", allow_abbrev=False,
                                description="Translate English sentences into HLX with a checkpoint.")
    p.add_argument("--checkpoint", required=True, metavar="FILE")
    p.add_argument("--format", choices=FORMATS, help="one format only")
    p.add_argument("--raw", action="store_true", help="go on from each text as it is, without asking for a format")
    p.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    p.add_argument("--json", action="store_true", help="one JSON object a line")
    p.add_argument("sentences", nargs="*", metavar="SENTENCE")
    options = p.parse_args(arguments)
    prepare_threads()
    sentences = options.sentences or [line.rstrip("\n") for line in sys.stdin if line.strip()]
    from . import checkpoint, data, decode, files, gates, machine, quality

    try:
        model = gates.load_model(checkpoint.find(options.checkpoint), machine.device(options.device))
    except (checkpoint.CheckpointError, machine.MachineError) as error:
        print(f"helix.translate: {error}", file=sys.stderr)
        return 1
    formats = (None,) if options.raw else (options.format,) if options.format else FORMATS
    asked = [(sentence, format) for sentence in sentences for format in formats]
    answers = decode.complete(model, [data.prompt(sentence, format) if format else sentence
                                      for sentence, format in asked])
    previous = None
    for (sentence, format), answer in zip(asked, answers):
        valid = quality.parses(answer, format) if format else None
        if options.json:
            print(files.to_json({"english": sentence, "format": format, "answer": answer, "valid": valid}))
            continue
        if sentence is not previous:
            print(sentence)
        print(f"  {format or 'text':<5} {answer}" + ("" if valid in (True, None) else "    (not valid)"))
        previous = sentence
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
