"""float32 functions with the rounding of the C library that TFLM's wheel uses; the device's twin is math_f32.h."""

from __future__ import annotations

import math

import numpy as np

_STEPS = 32
_STEPS_PER_E = float.fromhex("0x1.71547652b82fep+0") * _STEPS
_CUBIC = float.fromhex("0x1.c6af84b912394p-5") / _STEPS**3
_SQUARE = float.fromhex("0x1.ebfce50fac4f3p-3") / _STEPS**2
_LINEAR = float.fromhex("0x1.62e42ff0c52d6p-1") / _STEPS
_LEAST = float.fromhex("-0x1.9fe368p6")
_GREATEST = float.fromhex("0x1.62e42ep6")


def expf(x: float) -> np.float32:
    """exp of a float32."""
    if x > _GREATEST:
        return np.float32(math.inf)
    if x < _LEAST:
        return np.float32(0)
    steps = x * _STEPS_PER_E
    k = round(steps)
    r = steps - k
    y = (_CUBIC * r + _SQUARE) * (r * r) + (_LINEAR * r + 1.0)
    with np.errstate(under="ignore"):
        return np.float32(y * math.ldexp(2.0 ** (k % _STEPS / _STEPS), k // _STEPS))
