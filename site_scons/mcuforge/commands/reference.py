"""Print the reference of project.yaml or of a board file, made from its JSON Schema."""

from __future__ import annotations

import argparse
import sys

from mcuforge.manifest.reference import reference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=("project", "board"))


def run(arguments: argparse.Namespace) -> int:
    sys.stdout.write(reference(arguments.kind))
    return 0
