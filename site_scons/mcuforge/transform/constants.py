"""What is known at build time is computed at build time."""

from __future__ import annotations

from dataclasses import replace

from mcuforge.model.graph import Graph, Node, Subgraph, Tensor
from mcuforge.model.operator_kind import operator_kind


def fold_constants(graph: Graph) -> Graph:
    """Outputs of alias operators on constants become constants themselves. Exact: the bytes are the same."""
    return replace(graph, subgraphs=tuple(_fold_subgraph(graph, subgraph) for subgraph in graph.subgraphs))


def _fold_subgraph(graph: Graph, subgraph: Subgraph) -> Subgraph:
    folded = subgraph
    for op in subgraph.operators:
        node = Node(graph, folded, op)
        source = operator_kind(node).alias(node)
        if source is not None and node.input(source).is_constant:
            tensors: list[Tensor] = list(folded.tensors)
            tensors[op.outputs[0]] = replace(node.output(), data=node.input(source).data)
            folded = replace(folded, tensors=tuple(tensors))
    return folded
