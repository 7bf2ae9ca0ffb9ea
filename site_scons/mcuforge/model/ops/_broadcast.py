"""Broadcasting of two inputs, flattened into the few loops that the kernels have."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.ops._checks import TFLM_HINT, expect_shape

RANK = 4
"""Loops of the kernels: MCUF_BROADCAST_RANK."""


@dataclass(frozen=True)
class Broadcast:
    """The fields of `mcuf_broadcast`: `RANK` axes, outermost first."""

    shape: tuple[int, ...]
    stride1: tuple[int, ...]
    stride2: tuple[int, ...]

    def params(self) -> dict[str, ParamValue]:
        """For a struct member called `over`."""
        return {"over.shape": self.shape, "over.stride1": self.stride1, "over.stride2": self.stride2}


def broadcast(node: Node) -> Broadcast:
    """The loops of inputs 0 and 1 onto output 0. Refuses shapes that do not broadcast to the output's."""
    first, second = node.input(0), node.input(1)
    rank = max(len(first.shape), len(second.shape))
    shape1 = (1,) * (rank - len(first.shape)) + first.shape
    shape2 = (1,) * (rank - len(second.shape)) + second.shape
    if any(a != b and 1 not in (a, b) for a, b in zip(shape1, shape2, strict=True)):
        raise node.error(
            f"{first.describe()} and {second.describe()} do not broadcast",
            hint="dimensions must be equal or 1, counted from the last",
        )
    shape = tuple(map(max, shape1, shape2))
    expect_shape(node, node.output(), shape)
    axes = _merge_axes(shape, shape1, shape2)
    if len(axes) > RANK:
        raise node.error(
            f"{first.describe()} and {second.describe()} broadcast along too many separate axes",
            hint=f"broadcast in two steps, or {TFLM_HINT}",
        )
    axes = [(1, False, False)] * (RANK - len(axes)) + axes
    sizes = tuple(size for size, _, _ in axes)
    return Broadcast(sizes, _strides(sizes, [a[1] for a in axes]), _strides(sizes, [a[2] for a in axes]))


def _merge_axes(
    shape: tuple[int, ...], shape1: tuple[int, ...], shape2: tuple[int, ...]
) -> list[tuple[int, bool, bool]]:
    """(size, first input moves, second input moves) per axis; neighbours that agree on who moves become one."""
    axes: list[tuple[int, bool, bool]] = []
    for size, size1, size2 in zip(shape, shape1, shape2, strict=True):
        if size == 1:
            continue
        moves = (size1 != 1, size2 != 1)
        if axes and axes[-1][1:] == moves:
            axes[-1] = (axes[-1][0] * size, *moves)
        else:
            axes.append((size, *moves))
    return axes


def _strides(sizes: tuple[int, ...], moves: list[bool]) -> tuple[int, ...]:
    """The step along each axis: 0 where the input repeats, else the elements it has in the axes after it."""
    return tuple(
        math.prod(size for size, moving in zip(sizes[at + 1 :], moves[at + 1 :], strict=True) if moving) if move else 0
        for at, move in enumerate(moves)
    )
