"""The operators whose channels are understood. All others need all of theirs.

Two families. A mixing layer makes every output channel of all input channels: it can drop outputs one by one, and
can do without an input channel that never changes, whose share goes into the bias. A parallel one makes each output
channel of the same input channel alone: both go, or both stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from mcuforge.model.arithmetic.fixed_point import Multiplier
from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.operator_kind import operator_kind
from mcuforge.model.ops._checks import activation_bounds, expect_quantized
from mcuforge.transform.channels.ranges import Mask, Ranges, Sums, any_value, rescaled
from mcuforge.transform.channels.rule import Rule
from mcuforge.transform.channels.weighted import Conv2D, DepthwiseConv2D, FullyConnected

_LAST = -1


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
