"""Random int8 layers as real models have them: sums that fill the output's range, and now and then an extreme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.ops.single import INT32, Case, Tensor, quantized
from tests.ops.windows import SAME, VALID, Geometry

Rng = np.random.Generator

_INPUT_SCALE = 0.05
_MEAN_PRODUCT = 74.0 * 74.0
_FILLED = 60.0
"""Output steps that sums are away from zero, on average."""
_TAPS = ((1, 1), (3, 3), (3, 3), (2, 3), (4, 1), (1, 5), (5, 4))


def fast_layer(seed: int) -> Case:
    """A layer that some core has a kernel of its own for, with the values that go in."""
    rng = np.random.default_rng(seed)
    kinds: tuple[Callable[[Rng, int], Case], ...] = (_convolution, _convolution, _depthwise, _fully_connected)
    return kinds[int(rng.integers(len(kinds)))](rng, seed)


def _convolution(rng: Rng, seed: int) -> Case:
    geometry = _geometry(rng)
    least = -(-4 // (geometry.taps[0] * geometry.taps[1]))
    depth, channels = int(rng.integers(least, 18)), int(rng.integers(1, 14))
    weights = _weights(rng, (channels, *geometry.taps, depth), 0)
    inputs = [_source(rng, geometry.input_shape(depth)), weights, _bias(rng, weights)]
    return Case("CONV_2D", inputs, _output(rng, geometry.output_shape(channels)), _options(rng, geometry), seed)


def _depthwise(rng: Rng, seed: int) -> Case:
    geometry, channels = _geometry(rng), int(rng.integers(1, 18))
    weights = _weights(rng, (1, *geometry.taps, channels), 3)
    inputs = [_source(rng, geometry.input_shape(channels)), weights, _bias(rng, weights)]
    options = _options(rng, geometry) | {"depth_multiplier": 1}
    return Case("DEPTHWISE_CONV_2D", inputs, _output(rng, geometry.output_shape(channels)), options, seed)


def _fully_connected(rng: Rng, seed: int) -> Case:
    rows, depth, channels = int(rng.choice([1, 1, 2, 5])), int(rng.integers(4, 70)), int(rng.integers(1, 14))
    weights = _weights(rng, (channels, depth), 0)
    inputs = [_source(rng, (rows, depth)), weights, _bias(rng, weights)]
    options = {"keep_num_dims": False, "fused_activation_function": int(rng.integers(4))}
    return Case("FULLY_CONNECTED", inputs, _output(rng, (rows, channels)), options, seed)


def _geometry(rng: Rng) -> Geometry:
    while True:
        plain = rng.random() < 0.7
        geometry = Geometry(
            batches=int(rng.choice([1, 1, 2])),
            size=_pair(rng, 8),
            taps=_TAPS[int(rng.integers(len(_TAPS)))],
            strides=(1, 1) if rng.random() < 0.5 else _pair(rng, 3),
            dilations=(1, 1) if plain else _pair(rng, 3),
            padding=int(rng.choice([SAME, SAME, VALID])),
        )
        if min(geometry.output) >= 1:
            return geometry


def _pair(rng: Rng, most: int) -> tuple[int, int]:
    return int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1))


def _source(rng: Rng, shape: tuple[int, ...]) -> Tensor:
    return quantized(shape, _INPUT_SCALE, _zero_point(rng))


def _output(rng: Rng, shape: tuple[int, ...]) -> Tensor:
    return quantized(shape, 1.0, _zero_point(rng))


def _zero_point(rng: Rng) -> int:
    return int(rng.choice([-128, 0, 127, int(rng.integers(-128, 128))]))


def _options(rng: Rng, geometry: Geometry) -> dict[str, Any]:
    return geometry.stride_options | geometry.dilation_options | {"fused_activation_function": int(rng.integers(4))}


def _weights(rng: Rng, shape: tuple[int, ...], axis: int) -> Tensor:
    """Scales such that sums become outputs within their range; one layer in five has one that is far away."""
    data = rng.integers(-127, 128, shape).astype(np.int8)
    if rng.random() < 0.1:
        data = rng.choice([-128, 127], shape).astype(np.int8)
    channels = shape[axis]
    usual = _FILLED / (_INPUT_SCALE * np.sqrt(_MEAN_PRODUCT * data.size / channels))
    scales = usual * 2.0 ** rng.uniform(-2, 2, channels if rng.random() < 0.7 else 1)
    if rng.random() < 0.2:
        scales[int(rng.integers(len(scales)))] *= 2.0 ** float(rng.choice([-14, 6, 14]))
    return Tensor(shape, scale=[float(np.float32(scale)) for scale in scales], axis=axis, data=data)


def _bias(rng: Rng, weights: Tensor) -> Tensor:
    """As large as sums are, or as large as int32: some converters write biases of 2^30."""
    assert weights.data is not None and isinstance(weights.scale, list)
    channels = weights.shape[weights.axis]
    spread = np.sqrt(_MEAN_PRODUCT * weights.data.size / channels) if rng.random() < 0.8 else 2.0**31 - 1
    data = rng.uniform(-spread, spread, channels).astype(np.int32)
    # TFLM insists on the bias scale of per-tensor weights.
    scale = float(np.float32(_INPUT_SCALE) * np.float32(weights.scale[0]))
    return Tensor((channels,), INT32, scale, data=data)
