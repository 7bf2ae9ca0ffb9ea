"""Print a CMake toolchain file for a board, from the same table of flags as mcuforge's own builds."""

from __future__ import annotations

import argparse
import sys

from mcuforge.backends.packaging.cmake import toolchain_file
from mcuforge.manifest.load import find_board, load_board


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("board", help="a name or a path")


def run(arguments: argparse.Namespace) -> int:
    sys.stdout.write(toolchain_file(load_board(find_board(arguments.board))))
    return 0
