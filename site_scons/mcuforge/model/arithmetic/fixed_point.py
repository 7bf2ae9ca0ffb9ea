"""Multiplication by a real number in 32-bit integers, as TFLM's kernels do it.

A real factor is `multiplier × 2^(shift − 31)` with `multiplier` in [2^30, 2^31). TFLM rounds twice: once in the
doubling high multiplication, once in the right shift (kernels/internal/common.cc without TFLITE_SINGLE_ROUNDING; the
released wheels are built so). Functions take and return numpy int64 arrays, or ints, that hold int32 values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Int64Array = npt.NDArray[np.int64]

INT32_MIN, INT32_MAX = -(1 << 31), (1 << 31) - 1
MAX_SHIFT = 30
MIN_SHIFT = -31


class UnrepresentableMultiplierError(ValueError):
    """A real factor that 32-bit fixed point cannot hold."""


@dataclass(frozen=True)
class Multiplier:
    """The real number `multiplier × 2^(shift − 31)`; a positive shift is to the left."""

    multiplier: int
    shift: int


def quantize_multiplier(real: float) -> Multiplier:
    """TFLM's QuantizeMultiplier for a non-negative real number.

    A factor below about 2^-31 becomes zero, as in TFLM. Raises UnrepresentableMultiplierError for what TFLM leaves
    undefined: negative or not finite, or 2^30 and more (the shift would leave the 32-bit word).
    """
    if not math.isfinite(real) or real < 0:
        raise UnrepresentableMultiplierError(f"{real} is not a non-negative finite number")
    if real == 0:
        return Multiplier(0, 0)
    fraction, shift = math.frexp(real)
    multiplier = math.floor(fraction * (1 << 31) + 0.5)
    if multiplier == 1 << 31:
        multiplier, shift = 1 << 30, shift + 1
    if shift > MAX_SHIFT:
        raise UnrepresentableMultiplierError(f"{real:g} is too large")
    return Multiplier(0, 0) if shift < MIN_SHIFT else Multiplier(multiplier, shift)


def wrap_int32(value: Any) -> Int64Array:
    """The value modulo 2^32, as a signed 32-bit number."""
    return np.asarray(value, np.int64).astype(np.int32).astype(np.int64)


def doubling_high_multiply(a: Any, b: Any) -> Int64Array:
    """round(a × b / 2^31), ties upwards, saturated for the single product that does not fit (−2^31 squared)."""
    product: Int64Array = np.asarray(a, np.int64) * np.asarray(b, np.int64)
    rounded: Int64Array = np.minimum((product + (1 << 30)) >> 31, INT32_MAX)
    return rounded


def divide_by_power_of_two(value: Any, exponent: int) -> Int64Array:
    """round(value / 2^exponent), ties away from zero; 0 ≤ exponent ≤ 31."""
    value = np.asarray(value, np.int64)
    mask = (1 << exponent) - 1
    threshold = (mask >> 1) + (value < 0)
    quotient: Int64Array = (value >> exponent) + ((value & mask) > threshold)
    return quotient


def multiply(value: Any, factor: Multiplier) -> Int64Array:
    """TFLM's MultiplyByQuantizedMultiplier; the left shift wraps."""
    shifted = wrap_int32(np.asarray(value, np.int64) << max(factor.shift, 0))
    return divide_by_power_of_two(doubling_high_multiply(shifted, factor.multiplier), max(-factor.shift, 0))


def round_half_away(value: Any) -> npt.NDArray[Any]:
    """C's round(): to the nearest integer, ties away from zero, in the argument's own float type."""
    value = np.asarray(value)
    whole = np.trunc(value)
    away = np.where(np.abs(value - whole) >= 0.5, np.copysign(1, value), 0)
    rounded: npt.NDArray[Any] = whole + away.astype(value.dtype)
    return rounded
