"""One tensor into several along an axis: SPLIT, SPLIT_V and UNPACK. The outputs' shapes say how much each one gets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import ConstArray, KernelCall, TensorArg, TensorsArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import expect_same_type, expect_type


class Splitting(OperatorKind):
    """Operators check operands and the outputs' shapes, and say which input is split along which axis."""

    types = (DType.INT8, DType.INT16, DType.FLOAT32, DType.INT32)

    def source(self, node: Node) -> Tensor:
        return node.input(0)

    def axis(self, node: Node) -> int:
        """The axis, counted from 0; raises UserError where it does not exist."""
        raise NotImplementedError

    def check_types(self, node: Node) -> None:
        expect_type(node, self.source(node), *self.types)
        for output in outputs(node):
            expect_same_type(node, self.source(node), output)

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        source = self.source(node)
        if not source.is_constant:
            return None
        rows = math.prod(source.shape[: self.axis(node)])
        runs = np.cumsum([output.elements // rows for output in outputs(node)])
        parts = np.split(source.array().reshape(rows, -1), runs[:-1], axis=1)
        return tuple(part.reshape(output.shape) for part, output in zip(parts, outputs(node), strict=True))

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        rows = math.prod(self.source(node).shape[: self.axis(node)])
        run_bytes = np.array([output.size_bytes // rows for output in outputs(node)], np.int32)
        return KernelCall(
            function="split",
            header="mcuforge/split.h",
            sources=("kernels/portable/split.c",),
            params_type="mcuf_split_params",
            params={"rows": rows, "count": len(run_bytes), "run_bytes": ConstArray("run_bytes", run_bytes)},
            arguments=(TensorArg(self.source(node).index), TensorsArg(node.op.outputs, is_output=True)),
        )


def outputs(node: Node) -> list[Tensor]:
    return [node.output(position) for position in range(len(node.op.outputs))]


def with_extent(shape: tuple[int, ...], axis: int, extent: int) -> tuple[int, ...]:
    """The shape with another extent along the axis."""
    return (*shape[:axis], extent, *shape[axis + 1 :])
