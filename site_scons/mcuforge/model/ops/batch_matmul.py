"""BATCH_MATMUL: int8, int16 and float32, either side transposed or not, batches repeated where one side has fewer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import (
    expect_operands,
    expect_quantized,
    expect_rank,
    expect_same_type,
    expect_shape,
    expect_symmetric,
    expect_type,
)
from mcuforge.model.ops._requantize import expect_wide_sums, requantization

LOOPS = 3
"""Batch dimensions of the kernels: MCUF_BATCH_MATMUL_LOOPS."""

LARGEST_WIDE_PRODUCT = 1 << (15 + 15)


@dataclass(frozen=True)
class BatchMatmulOptions:
    adj_x: bool = option(0, "bool", False)
    adj_y: bool = option(1, "bool", False)


@dataclass(frozen=True)
class Side:
    """One input: its batch dimensions, outermost first, and its matrix with the steps from element to element."""

    batches: tuple[int, ...]
    rows: int
    columns: int
    row_step: int
    column_step: int

    @classmethod
    def of(cls, shape: tuple[int, ...], transposed: bool) -> Side:
        *outer, rows, columns = shape
        batches = (1,) * (LOOPS - len(outer)) + tuple(outer)
        if transposed:
            return cls(batches, columns, rows, 1, columns)
        return cls(batches, rows, columns, columns, 1)

    def batch_steps(self) -> tuple[int, ...]:
        """Elements from one batch to the next along each batch dimension; 0 where there is only one."""
        matrix = self.rows * self.columns
        steps = (math.prod(self.batches[at + 1 :]) * matrix for at in range(LOOPS))
        return tuple(0 if size == 1 else step for size, step in zip(self.batches, steps, strict=True))


@register
class BatchMatmul(OperatorKind):
    name = "BATCH_MATMUL"
    code = 126
    options = BatchMatmulOptions
    options_type = 101
    tflm = TflmSupport(
        "AddBatchMatMul", {DType.INT8: "Register_BATCH_MATMUL_INT8", DType.INT16: "Register_BATCH_MATMUL_INT16"}
    )
    types = (DType.INT8, DType.INT16, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        left, right, output = node.input(0), node.input(1), node.output()
        expect_type(node, left, *self.types)
        expect_same_type(node, left, right)
        expect_same_type(node, left, output)
        _check_shapes(node)
        if left.dtype is DType.INT16:
            expect_symmetric(node, left, right, output)
            expect_wide_sums(node, None, _sides(node)[0].columns, LARGEST_WIDE_PRODUCT)
        if left.dtype is not DType.FLOAT32:
            _quantized_params(node)

    def macs(self, node: Node) -> int:
        return node.output().elements * _sides(node)[0].columns

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        left, right = _sides(node)
        is_float = node.input(0).dtype is DType.FLOAT32
        suffix = {DType.INT8: "s8", DType.INT16: "s16", DType.FLOAT32: "f32"}[node.input(0).dtype]
        params: dict[str, ParamValue] = {
            "shape.batches": tuple(map(max, left.batches, right.batches)),
            "shape.left_batch": left.batch_steps(),
            "shape.right_batch": right.batch_steps(),
            "shape.rows": left.rows,
            "shape.columns": right.columns,
            "shape.depth": left.columns,
            "shape.left_row": left.row_step,
            "shape.left_depth": left.column_step,
            "shape.right_depth": right.row_step,
            "shape.right_column": right.column_step,
        }
        return KernelCall(
            function=f"batch_matmul_{suffix}",
            header="mcuforge/batch_matmul.h",
            sources=(f"kernels/portable/batch_matmul_{suffix}.c",),
            params_type="mcuf_batch_matmul_f32_params" if is_float else "mcuf_batch_matmul_params",
            params=params if is_float else params | _quantized_params(node),
            arguments=(TensorArg(node.input(0).index), TensorArg(node.input(1).index), TensorArg(node.output().index)),
        )


def _sides(node: Node) -> tuple[Side, Side]:
    options: BatchMatmulOptions = node.options
    return Side.of(node.input(0).shape, options.adj_x), Side.of(node.input(1).shape, options.adj_y)


def _check_shapes(node: Node) -> None:
    first, second = node.input(0), node.input(1)
    for tensor in (first, second):
        expect_rank(node, tensor, *range(2, LOOPS + 3))
    left, right = _sides(node)
    if left.columns != right.rows or any(
        a != b and 1 not in (a, b) for a, b in zip(left.batches, right.batches, strict=True)
    ):
        raise node.error(
            f"{first.describe()} and {second.describe()} cannot be multiplied",
            hint="the inner dimensions must be equal, and batch dimensions equal or 1",
        )
    rank = max(len(first.shape), len(second.shape))
    batches = tuple(map(max, left.batches, right.batches))[LOOPS + 2 - rank :]
    expect_shape(node, node.output(), (*batches, left.rows, right.columns))


def _quantized_params(node: Node) -> dict[str, ParamValue]:
    """Offsets and scaling; TFLM multiplies the scales in float32."""
    left, right = expect_quantized(node, node.input(0)), expect_quantized(node, node.input(1))
    output = expect_quantized(node, node.output())
    with np.errstate(over="ignore", under="ignore"):
        product = float(np.float32(left.scale) * np.float32(right.scale))
    wide = node.input(0).dtype is DType.INT16
    return {
        "left_offset": -left.zero_point,
        "right_offset": -right.zero_point,
        **requantization(node, [product / output.scale], Activation.NONE, node.output(), wide=wide),
    }
