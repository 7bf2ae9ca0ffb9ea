"""Writes a checked image to the board, with the tool that the board file names."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.manifest.load import load_board
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.flash", description=__doc__)
    for option in ("--board", "--elf", "--hex", "--bin"):
        parser.add_argument(option, type=Path, required=True)
    args = parser.parse_args(argv)
    board = load_board(args.board)
    if board.flash is None:
        raise UserError(f"{board.name} names no tool that writes its flash", location=board.positions.at())
    command = [board.flash.tool, *(_with_images(word, args) for word in board.flash.args)]
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise UserError(
            f"`{board.flash.tool}` does not run: {error.strerror}",
            location=board.positions.at("flash", "tool"),
            hint="install it and put its folder on PATH, or name another tool in the board file",
        ) from error
    if code:
        raise UserError(f"`{board.flash.tool}` ended with {code}", location=board.positions.at("flash", "tool"))
    return 0


def _with_images(word: str, args: argparse.Namespace) -> str:
    """A word of the board file with its placeholders filled in; other braces are the tool's own."""
    for form in ("elf", "hex", "bin"):
        word = word.replace(f"{{{form}}}", str(getattr(args, form)))
    return word


if __name__ == "__main__":
    sys.exit(run(main))
