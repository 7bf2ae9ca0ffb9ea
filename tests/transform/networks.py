"""Networks drawn at random whose channels are, many of them, dead: what the pass that removes them must get right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.support.tflite_builder import ModelBuilder

RELU = 1
SAME, VALID = 0, 1
_SCALE = 0.05


@dataclass
class Network:
    """A chain of int8 layers under construction. `shape` is that of the tensor that the next layer reads."""

    shape: tuple[int, ...]
    seed: int = 0
    model: ModelBuilder = field(default_factory=ModelBuilder)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.input = self.tail = self.activation("input", self.shape, zero_point=int(self.random.integers(-128, 128)))

    def activation(self, name: str, shape: Sequence[int], zero_point: int) -> int:
        self.shape, self.zero_point = tuple(shape), zero_point
        return self.model.tensor(name, shape, "INT8", scale=_SCALE, zero_point=zero_point)

    def weighted(
        self,
        kind: str,
        weights: npt.NDArray[Any],
        axis: int,
        biases: Sequence[int] | None,
        shape: Sequence[int],
        zero_point: int,
        **options: Any,
    ) -> None:
        channels = weights.shape[axis]
        scales = [0.02 + 0.001 * channel for channel in range(channels)]
        operands: list[int | None] = [
            self.tail,
            self.model.tensor("w", weights.shape, "INT8", scale=scales, axis=axis, data=weights.astype(np.int8)),
        ]
        if biases is not None:
            bias_scales = [_SCALE * scale for scale in scales]
            data = np.array(biases, np.int32)
            operands.append(self.model.tensor("b", (channels,), "INT32", scale=bias_scales, data=data))
        output = self.activation(kind.lower(), shape, zero_point)
        self.model.operator(kind, operands, [output], options)
        self.tail = output

    def conv(
        self,
        weights: npt.NDArray[Any],
        biases: Sequence[int] | None,
        *,
        zero_point: int = -128,
        padding: int = SAME,
        activation: int = RELU,
    ) -> None:
        """Stride 1."""
        outputs, height, width, _ = weights.shape
        rows, columns = self.shape[1:3]
        if padding == VALID:
            rows, columns = rows - height + 1, columns - width + 1
        shape = (self.shape[0], rows, columns, outputs)
        options = {"padding": padding, "stride_h": 1, "stride_w": 1, "fused_activation_function": activation}
        self.weighted("CONV_2D", weights, 0, biases, shape, zero_point, **options)

    def depthwise(
        self, weights: npt.NDArray[Any], biases: Sequence[int] | None, *, zero_point: int = -128, padding: int = SAME
    ) -> None:
        _, height, width, channels = weights.shape
        rows, columns = self.shape[1:3]
        if padding == VALID:
            rows, columns = rows - height + 1, columns - width + 1
        options = {
            "padding": padding,
            "stride_h": 1,
            "stride_w": 1,
            "depth_multiplier": 1,
            "fused_activation_function": RELU,
        }
        self.weighted(
            "DEPTHWISE_CONV_2D", weights, 3, biases, (self.shape[0], rows, columns, channels), zero_point, **options
        )

    def fully_connected(self, weights: npt.NDArray[Any], biases: Sequence[int] | None, *, zero_point: int = 3) -> None:
        rows = int(np.prod(self.shape)) // weights.shape[1]
        self.weighted("FULLY_CONNECTED", weights, 0, biases, (rows, len(weights)), zero_point)

    def moved(self, kind: str, shape: Sequence[int], options: dict[str, Any], *constants: int) -> None:
        """An operator that keeps scale and zero point."""
        source, zero_point = self.tail, self.zero_point
        self.tail = self.activation(kind.lower(), shape, zero_point)
        self.model.operator(kind, [source, *constants], [self.tail], options)

    def pool(self, kind: str) -> None:
        """2×2 windows; odd edges are padded."""
        batches, rows, columns, channels = self.shape
        options = {"padding": SAME, "stride_h": 2, "stride_w": 2, "filter_height": 2, "filter_width": 2}
        self.moved(kind, (batches, -(-rows // 2), -(-columns // 2), channels), options)

    def mean(self) -> None:
        axes = self.model.tensor("axes", (2,), "INT32", data=np.array([1, 2], np.int32))
        self.moved("MEAN", (self.shape[0], self.shape[3]), {"keep_dims": False}, axes)

    def pad(self) -> None:
        batches, rows, columns, channels = self.shape
        paddings = np.array([[0, 0], [1, 0], [0, 2], [0, 0]], np.int32)
        around = self.model.tensor("paddings", (4, 2), "INT32", data=paddings)
        self.moved("PAD", (batches, rows + 1, columns + 2, channels), {}, around)

    def reshape(self, shape: Sequence[int]) -> None:
        wanted = self.model.tensor("shape", (len(shape),), "INT32", data=np.array(shape, np.int32))
        self.moved("RESHAPE", shape, {"new_shape": list(shape)}, wanted)

    def build(self) -> bytes:
        return self.model.build([self.input], [self.tail])


def weights(network: Network, outputs: int, size: int, inputs: int) -> npt.NDArray[Any]:
    """[outputs, size, size, inputs], a few input channels unread."""
    drawn = network.random.integers(-127, 128, (outputs, size, size, inputs))
    drawn[..., network.random.random(inputs) < 0.15] = 0
    return drawn


def biases(network: Network, outputs: int, reach: int) -> list[int]:
    """About a third far below, a sixth far above what `reach` products can make up for, the others among them."""
    far = 127 * 255 * reach
    kinds = network.random.random(outputs)
    drawn = network.random.integers(-far // 8, far // 8 + 1, outputs)
    return [int(value) for value in np.where(kinds < 0.35, -2 * far, np.where(kinds > 0.85, 2 * far, drawn))]


def draw(seed: int) -> bytes:
    """A network of convolutions, depthwise ones, pools, paddings and a matrix, in any order that makes sense."""
    network = Network((1, 5, 6, 3), seed)
    random = network.random
    for _ in range(random.integers(2, 6)):
        channels, choice = network.shape[3], random.integers(0, 6)
        zero_point = int(random.choice([-128, -128, -100, 7]))
        padding = int(random.choice([SAME, SAME, VALID]))
        size = int(random.choice([1, 1, 3])) if min(network.shape[1:3]) >= 3 else 1
        if choice <= 2:
            outputs = int(random.integers(1, 9))
            bias = biases(network, outputs, size * size * channels) if random.random() < 0.9 else None
            network.conv(weights(network, outputs, size, channels), bias, zero_point=zero_point, padding=padding)
        elif choice == 3:
            taps = np.moveaxis(weights(network, channels, size, 1), 0, 3).reshape(1, size, size, channels)
            network.depthwise(taps, biases(network, channels, size * size), zero_point=zero_point, padding=padding)
        elif choice == 4:
            network.pool(str(random.choice(["AVERAGE_POOL_2D", "MAX_POOL_2D"])))
        else:
            network.pad()
    if random.random() < 0.5:
        network.mean()
    elif random.random() < 0.5:
        network.reshape((1, network.shape[1] * network.shape[2], network.shape[3]))
    inputs = int(np.prod(network.shape[1:]))
    flat = weights(network, 4, 1, inputs).reshape(4, inputs)
    network.fully_connected(flat, [int(value) for value in random.integers(-5000, 5000, 4)])
    return network.build()
