"""ADD with broadcasting and fused activations. TFLM leaves the activation out for int32, and so do we."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation, integer_limits
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._binary import ElementwiseBinary
from mcuforge.model.ops._checks import expect_clamping
from mcuforge.model.ops._common_scale import sum_params

HEADROOM = {DType.INT8: 20, DType.INT16: 15}
"""MCUF_ADD_S8_HEADROOM, MCUF_ADD_S16_HEADROOM."""


@dataclass(frozen=True)
class AddOptions:
    activation: Activation = option(0, "int8", Activation.NONE)


@register
class Add(ElementwiseBinary):
    name = "ADD"
    code = 0
    options = AddOptions
    options_type = 11
    tflm = TflmSupport("AddAdd", {DType.INT8: "Register_ADD_INT8", DType.INT16: "Register_ADD_INT16"})
    stem = "add"
    in_numpy = np.add
    quantized_struct = "mcuf_common_scale_params"

    def quantized_params(self, node: Node) -> Mapping[str, ParamValue]:
        return sum_params(node, HEADROOM[node.input(0).dtype], node.options.activation)

    def element_params(self, node: Node) -> tuple[str, Mapping[str, ParamValue]]:
        if node.input(0).dtype is DType.INT32:
            expect_clamping(node, node.options.activation)
            least, greatest = integer_limits(DType.INT32)
            return "mcuf_binary_s32_params", {"least": least, "greatest": greatest}
        return super().element_params(node)
