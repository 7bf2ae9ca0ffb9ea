"""Rows of a tensor chosen by indices: GATHER and EMBEDDING_LOOKUP.

An index out of range, with which TFLM stops, is refused where it is constant; computed ones are clamped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import Node, Tensor
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg


@dataclass(frozen=True)
class Lookup:
    """`values` is [batches, outer, rows, row], `indices` [batches, count], the output [batches, outer, count, row]."""

    values: Tensor
    indices: Tensor
    batches: int
    outer: int
    rows: int

    @property
    def count(self) -> int:
        return self.indices.elements // self.batches

    @property
    def row(self) -> int:
        """Elements that one index selects."""
        return self.values.elements // (self.batches * self.outer * self.rows)

    def params(self, row: int) -> dict[str, ParamValue]:
        """The fields of `mcuf_gather_params`; `row` in what the kernel counts."""
        return {
            "batches": self.batches,
            "outer": self.outer,
            "count": self.count,
            "greatest": self.rows - 1,
            "row": row,
        }

    def call(self, node: Node) -> KernelCall:
        return KernelCall(
            function="gather",
            header="mcuforge/gather.h",
            sources=("kernels/portable/gather.c",),
            params_type="mcuf_gather_params",
            params=self.params(self.row * self.values.dtype.bits // 8),
            arguments=(TensorArg(self.values.index), TensorArg(self.indices.index), TensorArg(node.output().index)),
        )

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        if not (self.values.is_constant and self.indices.is_constant):
            return None
        values = self.values.array().reshape(self.batches, self.outer, self.rows, self.row)
        indices = self.indices.array().reshape(self.batches, self.count)
        chosen = [batch[:, index] for batch, index in zip(values, indices, strict=True)]
        return (np.stack(chosen).reshape(node.output().shape),)


def expect_indices_below(node: Node, indices: Tensor, limit: int | tuple[int, ...]) -> None:
    """Constant indices lie in 0 ≤ index < `limit`, one for all or one for each place of the last axis."""
    if indices.is_constant and bool(np.any((indices.array() < 0) | (indices.array() >= np.array(limit)))):
        raise node.error(
            f"{indices.describe()} holds indices outside 0 to {limit}, exclusive", hint="export the model again"
        )
