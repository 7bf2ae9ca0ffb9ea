"""Graph → what the generated C will do: for each subgraph its layers in order and the memory they share."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from mcuforge.model.graph import DType, Graph, Node, Subgraph, Tensor
from mcuforge.model.kernel_call import ControlFlow, KernelCall
from mcuforge.model.operator_kind import operator_kind
from mcuforge.model.state import State
from mcuforge.plan.memory import MemoryPlan
from mcuforge.plan.planner import plan_memory
from mcuforge.plan.storage import Storage, find_storage
from mcuforge.transform.prepare import PreparedModel, prepare


@dataclass(frozen=True)
class Layer:
    """An operator that computes something at run time: the kernel it calls, or the subgraphs it runs.

    `macs` counts one run of each subgraph, of an IF the larger branch: how often loops run is not known.
    """

    node: Node
    call: KernelCall | ControlFlow
    macs: int

    @property
    def index(self) -> int:
        return self.node.op.index

    @property
    def function(self) -> str:
        """The kernel's name, or the form of control flow."""
        return self.call.function if isinstance(self.call, KernelCall) else self.call.form

    @property
    def variant(self) -> str:
        return self.call.variant if isinstance(self.call, KernelCall) else "portable"

    @property
    def tensors(self) -> tuple[int, ...]:
        """All tensors that its code names."""
        if isinstance(self.call, KernelCall):
            return self.call.tensors
        return tuple(index for index in (*self.node.op.inputs, *self.node.op.outputs) if index is not None)

    @property
    def left_out_channels(self) -> int:
        """Of its outputs in the file: those that are the same for every input, or that nothing reads."""
        found = (self.node.subgraph.tensors[index].channels for index in self.node.op.outputs)
        return sum(channels.total - len(channels.kept) for channels in found if channels is not None)


@dataclass(frozen=True)
class Routine:
    """One subgraph: a sequence of layers that work in one frame of memory, the main subgraph's being the arena.

    The frames of the subgraphs that a layer runs lie in this one as that layer's scratch memory.
    """

    subgraph: Subgraph
    layers: tuple[Layer, ...]
    storage: Storage
    plan: MemoryPlan

    @property
    def is_main(self) -> bool:
        return self.subgraph.index == 0

    @property
    def kernel_layers(self) -> Iterator[tuple[Layer, KernelCall]]:
        for layer in self.layers:
            if isinstance(layer.call, KernelCall):
                yield layer, layer.call

    @property
    def calls_once(self) -> tuple[Layer, ...]:
        """The layers that run at the first inference only."""
        return tuple(
            layer for layer in self.layers if isinstance(layer.call, ControlFlow) and layer.call.form == "once"
        )

    @property
    def constant_tensors(self) -> tuple[Tensor, ...]:
        """The constants that some layer or output really reads, each once, in index order."""
        used = {tensor for layer in self.layers for tensor in layer.tensors}
        used.update(self.subgraph.outputs)
        return tuple(tensor for tensor in self.subgraph.tensors if tensor.index in used and tensor.is_constant)


@dataclass(frozen=True)
class LoweredModel:
    """`routines` come after those they call: the main one is the last."""

    graph: Graph
    routines: tuple[Routine, ...]
    state: State

    @property
    def main(self) -> Subgraph:
        return self.graph.main

    @property
    def main_routine(self) -> Routine:
        return self.routines[-1]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Those of the main subgraph."""
        return self.main_routine.layers

    @property
    def plan(self) -> MemoryPlan:
        """The whole arena's: it holds the frames of all other subgraphs."""
        return self.main_routine.plan

    @property
    def has_state(self) -> bool:
        """Whether an inference depends on those before it."""
        return bool(self.state.arrays) or any(routine.calls_once for routine in self.routines)

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    @property
    def operator_counts(self) -> dict[str, int]:
        """Operators of the model by kind, those without code included, in alphabetical order."""
        return dict(sorted(Counter(op.kind for routine in self.routines for op in routine.subgraph.operators).items()))

    @functools.cached_property
    def constant_owners(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """For each constant (subgraph, tensor) that is read, the first with the same type and bytes: one array."""
        digests: dict[tuple[int, int], bytes] = {}
        first: dict[tuple[DType, bytes], tuple[int, int]] = {}
        owners = {}
        for routine in self.routines:
            for tensor in routine.constant_tensors:
                data = np.frombuffer(tensor.data or b"", np.uint8)
                # Files name one buffer many times: its bytes are looked at once.
                place = (data.ctypes.data, data.nbytes)
                if place not in digests:
                    digests[place] = hashlib.sha256(data.data).digest()
                constant = (routine.subgraph.index, tensor.index)
                owners[constant] = first.setdefault((tensor.dtype, digests[place]), constant)
        return owners

    @property
    def stored_constants(self) -> tuple[tuple[Routine, Tensor], ...]:
        """The constants that become arrays."""
        return tuple(
            (routine, tensor)
            for routine in self.routines
            for tensor in routine.constant_tensors
            if self.constant_owners[routine.subgraph.index, tensor.index] == (routine.subgraph.index, tensor.index)
        )

    @property
    def weights_bytes(self) -> int:
        own = sum(tensor.size_bytes for _, tensor in self.stored_constants)
        calls = (call for routine in self.routines for _, call in routine.kernel_layers)
        return own + sum(constant.values.nbytes for call in calls for constant in call.constants if constant.weights)


def lower(graph: Graph, features: frozenset[str]) -> LoweredModel:
    """Checks every operator and folds constants, chooses kernels for a core with `features`, and plans the arena.

    Raises UserError, naming the layer, when the aot runtime cannot run the model exactly.
    """
    prepared = prepare(graph)
    routines: dict[int, Routine] = {}
    for subgraph in prepared.order:
        routines[subgraph] = _routine(prepared, subgraph, features, routines)
    return LoweredModel(prepared.graph, tuple(routines.values()), prepared.state)


def _routine(
    prepared: PreparedModel, subgraph: int, features: frozenset[str], callees: Mapping[int, Routine]
) -> Routine:
    graph = prepared.graph
    nodes = graph.nodes(subgraph)
    storage = find_storage(graph.subgraphs[subgraph], nodes, prepared.state.of_subgraph(subgraph))
    layers = tuple(_layer(node, features, callees) for node in nodes if storage.computes(node))
    scratch = {layer.index: _scratch_bytes(layer.call, callees) for layer in layers}
    plan = plan_memory(graph.subgraphs[subgraph], nodes, storage, scratch, share_of_effort=len(prepared.order))
    return Routine(graph.subgraphs[subgraph], layers, storage, plan)


def _layer(node: Node, features: frozenset[str], callees: Mapping[int, Routine]) -> Layer:
    kind = operator_kind(node)
    control = kind.control(node)
    if control is None:
        return Layer(node, kind.kernel(node, features), kind.macs(node))
    work = [sum(layer.macs for layer in callees[index].layers) for index in control.subgraphs]
    return Layer(node, control, max(work) if control.form == "if" else sum(work))


def _scratch_bytes(call: KernelCall | ControlFlow, callees: Mapping[int, Routine]) -> int:
    """Of a kernel, or the frame for the subgraphs, which run one after the other in the same memory."""
    if isinstance(call, KernelCall):
        return call.scratch_bytes
    return max(callees[index].plan.arena_bytes for index in call.subgraphs)
