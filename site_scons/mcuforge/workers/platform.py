"""Board → linker scripts and start-up code, written into one folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.manifest.load import load_board
from mcuforge.resources import write_atomic
from mcuforge.toolchain.linker_script import linker_script, measure_script
from mcuforge.toolchain.startup import STARTUP_FILE, startup
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.platform", description=__doc__)
    parser.add_argument("--board", type=Path, required=True)
    parser.add_argument("--name", required=True, help="the project's name")
    parser.add_argument("--stack", type=int, required=True, help="bytes")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args(argv)
    board = load_board(args.board)
    files = {
        f"{args.name}.ld": linker_script(board, args.name, args.stack),
        f"{args.name}.measure.ld": measure_script(board, args.name, args.stack),
        STARTUP_FILE: startup(board),
    }
    for name, text in files.items():
        write_atomic(args.output / name, text)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
