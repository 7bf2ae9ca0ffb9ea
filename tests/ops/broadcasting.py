"""Shapes that broadcast, for tests of operators on two inputs."""

from __future__ import annotations

from hypothesis import strategies as st

Shapes = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


@st.composite
def broadcast_shapes(draw: st.DrawFn) -> Shapes:
    """Two shapes that broadcast, and the result's; half of the time they are equal."""
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    if draw(st.booleans()):
        return shape, shape, shape
    first, second = ([draw(st.sampled_from([size, size, 1])) for size in shape] for _ in range(2))
    result = tuple(map(max, first, second))
    dropped = draw(st.integers(0, len(shape) - 1))
    short = tuple(second[dropped:]) if all(size == 1 for size in second[:dropped]) else tuple(second)
    return tuple(first), short, result
