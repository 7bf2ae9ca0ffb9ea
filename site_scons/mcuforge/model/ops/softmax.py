"""SOFTMAX over the last axis: int8 to int8 or int16, and float32.

float32 differs from TFLM by expf alone: with the same C library outputs are equal. With two that are within 1 ULP each,
normal outputs of a row of n elements differ by at most (n + 4) · 2^-23 of their value.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.fixed_point import (
    INT32_MAX,
    Multiplier,
    doubling_high_multiply,
    quantize_multiplier,
    round_half_away,
    wrap_int32,
)
from mcuforge.model.arithmetic.float32 import expf
from mcuforge.model.arithmetic.transcendental import exp_of_negative
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ConstArray, KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import (
    expect_operands,
    expect_quantized,
    expect_rank,
    expect_shape,
    expect_type,
    fixed_point,
)

DIFFERENCE_INTEGER_BITS = 5
"""TFLM holds (x − max) · scale · beta in Q5.26."""

SMALLEST_COUNTED = 1 << 11
"""Exponentials below, in Q0.31, round to zero both in the sum (Q12.19) and in every output."""

MAX_DEPTH = {
    (DType.INT8, DType.INT8): 511,
    (DType.INT8, DType.INT16): 4095,
    (DType.INT16, DType.INT16): 65535,
}
"""Longest row by input and output type: beyond, the sum of equal elements leaves TFLM's fixed-point range."""

OUTPUTS = {
    (DType.INT8, DType.INT8): (1 / 256, -128),
    (DType.INT8, DType.INT16): (1 / 65536, -32768),
    (DType.INT16, DType.INT16): (1 / 32768, 0),
}
"""The output scale and zero point TFLM insists on."""

INT16_RANGE = 10.0
"""Differences of int16 inputs are told apart down to minus this real number."""

INT16_SCALE_TOLERANCE = 0.001
INT16_MAX_SHIFT = 15
"""Beyond, TFLM's product of a difference and the factor leaves 32 bits."""

MAX_RANK = 6


@dataclass(frozen=True)
class SoftmaxOptions:
    beta: float = option(0, "float32", 0.0)


