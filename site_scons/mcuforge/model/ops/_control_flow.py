"""What IF and WHILE ask of the subgraphs they run: as many tensors as they hand over, of the same types and sizes."""

from __future__ import annotations

from collections.abc import Sequence

from mcuforge.model.graph import DType, Node, Subgraph, Tensor
from mcuforge.model.ops._checks import expect_type
from mcuforge.model.ops._variable import VALUES

_EXPORT_AGAIN = "export the model again; its subgraphs contradict each other"


def operands(node: Node, first: int) -> tuple[Tensor, ...]:
    """All inputs from position `first`, none of them absent."""
    return tuple(node.input(position) for position in range(first, len(node.op.inputs)))


def results(node: Node) -> tuple[Tensor, ...]:
    return tuple(node.output(position) for position in range(len(node.op.outputs)))


def expect_match(node: Node, ours: Sequence[Tensor], subgraph: Subgraph, role: str) -> None:
    """The tensors of the operator against the `inputs` or `outputs` of a subgraph, which are copied byte for byte."""
    indices = subgraph.inputs if role == "inputs" else subgraph.outputs
    if len(indices) != len(ours):
        raise node.error(f"subgraph {subgraph.index} has {len(indices)} {role}, not {len(ours)}", hint=_EXPORT_AGAIN)
    for mine, index in zip(ours, indices, strict=True):
        expect_type(node, mine, *VALUES, DType.RESOURCE)
        theirs = subgraph.tensors[index]
        if (mine.dtype, mine.size_bytes) != (theirs.dtype, theirs.size_bytes):
            raise node.error(
                f"{mine.describe()} does not fit {theirs.describe()} of subgraph {subgraph.index}", hint=_EXPORT_AGAIN
            )


def expect_condition(node: Node, tensor: Tensor) -> None:
    expect_type(node, tensor, DType.BOOL)
    if tensor.elements != 1:
        raise node.error(f"{tensor.describe()} is no condition: it must be one boolean", hint="export the model again")
