"""What PAD and PADV2 share: the box, and the call."""

from __future__ import annotations

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

TYPES = (DType.INT8, DType.FLOAT32)


def check_padding(node: Node) -> None:
    """Types, quantization and shapes of input 0, the constant paddings in input 1, and the output."""
    source, paddings, output = node.input(0), node.input(1), node.output()
    expect_type(node, source, *TYPES)
    expect_same_type(node, source, output)
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


def padding_call(node: Node, value: int | float) -> KernelCall:
    """Input 0 surrounded by `value`, a quantized integer or a float as the input's type is."""
    source, output = node.input(0), node.output()
    suffix = "s8" if source.dtype is DType.INT8 else "f32"
    fill = (1,) * (RANK - len(source.shape))
    params: dict[str, ParamValue] = {
        "box.input": fill + source.shape,
        "box.output": fill + output.shape,
        "box.before": (0,) * len(fill) + tuple(before for before, _ in _pairs(node)),
        "value": value,
    }
    return KernelCall(
        function=f"pad_{suffix}",
        header="mcuforge/pad.h",
        sources=(f"kernels/portable/pad_{suffix}.c",),
        params_type="mcuf_pad_params" if suffix == "s8" else "mcuf_pad_f32_params",
        params=params,
        arguments=(TensorArg(source.index), TensorArg(output.index)),
    )


def _pairs(node: Node) -> list[tuple[int, int]]:
    return [(int(before), int(after)) for before, after in node.input(1).array()]
