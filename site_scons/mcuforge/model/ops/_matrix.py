"""The call that multiplies vectors by one weight matrix: FULLY_CONNECTED, and CONV_2D with a 1×1 filter."""

from __future__ import annotations

from collections.abc import Sequence

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.ops._checks import activation_limits, expect_quantized
from mcuforge.model.ops._requantize import bias_argument, folded_bias, requantization


def matrix_call(node: Node, rows: int, factors: Sequence[float], activation: Activation) -> KernelCall:
    """`rows` vectors of input 0 times input 1 ([channels, …, depth] flat), plus input 2.

    `factors` are the int8 output's real factors, one or one per channel; unused for float32.
    """
    source, weights, output = node.input(0), node.input(1), node.output()
    channels = weights.shape[0]
    depth = weights.elements // channels
    params: dict[str, ParamValue] = {"rows": rows, "depth": depth, "channels": channels}
    if source.dtype is DType.INT8:
        suffix, params_type = "s8", "mcuf_fully_connected_params"
        params |= requantization(node, factors, activation, output)
        zero_point = expect_quantized(node, source).zero_point
        bias = folded_bias(node.optional_input(2), weights.array().reshape(channels, depth), zero_point)
    else:
        suffix, params_type = "f32", "mcuf_fully_connected_f32_params"
        params["least"], params["greatest"] = activation_limits(node, activation)
        bias = bias_argument(node.optional_input(2))
    return KernelCall(
        function=f"fully_connected_{suffix}",
        header="mcuforge/fully_connected.h",
        sources=(f"kernels/portable/fully_connected_{suffix}.c",),
        params_type=params_type,
        params=params,
        arguments=(TensorArg(source.index), TensorArg(weights.index), bias, TensorArg(output.index)),
    )


def matrix_overlap(rows: int, depth: int, channels: int, element_bytes: int) -> dict[int, int]:
    """How far the output's end may lie on the input's beginning.

    Row r is written at output rows·channels up to (r + 1)·channels while input rows from r on are still to be read.
    With the output starting d elements before the input, nothing is lost if (r + 1)·channels ≤ d + r·depth for every r;
    the left side minus r·depth is largest at the first or the last row.
    """
    lead = max(channels, rows * channels - (rows - 1) * depth)
    return {0: (rows * channels - lead) * element_bytes}
