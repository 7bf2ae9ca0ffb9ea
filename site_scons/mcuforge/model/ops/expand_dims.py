"""EXPAND_DIMS: the same bytes with one more dimension of size 1."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._alias import Alias
from mcuforge.model.ops._checks import expect_constant, expect_type, resolve_axes


@register
class ExpandDims(Alias):
    name = "EXPAND_DIMS"
    code = 70
    options_type = 52
    tflm = TflmSupport("AddExpandDims")

    def output_shape(self, node: Node) -> tuple[int, ...]:
        axis = node.input(1)
        expect_constant(node, axis, "the axis")
        expect_type(node, axis, DType.INT32)
        shape = node.input(0).shape
        axes = resolve_axes(node, [int(value) for value in axis.array().reshape(-1)], len(shape) + 1)
        if len(axes) != 1:
            raise node.error(f"{axis.describe()} names {len(axes)} axes, 1 expected", hint="export the model again")
        return (*shape[: axes[0]], 1, *shape[axes[0] :])
