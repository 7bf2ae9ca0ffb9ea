"""size.tree.json → the sizes on standard output, in the format and as deep as asked for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.report.formats import size_formats
from mcuforge.report.formats.json import read_json
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.show_size", description=__doc__)
    parser.add_argument("--size", type=Path, required=True, help="size.tree.json")
    parser.add_argument("--format", choices=size_formats(), default="text")
    parser.add_argument("--depth", type=int, help="levels of the tree of causes (default: what suits the format)")
    args = parser.parse_args(argv)
    print(size_formats()[args.format](read_json(args.size), args.depth), end="")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
