"""accuracy.json + manifest → a verdict that fails the build; without an output, the table of classes.

`accuracy.ok` is written only when every limit holds; else no image of this build is left to be flashed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.convert.accuracy import Assessment
from mcuforge.convert.gate import gate_error, summary, text
from mcuforge.manifest.load import load_project
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.accuracy_gate", description=__doc__)
    parser.add_argument("--project", type=Path, required=True, help="project.yaml")
    parser.add_argument("--accuracy", type=Path, required=True, help="accuracy.json")
    parser.add_argument("--output", type=Path, help="accuracy.ok; without it nothing is written")
    parser.add_argument("--image", type=Path, action="append", default=[], help="what to remove on failure; repeatable")
    args = parser.parse_args(argv)
    project = load_project(args.project)
    found = Assessment.from_json(args.accuracy.read_text(encoding="utf-8"))
    print(text(found) if args.output is None else summary(found))
    error = gate_error(project, found)
    if error is not None:
        for stale in filter(None, (args.output, *args.image)):
            stale.unlink(missing_ok=True)
        raise error
    if args.output is not None:
        write_atomic(args.output, f"{summary(found)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
