"""exp, 1/(1 + x), 1/√x, tanh and the logistic function in 32-bit fixed point, as TFLM's kernels evaluate them.

Qm.n below is a signed 32-bit number with m integer and n = 31 − m fraction bits. The formulas are those of the
published gemmlowp fixed-point library, which TFLM links: a Taylor polynomial of exp around −1/8, a product over the
bits of the rest, and Newton's iteration for the reciprocal.
"""

from __future__ import annotations

import math

from mcuforge.model.arithmetic.fixed_point import (
    INT32_MAX,
    INT32_MIN,
    Multiplier,
    divide_by_power_of_two,
    doubling_high_multiply,
)

ONE = INT32_MAX
"""1.0 in Q0.31: the closest there is."""

_QUARTER = -2
"""exp is evaluated on [−1/4, 0) = [−2^_QUARTER, 0)."""

_EXP_MINUS_EIGHTH = round(math.exp(-1 / 8) * (1 << 31))
_THIRD = round((1 << 31) / 3)
_RECIPROCAL_START = round(48 / 17 * (1 << 29))
_RECIPROCAL_SLOPE = round(-32 / 17 * (1 << 29))
_NEWTON_STEPS = 3
_SQRT_HALF = round(math.sqrt(0.5) * (1 << 31))


def exp_of_negative(value: int, integer_bits: int) -> int:
    """exp(value) in Q0.31 for value ≤ 0 in Q<integer_bits>; integer_bits ≤ 5."""
    if value == 0:
        return ONE
    fraction_bits = 31 - integer_bits
    quarter = 1 << (fraction_bits + _QUARTER)
    in_quarter = (value & (quarter - 1)) - quarter
    result = _exp_in_quarter(_shift_left(in_quarter, integer_bits))
    rest = in_quarter - value
    for exponent in range(_QUARTER, integer_bits):
        if rest & (1 << (fraction_bits + exponent)):
            result = _product(result, round(math.exp(-(2.0**exponent)) * (1 << 31)))
    return result


def _exp_in_quarter(value: int) -> int:
    """exp(value) in Q0.31 for value in [−1/4, 0), Q0.31: fourth-order Taylor polynomial around −1/8."""
    x = value + (1 << 28)
    x2 = _product(x, x)
    x3 = _product(x2, x)
    x4 = _product(x2, x2)
    # (x⁴/4 + x³)/3 + x², halved: x²/2 + x³/6 + x⁴/24.
    tail = _halve(_product(_rounded_shift(x4, 2) + x3, _THIRD) + x2)
    return _EXP_MINUS_EIGHTH + _product(_EXP_MINUS_EIGHTH, x + tail)


def reciprocal_of_one_plus(value: int) -> int:
    """1 / (1 + value) in Q0.31 for value in [0, 1), Q0.31."""
    return _shift_left(_twice_reciprocal_of_one_plus(value), 1)


def _twice_reciprocal_of_one_plus(value: int) -> int:
    """2 / (1 + value) in Q2.29."""
    half_denominator = (value + ONE + 1) >> 1
    estimate = _RECIPROCAL_START + _product(half_denominator, _RECIPROCAL_SLOPE)
    for _ in range(_NEWTON_STEPS):
        error = (1 << 29) - _product(half_denominator, estimate)
        estimate += _shift_left(_product(estimate, error), 2)
    return estimate


def logistic(value: int, integer_bits: int) -> int:
    """1 / (1 + exp(−value)) in Q0.31, for value in Q<integer_bits>."""
    if value == 0:
        return 1 << 30
    positive = reciprocal_of_one_plus(exp_of_negative(-abs(value), integer_bits))
    return positive if value > 0 else ONE - positive


def tanh(value: int, integer_bits: int) -> int:
    """tanh(value) in Q0.31, for value in Q<integer_bits>; integer_bits ≤ 4."""
    if value == 0:
        return 0
    # exp(−2|value|): the same bits with the binary point moved by one.
    exponential = exp_of_negative(-abs(value), integer_bits + 1)
    positive = _shift_left(_twice_reciprocal_of_one_plus(exponential) - (1 << 29), 2)
    return positive if value > 0 else -positive


def inverse_sqrt(value: int) -> Multiplier:
    """1 / √value for an integer ≥ 0, with 0 taken as 1: five Newton steps from 1 in Q3.28."""
    if value <= 1:
        return Multiplier(INT32_MAX, 0)
    right_shift = 11
    while value >= 1 << 29:
        value //= 4
        right_shift += 1
    pairs = (31 - value.bit_length()) // 2 - 1
    right_shift -= pairs
    value = (value << 2 * pairs) >> 1
    estimate = 1 << 28
    for _ in range(5):
        cube = _shift_left(_product(_product(estimate, estimate), estimate), 6)
        estimate = _shift_left(_product(3 << 27, estimate) - _product(_halve(value), cube), 3)
    multiplier = _product(estimate, _SQRT_HALF)
    return Multiplier(_shift_left(multiplier, max(0, -right_shift)), -max(0, right_shift))


def _product(a: int, b: int) -> int:
    return int(doubling_high_multiply(a, b))


def _rounded_shift(value: int, bits: int) -> int:
    return int(divide_by_power_of_two(value, bits))


def _halve(value: int) -> int:
    return _rounded_shift(value, 1)


def _shift_left(value: int, bits: int) -> int:
    """value × 2^bits, saturated."""
    return max(INT32_MIN, min(INT32_MAX, value << bits))
