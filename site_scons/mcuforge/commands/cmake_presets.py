"""Write CMakePresets.json and a toolchain file for each board into a CMake project."""

from __future__ import annotations

import argparse
from pathlib import Path

from mcuforge.backends.packaging.cmake import presets, toolchain_file
from mcuforge.errors import Location, UserError, display_path
from mcuforge.manifest.load import find_board, load_board
from mcuforge.resources import write_atomic

_FILE = "CMakePresets.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("board", nargs="+", help="a name or a path")
    parser.add_argument("--output", type=Path, default=Path(), help="the project's folder (default: this one)")
    parser.add_argument("--force", action="store_true", help=f"write over a {_FILE} that is there")


def run(arguments: argparse.Namespace) -> int:
    file = arguments.output / _FILE
    if file.exists() and not arguments.force:
        raise UserError(
            f"there is a {_FILE} already", location=Location(file), hint="--force writes over it; or give --output"
        )
    boards = [load_board(find_board(board)) for board in arguments.board]
    for board in boards:
        write_atomic(arguments.output / "cmake" / f"{board.name}.cmake", toolchain_file(board))
    write_atomic(file, presets([(board.name, f"cmake/{board.name}.cmake") for board in boards]))
    print(f"ok: {display_path(file)}: {', '.join(board.name for board in boards)}")
    return 0
