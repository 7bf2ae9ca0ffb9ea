"""SPLIT_V: one tensor into parts of any size along an axis."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_shape
from mcuforge.model.ops._integers import INDEX_TYPES, constant_axis, constant_integers
from mcuforge.model.ops._split import Splitting, outputs, with_extent

REST = -1
"""A size that stands for what the others leave."""


@dataclass(frozen=True)
class SplitVOptions:
    num_splits: int = option(0, "int32", 0)


@register
class SplitV(Splitting):
    name = "SPLIT_V"
    code = 102
    options = SplitVOptions
    options_type = 79
    tflm = TflmSupport("AddSplitV")

    def axis(self, node: Node) -> int:
        return constant_axis(node, 2, len(node.input(0).shape))

    def check(self, node: Node) -> None:
        expect_operands(node, 3, outputs=max(1, len(node.op.outputs)))
        self.check_types(node)
        source, axis = node.input(0), self.axis(node)
        for output in outputs(node):
            expect_rank(node, output, len(source.shape))
            expect_shape(node, output, with_extent(source.shape, axis, output.shape[axis]))
        extents = [output.shape[axis] for output in outputs(node)]
        if sum(extents) != source.shape[axis]:
            raise node.error(
                f"the outputs have {sum(extents)} elements along axis {axis}, {source.describe()} has not",
                hint="export the model again",
            )
        if node.input(1).is_constant:
            sizes = constant_integers(node, 1, "the sizes", shape=(len(extents),), types=INDEX_TYPES)
            if any(size not in (extent, REST) for size, extent in zip(sizes, extents, strict=True)):
                raise node.error(f"its sizes {list(sizes)} are not those of its outputs", hint="export the model again")
