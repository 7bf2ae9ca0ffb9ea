"""Compare a model with TensorFlow Lite Micro, layer by layer, on this computer or in a board's emulator.

Builds the model in a temporary folder, feeds it a stream of inputs, and compares every output of every layer byte for
byte. Where they differ, the first operator at fault is named, with the elements that differ; the exit code is then 2.
Of two builds (`mcuforge diff old.json new.json`) it prints what changed and why, as `mcuforge compare` does.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from mcuforge.backends.buildplan import Wishes
from mcuforge.backends.direct import build_twin
from mcuforge.backends.firmware import plan_firmware
from mcuforge.commands.compare import run as compare_builds
from mcuforge.emulate.compare import Difference, Divergence, first_divergence, output_differences
from mcuforge.emulate.oracle import Oracle
from mcuforge.emulate.qemu import NATIVE, Twin
from mcuforge.emulate.replay import Mode
from mcuforge.emulate.vectors import random_vectors, recorded_vectors
from mcuforge.errors import UserError
from mcuforge.manifest.load import find_board, load_board, load_project, make_target
from mcuforge.manifest.types import Target
from mcuforge.model.graph import Graph
from mcuforge.model.reader import read_model
from mcuforge.transform.prepare import prepare

HOST = "host"
RANDOM_VECTORS = 8
RANDOM_SEED = 1
TIMEOUT_S = 300.0
_NAME = "compared"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL|OLD", help="a .tflite file, or the report of a build")
    parser.add_argument("new", type=Path, nargs="?", metavar="NEW", help="the report of a later build")
    inputs = parser.add_mutually_exclusive_group()
    inputs.add_argument("--vectors", type=Path, metavar="FILE", help="inputs from an .npz file, array `x`")
    inputs.add_argument("--random", type=int, metavar="N", help=f"N random inputs (default: {RANDOM_VECTORS})")
    parser.add_argument("--board", default=HOST, help=f"a name or a path (default: {HOST})")
    parser.add_argument("--timeout", type=float, default=TIMEOUT_S, metavar="S", help="seconds for one run")


def run(arguments: argparse.Namespace) -> int:
    if arguments.new is not None:
        return compare_builds(argparse.Namespace(old=arguments.model, new=arguments.new))
    graph = read_model(arguments.model)
    vectors = _vectors(arguments, graph)
    with tempfile.TemporaryDirectory(prefix="mcuforge-diff-") as folder:
        target = _target(arguments, Path(folder))
        elf = build_twin(plan_firmware(target, Path(folder) / "build", Wishes()))
        twin = Twin(elf, _machine(target), Path(folder), arguments.timeout)
        oracle = Oracle(arguments.model, graph, Path(folder), arguments.timeout)
        compared = _compare(twin, oracle, graph, vectors)
    print(f"no difference: {compared:,} bytes of layers' outputs over {len(vectors)} vectors on {target.board.name}")
    return 0


def _vectors(arguments: argparse.Namespace, graph: Graph) -> list[bytes]:
    if arguments.vectors is not None:
        return recorded_vectors(arguments.vectors, graph)
    count = RANDOM_VECTORS if arguments.random is None else arguments.random
    if count < 1:
        raise UserError(f"{count} random inputs are none to compare", hint="--random takes a number of at least 1")
    return random_vectors(graph, count, RANDOM_SEED)


def _target(arguments: argparse.Namespace, folder: Path) -> Target:
    """A project around the model; its own app is never built, and spares the stock one its golden inputs."""
    (folder / "app.c").touch()
    manifest = folder / "project.yaml"
    model = {"source": str(arguments.model.resolve())}
    content = {"schema": 1, "name": _NAME, "model": model, "app": {"sources": ["app.c"]}}
    # Every JSON document is a YAML document.
    manifest.write_text(json.dumps(content), encoding="utf-8")
    board = load_board(find_board(arguments.board))
    if board.emulator is None:
        raise UserError(
            f"{board.name} has no emulator to compare in",
            location=board.positions.at("emulator"),
            hint=f"compare on this computer: --board {HOST}",
        )
    return make_target(load_project(manifest), board, "aot")


def _machine(target: Target) -> str:
    emulator = target.board.emulator
    return NATIVE if emulator is None or emulator.kind == "native" else emulator.machine


def _compare(twin: Twin, oracle: Oracle, graph: Graph, vectors: list[bytes]) -> int:
    """The bytes that were compared. Raises UserError when any of them differs."""
    expected = oracle.outputs(vectors)
    layers = twin.run(Mode.LAYERS | Mode.DUMP, vectors).vectors
    runs = {at: vector.layers for at, vector in enumerate(layers)}
    divergence = first_divergence(
        prepare(graph).graph, runs, lambda tensors: oracle.tensors(vectors, tensors, len(vectors))
    )
    if divergence is not None:
        raise _layer_error(graph, divergence)
    for at, (wanted, vector) in enumerate(zip(expected, twin.run(Mode.WHOLE, vectors).vectors, strict=True)):
        if vector.outputs != wanted:
            raise _whole_error(graph, at, output_differences(graph, wanted, vector.outputs))
    return sum(len(data) for run in runs.values() for layer in run for _, data in layer.outputs)


def _layer_error(graph: Graph, divergence: Divergence) -> UserError:
    details = [line for difference in divergence.outputs for line in _lines(difference)]
    return UserError(
        f"{divergence.node.label} differs from TensorFlow Lite Micro, first in vector {divergence.vector}",
        location=graph.source,
        details=tuple(details),
        hint="every layer before it agrees: its kernel or its parameters are wrong for this input",
    )


def _whole_error(graph: Graph, vector: int, differences: list[Difference]) -> UserError:
    return UserError(
        f"the outputs of vector {vector} differ from TensorFlow Lite Micro's, although every layer alone agrees",
        location=graph.source,
        details=tuple(line for difference in differences for line in _lines(difference)),
        hint="invoke() does something else than its layers one after the other",
    )


def _lines(difference: Difference) -> list[str]:
    shown = [f"  {element.describe()}" for element in difference.elements]
    more = difference.differing - len(shown)
    return [difference.count(), *shown, *([f"  and {more} more"] if more else [])]
