"""Multiplication of 64-bit accumulators by a real number, as TFLM does it for int16 activations.

Only 16 bits of the multiplier are used: with `reduced_multiplier`, the real factor is multiplier × 2^(shift − 15).
(MultiplyByQuantizedMultiplier for int64 in kernels/internal/common.cc.)
"""

from __future__ import annotations

WIDE_LIMIT = 1 << 47
"""Accumulators must be smaller than this in magnitude: TFLM's product would leave 64 bits."""

MAX_WIDE_SHIFT = 14
"""The product is shifted right by 15 − shift. TFLM's debug builds stop at 8; released ones compute on."""


def reduced_multiplier(multiplier: int) -> int:
    """A 32-bit multiplier rounded to 16 bits, saturated."""
    return min((multiplier + (1 << 15)) >> 16, (1 << 15) - 1)
