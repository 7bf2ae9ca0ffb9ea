"""Weights and biases for tests of layers that have them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT4, INT8, INT32, INT64, Array, Tensor, random_floats, scales


def random_weights(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    if rng.random() < 0.2:
        return rng.choice([-128, 127], shape).astype(np.int8)
    return rng.integers(-127, 128, shape).astype(np.int8)


@st.composite
def weight_scales(draw: st.DrawFn, shape: tuple[int, ...], axis: int) -> list[float]:
    """One scale, or one along `axis`."""
    count = shape[axis] if draw(st.booleans()) else 1
    few = draw(st.lists(scales, min_size=1, max_size=4))
    return [few[at % len(few)] for at in range(count)]


@st.composite
def int8_weights(draw: st.DrawFn, shape: tuple[int, ...], axis: int, rng: np.random.Generator) -> Tensor:
    """Random values, some of them extreme, with one scale or one along `axis`."""
    return Tensor(shape, INT8, draw(weight_scales(shape, axis)), axis=axis, data=random_weights(rng, shape))


@st.composite
def int4_weights(draw: st.DrawFn, shape: tuple[int, ...], axis: int, rng: np.random.Generator) -> Tensor:
    data = rng.integers(-8, 8, shape).astype(np.int8)
    return Tensor(shape, INT4, draw(weight_scales(shape, axis)), axis=axis, data=data)


def int32_bias(rng: np.random.Generator, channels: int, scale: float = 1.0) -> Tensor:
    """Values up to a random power of two, so that some overflow the accumulator."""
    spread = 2 ** int(rng.integers(4, 32)) - 1
    return Tensor(
        (channels,), INT32, scale, data=rng.integers(-spread, spread, channels, endpoint=True).astype(np.int32)
    )


@st.composite
def int16_biases(
    draw: st.DrawFn, channels: int, rng: np.random.Generator, narrow: bool = True, scale: float = 1.0
) -> list[Tensor]:
    """No bias, one of int64, or, if `narrow` ones are allowed, one of int32."""
    match draw(st.sampled_from(["none", "wide", "narrow"] if narrow else ["none", "wide"])):
        case "none":
            return []
        case "narrow":
            return [int32_bias(rng, channels, scale)]
    spread = 2 ** int(rng.integers(4, 44))
    data = rng.integers(-spread, spread, channels, endpoint=True)
    return [Tensor((channels,), INT64, scale, data=data.astype(np.int64))]


def float_constant(rng: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
    return Tensor(shape, FLOAT32, data=random_floats(rng, shape))
