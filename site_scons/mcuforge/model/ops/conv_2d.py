"""CONV_2D: int8 (weights per tensor or per channel) and float32, with groups, dilation and fused activations."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import (
    activation_limits,
    expect_constant,
    expect_operands,
    expect_quantized,
    expect_rank,
    expect_same_type,
    expect_shape,
    expect_type,
)
from mcuforge.model.ops._matrix import matrix_call
from mcuforge.model.ops._requantize import (
    bias_argument,
    channel_factors,
    expect_bias,
    requantization,
    weight_scales,
)
from mcuforge.model.ops._window import Padding, Window, sliding_window

FILTER_CHANNEL_AXIS = 0


@dataclass(frozen=True)
class Conv2DOptions:
    padding: Padding = option(0, "int8", Padding.SAME)
    stride_width: int = option(1, "int32", 0)
    stride_height: int = option(2, "int32", 0)
    activation: Activation = option(3, "int8", Activation.NONE)
    dilation_width: int = option(4, "int32", 1)
    dilation_height: int = option(5, "int32", 1)


@register
class Conv2D(OperatorKind):
    name = "CONV_2D"
    code = 3
    options = Conv2DOptions
    options_type = 1
    tflm = TflmSupport("AddConv2D", {DType.INT8: "Register_CONV_2D_INT8", DType.INT16: "Register_CONV_2D_INT16"})
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2, 3)
        source, weights, output = node.input(0), node.input(1), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_type(node, weights, source.dtype)
        expect_constant(node, weights, "weights")
        window = _window(node)
        _check_channels(node, window, weights)
        bias_type = DType.INT32 if source.dtype is DType.INT8 else DType.FLOAT32
        expect_bias(node, node.optional_input(2), window.output_channels, bias_type)
        if source.dtype is DType.INT8:
            requantization(node, _factors(node), node.options.activation, output)
        else:
            activation_limits(node, node.options.activation)

    def macs(self, node: Node) -> int:
        _, height, width, depth = node.input(1).shape
        return node.output().elements * height * width * depth

    def overlap(self, node: Node) -> dict[int, int]:
        return {0: _window(node).overlap(node.input(0).dtype.numpy.itemsize)}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        window = _window(node)
        depth = node.input(1).shape[3]
        if window.is_pixelwise and depth == window.input_channels:
            factors = _factors(node) if node.input(0).dtype is DType.INT8 else []
            return matrix_call(node, window.output_pixels, factors, node.options.activation)
        suffix = "s8" if node.input(0).dtype is DType.INT8 else "f32"
        params: dict[str, ParamValue] = {**window.params(), "filter_channels": depth}
        if suffix == "s8":
            params["input_offset"] = -expect_quantized(node, node.input(0)).zero_point
            params |= requantization(node, _factors(node), node.options.activation, node.output())
        else:
            params["least"], params["greatest"] = activation_limits(node, node.options.activation)
        return KernelCall(
            function=f"conv_2d_{suffix}",
            header="mcuforge/conv_2d.h",
            sources=(f"kernels/portable/conv_2d_{suffix}.c",),
            params_type="mcuf_conv_2d_params" if suffix == "s8" else "mcuf_conv_2d_f32_params",
            params=params,
            arguments=(
                TensorArg(node.input(0).index),
                TensorArg(node.input(1).index),
                bias_argument(node.optional_input(2)),
                TensorArg(node.output().index),
            ),
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


def _check_channels(node: Node, window: Window, weights: Tensor) -> None:
    channels, _, _, depth = weights.shape
    expect_shape(node, node.output(), (*node.output().shape[:3], channels))
    if window.input_channels % depth or channels % (window.input_channels // depth):
        raise node.error(
            f"{weights.describe()} does not divide {window.input_channels} input and {channels} output channels "
            "into groups",
            hint="the filter's channels must divide the input's, and the groups the output's",
        )


def _factors(node: Node) -> list[float]:
    weights = node.input(1)
    scales = weight_scales(node, weights, weights.shape[0], FILTER_CHANNEL_AXIS)
    return channel_factors(node, node.input(0), scales, node.output())
