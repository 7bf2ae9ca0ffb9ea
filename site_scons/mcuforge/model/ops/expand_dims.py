"""EXPAND_DIMS: the same bytes with one more dimension of size 1."""

from __future__ import annotations

from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._alias import Alias
from mcuforge.model.ops._integers import constant_axis


@register
class ExpandDims(Alias):
    name = "EXPAND_DIMS"
    code = 70
    options_type = 52
    tflm = TflmSupport("AddExpandDims")

    def output_shape(self, node: Node) -> tuple[int, ...]:
        shape = node.input(0).shape
        axis = constant_axis(node, 1, len(shape) + 1)
        return (*shape[:axis], 1, *shape[axis:])
