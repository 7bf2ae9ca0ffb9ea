"""SELECT_V2, PRELU and ADD_N against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import BOOL, FLOAT32, INT8, INT16, Case, Tensor, quantized, scales, seeds, zero_points
from tests.support.kernel_harness import run_graph

pytestmark = pytest.mark.fidelity

shapes = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)


def repeating(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with some dimensions made 1."""
    return tuple(draw(st.sampled_from([size, size, 1])) for size in shape)


@st.composite
def selections(draw: st.DrawFn) -> Case:
    shape, dtype = draw(shapes), draw(st.sampled_from([INT8, INT16, FLOAT32]))
    condition, first, second = (repeating(draw, shape) for _ in range(3))
    result = tuple(map(max, condition, first, second))
    quantization = {} if dtype == FLOAT32 else {"scale": draw(scales), "zero_point": draw(zero_points)}
    sources = [Tensor(shape, dtype, **quantization) for shape in (first, second)]
    return Case(
        "SELECT_V2", [Tensor(condition, BOOL), *sources], Tensor(result, dtype, **quantization), {}, draw(seeds)
    )


@st.composite
def prelus(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    alpha = repeating(draw, shape)
    if draw(st.booleans()):
        return Case("PRELU", [Tensor(shape, FLOAT32), Tensor(alpha, FLOAT32)], Tensor(shape, FLOAT32), {}, draw(seeds))
    inputs = [quantized(sizes, draw(scales), draw(zero_points)) for sizes in (shape, alpha)]
    return Case("PRELU", inputs, quantized(shape, draw(scales), draw(zero_points)), {}, draw(seeds))


@st.composite
def sums(draw: st.DrawFn) -> Case:
    shape, count = draw(shapes), draw(st.integers(2, 6))
    if draw(st.booleans()):
        return Case("ADD_N", [Tensor(shape, FLOAT32)] * count, Tensor(shape, FLOAT32), {}, draw(seeds))
    source = quantized(shape, draw(scales), draw(zero_points))
    return Case("ADD_N", [source] * count, quantized(shape, draw(scales), draw(zero_points)), {}, draw(seeds))


@given(case=st.one_of(selections(), prelus(), sums()))
def test_equals_tflm(case: Case) -> None:
    case.compare()


def test_every_pair_of_int8_values_under_prelu_equals_tflm() -> None:
    every = np.arange(-128, 128, dtype=np.int8)
    values = np.repeat(every.reshape(256, 1), 256, axis=1)
    inputs = [quantized((256, 256), 0.0472, -5), quantized((1, 256), 0.0211, 33)]
    Case("PRELU", inputs, quantized((256, 256), 0.0623, 7)).compare([values, every.reshape(1, 256)])


@pytest.mark.parametrize("kind", ["PRELU", "ADD_N"])
def test_float_infinities_and_nan_equal_tflm(kind: str) -> None:
    special = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 3e38], np.float32)
    first, second = np.repeat(special, 6), np.tile(special, 6)
    Case(kind, [Tensor((36,), FLOAT32)] * 2, Tensor((36,), FLOAT32)).compare([first, second])


def select(dtype: str = INT8) -> Case:
    scale = None if dtype == FLOAT32 else 0.5
    return Case("SELECT_V2", [Tensor((2, 3), BOOL), *[Tensor((2, 3), dtype, scale)] * 2], Tensor((2, 3), dtype, scale))


def prelu() -> Case:
    return Case("PRELU", [quantized((2, 3), 0.5), quantized((1, 3), 0.25)], quantized((2, 3), 0.5))


def add_n() -> Case:
    return Case("ADD_N", [quantized((2, 3), 0.5)] * 3, quantized((2, 3), 1.0))


# Sound layers for test_gate.py to spoil.
SOUND = [select(), select(INT16), select(FLOAT32), prelu(), add_n()]


def test_any_byte_but_zero_selects_the_first() -> None:
    """Bytes that C may not read as bool; numpy keeps them."""
    node = select().node()
    odd = np.array([[0, 1, 2], [255, 0, 128]], np.uint8).view(np.bool_)
    values = run_graph(node.graph, [odd, np.ones((2, 3), np.int8), np.zeros((2, 3), np.int8)])
    assert values[node.output().index].tolist() == [[0, 1, 1], [1, 0, 1]]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (select().with_input(0, dtype=INT8), "type int8"),
        (select().with_input(1, dtype=INT16), "have different types"),
        (select().with_input(2, scale=0.25), "must have the same scale"),
        (select().with_input(0, shape=(3, 2)), "do not broadcast"),
        (select().with_output(shape=(3, 2)), "its shape should be 2×3"),
        (select("INT32"), "type int32"),
        (prelu().with_input(0, shape=(1, 3)).with_input(1, shape=(2, 3)), "its shape should be 1×3"),
        (prelu().with_input(1, scale=1e20), "scaling below zero"),
        (prelu().with_input(0, dtype=INT16), "type int16"),
        (add_n().with_input(1, shape=(3, 2)), "its shape should be 2×3"),
        (add_n().with_input(2, scale=0.25), "must have the same scale"),
        (add_n().with_output(scale=1e-8), "too small for those of the inputs"),
        (Case("ADD_N", add_n().inputs[:1], add_n().output), "has 1 inputs, 2 expected"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
