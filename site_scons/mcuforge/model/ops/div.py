"""DIV with broadcasting and fused activations.

A division by zero is refused where the divisor is a constant of the model. At run time it gives TFLM's infinity or NaN,
clamped, for float32, and the output's zero for integers, where TFLM stops (int32) or computes from undefined shifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._binary import ElementwiseBinary
from mcuforge.model.ops._checks import activation_bounds, expect_quantized, expect_unquantized, fixed_point

MAX_OUTPUT_SHIFT = 23
"""The fewest bits by which a quotient is shifted to the right before the output's factor, which may shift left."""


@dataclass(frozen=True)
class DivOptions:
    activation: Activation = option(0, "int8", Activation.NONE)


@register
class Div(ElementwiseBinary):
    name = "DIV"
    code = 42
    options = DivOptions
    options_type = 29
    tflm = TflmSupport("AddDiv")
    types = (DType.INT8, DType.INT32, DType.FLOAT32)
    stem = "div"
    quantized_struct = "mcuf_div_params"

    def check(self, node: Node) -> None:
        super().check(node)
        if node.input(0).dtype is DType.INT32:
            for tensor in node.inputs:
                expect_unquantized(node, tensor)
        divisor = node.input(1)
        if divisor.is_constant and divisor.dtype is not DType.FLOAT32:
            zero = expect_quantized(node, divisor).zero_point if divisor.dtype is DType.INT8 else 0
            if np.any(divisor.array() == zero):
                raise node.error(f"{divisor.describe()} holds a zero", hint="do not divide by zero")

    def quantized_params(self, node: Node) -> Mapping[str, ParamValue]:
        first, second = expect_quantized(node, node.input(0)), expect_quantized(node, node.input(1))
        output = expect_quantized(node, node.output())
        # The product of two float32 scales does not underflow in double precision.
        factor = fixed_point(node, first.scale / (second.scale * output.scale), "output scaling")
        if factor.shift > MAX_OUTPUT_SHIFT:
            raise node.error(
                f"the scale of {node.output().describe()} is too small for those of the inputs",
                hint="quantize the model again with representative calibration data",
            )
        least, greatest = activation_bounds(node, node.options.activation, node.output())
        return {
            "offset1": -first.zero_point,
            "offset2": -second.zero_point,
            "output_offset": output.zero_point,
            "output_multiplier": factor.multiplier,
            "output_shift": factor.shift,
            "least": least,
            "greatest": greatest,
        }
