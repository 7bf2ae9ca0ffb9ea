"""One emulation: replay at full speed, compare with TFLM, then count instructions or find the layer at fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mcuforge.emulate.clock import Clock
from mcuforge.emulate.compare import compare_outputs, first_divergence, output_differences
from mcuforge.emulate.oracle import Oracle
from mcuforge.emulate.qemu import NATIVE, Twin
from mcuforge.emulate.replay import LayerRun, Mode, Replay
from mcuforge.emulate.report import Emulation, LayerProfile, Mismatch
from mcuforge.errors import InternalError, Location, UserError
from mcuforge.model.graph import Graph
from mcuforge.model.state import has_state
from mcuforge.transform.prepare import prepare


def emulate(twin: Twin, oracle: Oracle, graph: Graph, vectors: Sequence[bytes], facts: Mapping[str, Any]) -> Emulation:
    """`graph` is the file's, `facts` is plan.json. Wrong outputs are no error here but part of what is returned.

    Raises UserError when the firmware or TFLM fails on a vector.
    """
    if facts.get("runtime") != "tflm":
        graph = prepare(graph).graph  # as it was generated: layers may have fewer channels
    expected = oracle.outputs(vectors)
    replay = _run(twin, Mode.WHOLE, vectors)
    got = [vector.outputs for vector in replay.vectors]
    comparison = compare_outputs(expected, got)
    mismatch = None
    instructions: int | None = None
    layers: tuple[LayerProfile, ...] = ()
    layer_bytes = 0
    if comparison.first_vector is not None:
        mismatch = _mismatch(twin, oracle, graph, vectors, comparison.first_vector, expected, got)
    else:
        whole, single = _timed_runs(twin, vectors[:1], expected[:1])
        instructions, layers = _count(whole), _profile(single, facts)
        mismatch = _hidden_mismatch(oracle, graph, vectors[:1], single.vectors[0].layers)
        layer_bytes = sum(len(data) for layer in single.vectors[0].layers for _, data in layer.outputs)
    return Emulation(
        machine=twin.machine,
        vectors=len(vectors),
        comparison=comparison,
        mismatch=mismatch,
        instructions_per_inference=instructions,
        layers=layers,
        layer_bytes=layer_bytes,
        stack_high_water=None if twin.machine == NATIVE else replay.stack_high_water,
        arena_high_water=replay.arena_high_water,
    )


def _run(twin: Twin, mode: Mode, vectors: Sequence[bytes]) -> Replay:
    replay = twin.run(mode, vectors)
    for index, vector in enumerate(replay.vectors):
        if vector.status != 0:
            raise UserError(
                f"invoke() failed with status {vector.status} for vector {index}", location=Location(twin.elf)
            )
    return replay


def _mismatch(
    twin: Twin,
    oracle: Oracle,
    graph: Graph,
    vectors: Sequence[bytes],
    index: int,
    expected: Sequence[bytes],
    got: Sequence[bytes],
) -> Mismatch:
    """A second run, layer by layer, up to the first wrong vector: what an earlier inference left behind may matter.

    A model with state may have gone wrong in an earlier vector, whose outputs did not tell.
    """
    history = vectors[: index + 1]
    replayed = _run(twin, Mode.LAYERS | Mode.DUMP, history).vectors
    looked_at = len(history) if has_state(graph) else 1
    runs = {at: replayed[at].layers for at in range(len(history) - looked_at, len(history))}
    return Mismatch(
        vector=index,
        outputs=tuple(output_differences(graph, expected[index], got[index])),
        divergence=first_divergence(graph, runs, lambda tensors: oracle.tensors(history, tensors, looked_at)),
    )


def _hidden_mismatch(
    oracle: Oracle, graph: Graph, vectors: Sequence[bytes], layers: Sequence[LayerRun]
) -> Mismatch | None:
    """A layer that differs from TFLM's although the outputs agree: few outputs say little of many layers."""
    divergence = first_divergence(graph, {0: layers}, lambda tensors: oracle.tensors(vectors, tensors, 1))
    return None if divergence is None else Mismatch(0, (), divergence)


def _timed_runs(twin: Twin, vectors: Sequence[bytes], expected: Sequence[bytes]) -> tuple[Replay, Replay]:
    """The inference as a whole and layer by layer, each from the initial state, with their instructions counted."""
    whole = _run(twin, Mode.WHOLE | Mode.TIME, vectors)
    single = _run(twin, Mode.LAYERS | Mode.TIME | Mode.DUMP, vectors)
    for replay in (whole, single):
        if [vector.outputs for vector in replay.vectors] != list(expected):
            raise UserError(
                "the firmware computes something else when its instructions are counted",
                location=Location(twin.elf),
                hint="it reads memory that it has not written, or its result depends on time",
            )
    return whole, single


def _count(whole: Replay) -> int | None:
    time, clock = whole.vectors[0].time, Clock.of(whole.calibration)
    return clock.of_invoke(time) if clock and time else None


def _profile(single: Replay, facts: Mapping[str, Any]) -> tuple[LayerProfile, ...]:
    clock, layers = Clock.of(single.calibration), single.vectors[0].layers
    known = {layer["index"]: layer for layer in facts["layers"]}
    if facts.get("runtime") == "tflm":
        return ()  # it runs a model as a whole
    if [layer.index for layer in layers] != list(known):
        raise InternalError("the twin's layers are not those of plan.json")
    return tuple(
        LayerProfile(
            index=layer.index,
            op=known[layer.index]["op"],
            instructions=clock.of_layer(layer.time) if clock and layer.time else None,
            macs=known[layer.index]["macs"],
            kernel=known[layer.index]["kernel"],
        )
        for layer in layers
    )
