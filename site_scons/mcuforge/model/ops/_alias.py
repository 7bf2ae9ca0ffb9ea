"""Operators whose output is their input under another shape: no code, no memory."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from mcuforge.model.graph import DType, Node
from mcuforge.model.ops._checks import expect_operands, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._strided_copy import StridedCopy, View

MOST_INPUTS = 2


class Alias(StridedCopy):
    """Operators say which shape their output must have."""

    types = (
        DType.INT8,
        DType.INT16,
        DType.FLOAT32,
        DType.INT32,
        DType.INT64,
        DType.UINT8,
        DType.UINT16,
        DType.UINT32,
        DType.BOOL,
    )
    may_be_empty: ClassVar[Collection[int]] = ()

    def output_shape(self, node: Node) -> tuple[int, ...] | None:
        """The shape that options and constant inputs ask for; None when they leave it to the output tensor."""
        raise NotImplementedError

    def check(self, node: Node) -> None:
        expect_operands(node, 1, MOST_INPUTS, may_be_empty=self.may_be_empty)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        if source.elements != output.elements:
            raise node.error(
                f"{source.describe()} and {output.describe()} hold different numbers of elements",
                hint="export the model again; its shapes contradict each other",
            )
        shape = self.output_shape(node)
        if shape is not None:
            expect_shape(node, output, shape)

    def view(self, node: Node) -> View:
        return View((node.input(0).elements,), (1,))
