"""Objects + board → forecast.json: what the image will take of each memory region, without linking it."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from mcuforge.manifest.load import load_board
from mcuforge.report.forecast.forecast import forecast
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run

LIBRARIES = ("libm.a", "libc_nano.a", "libgcc.a")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.forecast", description=__doc__)
    for option in ("--board", "--gcc", "--output"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--name", required=True, help="the project's name")
    parser.add_argument("--stack", type=int, required=True, help="bytes that are reserved")
    parser.add_argument("--flag", action="append", default=[], help="a flag for the linking compiler; repeatable")
    parser.add_argument("objects", nargs="+", type=Path)
    args = parser.parse_args(argv)
    archives = libraries(args.gcc, args.flag)
    found = forecast(args.objects, archives, load_board(args.board), args.name, args.stack)
    write_atomic(args.output, found.to_json())
    return 0


def libraries(gcc: Path, flags: list[str]) -> list[Path]:
    """The C libraries of this compiler for these flags."""
    return [
        Path(
            subprocess.run(
                [gcc, *flags, f"-print-file-name={name}"], capture_output=True, text=True, check=True
            ).stdout.strip()
        )
        for name in LIBRARIES
    ]


if __name__ == "__main__":
    sys.exit(run(main))
