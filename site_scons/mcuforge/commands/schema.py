"""Print the JSON Schema of project.yaml or of a board file, by which editors check them while they are written."""

from __future__ import annotations

import argparse
import sys

from mcuforge.resources import schema_dir

KINDS = ("project", "board")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=KINDS)


def run(arguments: argparse.Namespace) -> int:
    sys.stdout.write((schema_dir() / f"{arguments.kind}.schema.json").read_text(encoding="utf-8"))
    return 0
