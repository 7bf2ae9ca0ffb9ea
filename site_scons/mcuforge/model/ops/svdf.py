"""SVDF: int8 (with a state of int8 or int16) and float32. The state is a variable tensor, kept between inferences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import REAL_RANGES, Activation
from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import (
    TFLM_HINT,
    activation_limits,
    expect_clamping,
    expect_constant,
    expect_operands,
    expect_quantized,
    expect_rank,
    expect_same_type,
    expect_shape,
    expect_type,
    fixed_point,
)
from mcuforge.model.ops._requantize import bias_argument, expect_bias, weight_scales
from mcuforge.model.ops._state import expect_state

SOURCE, FEATURE_WEIGHTS, TIME_WEIGHTS, BIAS, STATE = range(5)
"""Input positions."""

STATE_TYPES = {DType.INT8: (DType.INT16, DType.INT8), DType.FLOAT32: (DType.FLOAT32,)}
BIAS_TYPES = {DType.INT8: DType.INT32, DType.FLOAT32: DType.FLOAT32}

BIAS_SCALE_TOLERANCE = 1e-5
"""TFLM refuses a bias whose scale is further from state × time weight scale."""


@dataclass(frozen=True)
class SvdfOptions:
    rank: int = option(0, "int32", 0)
    activation: Activation = option(1, "int8", Activation.NONE)


@register
class Svdf(OperatorKind):
    name = "SVDF"
    code = 27
    options = SvdfOptions
    options_type = 6
    tflm = TflmSupport("AddSvdf", {DType.INT8: "Register_SVDF_INT8"})
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 5, may_be_absent=(BIAS,))
        source, features, times = node.input(SOURCE), node.input(FEATURE_WEIGHTS), node.input(TIME_WEIGHTS)
        expect_type(node, source, *self.types)
        expect_same_type(node, source, node.output())
        expect_type(node, features, source.dtype)
        expect_type(node, times, *STATE_TYPES[source.dtype])
        for weights in (features, times):
            expect_constant(node, weights, "weights")
        expect_same_type(node, times, node.input(STATE))
        _shape(node)
        expect_state(node, STATE, (source.shape[0], times.elements))
        expect_bias(node, node.optional_input(BIAS), node.output().shape[1], BIAS_TYPES[source.dtype])
        _type_params(node)

    def macs(self, node: Node) -> int:
        filters = node.input(FEATURE_WEIGHTS).elements + node.input(TIME_WEIGHTS).elements
        return node.input(SOURCE).shape[0] * filters

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        suffix = {DType.INT8: "s8_state8", DType.INT16: "s8_state16", DType.FLOAT32: "f32"}[node.input(STATE).dtype]
        return KernelCall(
            function=f"svdf_{suffix}",
            header="mcuforge/svdf.h",
            sources=(f"kernels/portable/svdf_{suffix}.c",),
            params_type="mcuf_svdf_f32_params" if suffix == "f32" else "mcuf_svdf_params",
            params={**_shape(node), **_type_params(node)},
            arguments=(
                *(TensorArg(node.input(position).index) for position in (SOURCE, FEATURE_WEIGHTS, TIME_WEIGHTS)),
                bias_argument(node.optional_input(BIAS)),
                TensorArg(node.input(STATE).index),
                TensorArg(node.output().index),
            ),
        )


def _shape(node: Node) -> dict[str, ParamValue]:
    """The fields of `mcuf_svdf_shape`. Checks all shapes but the state's."""
    source, features, times = node.input(SOURCE), node.input(FEATURE_WEIGHTS), node.input(TIME_WEIGHTS)
    for tensor in (source, features, times):
        expect_rank(node, tensor, 2)
    batches, inputs = source.shape
    filters, memory = times.shape
    rank: int = node.options.rank
    if rank < 1 or filters % rank:
        raise node.error(f"rank {rank} does not divide {filters} filters", hint="export the model again")
    expect_shape(node, features, (filters, inputs))
    expect_shape(node, node.output(), (batches, filters // rank))
    return {
        "shape.batches": batches,
        "shape.inputs": inputs,
        "shape.units": filters // rank,
        "shape.rank": rank,
        "shape.memory": memory,
    }


def _type_params(node: Node) -> dict[str, ParamValue]:
    activation: Activation = node.options.activation
    if node.input(SOURCE).dtype is DType.FLOAT32:
        least, greatest = activation_limits(node, activation)
        bounds = sum(bound is not None for bound in REAL_RANGES[activation])
        return {"bounds": bounds, "least": least, "greatest": greatest}
    # On int8, TFLM leaves the activation to the output's range.
    expect_clamping(node, activation)
    return _quantized_params(node)


def _quantized_params(node: Node) -> dict[str, ParamValue]:
    """Offsets and factors, computed in float32 as TFLM does it (svdf_common.cc)."""
    source, state, output = (expect_quantized(node, t) for t in (node.input(SOURCE), node.input(STATE), node.output()))
    feature_scale, time_scale = (_scale(node, node.input(at)) for at in (FEATURE_WEIGHTS, TIME_WEIGHTS))
    with np.errstate(all="ignore"):
        to_state = np.float32(source.scale) * np.float32(feature_scale) / np.float32(state.scale)
        sums = np.float32(state.scale) * np.float32(time_scale)
        to_output = sums / np.float32(output.scale)
    _check_bias_scale(node, float(sums))
    state_factor = fixed_point(node, float(to_state), "scaling of the state")
    output_factor = fixed_point(node, float(to_output), "output scaling")
    return {
        "input_offset": -source.zero_point,
        "state_multiplier": state_factor.multiplier,
        "state_shift": state_factor.shift,
        "state_zero_point": state.zero_point,
        "output_multiplier": output_factor.multiplier,
        "output_shift": output_factor.shift,
        "output_offset": output.zero_point,
    }


def _scale(node: Node, weights: Tensor) -> float:
    expect_quantized(node, weights)
    return weight_scales(node, weights, 1, 0)[0]


def _check_bias_scale(node: Node, expected: float) -> None:
    bias = node.optional_input(BIAS)
    if bias is None:
        return
    scale = bias.quantization.scales[0] if bias.quantization is not None else 0.0
    if not abs(scale - expected) < BIAS_SCALE_TOLERANCE:
        raise node.error(
            f"{bias.describe()} has scale {scale:g}; state scale × weight scale is {expected:g}",
            hint=f"quantize the model again; {TFLM_HINT} does not help, TFLM refuses it too",
        )
