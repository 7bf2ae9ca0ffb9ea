"""DIV, FLOOR_DIV and FLOOR_MOD against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.ops.broadcasting import broadcast_shapes
from tests.ops.single import FLOAT32, INT8, INT32, Case, Tensor, activations, quantized, scales, seeds, zero_points
from tests.support.kernel_harness import parse, run_graph, tflm_outputs

pytestmark = pytest.mark.fidelity

EVERY = np.arange(-128, 128, dtype=np.int8)


@st.composite
def float_cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(["DIV", "FLOOR_DIV", "FLOOR_MOD"]))
    first, second, result = draw(broadcast_shapes())
    options = draw(activations) if kind == "DIV" else {}
    return Case(kind, [Tensor(first, FLOAT32), Tensor(second, FLOAT32)], Tensor(result, FLOAT32), options, draw(seeds))


@given(case=float_cases())
def test_float32_equals_tflm(case: Case) -> None:
    """Of FLOOR_DIV, TFLM runs no division by zero."""
    rng = np.random.default_rng(case.seed)
    first, second = (rng.standard_normal(tensor.shape) * 10 for tensor in case.inputs if tensor)
    if case.kind != "FLOOR_DIV":
        second = np.where(rng.random(second.shape) < 0.1, -0.0, second)
    case.compare([np.asarray(first, np.float32), np.asarray(second, np.float32)])


@given(shapes=broadcast_shapes(), options=activations, seed=seeds)
def test_int32_division_equals_tflm(shapes: tuple[tuple[int, ...], ...], options: dict[str, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    dividends = rng.integers(-(2**31) + 1, 2**31, shapes[0]).astype(np.int32)
    divisors = rng.integers(1, 100, shapes[1]) * rng.choice([-1, 1], shapes[1])
    case = Case("DIV", [Tensor(shapes[0], INT32), Tensor(shapes[1], INT32)], Tensor(shapes[2], INT32), options)
    case.compare([dividends, divisors.astype(np.int32)])


def quotients(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Ours and TFLM's of every pair of int8 values."""
    inputs = [EVERY.reshape(256, 1), EVERY.reshape(1, 256)]
    graph = parse(case.build())
    ours = run_graph(graph, inputs)[graph.main.outputs[0]]
    return ours, tflm_outputs(case.build(), inputs)[0]


@given(
    scale=st.tuples(scales, scales, scales),
    zeros=st.tuples(zero_points, zero_points, zero_points),
    options=activations,
)
def test_int8_equals_tflm_where_its_shifts_are_defined(
    scale: tuple[float, float, float], zeros: tuple[int, int, int], options: dict[str, int]
) -> None:
    """TFLM shifts small quotients by more than 31 bits, which C leaves undefined; there ours round to zero."""
    inputs = [quantized((256, 1), scale[0], zeros[0]), quantized((1, 256), scale[1], zeros[1])]
    case = Case("DIV", inputs, quantized((256, 256), scale[2], zeros[2]), options)
    ours, theirs = quotients(case)
    dividend = EVERY.reshape(256, 1).astype(int) - zeros[0]
    divisor = EVERY.reshape(1, 256).astype(int) - zeros[1]
    _, output_shift = np.frexp(scale[0] / (scale[1] * scale[2]))
    _, divisor_bits = np.frexp(np.abs(divisor))
    quotient_sign = np.sign(dividend) * np.sign(divisor)
    _, dividend_bits = np.frexp(np.abs(dividend) - (quotient_sign < 0))
    shift = (divisor_bits - 1) + (31 - dividend_bits) - output_shift
    defined = (divisor != 0) & (shift <= 31)
    assume(defined.any())
    np.testing.assert_array_equal(ours[defined], theirs[defined])


def pair(dtype: str = INT8) -> Case:
    scale = 0.5 if dtype == INT8 else None
    tensor = Tensor((2, 3), dtype, scale)
    return Case("DIV", [tensor, tensor], tensor, {"fused_activation_function": 0})


SOUND = [
    pair(),
    pair(INT32),
    *(Case(kind, [Tensor((2, 3), FLOAT32)] * 2, Tensor((2, 3), FLOAT32)) for kind in ("FLOOR_DIV", "FLOOR_MOD")),
]


@pytest.mark.parametrize(
    ("dtype", "dividends", "divisors", "expected"),
    [
        (INT8, [5, 0, -3], [0, 0, 0], [7, 7, 7]),
        (INT32, [5, -(2**31), -(2**31)], [0, -1, 1], [0, -(2**31), -(2**31)]),
    ],
)
def test_undefined_divisions_have_a_result(
    dtype: str, dividends: list[int], divisors: list[int], expected: list[int]
) -> None:
    """int8 gives the output's zero point; int32 gives zero, and wraps the one quotient that does not fit."""
    numpy_type = dtype.lower()
    case = pair(dtype).with_output(zero_point=7) if dtype == INT8 else pair(dtype)
    case = case.with_input(0, shape=(3,)).with_input(1, shape=(3,)).with_output(shape=(3,))
    graph = parse(case.build())
    values = run_graph(graph, [np.array(dividends, numpy_type), np.array(divisors, numpy_type)])
    assert values[graph.main.outputs[0]].tolist() == expected


def test_float_floor_division_by_zero_is_infinite() -> None:
    case = Case("FLOOR_DIV", [Tensor((2,), FLOAT32)] * 2, Tensor((2,), FLOAT32))
    graph = parse(case.build())
    values = run_graph(graph, [np.array([1, -1], np.float32), np.zeros(2, np.float32)])
    assert values[graph.main.outputs[0]].tolist() == [np.inf, -np.inf]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (pair().with_input(1, data=np.zeros((2, 3), np.int8)), "holds a zero"),
        (pair(INT32).with_input(1, data=np.zeros((2, 3), np.int32)), "holds a zero"),
        (pair(INT32).with_input(0, scale=1.0), "is quantized"),
        (pair("INT16"), "type int16"),
        (pair().with_output(scale=1e-8), "too small for those of the inputs"),
        (pair().with_output(scale=1e-40), "scale"),
        (Case("FLOOR_DIV", [Tensor((2,), INT32)] * 2, Tensor((2,), INT32)), "type int32"),
        (Case("FLOOR_MOD", [Tensor((2,), INT32)] * 2, Tensor((2,), INT32)), "type int32"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
