"""The arena planner: no two live buffers collide, the bound holds, and the same model always gets the same plan."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Graph, Location, Operator, Subgraph, Tensor
from mcuforge.model.reader import parse_model
from mcuforge.plan.lifetimes import Buffer, find_buffers
from mcuforge.plan.memory import ARENA_ALIGNMENT, MemoryPlan
from mcuforge.plan.planner import check_layout, lower_bound, plan_memory
from mcuforge.plan.storage import find_storage
from tests.support.tflite_builder import ModelBuilder


def chain(*sizes: int, kind: str = "CONCATENATION", extra: tuple[Operator, ...] = ()) -> Subgraph:
    """A subgraph of int8 tensors, each computed from the one before it."""
    tensors = tuple(Tensor(at, f"t{at}", (size,), DType.INT8) for at, size in enumerate(sizes))
    operators = tuple(Operator(at, kind, 1, (at,), (at + 1,)) for at in range(len(sizes) - 1)) + extra
    return Subgraph(0, "main", tensors, operators, (0,), (len(sizes) - 1,))


def plan_of(subgraph: Subgraph, scratch: dict[int, int] | None = None) -> MemoryPlan:
    graph = Graph((subgraph,), {}, "", Location(__file__))
    return plan_memory(subgraph, graph.nodes(), find_storage(subgraph, graph.nodes(), {}), scratch or {})


def test_tensors_that_never_live_together_share_memory() -> None:
    plan = plan_of(chain(160, 320, 160, 320))
    assert plan.arena_bytes == plan.lower_bound == 480
    assert plan.proof == "optimal"


def test_scratch_lives_beside_its_operator_only() -> None:
    plan = plan_of(chain(160, 160, 160), scratch={1: 64})
    scratch = plan.scratch_of(1)
    assert scratch is not None and (scratch.first_use, scratch.last_use) == (1, 1)
    assert plan.arena_bytes == 160 + 160 + 64
    assert plan.scratch_of(0) is None


def test_a_reshape_costs_nothing() -> None:
    plan = plan_of(chain(160, 160, kind="RESHAPE"))
    assert plan.arena_bytes == 160
    assert plan.of_tensor(0) is plan.of_tensor(1)


def test_an_input_is_live_from_the_start_even_when_it_is_read_last() -> None:
    late = Operator(2, "ADD", 1, (2, 3), (4,))
    base = chain(160, 160, 160)
    extra = (Tensor(3, "late", (160,), DType.INT8), Tensor(4, "sum", (160,), DType.INT8))
    plan = plan_of(Subgraph(0, "main", base.tensors + extra, (*base.operators, late), (0, 3), (4,)))
    allocation = plan.of_tensor(3)
    assert allocation is not None and (allocation.first_use, allocation.last_use) == (0, 2)


def test_an_operator_that_works_in_place_reuses_its_input() -> None:
    buffers = (Buffer((0,), 160, 0, 1), Buffer((1,), 160, 1, 2, onto={0: 160}))
    assert lower_bound(buffers) == 160
    check_layout(buffers, [0, 0])


def test_an_output_that_the_last_operator_reads_is_not_overwritten() -> None:
    """Its lifetime ends with that operator, and yet it is read once more: by the application."""
    model = ModelBuilder()
    x, y, z = (model.tensor(name, (1, 160), "INT8", scale=0.5) for name in "xyz")
    model.operator("RELU", [x], [y])
    model.operator("RELU6", [y], [z])
    graph = parse_model(model.build([x], [y, z]), Location(Path("test.tflite")))
    plan = plan_memory(graph.main, graph.nodes(), find_storage(graph.main, graph.nodes(), {}), {})
    kept, written = plan.of_tensor(y), plan.of_tensor(z)
    assert kept is not None and written is not None
    assert kept.end <= written.offset or written.end <= kept.offset


def test_partial_overlap_must_not_be_exceeded() -> None:
    buffers = (Buffer((0,), 160, 0, 1), Buffer((1,), 160, 1, 2, onto={0: 64}))
    check_layout(buffers, [96, 0])
    with pytest.raises(InternalError, match="collide"):
        check_layout(buffers, [80, 0])


def test_a_collision_is_never_accepted() -> None:
    buffers = (Buffer((0,), 160, 0, 1), Buffer((1,), 160, 1, 2))
    with pytest.raises(InternalError, match="collide"):
        check_layout(buffers, [0, 144])


def test_a_constant_takes_no_arena() -> None:
    base = chain(160, 160)
    constant = Tensor(2, "weights", (1000,), DType.INT8, data=memoryview(bytes(1000)))
    subgraph = Subgraph(0, "main", (*base.tensors, constant), (Operator(0, "ADD", 1, (0, 2), (1,)),), (0,), (1,))
    assert {tensor for a in plan_of(subgraph).allocations for tensor in a.tensors} == {0, 1}


@st.composite
def subgraphs(draw: st.DrawFn) -> Subgraph:
    """Random feed-forward graphs: each operator reads any earlier tensors and writes one new one."""
    count = draw(st.integers(1, 14))
    sizes = draw(st.lists(st.integers(1, 400), min_size=count + 1, max_size=count + 1))
    tensors = tuple(Tensor(at, f"t{at}", (size,), DType.INT8) for at, size in enumerate(sizes))
    operators = tuple(
        Operator(at, "CONCATENATION", 1, tuple(draw(st.lists(st.integers(0, at), min_size=1, max_size=3))), (at + 1,))
        for at in range(count)
    )
    outputs = draw(st.lists(st.integers(0, count), min_size=1, max_size=2, unique=True))
    return Subgraph(0, "main", tensors, operators, (0,), tuple(outputs))


@settings(max_examples=150, deadline=None)
@given(subgraphs())
def test_no_two_live_buffers_collide_and_the_bound_holds(subgraph: Subgraph) -> None:
    plan = plan_of(subgraph)
    for one, other in itertools.combinations(plan.allocations, 2):
        together = one.first_use <= other.last_use and other.first_use <= one.last_use
        assert not together or one.end <= other.offset or other.end <= one.offset
    assert all(a.offset % ARENA_ALIGNMENT == 0 for a in plan.allocations)
    assert plan.lower_bound <= plan.arena_bytes <= sum(a.size + ARENA_ALIGNMENT for a in plan.allocations)
    assert plan_of(subgraph) == plan


@settings(max_examples=60, deadline=None)
@given(subgraphs())
def test_every_use_lies_within_the_lifetime(subgraph: Subgraph) -> None:
    graph = Graph((subgraph,), {}, "", Location(__file__))
    storage = find_storage(subgraph, graph.nodes(), {})
    found = find_buffers(subgraph, graph.nodes(), storage, {})
    buffers = {tensor: buffer for buffer in found for tensor in buffer.tensors}
    for op in subgraph.operators:
        for tensor in (*op.inputs, *op.outputs):
            assert tensor is not None
            assert buffers[tensor].first_use <= op.index <= buffers[tensor].last_use
    assert all(buffers[tensor].last_use == len(subgraph.operators) - 1 for tensor in subgraph.outputs)
