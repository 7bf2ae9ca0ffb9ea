"""PACK: tensors of one shape, side by side along a new axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import expect_operands, expect_same_type, expect_shape, expect_type, resolve_axes
from mcuforge.model.ops._join import join_call, join_constants


@dataclass(frozen=True)
class PackOptions:
    values_count: int = option(0, "int32", 0)
    axis: int = option(1, "int32", 0)


@register
class Pack(OperatorKind):
    name = "PACK"
    code = 83
    options = PackOptions
    options_type = 59
    tflm = TflmSupport("AddPack")
    types = (DType.INT8, DType.INT16, DType.FLOAT32, DType.INT32, DType.INT64)

    def check(self, node: Node) -> None:
        expect_operands(node, max(1, len(node.op.inputs)))
        count, shape = len(node.op.inputs), node.input(0).shape
        if node.options.values_count != count:
            raise node.error(f"packs {node.options.values_count} of {count} inputs", hint="export the model again")
        expect_type(node, node.output(), *self.types)
        for source in node.inputs:
            expect_same_type(node, source, node.output())
            expect_shape(node, source, shape)
        (axis,) = resolve_axes(node, [node.options.axis], len(shape) + 1)
        expect_shape(node, node.output(), (*shape[:axis], count, *shape[axis:]))

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        return join_constants(node, _rows(node))

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        return join_call(node, _rows(node))


def _rows(node: Node) -> int:
    shape = node.output().shape
    (axis,) = resolve_axes(node, [node.options.axis], len(shape))
    return math.prod(shape[:axis])
