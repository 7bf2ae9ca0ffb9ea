"""CONCATENATION along any axis. Moves bytes: inputs and output must share type and quantization."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ConstArray, KernelCall, TensorArg, TensorsArg
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
    types = (DType.INT8, DType.FLOAT32, DType.INT16, DType.INT32, DType.INT64)

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
            expect_shape(node, source, _with_extent(output.shape, axis, source.shape[axis]))
        expect_shape(node, output, _with_extent(output.shape, axis, sum(s.shape[axis] for s in node.inputs)))

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        output = node.output()
        rows = math.prod(output.shape[: _axis(node)])
        run_bytes = [source.size_bytes // rows for source in node.inputs]
        return KernelCall(
            function="concatenation",
            header="mcuforge/concatenation.h",
            sources=("kernels/portable/concatenation.c",),
            params_type="mcuf_concatenation_params",
            params={
                "rows": rows,
                "inputs": len(node.inputs),
                "run_bytes": ConstArray("run_bytes", np.array(run_bytes, np.int32)),
            },
            arguments=(TensorsArg(tuple(source.index for source in node.inputs)), TensorArg(output.index)),
        )


def _axis(node: Node) -> int:
    (axis,) = resolve_axes(node, [node.options.axis], len(node.output().shape))
    return axis


def _with_extent(shape: tuple[int, ...], axis: int, extent: int) -> tuple[int, ...]:
    """The shape with another extent along the axis."""
    return (*shape[:axis], extent, *shape[axis + 1 :])
