"""The table from which TFLM's int16 kernels interpolate the logistic function and tanh (sigmoid_s16.h)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ENTRIES = 256
ENTRIES_PER_UNIT = 24


def sigmoid_table() -> npt.NDArray[np.uint16]:
    """Entry i is the logistic function at i / 24 in Q0.16, raised by half of what interpolation falls short.

    Between two entries the function is concave, so a chord lies below it, in the middle by f″ / 8 of the distance
    squared; the entries share that error between the middle and themselves. The last one saturates.
    """
    x = np.arange(ENTRIES) / ENTRIES_PER_UNIT
    logistic = 1 / (1 + np.exp(-x))
    second_derivative = logistic * (1 - logistic) * (1 - 2 * logistic)
    raised = logistic - second_derivative / ENTRIES_PER_UNIT**2 / 16
    table = np.floor(raised * (1 << 16) + 0.5).astype(np.uint16)
    table[-1] = (1 << 16) - 1
    return table
