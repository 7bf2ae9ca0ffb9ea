"""One axis of a tensor, given by a constant input, as three loops: what lies outside, along and inside it."""

from __future__ import annotations

import math

from mcuforge.model.graph import DType, Node
from mcuforge.model.ops._checks import expect_constant, expect_rank, expect_type, resolve_axes

MAX_RANK = 8


def constant_axis(node: Node, position: int) -> int:
    """The axis of input 0 that the constant at an input position names."""
    source, tensor = node.input(0), node.input(position)
    expect_rank(node, source, *range(1, MAX_RANK + 1))
    expect_constant(node, tensor, "the axis")
    expect_type(node, tensor, DType.INT32)
    if tensor.elements != 1:
        raise node.error(f"{tensor.describe()} should be a single axis", hint="export the model again")
    (axis,) = resolve_axes(node, [int(tensor.array().reshape(-1)[0])], len(source.shape))
    return axis


def around(shape: tuple[int, ...], axis: int) -> tuple[int, int, int]:
    """Elements before, along and after an axis."""
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])
