"""GATHER, GATHER_ND, EMBEDDING_LOOKUP and DYNAMIC_UPDATE_SLICE against TFLM; and where TFLM stops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.runtimes.aot.lower import lower
from tests.ops.single import FLOAT32, INT8, INT16, INT32, INT64, Array, Case, Tensor, quantized, seeds
from tests.support.kernel_harness import NO_FEATURES, parse, run_graph
from tests.support.tflite_builder import ModelBuilder

pytestmark = pytest.mark.fidelity

sizes = st.integers(1, 4)
dtypes = st.sampled_from([INT8, FLOAT32])


def shapes(least: int, most: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(sizes, min_size=least, max_size=most).map(tuple)


def indices_below(seed: int, shape: tuple[int, ...], limits: int | tuple[int, ...]) -> Array:
    """Indices in range; `limits` for all, or for each place of the last axis."""
    return np.random.default_rng(seed).integers(0, limits, shape).astype(np.int32)


def compare(case: Case, position: int, indices: Array) -> Array:
    """With `indices` for the run-time input at `position`."""
    values = case.random_inputs(np.random.default_rng(case.seed))
    values[position] = indices
    return case.compare(values)


@st.composite
def gathers(draw: st.DrawFn) -> tuple[Case, Array]:
    shape, dtype, seed = draw(shapes(1, 5)), draw(dtypes), draw(seeds)
    axis = draw(st.integers(0, len(shape) - 1))
    batch_dims = draw(st.integers(0, axis))
    index_shape = shape[:batch_dims] + draw(shapes(0, 2))
    options = {"axis": axis, "batch_dims": batch_dims}
    if draw(st.booleans()) and index_shape:
        options = {"axis": axis - len(shape), "batch_dims": batch_dims - len(index_shape)}
        if batch_dims == len(index_shape):
            options["batch_dims"] = batch_dims
    output = Tensor(shape[:axis] + index_shape[batch_dims:] + shape[axis + 1 :], dtype)
    case = Case("GATHER", [Tensor(shape, dtype), Tensor(index_shape, INT32)], output, options, seed)
    return case, indices_below(seed, index_shape, shape[axis])


@st.composite
def gathers_nd(draw: st.DrawFn) -> tuple[Case, Array]:
    shape, dtype, seed = draw(shapes(1, 6)), draw(dtypes), draw(seeds)
    depth = draw(st.integers(1, min(5, len(shape))))
    index_shape = (*draw(shapes(0, 3)), depth)
    output = Tensor(index_shape[:-1] + shape[depth:], dtype)
    case = Case("GATHER_ND", [Tensor(shape, dtype), Tensor(index_shape, INT32)], output, seed=seed)
    return case, indices_below(seed, index_shape, shape[:depth])


@given(drawn=st.one_of(gathers(), gathers_nd()))
def test_equals_tflm(drawn: tuple[Case, Array]) -> None:
    case, indices = drawn
    compare(case, 1, indices)


@given(shape=shapes(2, 4), count=sizes, dtypes=st.sampled_from([(INT8, INT8), (FLOAT32, FLOAT32), (INT8, FLOAT32)]),
       seed=seeds)  # fmt: skip
def test_embeddings_equal_tflm(shape: tuple[int, ...], count: int, dtypes: tuple[str, str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    scale = float(np.float32(2.0 ** rng.uniform(-40, 20))) if dtypes[0] == INT8 else None
    data = rng.integers(-128, 128, shape).astype(dtypes[0].lower())
    inputs = [Tensor((count,), INT32), Tensor(shape, dtypes[0], scale, data=data)]
    case = Case("EMBEDDING_LOOKUP", inputs, Tensor((count, *shape[1:]), dtypes[1]), seed=seed)
    compare(case, 0, indices_below(seed, (count,), shape[0]))


@given(shape=shapes(1, 6), dtype=st.sampled_from([INT8, INT16, FLOAT32, INT32]), index=st.sampled_from([INT32, INT64]),
       seed=seeds)  # fmt: skip
def test_updates_equal_tflm_wherever_they_begin(shape: tuple[int, ...], dtype: str, index: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    update = Tensor(tuple(int(rng.integers(1, size + 1)) for size in shape), dtype)
    inputs = [Tensor(shape, dtype), update, Tensor((len(shape),), index)]
    case = Case("DYNAMIC_UPDATE_SLICE", inputs, Tensor(shape, dtype), seed=seed)
    values = case.random_inputs(rng)
    if rng.random() < 0.7:
        values[2] = rng.integers(-2, 6, len(shape)).astype(index.lower())
    case.compare(values)


def gather(**options: int) -> Case:
    return Case("GATHER", [quantized((3, 2), 0.5), Tensor((2,), INT32)], quantized((2, 2), 0.5), {"axis": 0, **options})


def gather_nd() -> Case:
    return Case("GATHER_ND", [quantized((3, 2, 2), 0.5), Tensor((4, 2), INT32)], quantized((4, 2), 0.5))


def embedding(dtype: str = INT8) -> Case:
    table = Tensor((3, 2), INT8, 0.5, data=np.arange(6, dtype=np.int8).reshape(3, 2))
    output = quantized((4, 2), 0.5) if dtype == INT8 else Tensor((4, 2), FLOAT32)
    return Case("EMBEDDING_LOOKUP", [Tensor((4,), INT32), table], output)


def update(index: str = INT32) -> Case:
    inputs = [quantized((4, 3), 0.5), quantized((2, 1), 0.5), Tensor((2,), index)]
    return Case("DYNAMIC_UPDATE_SLICE", inputs, quantized((4, 3), 0.5))


SOUND = [gather(), gather_nd(), embedding(), embedding(FLOAT32), update(), update(INT64)]


@pytest.mark.parametrize("wild", [-1, 3, -(2**31), 2**31 - 1])
@pytest.mark.parametrize("case", [gather(), gather_nd(), embedding(), embedding(FLOAT32)], ids=lambda case: case.kind)
def test_computed_indices_outside_are_clamped(case: Case, wild: int) -> None:
    """TFLM stops with an error, which generated code cannot do within a layer."""
    graph = parse(case.build())
    position = 0 if case.kind == "EMBEDDING_LOOKUP" else 1
    values = case.random_inputs(np.random.default_rng(0))

    def run(index: int) -> Array:
        values[position] = np.full(case.inputs[position].shape, index, np.int32)
        return run_graph(graph, values)[graph.main.outputs[0]]

    if case.kind == "GATHER_ND" and wild > 0:
        assert run(wild).tolist() == [values[0][2, 1].tolist()] * 4
    else:
        assert run(wild).tolist() == run(0 if wild < 0 else 2).tolist()


@given(size=st.integers(1, 40), part=st.integers(1, 8), start=st.integers(0, 40))
def test_an_update_overwrites_its_operand_in_place(size: int, part: int, start: int) -> None:
    """`compare` runs in place as well; this is the overlap that it takes for granted."""
    part = min(size, part)
    inputs = [Tensor((size,)), Tensor((part,)), Tensor((1,), INT32)]
    case = Case("DYNAMIC_UPDATE_SLICE", inputs, Tensor((size,)))
    values = [np.arange(size, dtype=np.int8), np.full(part, -1, np.int8), np.array([start], np.int32)]
    first = min(start, size - part)
    assert case.compare(values).tolist() == [-1 if first <= at < first + part else at for at in range(size)]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (gather().with_input(1, data=np.array([0, 3], np.int32)), "holds indices outside 0 to 3"),
        (gather().with_input(1, data=np.array([0, -1], np.int32)), "holds indices outside 0 to 3"),
        (gather().with_input(1, dtype=INT64), "type int64"),
        (gather().with_input(0, dtype=INT16).with_output(dtype=INT16), "type int16"),
        (gather(axis=2), "axis 2 does not exist"),
        (gather(batch_dims=1), "1 batch dimensions do not fit"),
        (gather(batch_dims=-2), "-2 batch dimensions do not fit"),
        (gather(axis=1, batch_dims=1), "differ in their batch dimensions"),
        (gather().with_output(shape=(2, 3)), "its shape should be 2×2"),
        (gather_nd().with_input(1, data=np.array([[0, 2]] * 4, np.int32)), "holds indices outside 0 to (3, 2)"),
        (gather_nd().with_input(1, shape=(4, 4)), "should hold 1 to 3 indices"),
        (gather_nd().with_input(1, shape=()), "should hold 1 to 3 indices"),
        (gather_nd().with_output(shape=(4, 3)), "its shape should be 4×2"),
        (embedding().with_input(0, data=np.full(4, 3, np.int32)).with_input(1, data=None), "indices outside 0 to 3"),
        (embedding().with_input(0, shape=(2, 2)), "has 2 dimensions, 1 expected"),
        (embedding().with_input(1, shape=(3,)), "has no rows"),
        (embedding(FLOAT32).with_input(1, zero_point=1), "must have zero point 0"),
        (embedding(FLOAT32).with_input(1, scale=None), "needs one scale"),
        (embedding().with_output(dtype=INT16), "type int16"),
        (update().with_input(1, shape=(5, 1)), "is larger than"),
        (update().with_input(1, shape=(2,)), "has 1 dimensions, 2 expected"),
        (update().with_input(2, shape=(3,)), "its shape should be 2"),
        (update().with_input(2, dtype=INT8), "type int8"),
        (update().with_output(shape=(3, 4)), "its shape should be 4×3"),
        (update().with_input(0, dtype=INT64).with_input(1, dtype=INT64).with_output(dtype=INT64), "type int64"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()


def test_an_update_that_is_its_own_operand_is_planned_apart() -> None:
    """In place, the operand's move would destroy the update."""
    model = ModelBuilder()
    x = model.tensor("x", (4, 8), "INT8")
    doubled, whole = model.tensor("doubled", (8, 4), "INT8"), model.tensor("whole", (8, 4), "INT8")
    start = model.tensor("start", (2,), "INT32", data=np.zeros(2, np.int32))
    shape = model.tensor("shape", (2,), "INT32", data=np.array([8, 4], np.int32))
    order = model.tensor("order", (2,), "INT32", data=np.array([1, 0], np.int32))
    turned = model.tensor("turned", (8, 4), "INT8")
    model.operator("TRANSPOSE", [x, order], [turned])
    model.operator("RESHAPE", [turned, shape], [doubled])
    model.operator("DYNAMIC_UPDATE_SLICE", [turned, doubled, start], [whole])
    plan = lower(parse(model.build([x], [whole])), NO_FEATURES).plan
    operand, result = plan.of_tensor(turned), plan.of_tensor(whole)
    assert operand is not None and result is not None
    assert operand.end <= result.offset or result.end <= operand.offset
