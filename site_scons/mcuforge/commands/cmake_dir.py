"""Print the folder that CMake's find_package(mcuforge) is to look in."""

from __future__ import annotations

import argparse

from mcuforge.resources import data_root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(arguments: argparse.Namespace) -> int:
    del arguments
    print((data_root() / "cmake").as_posix())
    return 0
