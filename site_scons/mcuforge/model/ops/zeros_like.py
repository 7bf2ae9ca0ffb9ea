"""ZEROS_LIKE: stored zeros, whatever the zero point is, as in TFLM; known at build time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import (
    expect_computed,
    expect_operands,
    expect_same_type,
    expect_shape,
    expect_type,
)


@register
class ZerosLike(OperatorKind):
    name = "ZEROS_LIKE"
    code = 93
    options_type = 67
    tflm = TflmSupport("AddZerosLike")
    types = (DType.INT8, DType.FLOAT32, DType.INT32, DType.INT64)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_shape(node, output, source.shape)
        expect_computed(node)

    def fold(self, node: Node) -> tuple[npt.NDArray[Any]]:
        return (np.zeros(node.output().shape, node.output().dtype.numpy),)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        raise InternalError(f"{node.label} needs no kernel: its output is a constant")
