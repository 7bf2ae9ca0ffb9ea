"""plan.json, as the generator writes it: what reports say about the model and its arena. All sizes in bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcuforge.units import format_size


@dataclass(frozen=True)
class PeakTensor:
    """`role` is in, out, scratch or held (alive for a later layer)."""

    name: str
    bytes: int
    role: str


@dataclass(frozen=True)
class Peak:
    """The layer while which the most bytes are alive."""

    layer: int
    op: str
    tensors: tuple[PeakTensor, ...]

    @property
    def text(self) -> str:
        """``layer 3 CONV_2D (in 18.0 KiB + out 36.0 KiB)``"""
        parts = " + ".join(f"{tensor.role} {format_size(tensor.bytes)}" for tensor in self.tensors)
        return f"layer {self.layer} {self.op} ({parts})"


@dataclass(frozen=True)
class ArenaBlock:
    """Bytes of the arena, live from operator `first_use` to operator `last_use`, both included.

    `tensors` are the names of those that share them; none for the scratch of operator `first_use`.
    """

    tensors: tuple[str, ...]
    offset: int
    size: int
    first_use: int
    last_use: int

    @property
    def end(self) -> int:
        return self.offset + self.size

    @property
    def name(self) -> str:
        return ", ".join(self.tensors) or f"scratch of layer {self.first_use}"


@dataclass(frozen=True)
class LayerWork:
    """An operator that computes at run time: `function` is the kernel it calls, `kernel` the variant of it.

    `left_out_channels` are those of its outputs in the file that are not computed: they are the same for every input.
    """

    index: int
    op: str
    macs: int
    kernel: str
    function: str
    left_out_channels: int = 0


@dataclass(frozen=True)
class WeightArray:
    """A constant array of the image: the tensor it holds and the layers that read it."""

    tensor: str
    layers: tuple[int, ...]
    op: str
    bytes: int

    @property
    def owner(self) -> str:
        """``layer 3 CONV_2D``, or that several layers share it."""
        if len(self.layers) == 1:
            return f"layer {self.layers[0]} {self.op}"
        return f"shared by layers {', '.join(map(str, self.layers))}" if self.layers else "outputs"


@dataclass(frozen=True)
class GraphTensor:
    """A tensor that is computed at run time. `shape` in TFLite order (NHWC)."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class GraphOperator:
    """Inputs and outputs are the keys of `ModelGraph.tensors`: constants are left out."""

    index: int
    op: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class ModelGraph:
    """The operators in the order they run, those that only rename their input too."""

    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    tensors: Mapping[int, GraphTensor] = field(default_factory=dict, hash=False)
    operators: tuple[GraphOperator, ...] = ()


@dataclass(frozen=True)
class PlanFacts:
    """`peak` is None for a model that computes nothing. `weights` by symbol.

    A runtime whose layout is not known before it runs has no blocks, and one without generated arrays no weights.
    `sources` says of each of other people's libraries in the image which commit it is and where it was found.
    """

    name: str
    runtime: str
    model_sha256: str
    operators: Mapping[str, int] = field(hash=False)
    macs: int
    arena_needed: int
    lower_bound: int
    proof: str
    peak: Peak | None
    blocks: tuple[ArenaBlock, ...]
    layers: tuple[LayerWork, ...]
    weights: Mapping[str, WeightArray] = field(hash=False)
    graph: ModelGraph
    sources: tuple[str, ...] = ()

    @property
    def is_float(self) -> bool:
        """Whether everything that is computed is float32."""
        kinds = {tensor.dtype for tensor in self.graph.tensors.values()}
        return kinds == {"float32"}

    def kernel_of(self, symbol: str) -> str | None:
        """The kernel function that a symbol of the kernels' object belongs to: helpers are named after their kernel."""
        name = symbol.removeprefix(f"{self.name}_")
        owners = {layer.function for layer in self.layers if _is_part(name, layer.function)}
        return max(owners, key=len, default=None)

    def weights_of(self, layer: int) -> int:
        """Bytes of the arrays that this layer is the first to read."""
        return sum(array.bytes for array in self.weights.values() if array.layers[:1] == (layer,))


def _is_part(name: str, function: str) -> bool:
    return name.startswith(function) and name[len(function) :][:1] in ("", "_", ".")


def read_plan(path: Path) -> PlanFacts:
    plan = json.loads(path.read_text(encoding="utf-8"))
    arena, model = plan["arena"], plan["model"]
    return PlanFacts(
        name=plan["name"],
        runtime=plan["runtime"],
        model_sha256=model["sha256"],
        operators=model["operators"],
        macs=model["macs"],
        arena_needed=arena["needed"],
        lower_bound=arena["lower_bound"],
        proof=arena["proof"],
        peak=_peak(arena["peak"]),
        blocks=tuple(ArenaBlock(**{**block, "tensors": tuple(block["tensors"])}) for block in arena["allocations"]),
        layers=tuple(_layer(layer) for layer in plan["layers"]),
        weights={
            array["symbol"]: WeightArray(array["tensor"], tuple(array["layers"]), array["op"], array["bytes"])
            for array in plan["weights"]
        },
        graph=_graph(plan["graph"]),
        sources=tuple(map(_source, plan.get("tflm", {}).get("sources", ()))),
    )


def _layer(layer: Mapping[str, Any]) -> LayerWork:
    """A generator may tell more than reports ask for."""
    left_out = layer.get("left_out_channels", 0)  # TFLM computes them all
    return LayerWork(layer["index"], layer["op"], layer["macs"], layer["kernel"], layer["function"], left_out)


def _source(source: Mapping[str, Any]) -> str:
    """``tflm 2747abd5c82a (pinned, cache)``"""
    commit = (source["commit"] or "of no known commit")[:18]
    return f"{source['name']} {commit} ({'pinned' if source['is_pinned'] else 'not what is pinned'}, {source['found']})"


def _peak(peak: Mapping[str, Any] | None) -> Peak | None:
    if peak is None:
        return None
    tensors = tuple(PeakTensor(tensor["name"], tensor["bytes"], tensor["role"]) for tensor in peak["tensors"])
    return Peak(peak["layer"], peak["op"], tensors)


def _graph(graph: Mapping[str, Any]) -> ModelGraph:
    return ModelGraph(
        inputs=tuple(graph["inputs"]),
        outputs=tuple(graph["outputs"]),
        tensors={
            tensor["index"]: GraphTensor(tensor["name"], tuple(tensor["shape"]), tensor["dtype"])
            for tensor in graph["tensors"]
        },
        operators=tuple(
            GraphOperator(item["index"], item["op"], tuple(item["inputs"]), tuple(item["outputs"]))
            for item in graph["operators"]
        ),
    )
