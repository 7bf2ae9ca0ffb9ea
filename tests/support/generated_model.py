"""A whole generated model: compiled for this computer under sanitizers, replayed, and compared with TFLM.

    assert_stream_matches_tflm(model_bytes, vectors, folder)

All vectors pass through one program and one interpreter, in order: state is carried from one to the next.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from mcuforge.emulate.compare import first_divergence
from mcuforge.emulate.oracle import Oracle
from mcuforge.emulate.qemu import NATIVE, Twin
from mcuforge.emulate.replay import Mode, VectorRun
from mcuforge.errors import Location
from mcuforge.model.graph import Graph
from mcuforge.model.reader import parse_model
from mcuforge.runtimes.aot.generate import generate
from mcuforge.runtimes.aot.harness import trace_source
from mcuforge.runtimes.aot.lower import LoweredModel, lower
from mcuforge.runtimes.shared.render import Settings
from mcuforge.transform.prepare import prepare
from tests.support.kernel_harness import NO_FEATURES, RUNTIME, SANITIZERS, WARNINGS
from tests.support.tally import COMPARED

NAME = "tested"
TIMEOUT_S = 60.0
PLATFORM = RUNTIME / "platform"


def parse(model: bytes) -> Graph:
    return parse_model(model, Location(Path("test.tflite")))


def write_sources(lowered: LoweredModel, folder: Path) -> list[Path]:
    """The generated C and the trace table. Returns the .c files."""
    settings = Settings(NAME, "project.yaml", lowered.plan.arena_bytes)
    files = {**generate(lowered, settings), f"{NAME}_trace.c": trace_source(lowered, settings)}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files if name.endswith(".c")]


def build_native(lowered: LoweredModel, folder: Path) -> Twin:
    """The model and the replay program, held to the warnings and sanitizers that all generated C is."""
    own = write_sources(lowered, folder)
    platform = [*sorted((PLATFORM / "replay").glob("*.c")), *sorted((PLATFORM / "host").glob("*.c"))]
    includes = [f"-I{folder}", f"-I{RUNTIME / 'include'}", f"-I{RUNTIME}", f"-I{PLATFORM}"]
    elf = folder / "twin"
    flags = [*WARNINGS, *SANITIZERS, "-O1", "-g", "-ffp-contract=off"]
    done = subprocess.run(
        ["gcc", *flags, *includes, *map(str, (*own, *platform)), "-lm", "-o", str(elf)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return Twin(elf, NATIVE, folder, TIMEOUT_S)


def write_oracle(model: bytes, graph: Graph, folder: Path) -> Oracle:
    path = folder / "model.tflite"
    path.write_bytes(model)
    return Oracle(path, graph, folder, TIMEOUT_S)


def assert_stream_matches_tflm(model: bytes, vectors: Sequence[bytes], folder: Path) -> list[bytes]:
    """Every output of every vector, byte for byte; whole inferences, and again layer by layer. Returns the outputs."""
    graph = parse(model)
    twin = build_native(lower(graph, NO_FEATURES), folder)
    return assert_twin_matches_tflm(twin, write_oracle(model, graph, folder), graph, vectors)


def assert_twin_matches_tflm(twin: Twin, oracle: Oracle, graph: Graph, vectors: Sequence[bytes]) -> list[bytes]:
    """The same for a twin that is built: all outputs, then the outputs of each of its layers for every vector."""
    expected = oracle.outputs(vectors)
    whole = twin.run(Mode.WHOLE, vectors).vectors
    layers = twin.run(Mode.LAYERS | Mode.DUMP, vectors).vectors
    for at, wanted in enumerate(expected):
        for mode, found in (("whole", whole[at].outputs), ("layers", layers[at].outputs)):
            assert found == wanted, f"vector {at}, {mode}: {found.hex()} is not TFLM's {wanted.hex()}"
    runs = {at: vector.layers for at, vector in enumerate(layers)}
    computed = prepare(graph).graph
    divergence = first_divergence(computed, runs, lambda tensors: oracle.tensors(vectors, tensors, len(vectors)))
    assert divergence is None, (
        f"vector {divergence.vector}, {divergence.node.label}: {divergence.difference.describe()}"
    )
    count_compared(computed, layers)
    return expected


def count_compared(graph: Graph, vectors: Sequence[VectorRun]) -> None:
    """Each output of each layer was compared with TFLM's."""
    for vector in vectors:
        for layer in vector.layers:
            for index, data in layer.outputs:
                COMPARED.add(graph.main.tensors[index].elements, len(data))
