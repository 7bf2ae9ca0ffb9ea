"""Graph → what the generated C will do: kernel calls in order, and the memory plan they share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mcuforge.model.graph import Graph, Node, Subgraph, Tensor
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import operator_kind
from mcuforge.plan.memory import MemoryPlan
from mcuforge.plan.planner import plan_memory
from mcuforge.transform.constants import fold_constants


@dataclass(frozen=True)
class Layer:
    """An operator that computes something at run time, and the call that does it."""

    node: Node
    call: KernelCall
    macs: int

    @property
    def index(self) -> int:
        return self.node.op.index


@dataclass(frozen=True)
class LoweredModel:
    graph: Graph
    layers: tuple[Layer, ...]
    plan: MemoryPlan

    @property
    def main(self) -> Subgraph:
        return self.graph.main

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    @property
    def operator_counts(self) -> dict[str, int]:
        """Operators of the model by kind, those without code included, in alphabetical order."""
        return dict(sorted(Counter(op.kind for op in self.main.operators).items()))

    @property
    def constant_tensors(self) -> tuple[Tensor, ...]:
        """The constants that some call or output really reads, each once, in index order."""
        used = {tensor for layer in self.layers for tensor in layer.call.tensors}
        used.update(self.main.outputs)
        return tuple(tensor for tensor in self.main.tensors if tensor.index in used and tensor.is_constant)

    @property
    def weights_bytes(self) -> int:
        own = sum(tensor.size_bytes for tensor in self.constant_tensors)
        derived = sum(c.values.nbytes for layer in self.layers for c in layer.call.constants if c.weights)
        return own + derived


def lower(graph: Graph, features: frozenset[str]) -> LoweredModel:
    """Checks every operator and folds constants, chooses kernels for a core with `features`, and plans the arena.

    Raises UserError, naming the layer, when the aot runtime cannot run the model exactly.
    """
    folded = fold_constants(graph)
    nodes = folded.nodes()
    layers = tuple(
        Layer(node, operator_kind(node).kernel(node, features), operator_kind(node).macs(node))
        for node in nodes
        if computes(node)
    )
    plan = plan_memory(folded.main, nodes, {layer.index: layer.call.scratch_bytes for layer in layers})
    return LoweredModel(folded, layers, plan)


def computes(node: Node) -> bool:
    """Whether a node needs code: its outputs are neither constant nor merely another name for its input."""
    return not node.is_folded and operator_kind(node).alias(node) is None
