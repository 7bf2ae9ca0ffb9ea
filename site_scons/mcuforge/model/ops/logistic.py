"""LOGISTIC (sigmoid): int8 and float32.

float32 differs from TFLM by expf alone: with the same C library outputs are equal. With two that are within 1 ULP each,
normal outputs differ by at most 4 · 2^-23 of their value.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.fixed_point import Multiplier, divide_by_power_of_two, multiply
from mcuforge.model.arithmetic.transcendental import logistic
from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import expect_quantized
from mcuforge.model.ops._unary import INT8_VALUES, ElementwiseUnary

INPUT_INTEGER_BITS = 4
"""TFLM evaluates the function on Q4.27."""

OUTPUT_SCALE, OUTPUT_ZERO_POINT = 1 / 256, -128
MAX_SHIFT = 62


@register
class Logistic(ElementwiseUnary):
    name = "LOGISTIC"
    code = 14
    tflm = TflmSupport("AddLogistic")
    stem = "logistic"

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
        if output.zero_point != OUTPUT_ZERO_POINT or output.scale != OUTPUT_SCALE:
            raise node.error(
                f"{node.output().describe()} must have scale 1/256 and zero point {OUTPUT_ZERO_POINT}",
                hint="quantize the model again with a current converter",
            )
        fraction, shift = math.frexp(source.scale * (1 << (31 - INPUT_INTEGER_BITS)))
        if not 0 <= shift <= MAX_SHIFT:
            raise node.error(
                f"{node.input(0).describe()}: scale {source.scale:g} is out of range",
                hint="quantize the model again with representative calibration data",
            )
        factor = Multiplier(round(fraction * (1 << 31)), shift)
        values = [_output(int(x) - source.zero_point, factor) for x in INT8_VALUES]
        return np.array(values, np.int8)


def _output(value: int, factor: Multiplier) -> int:
    """The quantized output for an input with its zero point removed."""
    radius = math.floor(((1 << INPUT_INTEGER_BITS) - 1) * (1 << (31 - INPUT_INTEGER_BITS)) / (1 << factor.shift))
    if value <= -radius:
        return -128
    if value >= radius:
        return 127
    probability = logistic(int(multiply(value, factor)), INPUT_INTEGER_BITS)
    return min(127, int(divide_by_power_of_two(probability, 31 - 8)) + OUTPUT_ZERO_POINT)
