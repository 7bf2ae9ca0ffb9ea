"""CUMSUM along an axis: int8 and float32.

TFLM starts int8 sums at minus the input's zero point instead of zero, and so do we; 32 bits wrap.
"""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._axis import around, constant_axis
from mcuforge.model.ops._checks import (
    expect_operands,
    expect_quantized,
    expect_same_type,
    expect_shape,
    expect_type,
    fixed_point,
)
from mcuforge.model.ops._common_scale import expect_reducing
from mcuforge.model.ops._suffix import SUFFIX

HEADROOM = 20
"""MCUF_CUMSUM_S8_HEADROOM."""


@dataclass(frozen=True)
class CumsumOptions:
    exclusive: bool = option(0, "bool", False)
    reverse: bool = option(1, "bool", False)


@register
class Cumsum(OperatorKind):
    name = "CUMSUM"
    code = 128
    options = CumsumOptions
    options_type = 102
    tflm = TflmSupport("AddCumSum")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_shape(node, output, source.shape)
        constant_axis(node, 1)
        if source.dtype is DType.INT8:
            _rescaling(node)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place: each element is read once, then written."""
        return {0: node.output().size_bytes}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source = node.input(0)
        outer, depth, inner = around(source.shape, constant_axis(node, 1))
        is_int8 = source.dtype is DType.INT8
        function = f"cumsum_{SUFFIX[source.dtype]}"
        params: dict[str, ParamValue] = {
            "axis.outer": outer,
            "axis.depth": depth,
            "axis.inner": inner,
            "axis.exclusive": int(node.options.exclusive),
            "axis.reverse": int(node.options.reverse),
        }
        return KernelCall(
            function=function,
            header="mcuforge/cumsum.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_cumsum_params" if is_int8 else "mcuf_cumsum_f32_params",
            params={**params, **(_rescaling(node) if is_int8 else {})},
            arguments=(TensorArg(source.index), TensorArg(node.output().index)),
        )


def _rescaling(node: Node) -> dict[str, ParamValue]:
    """The int8 kernel's params after `axis`."""
    source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
    factor = fixed_point(node, 2 * source.scale / ((1 << HEADROOM) * output.scale), "output scaling")
    expect_reducing(node, factor)
    return {
        "input_offset": -source.zero_point,
        "output_offset": output.zero_point,
        "output_multiplier": factor.multiplier,
        "output_shift": factor.shift,
    }
