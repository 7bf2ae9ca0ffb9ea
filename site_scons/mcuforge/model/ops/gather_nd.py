"""GATHER_ND: slices chosen by several indices each, one for each of the leading axes.

An index out of range, with which TFLM stops, is refused where it is constant; computed ones are clamped.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._gather import expect_indices_below

MOST_INDICES = 5
"""MCUF_GATHER_ND_INDICES, and TFLM's limit."""


@register
class GatherNd(OperatorKind):
    name = "GATHER_ND"
    code = 107
    options_type = 83
    tflm = TflmSupport("AddGatherNd")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        values, indices, output = node.input(0), node.input(1), node.output()
        expect_type(node, values, *self.types)
        expect_same_type(node, values, output)
        expect_type(node, indices, DType.INT32)
        most = min(MOST_INDICES, len(values.shape))
        if not indices.shape or indices.shape[-1] > most:
            raise node.error(
                f"{indices.describe()} should hold 1 to {most} indices for each slice", hint="export the model again"
            )
        expect_shape(node, output, indices.shape[:-1] + values.shape[indices.shape[-1] :])
        expect_indices_below(node, indices, values.shape[: indices.shape[-1]])

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        values, indices = node.input(0), node.input(1)
        if not (values.is_constant and indices.is_constant):
            return None
        return (values.array()[tuple(np.moveaxis(indices.array(), -1, 0))],)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        values, indices, output = node.input(0), node.input(1), node.output()
        depth = indices.shape[-1]
        return KernelCall(
            function="gather_nd",
            header="mcuforge/gather_nd.h",
            sources=("kernels/portable/gather_nd.c",),
            params_type="mcuf_gather_nd_params",
            params={
                "count": indices.elements // depth,
                "depth": depth,
                "shape": values.shape[:depth] + (1,) * (MOST_INDICES - depth),
                "slice_bytes": math.prod(values.shape[depth:]) * values.dtype.bits // 8,
            },
            arguments=(TensorArg(values.index), TensorArg(indices.index), TensorArg(output.index)),
        )
