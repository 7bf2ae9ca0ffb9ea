"""Model + TFLM tree → what drives TFLM: op resolver, interpreter, the model as an array, the sizing program's part."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.manifest.load import check_sha256, load_board, load_project, make_target
from mcuforge.manifest.types import Board
from mcuforge.model.declared import check_declared_labels, check_declared_operators
from mcuforge.model.graph import Graph
from mcuforge.model.reader import read_model
from mcuforge.resources import write_atomic
from mcuforge.runtimes.shared.render import Settings
from mcuforge.runtimes.tflm.arena import ceiling
from mcuforge.runtimes.tflm.generate import engine_files, resolver_files
from mcuforge.runtimes.tflm.tree import probe
from mcuforge.workers.runner import run

# For what else is in the memory that the sizing program's arena lies in.
_OTHER_BYTES = 64 << 10


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.tflm_engine", description=__doc__)
    for option in ("--project", "--board", "--model", "--tflm", "--output"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--also", type=Path, action="append", default=[], help="another model of the image; repeatable")
    parser.add_argument("--resolver", help="the model of the image whose op resolver serves this one too")
    args = parser.parse_args(argv)
    target = make_target(load_project(args.project), load_board(args.board), "tflm")
    project = target.project
    check_sha256(project)
    graph = read_model(args.model)
    check_declared_operators(project, graph)
    check_declared_labels(project, graph)
    tree = probe(args.tflm)
    settings = Settings(project.name, project.path.name, 0, ())
    files = engine_files(graph, args.model.read_bytes(), settings, tree, _ceiling(graph, target.twin), args.resolver)
    if args.resolver is None:
        files |= resolver_files([graph, *map(read_model, args.also)], settings, tree, project.kernels)
    for name, text in files.items():
        write_atomic(args.output / name, text)
    return 0


def _ceiling(graph: Graph, twin: Board | None) -> int:
    """What the arena is searched in: enough for any model, or what the emulated machine has."""
    wanted = ceiling(graph)
    if twin is None:
        return wanted
    room = twin.capacity_bytes(twin.placement.data) - _OTHER_BYTES
    return max(1 << 10, min(wanted, room // 16 * 16))


if __name__ == "__main__":
    sys.exit(run(main))
