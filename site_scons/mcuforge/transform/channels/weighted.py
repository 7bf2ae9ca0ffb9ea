"""Channels in layers with weights and a bias per output channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.fixed_point import INT32_MAX, Int64Array, Multiplier
from mcuforge.model.graph import DType, Node, Quantization, Tensor
from mcuforge.model.operator_kind import operator_kind
from mcuforge.model.ops._checks import expect_quantized
from mcuforge.model.ops._weighted import WeightedLayer
from mcuforge.model.ops._window import Padding
from mcuforge.transform.channels.ranges import Mask, Ranges, Sums, any_value, depthwise_sums, mixing_sums, rescaled
from mcuforge.transform.channels.rule import Rule

_LAST = -1


class Weighted(Rule):
    """Layers with weights and a bias per output channel. `channel_axis` is the output channels' in the weights."""

    rewritten = (1, 2)
    channel_axis: ClassVar[int]

    def applies(self, node: Node) -> bool:
        bias = node.optional_input(2)
        return node.input(1).dtype is DType.INT8 and (bias is None or len(bias.shape) == 1)

    def weights(self, node: Node) -> npt.NDArray[np.int8]:
        """Of a mixing layer [outputs, taps, inputs], of a depthwise one [taps, channels]."""
        raise NotImplementedError

    def narrow_weights(self, node: Node, inputs: Mask, outputs: Mask) -> npt.NDArray[Any]:
        raise NotImplementedError

    def is_padded(self, node: Node) -> bool:
        """Whether a tap may lie outside the input, where it adds nothing."""
        taps = node.input(1).shape[1:3]
        return node.options.padding is Padding.SAME and taps != (1, 1)

    def biases(self, node: Node) -> Int64Array:
        bias = node.optional_input(2)
        if bias is None:
            return np.zeros(node.input(1).shape[self.channel_axis], np.int64)
        return bias.array().astype(np.int64)

    def narrowed(self, node: Node, inputs: Mask, outputs: Mask, source: Ranges) -> Mapping[int, Tensor]:
        weights, bias = node.input(1), node.optional_input(2)
        found = {weights.index: _constant(weights, self.narrow_weights(node, inputs, outputs), outputs)}
        if bias is not None:
            values = self.narrow_biases(node, inputs, source)[outputs]
            found[bias.index] = _constant(bias, values.astype(np.int32), outputs)
        return found

    def narrow_biases(self, node: Node, inputs: Mask, source: Ranges) -> Int64Array:
        return self.biases(node)

    def requantized(self, node: Node, sums: Sums) -> Ranges:
        output: Mapping[str, Any] = cast("WeightedLayer", operator_kind(node)).output_params(node)
        entries = zip(output["output.multiplier"].values, output["output.shift"].values, strict=True)
        factors = [Multiplier(int(multiplier), int(shift)) for multiplier, shift in entries]
        factors *= len(sums.low) if len(factors) == 1 else 1
        found = rescaled(sums, factors, output["output.offset"], any_value(node.output()))
        return found.clamped(output["output.least"], output["output.greatest"])


class Mixing(Weighted):
    """CONV_2D and FULLY_CONNECTED, whose weights are [outputs, …, inputs]."""

    is_mixing = True
    channel_axis = 0

    def ranges(self, node: Node, source: Ranges) -> Ranges:
        values = _real(node, source)
        sums = mixing_sums(self.weights(node), values, self.biases(node), padded=self.is_padded(node))
        return self.requantized(node, sums)

    def needs(self, node: Node, source: Ranges) -> Mask:
        unread = ~self.weights(node).any(axis=(0, 1))
        free: Mask = unread | (source.constant & (_real(node, source).low == 0))
        if self._takes_shares(node, source):
            free |= source.constant
        return ~free

    def narrow_biases(self, node: Node, inputs: Mask, source: Ranges) -> Int64Array:
        """With the shares of the input channels that went. (A channel that changes goes only if its weights are 0.)"""
        shares: Int64Array = self._shares(node, source, ~inputs).sum(axis=1)
        return self.biases(node) + shares

    def _takes_shares(self, node: Node, source: Ranges) -> bool:
        """Whether the bias can take over what unchanging input channels add: everywhere the same, and in 32 bits."""
        if self.is_padded(node) or node.optional_input(2) is None:
            return False
        shares = np.abs(self._shares(node, source, source.constant)).sum(axis=1)
        return int((np.abs(self.biases(node)) + shares).max()) <= INT32_MAX

    def _shares(self, node: Node, source: Ranges, which: Mask) -> Int64Array:
        """What each of some input channels adds to each output when it has its least value: [outputs, those]."""
        sums = self.weights(node)[..., which].sum(axis=1, dtype=np.int64)
        shares: Int64Array = sums * _real(node, source).low[which]
        return shares


