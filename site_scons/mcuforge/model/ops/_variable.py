"""Operators on resource variables. Which variable a handle means is the whole graph's affair: see model/state.py."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.ops._checks import expect_type

VALUES = tuple(dtype for dtype in DType if dtype not in (DType.RESOURCE, DType.FLOAT16, DType.FLOAT64, DType.INT4))
"""What variables hold and subgraphs exchange: types whose elements C has."""

_EXPORT_AGAIN = "export the model again"


def expect_arity(node: Node, inputs: int, outputs: int) -> None:
    found = (len(node.op.inputs), len(node.op.outputs))
    if found != (inputs, outputs):
        raise node.error(
            f"has {found[0]} inputs and {found[1]} outputs, {inputs} and {outputs} expected", hint=_EXPORT_AGAIN
        )
    for position in range(inputs):
        node.input(position)


def expect_handle(node: Node, tensor: Tensor) -> None:
    expect_type(node, tensor, DType.RESOURCE)
    if tensor.elements != 1 or tensor.is_constant or tensor.is_state:
        raise node.error(f"{tensor.describe()} is no handle of one variable", hint=_EXPORT_AGAIN)


def copy_call(value: Tensor, source: Tensor, target: Tensor) -> KernelCall:
    """Copies the bytes of `value`, which is one of the two; the other may be a handle and mean a variable."""
    return KernelCall(
        function="copy",
        header="mcuforge/copy.h",
        sources=("kernels/portable/copy.c",),
        params_type="mcuf_copy_params",
        params={"bytes": value.size_bytes},
        arguments=(TensorArg(source.index), TensorArg(target.index)),
    )
