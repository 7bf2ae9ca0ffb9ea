"""Placement of very many buffers: sound, fast whatever the graph, and not wasteful on ordinary ones."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Graph, Location, Operator, Subgraph, Tensor
from mcuforge.plan.lifetimes import Buffer
from mcuforge.plan.memory import aligned
from mcuforge.plan.planner import lower_bound, plan_memory
from mcuforge.plan.storage import find_storage
from mcuforge.plan.sweep import check_disjoint, sweep

MANY = 4000
MAX_SECONDS = 2.0


def make_buffer(size: int, first: int, length: int) -> Buffer:
    return Buffer((0,), size, first, first + length)


buffers = st.lists(st.builds(make_buffer, st.integers(1, 300), st.integers(0, 40), st.integers(0, 12)), max_size=60)


@given(buffers)
def test_buffers_that_live_together_never_share_a_byte(found: list[Buffer]) -> None:
    offsets = sweep(found)
    check_disjoint(found, offsets)
    for at, one in enumerate(found):
        for other in range(at):
            apart = offsets[at] + one.size <= offsets[other] or offsets[other] + found[other].size <= offsets[at]
            assert apart or not one.meets(found[other])
    extent = max((offset + aligned(buffer.size) for offset, buffer in zip(offsets, found, strict=True)), default=0)
    assert lower_bound(found) <= extent <= sum(aligned(buffer.size) for buffer in found)


@given(buffers.filter(lambda found: len(found) > 1), st.data())
def test_a_collision_is_never_accepted(found: list[Buffer], data: st.DataObject) -> None:
    offsets = sweep(found)
    moved = data.draw(st.integers(0, len(found) - 1))
    meets = [at for at, other in enumerate(found) if at != moved and other.meets(found[moved])]
    if meets:
        offsets[moved] = offsets[data.draw(st.sampled_from(meets))]
        with pytest.raises(InternalError, match="collide"):
            check_disjoint(found, offsets)


@pytest.mark.parametrize("reads", ["the one before", "the first"])
def test_thousands_of_layers_are_planned_in_bounded_time(reads: str) -> None:
    """A chain, whose tensors die at once, and a fan, whose tensors all live to the end."""
    tensors = tuple(Tensor(at, f"t{at}", (64,), DType.INT8) for at in range(MANY + 1))
    is_chain = reads == "the one before"
    operators = tuple(Operator(at, "RELU", 1, (at if is_chain else 0,), (at + 1,)) for at in range(MANY))
    outputs = (MANY,) if is_chain else tuple(range(1, MANY + 1))
    subgraph = Subgraph(0, "main", tensors, operators, (0,), outputs)
    graph = Graph((subgraph,), {}, "", Location(__file__))
    start = time.process_time()
    plan = plan_memory(subgraph, graph.nodes(), find_storage(subgraph, graph.nodes(), {}), {})
    assert time.process_time() - start < MAX_SECONDS
    # The bound lays each layer over the input it reads for the last time; the sweep does not.
    assert plan.arena_bytes == plan.lower_bound + 64
