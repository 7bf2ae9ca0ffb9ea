"""Compare two builds: what changed in size, arena, stack, instructions and accuracy, and why.

Each is a size.json, size.tree.json or report.json, or a build folder; emulate.json and accuracy.json beside it count.
`mcuforge diff old.json new.json` does the same; of one model it makes a comparison with TensorFlow Lite Micro.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mcuforge.report.regression.baseline import find_measured, read_measured
from mcuforge.report.regression.compare import compared, table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, help="the build before")
    parser.add_argument("new", type=Path, help="the build after")


def run(arguments: argparse.Namespace) -> int:
    old, new = (read_measured(find_measured(path, "", "")) for path in (arguments.old, arguments.new))
    facts = new.size.provenance
    print(f"{facts.project} on {facts.board} ({facts.runtime})")
    print(table(compared(str(arguments.old), old, new)), end="")
    return 0