class Conv2D(Mixing):
    def applies(self, node: Node) -> bool:
        return super().applies(node) and node.input(1).shape[_LAST] == node.input(0).shape[_LAST]

    def weights(self, node: Node) -> npt.NDArray[np.int8]:
        weights = node.input(1)
        return weights.array().reshape(weights.shape[0], -1, weights.shape[_LAST])

    def narrow_weights(self, node: Node, inputs: Mask, outputs: Mask) -> npt.NDArray[Any]:
        kept: npt.NDArray[Any] = node.input(1).array()[outputs][..., inputs]
        return kept


class FullyConnected(Mixing):
    """Each row of the weights meets all channels of one pixel, or of several, one after the other."""

    def applies(self, node: Node) -> bool:
        source = node.input(0)
        return super().applies(node) and bool(source.shape) and node.input(1).shape[1] % source.shape[_LAST] == 0

    def is_padded(self, node: Node) -> bool:
        return False

    def weights(self, node: Node) -> npt.NDArray[np.int8]:
        weights = node.input(1)
        return weights.array().reshape(weights.shape[0], -1, node.input(0).shape[_LAST])

    def narrow_weights(self, node: Node, inputs: Mask, outputs: Mask) -> npt.NDArray[Any]:
        kept: npt.NDArray[Any] = self.weights(node)[outputs][..., inputs]
        return kept.reshape(len(kept), -1)


class DepthwiseConv2D(Weighted):
    channel_axis = 3

    def applies(self, node: Node) -> bool:
        return super().applies(node) and node.options.depth_multiplier == 1

    def ranges(self, node: Node, source: Ranges) -> Ranges:
        values = _real(node, source)
        sums = depthwise_sums(self.weights(node), values, self.biases(node), padded=self.is_padded(node))
        return self.requantized(node, sums)

    def weights(self, node: Node) -> npt.NDArray[np.int8]:
        weights = node.input(1).array()
        return weights.reshape(-1, weights.shape[_LAST])

    def narrow_weights(self, node: Node, inputs: Mask, outputs: Mask) -> npt.NDArray[Any]:
        kept: npt.NDArray[Any] = node.input(1).array()[..., outputs]
        return kept


def _real(node: Node, source: Ranges) -> Ranges:
    """Input 0's ranges with its zero point taken away."""
    zero_point = expect_quantized(node, node.input(0)).zero_point
    return Ranges(source.low - zero_point, source.high - zero_point)


def _constant(tensor: Tensor, values: npt.NDArray[Any], kept: Mask) -> Tensor:
    """A constant with fewer output channels, its scales with it."""
    quantization = tensor.quantization
    if quantization is not None and len(quantization.scales) == len(kept):
        quantization = _kept_scales(quantization, kept)
    data = memoryview(np.ascontiguousarray(values).tobytes())
    return replace(tensor, shape=values.shape, quantization=quantization, data=data)


def _kept_scales(quantization: Quantization, kept: Mask) -> Quantization:
    places = np.flatnonzero(kept)
    points = quantization.zero_points
    return replace(
        quantization,
        scales=tuple(quantization.scales[place] for place in places),
        zero_points=tuple(points[place] for place in places) if len(points) == len(kept) else points,
    )
