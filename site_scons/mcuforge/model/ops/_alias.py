"""Operators whose output is their input under another shape: no code, no memory."""

from __future__ import annotations

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import expect_operands, expect_same_type, expect_shape

MOST_INPUTS = 2


class Alias(OperatorKind):
    """Operators say which shape their output must have."""

    types = tuple(DType)

    def output_shape(self, node: Node) -> tuple[int, ...] | None:
        """The shape that options and constant inputs ask for; None when they leave it to the output tensor."""
        raise NotImplementedError

    def check(self, node: Node) -> None:
        expect_operands(node, 1, MOST_INPUTS)
        source, output = node.input(0), node.output()
        expect_same_type(node, source, output)
        if source.elements != output.elements:
            raise node.error(
                f"{source.describe()} and {output.describe()} hold different numbers of elements",
                hint="export the model again; its shapes contradict each other",
            )
        shape = self.output_shape(node)
        if shape is not None:
            expect_shape(node, output, shape)

    def alias(self, node: Node) -> int | None:
        return 0

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        raise InternalError(f"{node.label} needs no kernel: its output is its input")
