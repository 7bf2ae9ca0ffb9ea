"""FULLY_CONNECTED: int8 (weights per tensor or per channel) and float32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import KernelCall
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
    expect_type,
)
from mcuforge.model.ops._matrix import matrix_call, matrix_overlap
from mcuforge.model.ops._requantize import channel_factors, expect_bias, requantization, weight_scales

CHANNEL_AXIS = 0
BIAS_SCALE_TOLERANCE = 0.02
"""TFLM refuses a bias whose scale is further from input × weight scale, in output steps."""


@dataclass(frozen=True)
class FullyConnectedOptions:
    activation: Activation = option(0, "int8", Activation.NONE)
    weights_format: int = option(1, "int8", 0)
    keep_num_dims: bool = option(2, "bool", False)


@register
class FullyConnected(OperatorKind):
    name = "FULLY_CONNECTED"
    code = 9
    options = FullyConnectedOptions
    options_type = 8
    tflm = TflmSupport(
        "AddFullyConnected",
        {DType.INT8: "Register_FULLY_CONNECTED_INT8", DType.INT16: "Register_FULLY_CONNECTED_INT16"},
    )
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2, 3)
        source, weights, output = node.input(0), node.input(1), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_type(node, weights, source.dtype)
        expect_constant(node, weights, "weights")
        if node.options.weights_format != 0:
            raise node.error("the weights are in a shuffled format", hint="export the model without shuffled weights")
        expect_rank(node, weights, 2)
        _check_shapes(node, source, weights, output)
        bias_type = DType.INT32 if source.dtype is DType.INT8 else DType.FLOAT32
        expect_bias(node, node.optional_input(2), weights.shape[0], bias_type)
        if source.dtype is DType.INT8:
            requantization(node, _factors(node), node.options.activation, output)
        else:
            activation_limits(node, node.options.activation)

    def macs(self, node: Node) -> int:
        return node.output().elements * node.input(1).shape[1]

    def overlap(self, node: Node) -> dict[int, int]:
        channels, depth = node.input(1).shape
        return matrix_overlap(_rows(node), depth, channels, node.input(0).dtype.numpy.itemsize)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        factors = _factors(node) if node.input(0).dtype is DType.INT8 else []
        return matrix_call(node, _rows(node), factors, node.options.activation)


def _rows(node: Node) -> int:
    return node.input(0).elements // node.input(1).shape[1]


def _check_shapes(node: Node, source: Tensor, weights: Tensor, output: Tensor) -> None:
    channels, depth = weights.shape
    keep = node.options.keep_num_dims
    if source.elements % depth or (keep and source.shape[-1:] != (depth,)):
        raise node.error(
            f"{source.describe()} does not consist of vectors of {depth} elements, as {weights.describe()} asks",
            hint="export the model again; its shapes contradict each other",
        )
    expect_shape(node, output, (*source.shape[:-1], channels) if keep else (_rows(node), channels))


def _factors(node: Node) -> list[float]:
    """One real factor, or one per channel. TFLM multiplies the scales in float32 when there is only one."""
    source, weights, output = node.input(0), node.input(1), node.output()
    scales = weight_scales(node, weights, weights.shape[0], CHANNEL_AXIS)
    if len(scales) > 1:
        return channel_factors(node, source, scales, output)
    input_scale, output_scale = expect_quantized(node, source).scale, expect_quantized(node, output).scale
    _check_bias_scale(node, input_scale * scales[0], output_scale)
    with np.errstate(over="ignore", under="ignore"):
        product = np.float32(input_scale) * np.float32(scales[0])
    return [float(product) / output_scale]


def _check_bias_scale(node: Node, expected: float, output_scale: float) -> None:
    bias = node.optional_input(2)
    if bias is None:
        return
    scale = bias.quantization.scales[0] if bias.quantization is not None and bias.quantization.scales else 0.0
    if abs(expected - scale) / output_scale > BIAS_SCALE_TOLERANCE:
        raise node.error(
            f"{bias.describe()} has scale {scale:g}; input scale × weight scale is {expected:g}",
            hint=f"quantize the model again; {TFLM_HINT} does not help, TFLM refuses it too",
        )
