"""Fused activation functions as the range the output is clamped to."""

from __future__ import annotations

import enum

import numpy as np

from mcuforge.model.arithmetic.fixed_point import INT32_MAX, INT32_MIN, round_half_away
from mcuforge.model.graph import DType

FLOAT32_MAX = float(np.finfo(np.float32).max)


class Activation(enum.IntEnum):
    """TFLite's ActivationFunctionType."""

    NONE = 0
    RELU = 1
    RELU_N1_TO_1 = 2
    RELU6 = 3
    TANH = 4
    SIGN_BIT = 5


REAL_RANGES: dict[Activation, tuple[float | None, float | None]] = {
    Activation.NONE: (None, None),
    Activation.RELU: (0.0, None),
    Activation.RELU_N1_TO_1: (-1.0, 1.0),
    Activation.RELU6: (0.0, 6.0),
}
"""Lower and upper bound of the activations TFLM fuses by clamping; None is unbounded."""


def float_range(activation: Activation) -> tuple[float, float]:
    """The clamp of a float32 output. Unbounded means the largest finite float: TFLM clamps infinities too."""
    lower, upper = REAL_RANGES[activation]
    return (-FLOAT32_MAX if lower is None else lower), (FLOAT32_MAX if upper is None else upper)


def integer_limits(dtype: DType) -> tuple[int, int]:
    """The least and greatest value of an integer type."""
    limits = np.iinfo(dtype.numpy)
    return int(limits.min), int(limits.max)


def integer_range(activation: Activation, dtype: DType) -> tuple[int, int]:
    """The clamp of an output of plain integers."""
    low, high = integer_limits(dtype)
    lower, upper = REAL_RANGES[activation]
    return (low if lower is None else int(lower)), (high if upper is None else int(upper))


def quantized_range(activation: Activation, scale: float, zero_point: int, dtype: DType) -> tuple[int, int]:
    """The clamp of a quantized output, as TFLM's CalculateActivationRangeQuantized computes it.

    Raises OverflowError where TFLM refuses the model: a bound that leaves 32 bits once quantized.
    """
    low, high = integer_limits(dtype)
    lower, upper = REAL_RANGES[activation]
    if lower is not None:
        low = max(low, _quantize_bound(lower, scale, zero_point))
    if upper is not None:
        high = min(high, _quantize_bound(upper, scale, zero_point))
    return low, high


def _quantize_bound(real: float, scale: float, zero_point: int) -> int:
    with np.errstate(over="ignore"):
        steps = np.float32(real) / np.float32(scale)
    bound = zero_point + float(round_half_away(steps)) if np.isfinite(steps) else np.inf
    if not INT32_MIN <= bound <= INT32_MAX:
        raise OverflowError(f"{real:g} is more than 2^31 steps of {scale:g}")
    return int(bound)
