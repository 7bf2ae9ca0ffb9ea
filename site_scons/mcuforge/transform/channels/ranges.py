"""The values a channel can take: interval arithmetic over stored int8 values, by TFLM's own rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import integer_limits
from mcuforge.model.arithmetic.fixed_point import INT32_MAX, Int64Array, Multiplier, multiply
from mcuforge.model.graph import Tensor

Mask = npt.NDArray[np.bool_]

_SAFE = INT32_MAX - (1 << 10)
"""Sums up to here stay in 32 bits when they are rounded and an int8 offset is added."""


@dataclass(frozen=True)
class Ranges:
    """The least and greatest stored value of each channel, the last axis of a tensor: two arrays [channels]."""

    low: Int64Array
    high: Int64Array

    @property
    def constant(self) -> Mask:
        """Channels that have one value, whatever the model's input."""
        found: Mask = self.low == self.high
        return found

    def clamped(self, least: int, greatest: int) -> Ranges:
        return Ranges(np.clip(self.low, least, greatest), np.clip(self.high, least, greatest))

    def with_value(self, value: int) -> Ranges:
        """The same where that value may occur too."""
        return Ranges(np.minimum(self.low, value), np.maximum(self.high, value))


def any_value(tensor: Tensor) -> Ranges:
    least, greatest = integer_limits(tensor.dtype)
    channels = tensor.shape[-1]
    return Ranges(np.full(channels, least, np.int64), np.full(channels, greatest, np.int64))


@dataclass(frozen=True)
class Sums:
    """What a layer adds up for each output channel: int64 arrays [channels] that no order of adding leaves.

    `magnitude` bounds the absolute value of every partial sum.
    """

    low: Int64Array
    high: Int64Array
    magnitude: Int64Array


def depthwise_sums(weights: npt.NDArray[np.int8], values: Ranges, bias: Int64Array, *, padded: bool) -> Sums:
    """Σ weight × value + bias over the taps, weights [taps, channels] and values (zero point taken away) [channels].

    `padded`: a tap may lie outside the input, where it adds nothing.
    """
    ends = weights * values.low, weights * values.high
    least, greatest = np.minimum(*ends), np.maximum(*ends)
    if padded:
        least, greatest = np.minimum(least, 0), np.maximum(greatest, 0)
    magnitude = np.maximum(abs(least), abs(greatest)).sum(axis=0) + abs(bias)
    return Sums(least.sum(axis=0) + bias, greatest.sum(axis=0) + bias, magnitude)


def mixing_sums(weights: npt.NDArray[np.int8], values: Ranges, bias: Int64Array, *, padded: bool) -> Sums:
    """The same over taps and inputs: weights [channels, taps, inputs], values [inputs], bias [channels]."""
    # One channel at a time: the products of all of them take many times the memory of the weights.
    found = [depthwise_sums(taps, values, np.zeros(1, np.int64), padded=padded) for taps in weights]
    low, high, magnitude = (
        np.array([part.sum() for part in parts], np.int64)
        for parts in zip(*((sums.low, sums.high, sums.magnitude) for sums in found), strict=True)
    )
    return Sums(low + bias, high + bias, magnitude + abs(bias))


def rescaled(sums: Sums, factors: Sequence[Multiplier], offset: int, unknown: Ranges) -> Ranges:
    """Sums times one factor per channel, plus `offset`: rescaling never turns the order of two sums around.

    Channels whose sums or shifted sums may leave 32 bits wrap on the device: for them the answer is `unknown`.
    """
    low, high = unknown.low.copy(), unknown.high.copy()
    for channel, factor in enumerate(factors):
        if int(sums.magnitude[channel]) << max(factor.shift, 0) <= _SAFE:
            low[channel] = multiply(sums.low[channel], factor) + offset
            high[channel] = multiply(sums.high[channel], factor) + offset
    return Ranges(low, high)
