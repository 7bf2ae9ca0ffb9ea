"""SHAPE: shapes are fixed, so the answer is known at build time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import expect_computed, expect_operands, expect_shape, expect_type


@dataclass(frozen=True)
class ShapeOptions:
    out_type: int = option(0, "int8", 0)


@register
class Shape(OperatorKind):
    name = "SHAPE"
    code = 77
    options = ShapeOptions
    options_type = 55
    tflm = TflmSupport("AddShape")
    types = (DType.INT32,)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        expect_type(node, node.output(), *self.types)
        expect_shape(node, node.output(), (len(node.input(0).shape),))
        expect_computed(node)

    def fold(self, node: Node) -> tuple[npt.NDArray[np.int32]]:
        return (np.array(node.input(0).shape, np.int32),)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        raise InternalError(f"{node.label} needs no kernel: its output is a constant")
