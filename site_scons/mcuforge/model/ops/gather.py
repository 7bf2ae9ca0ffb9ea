"""GATHER: slices along an axis, chosen by indices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import expect_operands, expect_same_type, expect_shape, expect_type, resolve_axes
from mcuforge.model.ops._gather import Lookup, expect_indices_below


@dataclass(frozen=True)
class GatherOptions:
    axis: int = option(0, "int32", 0)
    batch_dims: int = option(1, "int32", 0)


@register
class Gather(OperatorKind):
    name = "GATHER"
    code = 36
    options = GatherOptions
    options_type = 23
    tflm = TflmSupport("AddGather")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        values, indices, output = node.input(0), node.input(1), node.output()
        expect_type(node, values, *self.types)
        expect_same_type(node, values, output)
        expect_type(node, indices, DType.INT32)
        axis, batch_dims = _axis(node), _batch_dims(node)
        if not 0 <= batch_dims <= min(axis, len(indices.shape)):
            raise node.error(f"{node.options.batch_dims} batch dimensions do not fit", hint="export the model again")
        if values.shape[:batch_dims] != indices.shape[:batch_dims]:
            raise node.error(
                f"{values.describe()} and {indices.describe()} differ in their batch dimensions",
                hint="export the model again",
            )
        expect_shape(node, output, values.shape[:axis] + indices.shape[batch_dims:] + values.shape[axis + 1 :])
        expect_indices_below(node, indices, values.shape[axis])

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        return _lookup(node).fold(node)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        return _lookup(node).call(node)


def _axis(node: Node) -> int:
    (axis,) = resolve_axes(node, [node.options.axis], len(node.input(0).shape))
    return axis


def _batch_dims(node: Node) -> int:
    batch_dims: int = node.options.batch_dims
    return batch_dims + len(node.input(1).shape) if batch_dims < 0 else batch_dims


def _lookup(node: Node) -> Lookup:
    shape, axis, batch_dims = node.input(0).shape, _axis(node), _batch_dims(node)
    return Lookup(
        values=node.input(0),
        indices=node.input(1),
        batches=math.prod(shape[:batch_dims]),
        outer=math.prod(shape[batch_dims:axis]),
        rows=shape[axis],
    )
