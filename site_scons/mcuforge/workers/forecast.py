"""Objects + board → forecast.json: what the image will take of each memory region, without linking it."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from mcuforge.manifest.load import load_board
from mcuforge.report.forecast.forecast import forecast
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run

_LINKER = re.compile(r"(collect2|\bld)(\.exe)?$")


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
    """The archives that this compiler links for these flags, in the order the linker searches them."""
    # `-###`: commands are shown, each after a blank, and not run; the object need not exist. Other ways to ask do not
    # know of `--specs`.
    asked = [str(gcc), *flags, "-###", "none.o", "-lm"]
    said = subprocess.run(asked, env=os.environ | {"LC_ALL": "C"}, capture_output=True, text=True, check=True).stderr
    commands = (shlex.split(line) for line in said.splitlines() if line.startswith(" "))
    command = next(words for words in commands if _LINKER.search(words[0]))
    folders = [Path(word[2:]) for word in command if word.startswith("-L")]
    names = dict.fromkeys(f"lib{word[2:]}.a" for word in command if word.startswith("-l"))
    found = (next((folder / name for folder in folders if (folder / name).is_file()), None) for name in names)
    return [path for path in found if path is not None]


if __name__ == "__main__":
    sys.exit(run(main))
