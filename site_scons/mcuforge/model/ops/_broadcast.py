"""Broadcasting of several inputs, flattened into the few loops that the kernels have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mcuforge.model.graph import Node, Tensor
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.ops._checks import TFLM_HINT, expect_shape

RANK = 4
"""Loops of the kernels: MCUF_BROADCAST_RANK."""

Axis = tuple[int, tuple[bool, ...]]
"""A size, and which inputs move along it; the others repeat."""


@dataclass(frozen=True)
class BroadcastLoops:
    """`RANK` axes, outermost first: the output's shape, and each input's steps in elements, 0 where it repeats."""

    shape: tuple[int, ...]
    strides: tuple[tuple[int, ...], ...]

    def params(self) -> dict[str, ParamValue]:
        """The fields of `mcuf_broadcast` for a struct member called `over`."""
        first, second = self.strides
        return {"over.shape": self.shape, "over.stride1": first, "over.stride2": second}


def broadcast(node: Node) -> BroadcastLoops:
    """The loops of inputs 0 and 1 onto output 0. Refuses shapes that do not broadcast to the output's."""
    return broadcast_loops(node, (node.input(0), node.input(1)))


def broadcast_loops(node: Node, inputs: Sequence[Tensor]) -> BroadcastLoops:
    """The same for any number of inputs."""
    rank = max(len(tensor.shape) for tensor in inputs)
    shapes = [(1,) * (rank - len(tensor.shape)) + tensor.shape for tensor in inputs]
    shape = tuple(map(max, *shapes))
    if any(size not in (1, whole) for single in shapes for size, whole in zip(single, shape, strict=True)):
        raise node.error(
            f"{' and '.join(tensor.describe() for tensor in inputs)} do not broadcast",
            hint="dimensions must be equal or 1, counted from the last",
        )
    expect_shape(node, node.output(), shape)
    axes = _merge_axes(shape, shapes)
    if len(axes) > RANK:
        raise node.error(
            f"{' and '.join(tensor.describe() for tensor in inputs)} broadcast along too many separate axes",
            hint=f"broadcast in two steps, or {TFLM_HINT}",
        )
    axes = [(1, (False,) * len(inputs))] * (RANK - len(axes)) + axes
    strides = tuple(_strides(axes, number) for number in range(len(inputs)))
    return BroadcastLoops(tuple(size for size, _ in axes), strides)


def _merge_axes(shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> list[Axis]:
    """The output's axes; neighbours that agree on who moves become one."""
    axes: list[Axis] = []
    for at, size in enumerate(shape):
        if size == 1:
            continue
        moves = tuple(single[at] != 1 for single in shapes)
        if axes and axes[-1][1] == moves:
            axes[-1] = (axes[-1][0] * size, moves)
        else:
            axes.append((size, moves))
    return axes


def _strides(axes: Sequence[Axis], number: int) -> tuple[int, ...]:
    """The step of one input along each axis: 0 where it repeats, else the elements it has in the axes after it."""
    return tuple(
        math.prod(size for size, moves in axes[at + 1 :] if moves[number]) if moves[number] else 0
        for at, (_, moves) in enumerate(axes)
    )
