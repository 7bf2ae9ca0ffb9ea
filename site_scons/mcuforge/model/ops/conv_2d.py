"""CONV_2D: int8 (with int4 weights too), int16 and float32 (with float16 weights too).

With groups, dilation and fused activations.
"""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._arm_dsp import FOUR, Matrix, may_use_dsp
from mcuforge.model.ops._arm_mve import may_use_mve, mve_call
from mcuforge.model.ops._checks import expect_quantized, expect_rank, expect_shape
from mcuforge.model.ops._matrix import matrix_call
from mcuforge.model.ops._requantize import bias_or_zeros, channel_factors, folded_bias, weight_scales
from mcuforge.model.ops._weighted import WeightedLayer, input_offset, operand_types, operands
from mcuforge.model.ops._window import Padding, Window, sliding_window

CHANNEL_AXIS = 0


@dataclass(frozen=True)
class Conv2DOptions:
    padding: Padding = option(0, "int8", Padding.SAME)
    stride_width: int = option(1, "int32", 0)
    stride_height: int = option(2, "int32", 0)
    activation: Activation = option(3, "int8", Activation.NONE)
    dilation_width: int = option(4, "int32", 1)
    dilation_height: int = option(5, "int32", 1)


@register
class Conv2D(WeightedLayer):
    name = "CONV_2D"
    code = 3
    options = Conv2DOptions
    options_type = 1
    tflm = TflmSupport("AddConv2D", {DType.INT8: "Register_CONV_2D_INT8", DType.INT16: "Register_CONV_2D_INT16"})

    def check_shapes(self, node: Node) -> int:
        window = _window(node)
        channels, _, _, depth = node.input(1).shape
        expect_shape(node, node.output(), (*node.output().shape[:3], channels))
        if window.input_channels % depth or channels % (window.input_channels // depth):
            raise node.error(
                f"{node.input(1).describe()} does not divide {window.input_channels} input and {channels} output "
                "channels into groups",
                hint="the filter's channels must divide the input's, and the groups the output's",
            )
        return channels

    def factors(self, node: Node) -> list[float]:
        weights = node.input(1)
        scales = weight_scales(node, weights, weights.shape[CHANNEL_AXIS], CHANNEL_AXIS)
        return channel_factors(node, node.input(0), scales, node.output())

    def macs(self, node: Node) -> int:
        _, height, width, depth = node.input(1).shape
        return node.output().elements * height * width * depth

    def overlap(self, node: Node) -> dict[int, int]:
        return {0: _window(node).overlap(node.input(0).dtype.numpy.itemsize)}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        window = _window(node)
        depth = node.input(1).shape[3]
        is_grouped = depth != window.input_channels
        if window.is_pixelwise and not is_grouped:
            return matrix_call(node, window.output_pixels, self.output_params(node), features)
        portable = self._portable(node, window)
        if is_grouped or not may_use_dsp(node, features):
            return portable
        matrix = Matrix.of_filter(node, CHANNEL_AXIS)
        if may_use_mve(node, features):
            zero_point = expect_quantized(node, node.input(0)).zero_point
            bias = bias_or_zeros(folded_bias(node.optional_input(2), matrix.weights, zero_point), len(matrix.weights))
            return mve_call(portable, "conv_2d_s8", bias, matrix.depth)
        if matrix.depth < FOUR:
            return portable
        staged_bytes = matrix.depth if depth % FOUR else 0
        return matrix.call(portable, "conv_2d_s8", FOUR, matrix.columns_bytes + staged_bytes)

    def _portable(self, node: Node, window: Window) -> KernelCall:
        types = operand_types(node)
        return KernelCall(
            function=f"conv_2d_{types.suffix}",
            header="mcuforge/conv_2d.h",
            sources=(f"kernels/portable/conv_2d_{types.suffix}.c",),
            params_type=f"mcuf_conv_2d{types.struct_suffix}_params",
            params={
                **window.params(),
                "filter_channels": node.input(1).shape[3],
                **input_offset(node),
                **self.output_params(node),
            },
            arguments=operands(node),
        )


def _window(node: Node) -> Window:
    options: Conv2DOptions = node.options
    expect_rank(node, node.input(1), 4)
    _, height, width, _ = node.input(1).shape
    return sliding_window(
        node,
        taps=(height, width),
        strides=(options.stride_height, options.stride_width),
        dilations=(options.dilation_height, options.dilation_width),
        padding=options.padding,
    )
