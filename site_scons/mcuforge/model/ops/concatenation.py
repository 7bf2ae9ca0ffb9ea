"""CONCATENATION along any axis. Moves bytes: inputs and output must share type and quantization."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import (
    expect_operands,
    expect_rank,
    expect_same_quantization,
    expect_same_type,
    expect_shape,
    expect_type,
    resolve_axes,
)
from mcuforge.model.ops._join import join_call, join_constants
from mcuforge.model.ops._split import with_extent

QUANTIZED = (DType.INT8, DType.INT16)


@dataclass(frozen=True)
class ConcatenationOptions:
    axis: int = option(0, "int32", 0)
    activation: Activation = option(1, "int8", Activation.NONE)


@register
class Concatenation(OperatorKind):
    name = "CONCATENATION"
    code = 2
    options = ConcatenationOptions
    options_type = 10
    tflm = TflmSupport("AddConcatenation")
    types = (DType.INT8, DType.FLOAT32, DType.INT16, DType.INT32, DType.INT64, DType.BOOL)

    def check(self, node: Node) -> None:
        expect_operands(node, max(1, len(node.op.inputs)))
        output = node.output()
        expect_type(node, output, *self.types)
        if node.options.activation is not Activation.NONE:
            raise node.error("a fused activation is not supported", hint="make it a layer of its own in the model")
        axis = _axis(node)
        for source in node.inputs:
            expect_same_type(node, source, output)
            expect_rank(node, source, len(output.shape))
            if output.dtype in QUANTIZED and (source.quantization or output.quantization):
                expect_same_quantization(node, source, output)
            expect_shape(node, source, with_extent(output.shape, axis, source.shape[axis]))
        expect_shape(node, output, with_extent(output.shape, axis, sum(s.shape[axis] for s in node.inputs)))

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        return join_constants(node, _rows(node))

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        return join_call(node, _rows(node))


def _rows(node: Node) -> int:
    return math.prod(node.output().shape[: _axis(node)])


def _axis(node: Node) -> int:
    (axis,) = resolve_axes(node, [node.options.axis], len(node.output().shape))
    return axis
