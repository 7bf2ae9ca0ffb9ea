"""What PAD and PADV2 share: the box, and the call. One kernel moves elements of any type."""

from __future__ import annotations

from typing import Any

import numpy as np

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.ops._checks import (
    expect_constant,
    expect_rank,
    expect_same_quantization,
    expect_same_type,
    expect_shape,
    expect_type,
)

RANK = 5
"""MCUF_PAD_RANK."""

QUANTIZED = (DType.INT8, DType.INT16)
TYPES = (*QUANTIZED, DType.INT32, DType.FLOAT32)


def check_padding(node: Node) -> None:
    """Types, quantization and shapes of input 0, the constant paddings in input 1, and the output."""
    source, paddings, output = node.input(0), node.input(1), node.output()
    expect_type(node, source, *TYPES)
    expect_same_type(node, source, output)
    if source.dtype in QUANTIZED:
        expect_same_quantization(node, source, output)
    expect_rank(node, source, *range(1, RANK + 1))
    expect_constant(node, paddings, "paddings")
    expect_type(node, paddings, DType.INT32)
    expect_shape(node, paddings, (len(source.shape), 2))
    pairs = _pairs(node)
    if any(min(pair) < 0 for pair in pairs):
        raise node.error(f"{paddings.describe()} holds negative paddings", hint="use SLICE to make a tensor smaller")
    shape = tuple(before + size + after for size, (before, after) in zip(source.shape, pairs, strict=True))
    expect_shape(node, output, shape)


def padding_call(node: Node, value: Any) -> KernelCall:
    """Input 0 surrounded by `value`, a number of its type."""
    source, output = node.input(0), node.output()
    fill = (1,) * (RANK - len(source.shape))
    params: dict[str, ParamValue] = {
        "box.input": fill + source.shape,
        "box.output": fill + output.shape,
        "box.before": (0,) * len(fill) + tuple(before for before, _ in _pairs(node)),
        "element_bytes": source.dtype.bits // 8,
        "value": _bits(value, source.dtype),
    }
    return KernelCall(
        function="pad",
        header="mcuforge/pad.h",
        sources=("kernels/portable/pad.c",),
        params_type="mcuf_pad_params",
        params=params,
        arguments=(TensorArg(source.index), TensorArg(output.index)),
    )


def _bits(value: Any, dtype: DType) -> int:
    """The bits of one element as a signed integer."""
    element = np.array(value, dtype.numpy)
    return int(element.view(f"i{element.itemsize}"))


def _pairs(node: Node) -> list[tuple[int, int]]:
    return [(int(before), int(after)) for before, after in node.input(1).array()]
