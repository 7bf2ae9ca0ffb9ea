"""UNPACK: the slices of a tensor along an axis, each without that axis."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._checks import expect_operands, expect_shape, resolve_axes
from mcuforge.model.ops._split import Splitting, outputs


@dataclass(frozen=True)
class UnpackOptions:
    num: int = option(0, "int32", 0)
    axis: int = option(1, "int32", 0)


@register
class Unpack(Splitting):
    name = "UNPACK"
    code = 88
    options = UnpackOptions
    options_type = 64
    tflm = TflmSupport("AddUnpack")

    def axis(self, node: Node) -> int:
        (axis,) = resolve_axes(node, [node.options.axis], len(node.input(0).shape))
        return axis

    def check(self, node: Node) -> None:
        expect_operands(node, 1, outputs=max(1, len(node.op.outputs)))
        self.check_types(node)
        source, axis, count = node.input(0), self.axis(node), len(node.op.outputs)
        if not source.shape[axis] == node.options.num == count:
            raise node.error(
                f"{source.describe()} has {source.shape[axis]} slices along axis {axis}; "
                f"{node.options.num} are asked for, {count} are outputs",
                hint="export the model again",
            )
        for output in outputs(node):
            expect_shape(node, output, source.shape[:axis] + source.shape[axis + 1 :])
