"""What operators do with channels: the last axis of input 0 and of output 0. Others than those here need all of theirs.

Two families. A mixing layer makes every output channel of all input channels: it can drop outputs one by one, and
can do without an input channel that never changes, whose share goes into the bias. A parallel one makes each output
channel of the same input channel alone: both go, or both stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.fixed_point import INT32_MAX, Int64Array, Multiplier
from mcuforge.model.graph import DType, Node, Quantization, Tensor
from mcuforge.model.operator_kind import operator_kind
from mcuforge.model.ops._checks import activation_bounds, expect_quantized
from mcuforge.model.ops._weighted import WeightedLayer
from mcuforge.model.ops._window import Padding
from mcuforge.transform.channels.ranges import Mask, Ranges, Sums, any_value, rescaled, sums_of_products

_LAST = -1


class Rule:
    """Stateless. `rewritten` are the input positions of constants that have an entry per channel."""

    is_mixing: ClassVar[bool] = False
    rewritten: ClassVar[tuple[int, ...]] = ()

    def applies(self, node: Node) -> bool:
        """Whether the rule knows what this node, which passed its operator's check, does. Input and output are int8."""
        raise NotImplementedError

    def ranges(self, node: Node, source: Ranges) -> Ranges:
        """The values that the output's channels can take."""
        raise NotImplementedError

    def needs(self, node: Node, source: Ranges) -> Mask:
        """Of a mixing layer: the input channels that it cannot do without."""
        raise NotImplementedError

    def narrowed(self, node: Node, inputs: Mask, outputs: Mask, source: Ranges) -> Mapping[int, Tensor]:
        """The rewritten constants by tensor index, when only the marked channels of input and output are kept."""
        return {}


class Weighted(Rule):
    """Layers with weights and a bias per output channel. `channel_axis` is the output channels' in the weights."""

    rewritten = (1, 2)
    channel_axis: ClassVar[int]

    def applies(self, node: Node) -> bool:
        bias = node.optional_input(2)
        return node.input(1).dtype is DType.INT8 and (bias is None or len(bias.shape) == 1)

    def weights(self, node: Node) -> Int64Array:
        """[outputs, taps, inputs of one output]."""
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
        return self.requantized(
            node, sums_of_products(self.weights(node), values, self.biases(node), padded=self.is_padded(node))
        )

    def needs(self, node: Node, source: Ranges) -> Mask:
        weights = self.weights(node)
        unread = ~weights.any(axis=(0, 1))
        is_zero = source.constant & (_real(node, source).low == 0)
        free: Mask = unread | is_zero | (source.constant & self._takes_shares(node, source))
        return ~free

    def narrow_biases(self, node: Node, inputs: Mask, source: Ranges) -> Int64Array:
        """With the shares of the input channels that went. (A channel that changes goes only if its weights are 0.)"""
        shares: Int64Array = self._shares(node, source)[:, ~inputs].sum(axis=1)
        return self.biases(node) + shares

    def _takes_shares(self, node: Node, source: Ranges) -> bool:
        """Whether the bias can take over what unchanging input channels add: everywhere the same, and in 32 bits."""
        if self.is_padded(node) or node.optional_input(2) is None:
            return False
        shares = np.abs(self._shares(node, source)[:, source.constant])
        return int((np.abs(self.biases(node)) + shares.sum(axis=1)).max()) <= INT32_MAX

    def _shares(self, node: Node, source: Ranges) -> Int64Array:
        """What each input channel adds to each output when it has its least value: [outputs, inputs]."""
        shares: Int64Array = self.weights(node).sum(axis=1) * _real(node, source).low
        return shares


class Conv2D(Mixing):
    def applies(self, node: Node) -> bool:
        return super().applies(node) and node.input(1).shape[_LAST] == node.input(0).shape[_LAST]

    def weights(self, node: Node) -> Int64Array:
        weights = node.input(1)
        return weights.array().reshape(weights.shape[0], -1, weights.shape[_LAST]).astype(np.int64)

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

    def weights(self, node: Node) -> Int64Array:
        return self._by_pixel(node).astype(np.int64)

    def narrow_weights(self, node: Node, inputs: Mask, outputs: Mask) -> npt.NDArray[Any]:
        kept: npt.NDArray[Any] = self._by_pixel(node)[outputs][..., inputs]
        return kept.reshape(len(kept), -1)

    def _by_pixel(self, node: Node) -> npt.NDArray[Any]:
        weights = node.input(1)
        return weights.array().reshape(weights.shape[0], -1, node.input(0).shape[_LAST])


