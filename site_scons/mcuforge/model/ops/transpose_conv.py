"""TRANSPOSE_CONV: int8, int16 and float32 (with float16 weights too), with a fused activation.

Every output pixel gathers what TFLM scatters to it, in the same order, and so needs no memory for sums.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.arithmetic.fixed_point import INT32_MAX
from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import Argument, ConstArray, KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import (
    TFLM_HINT,
    activation_limits,
    expect_constant,
    expect_operands,
    expect_quantized,
    expect_rank,
    expect_same_type,
    expect_shape,
    expect_symmetric,
    expect_type,
)
from mcuforge.model.ops._requantize import (
    bias_argument,
    channel_factors,
    expect_bias,
    expect_wide_sums,
    requantization,
    weight_scales,
)
from mcuforge.model.ops._window import Axis, Padding

SHAPE, WEIGHTS, SOURCE, BIAS = range(4)
"""Input positions. TFLM takes the output's shape from the output itself."""

CHANNEL_AXIS = 0
LARGEST_WIDE_PRODUCT = 1 << (15 + 7)

WEIGHT_TYPES = {
    DType.INT8: (DType.INT8,),
    DType.INT16: (DType.INT8,),
    DType.FLOAT32: (DType.FLOAT32, DType.FLOAT16),
}
BIAS_TYPES = {DType.INT8: (DType.INT32,), DType.INT16: (DType.INT64, DType.INT16), DType.FLOAT32: (DType.FLOAT32,)}
SUFFIXES = {DType.INT8: "s8", DType.INT16: "s16", DType.FLOAT32: "f32"}


@dataclass(frozen=True)
class TransposeConvOptions:
    padding: Padding = option(0, "int8", Padding.SAME)
    stride_width: int = option(1, "int32", 0)
    stride_height: int = option(2, "int32", 0)
    activation: Activation = option(3, "int8", Activation.NONE)


@dataclass(frozen=True)
class Shape:
    """The fields of `mcuf_transpose_conv_shape`, in its order."""

    batches: int
    input_height: int
    input_width: int
    input_channels: int
    output_height: int
    output_width: int
    output_channels: int
    filter_height: int
    filter_width: int
    stride_height: int
    stride_width: int
    padding_top: int
    padding_left: int

    def params(self) -> dict[str, ParamValue]:
        return {f"shape.{name}": value for name, value in dataclasses.asdict(self).items()}


@register
class TransposeConv(OperatorKind):
    name = "TRANSPOSE_CONV"
    code = 67
    options = TransposeConvOptions
    options_type = 49
    tflm = TflmSupport("AddTransposeConv", {DType.INT8: "Register_TRANSPOSE_CONV_INT8"})
    types = tuple(SUFFIXES)
    float16_inputs = (WEIGHTS,)

    def check(self, node: Node) -> None:
        expect_operands(node, 3, 4)
        source, weights, output, bias = node.input(SOURCE), node.input(WEIGHTS), node.output(), _bias(node)
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_type(node, weights, *WEIGHT_TYPES[source.dtype])
        expect_constant(node, weights, "weights")
        shape = _shape(node)
        expect_bias(node, bias, shape.output_channels, *BIAS_TYPES[source.dtype])
        if source.dtype is DType.INT16:
            expect_symmetric(node, source, output)
            expect_wide_sums(node, bias, weights.elements // shape.output_channels, LARGEST_WIDE_PRODUCT)
        _output_params(node)

    def macs(self, node: Node) -> int:
        """Of every input with every tap, those outside the output included."""
        shape = _shape(node)
        return node.input(SOURCE).elements * shape.filter_height * shape.filter_width * shape.output_channels

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source = node.input(SOURCE)
        suffix = SUFFIXES[source.dtype]
        variant = "_w16" if node.input(WEIGHTS).dtype is DType.FLOAT16 else ""
        params = _shape(node).params()
        if source.dtype is not DType.FLOAT32:
            params["input_offset"] = -expect_quantized(node, source).zero_point
        return KernelCall(
            function=f"transpose_conv_{suffix}{variant}",
            header="mcuforge/transpose_conv.h",
            sources=(f"kernels/portable/transpose_conv_{suffix}{variant}.c",),
            params_type=f"mcuf_transpose_conv{'_f32' if suffix == 'f32' else ''}_params",
            params=params | _output_params(node),
            arguments=(
                TensorArg(source.index),
                TensorArg(node.input(WEIGHTS).index),
                _widened_bias(_bias(node)),
                TensorArg(node.output().index),
            ),
        )


def _bias(node: Node) -> Tensor | None:
    return node.optional_input(BIAS)


def _widened_bias(bias: Tensor | None) -> Argument:
    """Biases of int16, which older converters wrote, become int64."""
    if bias is not None and bias.dtype is DType.INT16:
        return ConstArray("bias", bias.array().reshape(-1).astype(np.int64), weights=True)
    return bias_argument(bias)


def _shape(node: Node) -> Shape:
    """Checks all shapes against each other: a convolution of the output with this filter must give the input's size."""
    source, weights, output = node.input(SOURCE), node.input(WEIGHTS), node.output()
    for tensor in (source, weights, output):
        expect_rank(node, tensor, 4)
    options: TransposeConvOptions = node.options
    batches, input_height, input_width, depth = source.shape
    channels, filter_height, filter_width, _ = weights.shape
    expect_shape(node, output, (batches, *output.shape[1:3], channels))
    expect_shape(node, source, (*source.shape[:3], weights.shape[3]))
    vertical = _axis(node, 1, filter_height, options.stride_height)
    horizontal = _axis(node, 2, filter_width, options.stride_width)
    return Shape(
        batches=batches,
        input_height=input_height,
        input_width=input_width,
        input_channels=depth,
        output_height=vertical.extent,
        output_width=horizontal.extent,
        output_channels=channels,
        filter_height=filter_height,
        filter_width=filter_width,
        stride_height=options.stride_height,
        stride_width=options.stride_width,
        padding_top=vertical.leading_padding(options.padding),
        padding_left=horizontal.leading_padding(options.padding),
    )


def _axis(node: Node, at: int, taps: int, stride: int) -> Axis:
    """The axis `at` of the convolution that takes the output back to the input."""
    source, output = node.input(SOURCE), node.output()
    if stride < 1:
        raise node.error(f"stride {stride} must be at least 1", hint="export the model again")
    axis = Axis(output.shape[at], taps, stride)
    if axis.output(node.options.padding) != source.shape[at]:
        raise node.error(
            f"{output.describe()} cannot come from {source.describe()} with stride {stride} and {taps} taps",
            hint="export the model again; its shapes contradict each other",
        )
    if axis.extent + taps > INT32_MAX:
        raise node.error(f"{output.describe()} is too large", hint=TFLM_HINT)
    return axis


def _output_params(node: Node) -> dict[str, ParamValue]:
    source, weights, output = node.input(SOURCE), node.input(WEIGHTS), node.output()
    if source.dtype is DType.FLOAT32:
        least, greatest = activation_limits(node, node.options.activation)
        return {"least": least, "greatest": greatest}
    scales = weight_scales(node, weights, weights.shape[CHANNEL_AXIS], CHANNEL_AXIS)
    factors = channel_factors(node, source, scales, output)
    wide = source.dtype is DType.INT16
    return requantization(node, factors, node.options.activation, output, wide=wide)
