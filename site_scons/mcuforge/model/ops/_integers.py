"""Integers that operators take as small constant tensors: shapes, axes, paddings, sizes."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.ops._checks import expect_constant, expect_shape, expect_type, resolve_axes


def constant_integers(
    node: Node,
    position: int,
    role: str,
    *,
    shape: tuple[int, ...] | None = None,
    types: tuple[DType, ...] = (DType.INT32,),
) -> tuple[int, ...]:
    """The values of an input, flat, a constant of `shape` if one is given; `role` names them in messages (`sizes`).

    TFLM reads int32 everywhere, int64 only in some operators.
    """
    tensor = node.input(position)
    expect_constant(node, tensor, role)
    expect_type(node, tensor, *types)
    if shape is not None:
        expect_shape(node, tensor, shape)
    return tuple(map(int, tensor.array().reshape(-1)))


def constant_axis(node: Node, position: int, rank: int) -> int:
    """The one axis an input names, counted from 0."""
    values = constant_integers(node, position, "the axis")
    if len(values) != 1:
        raise node.error(
            f"{node.input(position).describe()} names {len(values)} axes, 1 expected", hint="export the model again"
        )
    (axis,) = resolve_axes(node, values, rank)
    return axis


INDEX_TYPES = (DType.INT32, DType.INT64)
