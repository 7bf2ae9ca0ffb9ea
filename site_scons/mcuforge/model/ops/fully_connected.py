"""FULLY_CONNECTED: int8 (with int4 weights too), int16 and float32 (with float16 weights too)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._checks import TFLM_HINT, expect_quantized, expect_rank, expect_shape
from mcuforge.model.ops._matrix import matrix_call, matrix_overlap
from mcuforge.model.ops._requantize import channel_factors, weight_scales
from mcuforge.model.ops._weighted import WeightedLayer

CHANNEL_AXIS = 0
BIAS_SCALE_TOLERANCE = 0.02
"""TFLM refuses a bias whose scale is further from input × weight scale, in output steps."""


@dataclass(frozen=True)
class FullyConnectedOptions:
    activation: Activation = option(0, "int8", Activation.NONE)
    weights_format: int = option(1, "int8", 0)
    keep_num_dims: bool = option(2, "bool", False)


@register
class FullyConnected(WeightedLayer):
    name = "FULLY_CONNECTED"
    code = 9
    options = FullyConnectedOptions
    options_type = 8
    tflm = TflmSupport(
        "AddFullyConnected",
        {DType.INT8: "Register_FULLY_CONNECTED_INT8", DType.INT16: "Register_FULLY_CONNECTED_INT16"},
    )

    def check_shapes(self, node: Node) -> int:
        source, weights, output = node.input(0), node.input(1), node.output()
        if node.options.weights_format != 0:
            raise node.error("the weights are in a shuffled format", hint="export the model without shuffled weights")
        expect_rank(node, weights, 2)
        channels, depth = weights.shape
        keep = node.options.keep_num_dims
        if source.elements % depth or (keep and source.shape[-1:] != (depth,)):
            raise node.error(
                f"{source.describe()} does not consist of vectors of {depth} elements, as {weights.describe()} asks",
                hint="export the model again; its shapes contradict each other",
            )
        expect_shape(node, output, (*source.shape[:-1], channels) if keep else (_rows(node), channels))
        return channels

    def factors(self, node: Node) -> list[float]:
        """One real factor, or one per channel. TFLM multiplies the scales in float32 when there is only one."""
        source, weights, output = node.input(0), node.input(1), node.output()
        scales = weight_scales(node, weights, weights.shape[CHANNEL_AXIS], CHANNEL_AXIS)
        if len(scales) > 1:
            if weights.dtype is DType.INT4:
                raise node.error(
                    f"{weights.describe()} has a scale for each channel",
                    hint="quantize int4 weights of this layer per tensor; TFLM refuses it too",
                )
            return channel_factors(node, source, scales, output)
        input_scale, output_scale = expect_quantized(node, source).scale, expect_quantized(node, output).scale
        _check_bias_scale(node, input_scale * scales[0], output_scale)
        with np.errstate(over="ignore", under="ignore"):
            product = np.float32(input_scale) * np.float32(scales[0])
        return [float(product) / output_scale]

    def macs(self, node: Node) -> int:
        return node.output().elements * node.input(1).shape[1]

    def overlap(self, node: Node) -> dict[int, int]:
        channels, depth = node.input(1).shape
        return matrix_overlap(_rows(node), depth, channels, node.input(0).dtype.numpy.itemsize)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        return matrix_call(node, _rows(node), self.output_params(node), features)


def _rows(node: Node) -> int:
    return node.input(0).elements // node.input(1).shape[1]


def _check_bias_scale(node: Node, expected: float, output_scale: float) -> None:
    bias = node.optional_input(2)
    if bias is None:
        return
    scale = bias.quantization.scales[0] if bias.quantization is not None else 0.0
    if abs(expected - scale) / output_scale > BIAS_SCALE_TOLERANCE:
        raise node.error(
            f"{bias.describe()} has scale {scale:g}; input scale × weight scale is {expected:g}",
            hint=f"quantize the model again; {TFLM_HINT} does not help, TFLM refuses it too",
        )
