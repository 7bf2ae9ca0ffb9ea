"""SUB with broadcasting and fused activations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._binary import ElementwiseBinary
from mcuforge.model.ops._common_scale import sum_params

HEADROOM = {DType.INT8: 20, DType.INT16: 15}
"""MCUF_SUB_S8_HEADROOM, MCUF_SUB_S16_HEADROOM."""


@dataclass(frozen=True)
class SubOptions:
    activation: Activation = option(0, "int8", Activation.NONE)


@register
class Sub(ElementwiseBinary):
    name = "SUB"
    code = 41
    options = SubOptions
    options_type = 28
    tflm = TflmSupport("AddSub")
    stem = "sub"
    in_numpy = np.subtract
    quantized_struct = "mcuf_common_scale_params"

    def quantized_params(self, node: Node) -> Mapping[str, ParamValue]:
        return sum_params(node, HEADROOM[node.input(0).dtype], node.options.activation)
