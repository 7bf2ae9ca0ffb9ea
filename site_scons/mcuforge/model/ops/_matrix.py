"""The call that multiplies vectors by one weight matrix: FULLY_CONNECTED, and CONV_2D with a 1×1 filter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import Argument, ConstArray, KernelCall, ParamValue
from mcuforge.model.ops._arm_dsp import FOUR, Matrix, may_use_dsp
from mcuforge.model.ops._arm_mve import may_use_mve, mve_call
from mcuforge.model.ops._checks import expect_quantized
from mcuforge.model.ops._requantize import bias_or_zeros, folded_bias
from mcuforge.model.ops._weighted import is_quantized, operand_types, operands

_LARGEST_INT8 = 128


def matrix_call(node: Node, rows: int, output_params: dict[str, ParamValue], features: frozenset[str]) -> KernelCall:
    """`rows` vectors of input 0 times input 1 ([channels, …, depth] flat), plus input 2."""
    weights = node.input(1)
    channels = weights.shape[0]
    depth = weights.elements // channels
    bias = None
    if is_quantized(node):
        zero_point = expect_quantized(node, node.input(0)).zero_point
        bias = folded_bias(node.optional_input(2), weights.array().reshape(channels, depth), zero_point)
    types = operand_types(node)
    portable = KernelCall(
        function=f"fully_connected_{types.suffix}",
        header="mcuforge/fully_connected.h",
        sources=(f"kernels/portable/fully_connected_{types.suffix}.c",),
        params_type=f"mcuf_fully_connected{types.struct_suffix}_params",
        params={"rows": rows, "depth": depth, "channels": channels, **output_params},
        arguments=operands(node, bias),
    )
    if may_use_mve(node, features):
        return mve_call(portable, "fully_connected_s8", bias_or_zeros(portable.arguments[2], channels))
    if not may_use_dsp(node, features) or depth < FOUR:
        return portable
    matrix = Matrix(weights.array().reshape(channels, depth), _bias_values(node, bias), _LARGEST_INT8)
    if rows == 1:
        return matrix.call(portable, "fully_connected_s8", FOUR)
    return matrix.call(portable, "fully_connected_rows_s8", FOUR, matrix.columns_bytes)


def _bias_values(node: Node, folded: Argument | None) -> npt.NDArray[np.int32] | None:
    if isinstance(folded, ConstArray):
        return folded.values
    bias = node.optional_input(2)
    return None if bias is None else bias.array()


def matrix_overlap(rows: int, depth: int, channels: int, element_bytes: int) -> dict[int, int]:
    """How far the output's end may lie on the input's beginning.

    Row r is written at output rows·channels up to (r + 1)·channels while input rows from r on are still to be read.
    With the output starting d elements before the input, nothing is lost if (r + 1)·channels ≤ d + r·depth for every r;
    the left side minus r·depth is largest at the first or the last row.
    """
    lead = max(channels, rows * channels - (rows - 1) * depth)
    return {0: (rows * channels - lead) * element_bytes}
