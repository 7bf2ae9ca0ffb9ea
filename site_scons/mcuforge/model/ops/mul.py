"""MUL with broadcasting and fused activations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._binary import ElementwiseBinary
from mcuforge.model.ops._checks import activation_bounds, expect_quantized, fixed_point


@dataclass(frozen=True)
class MulOptions:
    activation: Activation = option(0, "int8", Activation.NONE)


@register
class Mul(ElementwiseBinary):
    name = "MUL"
    code = 18
    options = MulOptions
    options_type = 21
    tflm = TflmSupport("AddMul", {DType.INT8: "Register_MUL_INT8"})
    stem = "mul"
    in_numpy = np.multiply
    quantized_struct = "mcuf_mul_params"

    def quantized_params(self, node: Node) -> Mapping[str, ParamValue]:
        first, second = expect_quantized(node, node.input(0)), expect_quantized(node, node.input(1))
        output = expect_quantized(node, node.output())
        factor = fixed_point(node, first.scale * second.scale / output.scale, "output scaling")
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
