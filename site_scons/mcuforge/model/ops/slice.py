"""SLICE: a box out of a tensor. Where it begins may be known at run time only; then it is kept inside the input."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import INDEX_TYPES, constant_integers
from mcuforge.model.ops._strided_copy import LOOPS, StridedCopy, View, dense_strides

MAX_RANK = 5
"""TFLM's limit."""

REST = -1
"""A size that stands for all from the begin on."""


@register
class Slice(StridedCopy):
    name = "SLICE"
    code = 65
    options_type = 48
    tflm = TflmSupport("AddSlice")
    types = (DType.INT8, DType.INT16, DType.FLOAT32, DType.INT32, DType.BOOL)

    def check(self, node: Node) -> None:
        expect_operands(node, 3)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_rank(node, source, *range(1, MAX_RANK + 1))
        expect_rank(node, output, len(source.shape))
        for position in (1, 2):
            expect_type(node, node.input(position), *INDEX_TYPES)
            expect_shape(node, node.input(position), (len(source.shape),))
        expect_same_type(node, node.input(1), node.input(2))
        begins = _begins(node)
        if begins is not None:
            for axis, (begin, size) in enumerate(zip(begins, source.shape, strict=True)):
                if not 0 <= begin < size:
                    raise node.error(f"begins at {begin} of {size} along axis {axis}", hint="export the model again")
        expect_shape(node, output, _output_shape(node, begins))
        if any(begin > most for begin, most in zip(begins or (), _greatest_begins(node), strict=False)):
            raise node.error(f"reads past the end of {source.describe()}", hint="export the model again")
        if min(_greatest_begins(node)) < 0:
            raise node.error(f"{output.describe()} is larger than its source", hint="export the model again")
        self.expect_copyable(node)

    def view(self, node: Node) -> View:
        """From the begin, or from the first element where that is known at run time only."""
        strides = dense_strides(node.input(0).shape)
        begins = _begins(node) or (0,) * len(strides)
        offset = sum(begin * stride for begin, stride in zip(begins, strides, strict=True))
        return View(node.output().shape, strides, offset)

    def alias(self, node: Node) -> int | None:
        return None if _begins(node) is None else super().alias(node)

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        return None if _begins(node) is None else super().fold(node)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        if _begins(node) is not None:
            return super().kernel(node, features)
        source, begin, output = node.input(0), node.input(1), node.output()
        rank = len(source.shape)
        fill = (0,) * (LOOPS - rank)
        copy = self.view(node).params(source.dtype.bits // 8)
        params: dict[str, ParamValue] = {f"copy.{name}": value for name, value in copy.items()}
        params |= {
            "rank": rank,
            "greatest": _greatest_begins(node) + fill,
            "step": dense_strides(source.shape) + fill,
        }
        function = "slice_s32" if begin.dtype is DType.INT32 else "slice_s64"
        return KernelCall(
            function=function,
            header="mcuforge/slice.h",
            sources=("kernels/portable/strided_copy.c", f"kernels/portable/{function}.c"),
            params_type="mcuf_slice_params",
            params=params,
            arguments=(TensorArg(source.index), TensorArg(begin.index), TensorArg(output.index)),
        )


def _begins(node: Node) -> tuple[int, ...] | None:
    """Where the box begins along each axis; None when that is known at run time only."""
    return constant_integers(node, 1, "begins", types=INDEX_TYPES) if node.input(1).is_constant else None


def _output_shape(node: Node, begins: tuple[int, ...] | None) -> tuple[int, ...]:
    """What the sizes ask for; the output tensor's own where they, or the begin they depend on, are not constant."""
    source, output = node.input(0), node.output()
    if not node.input(2).is_constant:
        return output.shape
    sizes = constant_integers(node, 2, "sizes", types=INDEX_TYPES)
    return tuple(
        size if size != REST else own if begins is None else whole - begins[axis]
        for axis, (size, whole, own) in enumerate(zip(sizes, source.shape, output.shape, strict=True))
    )


def _greatest_begins(node: Node) -> tuple[int, ...]:
    pairs = zip(node.input(0).shape, node.output().shape, strict=True)
    return tuple(whole - part for whole, part in pairs)
