"""Weights that the model stores as float16 stay float16: kernels that can expand them as they read them do so.

TensorFlow's converter writes a float16 constant and a DEQUANTIZE for each weight. What reads the DEQUANTIZE's output is
made to read the constant itself; a float32 copy of it is then never stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mcuforge.model.graph import DType, Graph, Operator, Subgraph
from mcuforge.model.operator_kind import operator_kinds


def keep_float16(graph: Graph) -> Graph:
    """Indices stay. Constants that some reader needs as float32 are left alone: both forms would take more flash."""
    return replace(graph, subgraphs=tuple(map(_keep_in_subgraph, graph.subgraphs)))


def _keep_in_subgraph(subgraph: Subgraph) -> Subgraph:
    sources = dict(_expanded(subgraph))
    for output in set(sources) & {*subgraph.outputs, *_read_as_float32(subgraph)}:
        del sources[output]
    return replace(subgraph, operators=tuple(_reading(op, sources) for op in subgraph.operators))


def _expanded(subgraph: Subgraph) -> Iterator[tuple[int, int]]:
    """(output, float16 constant) of each DEQUANTIZE that expands one."""
    for op in subgraph.operators:
        if op.kind == "DEQUANTIZE" and len(op.inputs) == len(op.outputs) == 1 and op.inputs[0] is not None:
            source = subgraph.tensors[op.inputs[0]]
            if source.dtype is DType.FLOAT16 and source.is_constant:
                yield op.outputs[0], source.index


def _read_as_float32(subgraph: Subgraph) -> Iterator[int]:
    """The tensors that stand where some kernel takes no float16."""
    for op in subgraph.operators:
        kind = operator_kinds().get(op.kind)
        taken = () if kind is None else kind.float16_inputs
        yield from (index for at, index in enumerate(op.inputs) if index is not None and at not in taken)


def _reading(op: Operator, sources: dict[int, int]) -> Operator:
    return replace(op, inputs=tuple(index if index is None else sources.get(index, index) for index in op.inputs))
