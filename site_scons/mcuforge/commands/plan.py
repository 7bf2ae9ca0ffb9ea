"""Print what another build system has to do for a model, or for the models of one image: steps, sources, flags."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.backends.cmake import to_cmake
from mcuforge.backends.model_plan import plan_models
from mcuforge.errors import UserError
from mcuforge.manifest.load import find_board, find_project, load_board, load_project, make_target
from mcuforge.resources import write_atomic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("projects", nargs="+", help="a name below projects/, a directory or a YAML file")
    parser.add_argument("--board", required=True, help="a name or a path")
    parser.add_argument(
        "--build-dir",
        type=Path,
        action="append",
        required=True,
        help="where the steps will write; one for each project",
    )
    parser.add_argument("--tflm-dir", help="a TensorFlow Lite Micro checkout for the runtime tflm (default: TFLM_DIR)")
    parser.add_argument("--format", choices=("cmake",), default="cmake")
    parser.add_argument(
        "--output",
        type=Path,
        action="append",
        default=[],
        help="a file, one for each project; it stays untouched when nothing changed (default: stdout)",
    )


def run(arguments: argparse.Namespace) -> int:
    folders, outputs = arguments.build_dir, arguments.output
    if len(folders) != len(arguments.projects) or len(outputs) not in (0, len(folders)):
        raise UserError("give each project a --build-dir of its own, and each or none an --output")
    board = load_board(find_board(arguments.board))
    projects = [load_project(find_project(name)) for name in arguments.projects]
    targets = [make_target(project, board, project.runtime) for project in projects]
    texts = map(to_cmake, plan_models(list(zip(targets, folders, strict=True)), arguments.tflm_dir))
    for text, output in zip(texts, outputs or [None] * len(folders), strict=True):
        if output is None:
            sys.stdout.write(text)
        elif not output.is_file() or output.read_text(encoding="utf-8") != text:
            write_atomic(output, text)
    return 0
