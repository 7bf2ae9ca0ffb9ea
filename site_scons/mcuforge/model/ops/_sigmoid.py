"""What LOGISTIC and TANH share: tables for int8, and the scale of the kernels' table for int16."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.fixed_point import Multiplier, divide_by_power_of_two, multiply
from mcuforge.model.arithmetic.sigmoid import sigmoid_table
from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import ConstArray, KernelCall, ParamValue
from mcuforge.model.ops._checks import expect_quantized, expect_symmetric
from mcuforge.model.ops._unary import INT8_VALUES, unary_call

INTEGER_BITS = 4
"""TFLM evaluates the functions of int8 on Q4.27."""

MAX_SHIFT = 62

INT16_STEPS = 12288
"""MCUF_SIGMOID_STEPS: steps to 1.0 of the int16 kernels' arguments."""

POWER_TOLERANCE = 1e-3
"""How far from a whole number TFLM lets the logarithm of a power of two be."""


def expect_output(node: Node, scale: float, zero_point: int) -> None:
    quantization = expect_quantized(node, node.output())
    if quantization.zero_point != zero_point or quantization.scale != scale:
        raise node.error(
            f"{node.output().describe()} must have scale 1/{round(1 / scale)} and zero point {zero_point}",
            hint="quantize the model again with a current converter",
        )


def int8_table(
    node: Node, function: Callable[[int, int], int], fraction_bits: int, zero_point: int
) -> npt.NDArray[np.int8]:
    """A function from Q4.27 to Q0.31 for every int8 input, its output with `fraction_bits`."""
    source = expect_quantized(node, node.input(0))
    fraction, shift = math.frexp(source.scale * (1 << (31 - INTEGER_BITS)))
    if not 0 <= shift <= MAX_SHIFT:
        raise node.error(
            f"{node.input(0).describe()}: scale {source.scale:g} is out of range",
            hint="quantize the model again with representative calibration data",
        )
    factor = Multiplier(round(fraction * (1 << 31)), shift)
    # Beyond, inputs leave Q4.27; their outputs are the limits.
    radius = math.floor(((1 << INTEGER_BITS) - 1) * (1 << (31 - INTEGER_BITS)) / (1 << shift))

    def output(value: int) -> int:
        if abs(value) >= radius:
            return 127 if value >= radius else -128
        result = function(int(multiply(value, factor)), INTEGER_BITS)
        return max(-128, min(127, int(divide_by_power_of_two(result, 31 - fraction_bits)) + zero_point))

    return np.array([output(int(x) - source.zero_point) for x in INT8_VALUES], np.int8)


def int16_call(node: Node, function: str, powers: tuple[int, ...]) -> KernelCall:
    """The call of `function`; TFLM multiplies exactly for input scales 2^(shift − 12) with a shift among `powers`."""
    expect_symmetric(node, node.input(0), node.output())
    if abs(math.log2(expect_quantized(node, node.output()).scale) + 15) >= POWER_TOLERANCE:
        raise node.error(
            f"{node.output().describe()} must have scale 1/32768",
            hint="quantize the model again with a current converter",
        )
    factor = _input_factor(node, powers)
    params: dict[str, ParamValue] = {
        "multiplier": factor.multiplier,
        "shift": factor.shift,
        "table": ConstArray("sigmoid", sigmoid_table()),
    }
    return unary_call(node, function, "sigmoid", "mcuf_sigmoid_params", params)


def _input_factor(node: Node, powers: tuple[int, ...]) -> Multiplier:
    """To INT16_STEPS to 1.0: a multiplier of 15 bits, and a shift to the right."""
    scale = expect_quantized(node, node.input(0)).scale
    power = math.log2(scale)
    shift = round(power) + 12
    if abs(power - round(power)) < POWER_TOLERANCE and shift in powers:
        return Multiplier(3 << shift, 0)
    real, shift = scale * INT16_STEPS, 0
    while real <= 32767 / 2 and shift <= 30:
        real, shift = real * 2, shift + 1
    if real > 32767:
        raise node.error(
            f"{node.input(0).describe()}: scale {scale:g} is too large",
            hint="quantize the model again with representative calibration data",
        )
    return Multiplier(int(real), shift)
