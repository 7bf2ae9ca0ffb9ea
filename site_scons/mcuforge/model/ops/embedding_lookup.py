"""EMBEDDING_LOOKUP: rows of a table. Rows of int8 may come out as float32."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_quantized, expect_rank, expect_shape, expect_type
from mcuforge.model.ops._gather import Lookup, expect_indices_below


@register
class EmbeddingLookup(OperatorKind):
    name = "EMBEDDING_LOOKUP"
    code = 7
    tflm = TflmSupport("AddEmbeddingLookup")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        indices, table, output = node.input(0), node.input(1), node.output()
        expect_type(node, indices, DType.INT32)
        expect_rank(node, indices, 1)
        expect_type(node, table, *self.types)
        expect_type(node, output, table.dtype, DType.FLOAT32)
        if len(table.shape) < 2:
            raise node.error(f"{table.describe()} has no rows", hint="reshape it to two dimensions or more")
        expect_shape(node, output, indices.shape + table.shape[1:])
        expect_indices_below(node, indices, table.shape[0])
        if output.dtype is not table.dtype and expect_quantized(node, table).zero_point != 0:
            raise node.error(
                f"{table.describe()} must have zero point 0",
                hint="quantize the table symmetrically, as TFLM insists",
            )

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        return _lookup(node).fold(node) if node.output().dtype is node.input(1).dtype else None

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        lookup, output = _lookup(node), node.output()
        if output.dtype is lookup.values.dtype:
            return lookup.call(node)
        return KernelCall(
            function="embedding_lookup_s8_f32",
            header="mcuforge/embedding_lookup.h",
            sources=("kernels/portable/embedding_lookup_s8_f32.c",),
            params_type="mcuf_embedding_lookup_params",
            params={
                "count": lookup.count,
                "greatest": lookup.rows - 1,
                "row": lookup.row,
                "scale": expect_quantized(node, lookup.values).scale,
            },
            arguments=(TensorArg(lookup.values.index), TensorArg(lookup.indices.index), TensorArg(output.index)),
        )


def _lookup(node: Node) -> Lookup:
    table = node.input(1)
    return Lookup(values=table, indices=node.input(0), batches=1, outer=1, rows=table.shape[0])
