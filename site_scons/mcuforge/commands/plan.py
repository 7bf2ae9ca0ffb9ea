"""Print what another build system has to do for a model: steps, sources, flags."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.backends.cmake import to_cmake
from mcuforge.backends.model_plan import plan_model
from mcuforge.manifest.load import find_board, find_project, load_board, load_project, make_target
from mcuforge.resources import write_atomic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", help="a name below projects/, a directory or a YAML file")
    parser.add_argument("--board", required=True, help="a name or a path")
    parser.add_argument("--build-dir", type=Path, required=True, help="where the steps will write")
    parser.add_argument("--tflm-dir", help="a TensorFlow Lite Micro checkout for the runtime tflm (default: TFLM_DIR)")
    parser.add_argument("--format", choices=("cmake",), default="cmake")
    parser.add_argument("--output", type=Path, help="a file; it stays untouched when nothing changed (default: stdout)")


def run(arguments: argparse.Namespace) -> int:
    project = load_project(find_project(arguments.project))
    target = make_target(project, load_board(find_board(arguments.board)), project.runtime)
    text = to_cmake(plan_model(target, arguments.build_dir, arguments.tflm_dir))
    if arguments.output is None:
        sys.stdout.write(text)
    elif not arguments.output.is_file() or arguments.output.read_text(encoding="utf-8") != text:
        write_atomic(arguments.output, text)
    return 0
