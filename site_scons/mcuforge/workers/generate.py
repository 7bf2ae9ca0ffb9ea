"""Model + manifest + board → C files, the twin's trace table, the stock app's golden inputs, and plan.json."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from mcuforge.convert.labels import labels_of
from mcuforge.emulate.vectors import golden_vectors
from mcuforge.errors import UserError
from mcuforge.manifest.load import check_sha256, load_board, load_project, make_target
from mcuforge.manifest.types import Project, Target
from mcuforge.model.declared import check_declared_labels, check_declared_operators
from mcuforge.model.graph import Graph
from mcuforge.model.reader import read_model
from mcuforge.resources import write_atomic
from mcuforge.runtimes.aot.facts import model_facts
from mcuforge.runtimes.aot.generate import generate
from mcuforge.runtimes.aot.harness import golden_source, trace_source
from mcuforge.runtimes.aot.lower import LoweredModel, lower
from mcuforge.runtimes.shared.render import Settings
from mcuforge.units import format_size
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.generate", description=__doc__)
    for option in ("--project", "--board", "--model", "--output"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--runtime", required=True)
    args = parser.parse_args(argv)
    target = make_target(load_project(args.project), load_board(args.board), args.runtime)
    check_sha256(target.project)
    graph = read_model(args.model)
    check_declared_operators(target.project, graph)
    check_declared_labels(target.project, graph)
    # Everything is rendered before anything is written: an error leaves the folder as it was.
    files = generated_files(target, graph)
    for name, text in files.items():
        write_atomic(args.output / name, text)
    left_out = sum(layer["left_out_channels"] for layer in json.loads(files["plan.json"])["layers"])
    if left_out:
        print(f"{left_out} channels of {target.project.name} are the same for every input, and are not computed")
    return 0


def generated_files(target: Target, graph: Graph) -> dict[str, str]:
    """{file name: text} of everything generated from the model. Raises UserError."""
    project = target.project
    model = lower(graph, target.kernel_features)
    settings = Settings(project.name, project.path.name, _reserved_arena(project, model), labels_of(project))
    files = generate(model, settings)
    files[f"{project.name}_trace.c"] = trace_source(model, settings)
    if project.app is None:
        files[f"{project.name}_golden.c"] = golden_source(model, settings, golden_vectors(project, graph))
    files["plan.json"] = json.dumps(model_facts(model, settings), indent=1) + "\n"
    return files


def _reserved_arena(project: Project, model: LoweredModel) -> int:
    """What the image reserves: the manifest's `arena:` where it gives a size, else exactly what the plan needs."""
    needed = model.plan.arena_bytes
    if project.arena_bytes is None:
        return needed
    if project.arena_bytes < needed:
        raise UserError(
            f"the arena is too small: {format_size(project.arena_bytes)} of the {format_size(needed)} needed",
            location=project.positions.at("arena"),
            hint=f"write `arena: {needed}`, or `arena: auto`",
        )
    return project.arena_bytes


if __name__ == "__main__":
    sys.exit(run(main))
