"""Weights and biases for tests of layers that have them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT8, INT32, Array, Tensor, random_floats, scales


def random_weights(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    if rng.random() < 0.2:
        return rng.choice([-128, 127], shape).astype(np.int8)
    return rng.integers(-127, 128, shape).astype(np.int8)


@st.composite
def int8_weights(draw: st.DrawFn, shape: tuple[int, ...], axis: int, rng: np.random.Generator) -> Tensor:
    """Random values, some of them extreme, with one scale or one along `axis`."""
    per_channel = draw(st.booleans())
    count = shape[axis] if per_channel else 1
    few = draw(st.lists(scales, min_size=1, max_size=4))
    return Tensor(shape, INT8, [few[at % len(few)] for at in range(count)], axis=axis, data=random_weights(rng, shape))


def int32_bias(rng: np.random.Generator, channels: int, scale: float = 1.0) -> Tensor:
    """Values up to a random power of two, so that some overflow the accumulator."""
    spread = 2 ** int(rng.integers(4, 32)) - 1
    return Tensor(
        (channels,), INT32, scale, data=rng.integers(-spread, spread, channels, endpoint=True).astype(np.int32)
    )


def float_constant(rng: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
    return Tensor(shape, FLOAT32, data=random_floats(rng, shape))
