"""Model + arena.json → the public C API in front of TFLM, the twin's and the stock app's tables, and plan.json."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from mcuforge.convert.labels import labels_of
from mcuforge.emulate.vectors import golden_vectors
from mcuforge.errors import UserError
from mcuforge.manifest.load import load_board, load_project, make_target
from mcuforge.manifest.types import Project
from mcuforge.model.reader import read_model
from mcuforge.resources import write_atomic
from mcuforge.runtimes.shared.render import Settings
from mcuforge.runtimes.tflm.arena import ArenaNeed, read_need
from mcuforge.runtimes.tflm.facts import model_facts
from mcuforge.runtimes.tflm.generate import api_files
from mcuforge.runtimes.tflm.sources import Origin
from mcuforge.runtimes.tflm.support import coverage, coverage_lines
from mcuforge.runtimes.tflm.tree import probe
from mcuforge.units import format_size
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.tflm_api", description=__doc__)
    for option in ("--project", "--board", "--model", "--tflm", "--arena", "--output"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--origin", type=Origin.from_word, action="append", help="where sources are from; repeatable")
    args = parser.parse_args(argv)
    target = make_target(load_project(args.project), load_board(args.board), "tflm")
    project = target.project
    graph, tree, need = read_model(args.model), probe(args.tflm), read_need(args.arena)
    settings = Settings(project.name, project.path.name, reserved_arena(project, need), labels_of(project))
    layers = coverage(graph, tree, project.kernels)
    files = api_files(graph, settings, golden_vectors(project, graph) if project.app is None else None)
    facts = model_facts(graph, settings, need, tree, layers, args.origin, args.model.stat().st_size)
    files["plan.json"] = json.dumps(facts, indent=1) + "\n"
    files["tflm.lock.json"] = json.dumps(facts["tflm"], indent=1) + "\n"
    for name, text in files.items():
        write_atomic(args.output / name, text)
    for line in coverage_lines(layers, project.kernels):
        print(f"  {line}")
    for origin in args.origin:
        if not origin.is_pinned:
            commit = origin.commit or "no known commit"
            print(f"  note: {origin.name} is not what is pinned: {commit}, from {origin.found}")
    return 0


def reserved_arena(project: Project, need: ArenaNeed) -> int:
    """What the image reserves: the manifest's `arena:` where it gives a size, else what is needed.

    Raises UserError for a size that was measured to be too small; a mere bound refuses nothing.
    """
    given = project.arena_bytes
    if given is None:
        return need.needed
    if given < need.needed and need.is_exact:
        raise UserError(
            f"the arena is too small: {given} of the {need.needed} bytes needed",
            location=project.positions.at("arena"),
            details=(f"{need.method}: head {need.head}, tail {need.tail}, the rest only while preparing",),
            hint=f"write `arena: {need.needed}`, or `arena: auto`",
        )
    if given < need.needed:
        print(f"{project.positions.at('arena')}: note: not checked; {format_size(need.needed)} is {need.method}")
    return given


if __name__ == "__main__":
    sys.exit(run(main))
