"""Check a project without building it: its manifest, its boards and its model."""

from __future__ import annotations

import argparse
import sys

from mcuforge.errors import Location, UserError
from mcuforge.manifest.load import (
    check_sha256,
    find_board,
    find_project,
    find_promised_boards,
    load_board,
    load_project,
    make_target,
)
from mcuforge.manifest.types import Project, Target
from mcuforge.model.declared import check_declared_labels, check_declared_operators
from mcuforge.model.edge_impulse import read_edge_impulse
from mcuforge.model.graph import Graph
from mcuforge.model.reader import parse_model, read_model
from mcuforge.transform.prepare import prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", nargs="+", help="a name below projects/, a directory or a YAML file")
    parser.add_argument(
        "--board",
        action="append",
        default=[],
        help="a name or a path; may be given again (default: the boards that the project promises to fit)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Every project is checked, whatever is wrong with those before it."""
    errors = []
    for name in arguments.project:
        try:
            _check(name, arguments.board)
        except UserError as error:
            errors.append(error)
    for found in errors:
        print(found.render(), file=sys.stderr)
    return UserError.exit_code if errors else 0


def _check(name: str, wanted_boards: list[str]) -> None:
    project = load_project(find_project(name))
    boards = [find_board(board) for board in wanted_boards] or find_promised_boards(project)
    targets = [make_target(project, load_board(board)) for board in boards]
    check_sha256(project)
    if not project.is_taken_as_it_is:
        print(f"ok: {project.name}; its model is read once it is converted")
        return
    graph = _model(project)
    check_declared_operators(project, graph)
    check_declared_labels(project, graph)
    _check_model(project, targets, graph)
    print(_summary(project, targets, graph))


def _model(project: Project) -> Graph:
    """The model itself, or the one that the source holds."""
    source = project.model.source
    if not project.is_converted:
        return read_model(source)
    return parse_model(read_edge_impulse(source).model, Location(source))


def _check_model(project: Project, targets: list[Target], graph: Graph) -> None:
    """Whether the runtime that the manifest names can run it."""
    if project.runtime == "aot":
        prepare(graph)
        return
    from mcuforge.runtimes.tflm.prepare import prepare as prepare_tflm  # reads a source tree: only when asked for

    for target in targets:
        prepare_tflm(target, graph, tflm_dir=None)


def _summary(project: Project, targets: list[Target], graph: Graph) -> str:
    boards = ", ".join(target.board.name for target in targets)
    operators = sum(len(subgraph.operators) for subgraph in graph.subgraphs)
    return f"ok: {project.name}{f' on {boards}' if boards else ''}, {operators} operator{'' if operators == 1 else 's'}"
