"""SPLIT: one tensor into equal parts along an axis."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.graph import Node, Tensor
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._checks import expect_operands, expect_shape
from mcuforge.model.ops._integers import constant_axis
from mcuforge.model.ops._split import Splitting, outputs, with_extent


@dataclass(frozen=True)
class SplitOptions:
    num_splits: int = option(0, "int32", 0)


@register
class Split(Splitting):
    """The outputs count; `num_splits` repeats their number, and TFLM does not look at it either."""

    name = "SPLIT"
    code = 49
    options = SplitOptions
    options_type = 35
    tflm = TflmSupport("AddSplit")

    def source(self, node: Node) -> Tensor:
        return node.input(1)

    def axis(self, node: Node) -> int:
        return constant_axis(node, 0, len(self.source(node).shape))

    def check(self, node: Node) -> None:
        expect_operands(node, 2, outputs=max(1, len(node.op.outputs)))
        self.check_types(node)
        source, axis, count = self.source(node), self.axis(node), len(node.op.outputs)
        if source.shape[axis] % count:
            raise node.error(
                f"{source.describe()} does not split into {count} equal parts along axis {axis}",
                hint="export the model again",
            )
        for output in outputs(node):
            expect_shape(node, output, with_extent(source.shape, axis, source.shape[axis] // count))
