"""A host project's linked image + a manifest → size.json and a verdict; an image over budget is removed.

Whole image, the host's own linker script: what is measured is what lies in the board's regions, whoever put it there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.errors import Location, UserError
from mcuforge.workers import budget, measure
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.gate", description=__doc__)
    for option in ("--project", "--board", "--plan", "--elf", "--map"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--toolchain", required=True, help="for the report")
    parser.add_argument("--output", type=Path, required=True, help="the folder of size.json and budget.ok")
    parser.add_argument("--keep", action="store_true", help="leave an image that is over budget")
    args = parser.parse_args(argv)
    if not args.map.is_file():
        raise UserError(
            "the linker wrote no map file",
            location=Location(args.map),
            hint="link with -Wl,-Map=… and name that file: only the map tells whose bytes an image is made of",
        )
    who = ["--project", str(args.project), "--board", str(args.board), "--plan", str(args.plan)]
    size, tree = args.output / "size.json", args.output / "size.tree.json"
    linked = ["--elf", str(args.elf), "--map", str(args.map), "--runtime", args.runtime]
    measure.main([*who, *linked, "--toolchain", args.toolchain, "--output", str(size), "--tree", str(tree)])
    removed = [] if args.keep else ["--image", str(args.elf)]
    return budget.main([*who, "--size", str(size), "--output", str(args.output / "budget.ok"), *removed])


if __name__ == "__main__":
    sys.exit(run(main))
