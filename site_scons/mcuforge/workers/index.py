"""report.json of each build → index.html over all of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.errors import display_path
from mcuforge.report.page.index import read_refusal, read_row, render_index
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.index", description=__doc__)
    parser.add_argument("--report", type=Path, action="append", required=True, help="report.json; repeatable")
    parser.add_argument("--output", type=Path, required=True, help="index.html")
    parser.add_argument("--refused", action="append", default=[], help="project/board=reason; repeatable")
    args = parser.parse_args(argv)
    refused = [read_refusal(text) for text in args.refused]
    write_atomic(args.output, render_index([read_row(path, args.output) for path in args.report], refused))
    print(f"index: {display_path(args.output)}")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
