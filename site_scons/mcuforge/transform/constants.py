"""What is known at build time is computed at build time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.errors import InternalError
from mcuforge.model.graph import Graph, Node, Subgraph, Tensor
from mcuforge.model.operator_kind import operator_kind


def fold_constants(graph: Graph) -> Graph:
    """Checks every operator, and makes constants of all outputs that do not depend on the model's inputs.

    Both in one pass: a shape that the model computes (SHAPE, STRIDED_SLICE, PACK) counts as a constant where a later
    operator insists on one. Exact: the bytes are the same. Operators stay, their outputs constant (`Node.is_folded`).
    Raises the first node's UserError when the aot runtime cannot run the graph.
    """
    return replace(graph, subgraphs=tuple(_fold_subgraph(graph, subgraph) for subgraph in graph.subgraphs))


def _fold_subgraph(graph: Graph, subgraph: Subgraph) -> Subgraph:
    folded = subgraph
    for op in subgraph.operators:
        node = Node(graph, folded, op)
        operator_kind(node).check(node)
        known = _known_outputs(node)
        if known and not any(folded.tensors[index].is_state for index in op.outputs):
            tensors = list(folded.tensors)
            for index, data in zip(op.outputs, known, strict=True):
                tensors[index] = replace(tensors[index], data=data)
            folded = replace(folded, tensors=tuple(tensors))
    return folded


def _known_outputs(node: Node) -> Sequence[memoryview]:
    """The bytes of all outputs; empty when they are only known at run time."""
    kind = operator_kind(node)
    source = kind.alias(node)
    if source is not None:
        data = node.input(source).data
        return () if data is None else (data,)
    values = kind.fold(node)
    if values is None:
        return ()
    outputs = [node.output(position) for position in range(len(node.op.outputs))]
    return [_bytes(node, tensor, value) for tensor, value in zip(outputs, values, strict=True)]


def _bytes(node: Node, tensor: Tensor, value: npt.NDArray[Any]) -> memoryview:
    if value.shape != tensor.shape or value.dtype != tensor.dtype.numpy:
        raise InternalError(f"{node.label}: {tensor.describe()} was folded to {value.shape} {value.dtype}")
    return memoryview(np.ascontiguousarray(value).tobytes())
