"""DEPTHWISE_CONV_2D: int8 (with int4 weights too), int16 and float32 (with float16 weights too).

With any depth multiplier and dilation.
"""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._arm_dsp import Matrix, may_use_dsp
from mcuforge.model.ops._checks import expect_rank, expect_shape
from mcuforge.model.ops._requantize import channel_factors, weight_scales
from mcuforge.model.ops._weighted import (
    F32,
    F32_W16,
    S8,
    S8_W4,
    S16,
    WeightedLayer,
    input_offset,
    operand_types,
    operands,
)
from mcuforge.model.ops._window import Padding, Window, sliding_window

CHANNEL_AXIS = 3


@dataclass(frozen=True)
class DepthwiseConv2DOptions:
    padding: Padding = option(0, "int8", Padding.SAME)
    stride_width: int = option(1, "int32", 0)
    stride_height: int = option(2, "int32", 0)
    depth_multiplier: int = option(3, "int32", 0)
    activation: Activation = option(4, "int8", Activation.NONE)
    dilation_width: int = option(5, "int32", 1)
    dilation_height: int = option(6, "int32", 1)


@register
class DepthwiseConv2D(WeightedLayer):
    name = "DEPTHWISE_CONV_2D"
    code = 4
    options = DepthwiseConv2DOptions
    options_type = 2
    tflm = TflmSupport(
        "AddDepthwiseConv2D",
        {DType.INT8: "Register_DEPTHWISE_CONV_2D_INT8", DType.INT16: "Register_DEPTHWISE_CONV_2D_INT16"},
    )

    combinations = (S8, S8_W4, S16, F32, F32_W16)

    def check_shapes(self, node: Node) -> int:
        window, weights = _window(node), node.input(1)
        multiplier: int = node.options.depth_multiplier
        channels = window.input_channels * multiplier
        if channels < 1 or weights.shape[CHANNEL_AXIS] != channels or weights.shape[0] != 1:
            raise node.error(
                f"{weights.describe()} does not fit {window.input_channels} input channels with depth multiplier "
                f"{multiplier}",
                hint="export the model again; its shapes contradict each other",
            )
        expect_shape(node, node.output(), (*node.output().shape[:3], channels))
        return channels

    def factors(self, node: Node) -> list[float]:
        weights = node.input(1)
        scales = weight_scales(node, weights, weights.shape[CHANNEL_AXIS], CHANNEL_AXIS)
        return channel_factors(node, node.input(0), scales, node.output())

    def macs(self, node: Node) -> int:
        _, height, width, _ = node.input(1).shape
        return node.output().elements * height * width

    def overlap(self, node: Node) -> dict[int, int]:
        return {0: _window(node).overlap(node.input(0).dtype.numpy.itemsize)}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        window, types = _window(node), operand_types(node)
        multiplier: int = node.options.depth_multiplier
        form = "_multiplier" if types is S8 and multiplier > 1 else ""
        function = f"depthwise_conv_2d{form}_{types.suffix}"
        portable = KernelCall(
            function=function,
            header="mcuforge/depthwise_conv_2d.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type=f"mcuf_depthwise_conv_2d{types.struct_suffix}_params",
            params={
                **window.params(),
                "multiplier": multiplier,
                **input_offset(node),
                **self.output_params(node),
            },
            arguments=operands(node),
        )
        if not may_use_dsp(node, features) or multiplier > 1:
            return portable
        return Matrix.of_filter(node, CHANNEL_AXIS).call(portable, "depthwise_conv_2d_s8", run=1)


def _window(node: Node) -> Window:
    options: DepthwiseConv2DOptions = node.options
    expect_rank(node, node.input(1), 4)
    _, height, width, _ = node.input(1).shape
    return sliding_window(
        node,
        taps=(height, width),
        strides=(options.stride_height, options.stride_width),
        dilations=(options.dilation_height, options.dilation_width),
        padding=options.padding,
    )