class DepthwiseConv2D(Weighted):
    channel_axis = 3

    def applies(self, node: Node) -> bool:
        return super().applies(node) and node.options.depth_multiplier == 1

    def ranges(self, node: Node, source: Ranges) -> Ranges:
        weights, values, biases = self.weights(node), _real(node, source), self.biases(node)
        padded = self.is_padded(node)
        parts = [
            sums_of_products(
                weights[channel : channel + 1], Ranges(*ends), biases[channel : channel + 1], padded=padded
            )
            for channel, ends in enumerate(zip(values.low, values.high, strict=True))
        ]
        low, high, magnitude = (np.concatenate(each) for each in zip(*(_fields(p) for p in parts), strict=True))
        return self.requantized(node, Sums(low, high, magnitude))

    def weights(self, node: Node) -> Int64Array:
        weights = node.input(1).array()
        return weights.reshape(-1, weights.shape[_LAST]).T[..., np.newaxis].astype(np.int64)

    def narrow_weights(self, node: Node, inputs: Mask, outputs: Mask) -> npt.NDArray[Any]:
        return node.input(1).array()[..., outputs]


class Pool(Rule):
    """The greatest or the rounded mean of some values lies between the least and the greatest of them."""

    def applies(self, node: Node) -> bool:
        return True

    def ranges(self, node: Node, source: Ranges) -> Ranges:
        return source.clamped(*activation_bounds(node, node.options.activation, node.output()))


class Pad(Rule):
    """Surrounded by the zero point, along other axes than the channels'."""

    def applies(self, node: Node) -> bool:
        return not node.input(1).array()[_LAST].any()

    def ranges(self, node: Node, source: Ranges) -> Ranges:
        return source.with_value(expect_quantized(node, node.output()).zero_point)


class Mean(Rule):
    """Over other axes than the channels'."""

    def applies(self, node: Node) -> bool:
        rank = len(node.input(0).shape)
        return all(axis % rank != rank - 1 for axis in node.input(1).array().reshape(-1))

    def ranges(self, node: Node, source: Ranges) -> Ranges:
        params: Mapping[str, Any] = operator_kind(node).kernel(node, frozenset()).params
        count, offset = node.input(0).elements // node.output().elements, params["sum_offset"]
        low, high = source.low * count + offset, source.high * count + offset
        factors = [Multiplier(params["multiplier"], params["shift"])] * len(low)
        sums = Sums(low, high, np.maximum(abs(low), abs(high)))
        unknown = any_value(node.output())
        return rescaled(sums, factors, params["output_offset"], unknown).clamped(unknown.low[0], unknown.high[0])


class Reshape(Rule):
    """Where the last axis stays what it is, and the new shape is a constant of its own."""

    rewritten = (1,)

    def applies(self, node: Node) -> bool:
        shape = node.optional_input(1)
        return shape is not None and shape.is_constant and node.input(0).shape[_LAST:] == node.output().shape[_LAST:]

    def ranges(self, node: Node, source: Ranges) -> Ranges:
        return source

    def narrowed(self, node: Node, inputs: Mask, outputs: Mask, source: Ranges) -> Mapping[int, Tensor]:
        shape = node.input(1)
        sizes = shape.array().copy()
        if sizes.reshape(-1)[_LAST] != -1:
            sizes.reshape(-1)[_LAST] = np.count_nonzero(outputs)
        return {shape.index: replace(shape, data=memoryview(sizes.tobytes()))}


RULES: Mapping[str, Rule] = {
    "CONV_2D": Conv2D(),
    "FULLY_CONNECTED": FullyConnected(),
    "DEPTHWISE_CONV_2D": DepthwiseConv2D(),
    "AVERAGE_POOL_2D": Pool(),
    "MAX_POOL_2D": Pool(),
    "PAD": Pad(),
    "MEAN": Mean(),
    "RESHAPE": Reshape(),
}


def rule_of(node: Node) -> Rule | None:
    """The rule that knows what a node does with its channels, if there is one."""
    rule = RULES.get(node.op.kind)
    if rule is None or {node.input(0).dtype, node.output().dtype} != {DType.INT8}:
        return None
    return rule if rule.applies(node) else None


def _real(node: Node, source: Ranges) -> Ranges:
    """Input 0's ranges with its zero point taken away."""
    zero_point = expect_quantized(node, node.input(0)).zero_point
    return Ranges(source.low - zero_point, source.high - zero_point)


def _fields(sums: Sums) -> tuple[Int64Array, Int64Array, Int64Array]:
    return sums.low, sums.high, sums.magnitude


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