@register
class Softmax(OperatorKind):
    name = "SOFTMAX"
    code = 25
    options = SoftmaxOptions
    options_type = 9
    tflm = TflmSupport("AddSoftmax", {DType.INT8: "Register_SOFTMAX_INT8", DType.INT16: "Register_SOFTMAX_INT16"})
    types = (DType.INT8, DType.INT16, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_rank(node, source, *range(1, MAX_RANK + 1))
        expect_shape(node, output, source.shape)
        if not math.isfinite(node.options.beta):
            raise node.error(f"beta is {node.options.beta}", hint="export the model again")
        if source.dtype is DType.FLOAT32:
            expect_type(node, output, DType.FLOAT32)
        else:
            _check_quantized(node)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place where elements are equally large: the last pass reads each element, then writes it."""
        output = node.output()
        return {0: output.size_bytes} if output.dtype is node.input(0).dtype else {}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source, output = node.input(0), node.output()
        depth = source.shape[-1]
        params: dict[str, ParamValue] = {"rows": source.elements // depth, "depth": depth}
        if source.dtype is DType.FLOAT32:
            suffix, params_type = "f32", "mcuf_softmax_f32_params"
            params["beta"] = node.options.beta
        elif source.dtype is DType.INT16:
            suffix, params_type = "s16", "mcuf_softmax_s16_params"
            factor = _int16_factor(node)
            params |= {
                "multiplier": factor.multiplier,
                "shift": factor.shift,
                "exponentials": ConstArray("exponentials", interpolation_table(expf, -INT16_RANGE, 0.0)),
                "reciprocals": ConstArray("reciprocals", interpolation_table(_reciprocal_of_one_plus, 0.0, 1.0)),
            }
        else:
            suffix = "s8" if output.dtype is DType.INT8 else "s8_s16"
            params_type = "mcuf_softmax_params"
            table = exponentials(expect_quantized(node, source).scale, node.options.beta)
            params |= {"entries": len(table), "exponentials": ConstArray("exponentials", table)}
        return KernelCall(
            function=f"softmax_{suffix}",
            header="mcuforge/softmax.h",
            sources=(f"kernels/portable/softmax_{suffix}.c",),
            params_type=params_type,
            params=params,
            arguments=(TensorArg(source.index), TensorArg(output.index)),
        )


def _check_quantized(node: Node) -> None:
    source, output = node.input(0), node.output()
    expect_type(node, output, *(to for given, to in OUTPUTS if given is source.dtype))
    types = source.dtype, output.dtype
    scale, zero_point = OUTPUTS[types]
    quantization = expect_quantized(node, output)
    tolerance = 0.0 if output.dtype is DType.INT8 else INT16_SCALE_TOLERANCE * scale
    if abs(quantization.scale - scale) > tolerance or quantization.zero_point != zero_point:
        raise node.error(
            f"{output.describe()} must have scale 1/{round(1 / scale)} and zero point {zero_point}",
            hint="quantize the model again with a current converter",
        )
    if source.shape[-1] > MAX_DEPTH[types]:
        raise node.error(
            f"{source.describe()}: rows longer than {MAX_DEPTH[types]} leave the fixed-point range",
            hint="use a float32 SOFTMAX; TFLM aborts on some inputs of this one",
        )
    if source.dtype is DType.INT16:
        _int16_factor(node)
    elif difference_factor(expect_quantized(node, source).scale, node.options.beta) <= 1:
        raise node.error(
            f"beta {node.options.beta:g} times the scale of {source.describe()} is too small",
            hint="quantize the model again; TFLM refuses it too",
        )


def _int16_factor(node: Node) -> Multiplier:
    """From input differences to steps of INT16_RANGE / 65535."""
    scale = expect_quantized(node, node.input(0)).scale
    factor = fixed_point(node, scale * node.options.beta / (INT16_RANGE / 65535), "input scaling")
    if factor.shift > INT16_MAX_SHIFT:
        raise node.error(
            f"beta {node.options.beta:g} times the scale of {node.input(0).describe()} is too large",
            hint="quantize the model again with representative calibration data",
        )
    return factor


def _reciprocal_of_one_plus(x: float) -> np.float32:
    return np.float32(1) / (np.float32(1) + np.float32(x))


@functools.cache
def interpolation_table(function: Callable[[float], np.float32], start: float, end: float) -> npt.NDArray[np.int16]:
    """513 points of a function in Q0.15, moved by half the error that interpolation has between them (TFLM's gen_lut).

    In single precision throughout, as TFLM fills its tables.
    """
    one, steps = np.float32(1 << 15), 512
    step = np.float32((np.float32(end) - np.float32(start)) / np.float32(steps))
    half = step / np.float32(2)

    def at(x: np.float32) -> np.float32:
        return function(float(x)) * one

    points = []
    for i in range(steps):
        x = np.float32(start) + np.float32(i) * step
        here = round_half_away(at(x))
        between = round_half_away((at(np.float32(start) + np.float32(i + 1) * step) + here) / np.float32(2))
        error = between - round_half_away(at(x + half))
        points.append(here - round_half_away(error / np.float32(2)))
    points.append(round_half_away(at(np.float32(end))))
    table: npt.NDArray[np.int16] = np.clip(points, -(1 << 15), (1 << 15) - 1).astype(np.int16)
    return table


def difference_factor(scale: float, beta: float) -> float:
    """Real factor from an input difference to Q5.26, capped as TFLM does it."""
    return min(beta * scale * (1 << (31 - DIFFERENCE_INTEGER_BITS)), float(INT32_MAX))


def exponentials(scale: float, beta: float) -> npt.NDArray[np.int32]:
    """exp(−d · scale · beta) in Q0.31 for d = 0, 1, … as far as it counts; at most 256 entries."""
    real = difference_factor(scale, beta)
    # The cap makes a shift of 31 possible, where only the difference 0 is in range.
    multiplier = quantize_multiplier(real / 2)
    radius = math.floor(31 * (1 << 26) / (1 << (multiplier.shift + 1)))
    table = []
    for difference in range(min(255, radius) + 1):
        shifted = wrap_int32(-difference << (multiplier.shift + 1))
        exponential = exp_of_negative(int(doubling_high_multiply(shifted, multiplier.multiplier)), 5)
        if exponential < SMALLEST_COUNTED:
            break
        table.append(exponential)
    return np.array(table, np.int32)
