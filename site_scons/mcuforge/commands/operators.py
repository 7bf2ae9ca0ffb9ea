"""List the operators that run, by type, runtime and kernels: docs/operators.md."""

from __future__ import annotations

import argparse

from mcuforge.model.operator_page import operator_page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(arguments: argparse.Namespace) -> int:
    print(operator_page(), end="")
    return 0
