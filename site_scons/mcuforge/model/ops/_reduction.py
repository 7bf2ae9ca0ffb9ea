"""Reductions over any axes, flattened into the few loops that the kernels have."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.operator_kind import option
from mcuforge.model.ops._checks import TFLM_HINT, expect_constant, expect_shape, expect_type, resolve_axes


@dataclass(frozen=True)
class ReducerOptions:
    keep_dims: bool = option(0, "bool", False)


LOOPS = 3
"""MCUF_REDUCTION_LOOPS."""


@dataclass(frozen=True)
class Reduction:
    """The fields of `mcuf_reduction`: sizes and input strides of the axes that stay and of those reduced."""

    kept: tuple[int, ...]
    kept_stride: tuple[int, ...]
    reduced: tuple[int, ...]
    reduced_stride: tuple[int, ...]

    @property
    def count(self) -> int:
        """Elements that make one output."""
        return math.prod(self.reduced)

    def params(self) -> dict[str, ParamValue]:
        """For a struct member called `over`."""
        return {
            "over.kept": self.kept,
            "over.kept_stride": self.kept_stride,
            "over.reduced": self.reduced,
            "over.reduced_stride": self.reduced_stride,
        }


def reduction(node: Node, keep_dims: bool) -> Reduction:
    """The loops from input 0 to output 0 over the axes in input 1, a constant. Checks the output's shape."""
    source, axes_tensor = node.input(0), node.input(1)
    expect_constant(node, axes_tensor, "the axes")
    expect_type(node, axes_tensor, DType.INT32)
    axes = resolve_axes(node, [int(axis) for axis in axes_tensor.array().reshape(-1)], len(source.shape))
    kept_shape = tuple(size for at, size in enumerate(source.shape) if at not in axes)
    full_shape = tuple(1 if at in axes else size for at, size in enumerate(source.shape))
    expect_shape(node, node.output(), full_shape if keep_dims else kept_shape)
    kept, reduced = _loops(source.shape, axes)
    if max(len(kept), len(reduced)) > LOOPS:
        raise node.error(
            f"reduces {source.describe()} over too many separate axes",
            hint=f"transpose the input so that the axes are neighbours, or {TFLM_HINT}",
        )
    return Reduction(*_fill(kept), *_fill(reduced))


def _loops(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(size, stride) of the kept and of the reduced axes, outermost first; neighbours of a kind merged."""
    loops: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    stride, previous = 1, None
    for at in reversed(range(len(shape))):
        if shape[at] == 1:
            continue
        is_reduced = at in axes
        own = loops[is_reduced]
        if previous == is_reduced:
            own[0] = (own[0][0] * shape[at], own[0][1])
        else:
            own.insert(0, (shape[at], stride))
        stride, previous = stride * shape[at], is_reduced
    return loops


def _fill(loops: list[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    padded = [(1, 0)] * (LOOPS - len(loops)) + loops
    return tuple(size for size, _ in padded), tuple(stride for _, stride in padded)
