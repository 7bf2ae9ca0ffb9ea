"""QUANTIZE: float32 to int8 or int16, and from one quantization to another among int8, int16, int32 and uint8."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import integer_limits
from mcuforge.model.arithmetic.fixed_point import Multiplier, multiply, wrap_int32
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import (
    expect_operands,
    expect_quantized,
    expect_shape,
    expect_type,
    fixed_point,
)
from mcuforge.model.ops._unary import INT8_VALUES, UINT8_VALUES, table_call

FUNCTIONS = {
    (DType.FLOAT32, DType.INT8): "quantize_f32_s8",
    (DType.FLOAT32, DType.INT16): "quantize_f32_s16",
    (DType.INT16, DType.INT8): "quantize_s16_s8",
    (DType.INT16, DType.INT16): "quantize_s16",
    (DType.INT16, DType.INT32): "quantize_s16_s32",
    (DType.INT32, DType.INT8): "quantize_s32_s8",
    (DType.INT32, DType.INT16): "quantize_s32_s16",
}
OUTPUTS = {
    DType.FLOAT32: (DType.INT8, DType.INT16),
    DType.INT8: (DType.INT8, DType.INT16, DType.INT32, DType.UINT8),
    DType.INT16: (DType.INT8, DType.INT16, DType.INT32),
    DType.INT32: (DType.INT8, DType.INT16),
    DType.UINT8: (DType.INT8,),
}
"""Which types TFLM quantizes each type to."""


@register
class Quantize(OperatorKind):
    name = "QUANTIZE"
    code = 114
    options_type = 89
    tflm = TflmSupport("AddQuantize")
    types = tuple(OUTPUTS)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_type(node, output, *OUTPUTS[source.dtype])
        expect_shape(node, output, source.shape)
        expect_quantized(node, output)
        if source.dtype is not DType.FLOAT32:
            _factor(node)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place for equal sizes; to int8 also from wider types, as each element is written below those to come.

        Not from float32 to int16: C lets the compiler assume that these two do not overlap.
        """
        source, output = node.input(0), node.output()
        return {0: output.size_bytes} if output.dtype in (DType.INT8, DType.UINT8, source.dtype) else {}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source, output = node.input(0), node.output()
        if source.dtype in (DType.INT8, DType.UINT8):
            return table_call(node, _table(node))
        function = FUNCTIONS[source.dtype, output.dtype]
        is_float = source.dtype is DType.FLOAT32
        return KernelCall(
            function=function,
            header="mcuforge/quantize.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_quantize_params" if is_float else "mcuf_requantize_params",
            params=_float_params(node) if is_float else _integer_params(node),
            arguments=(TensorArg(source.index), TensorArg(output.index)),
        )


def _factor(node: Node) -> Multiplier:
    source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
    return fixed_point(node, source.scale / output.scale, "output scaling")


def _float_params(node: Node) -> dict[str, ParamValue]:
    quantization = expect_quantized(node, node.output())
    return {
        "count": node.output().elements,
        "scale": float(quantization.scale),
        "zero_point": quantization.zero_point,
    }


def _integer_params(node: Node) -> dict[str, ParamValue]:
    factor = _factor(node)
    return {
        "count": node.output().elements,
        "input_offset": -expect_quantized(node, node.input(0)).zero_point,
        "multiplier": factor.multiplier,
        "shift": factor.shift,
        "output_offset": expect_quantized(node, node.output()).zero_point,
    }


def _table(node: Node) -> npt.NDArray[Any]:
    """The output for every 8-bit input."""
    values = INT8_VALUES if node.input(0).dtype is DType.INT8 else UINT8_VALUES
    source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
    scaled = wrap_int32(multiply(values - source.zero_point, _factor(node)) + output.zero_point)
    return np.clip(scaled, *integer_limits(node.output().dtype)).astype(node.output().dtype.numpy)
