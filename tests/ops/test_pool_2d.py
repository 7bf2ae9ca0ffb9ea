"""AVERAGE_POOL_2D and MAX_POOL_2D against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT16, Case, Tensor, activations, quantized, scales, seeds, zero_points
from tests.ops.windows import VALID, Geometry, geometries

pytestmark = pytest.mark.fidelity

KINDS = ["AVERAGE_POOL_2D", "MAX_POOL_2D"]
HALVING = Geometry(batches=1, size=(4, 4), taps=(2, 2), strides=(2, 2), dilations=(1, 1), padding=VALID)


def pooling(kind: str, geometry: Geometry, source: Tensor, output: Tensor, **options: int) -> Case:
    taps = {"filter_height": geometry.taps[0], "filter_width": geometry.taps[1]}
    return Case(kind, [source], output, geometry.stride_options | taps | options)


@st.composite
def int8_pools(draw: st.DrawFn) -> Case:
    geometry, channels = draw(geometries(max_dilation=1)), draw(st.integers(1, 6))
    scale, zero = draw(scales), draw(zero_points)
    source = quantized(geometry.input_shape(channels), scale, zero)
    output = quantized(geometry.output_shape(channels), scale, zero)
    case = pooling(draw(st.sampled_from(KINDS)), geometry, source, output, **draw(activations))
    return Case(case.kind, case.inputs, case.output, case.options, draw(seeds))


@st.composite
def int16_pools(draw: st.DrawFn) -> Case:
    geometry, channels = draw(geometries(max_dilation=1)), draw(st.integers(1, 6))
    scale, zero = draw(scales), draw(st.one_of(st.just(0), st.integers(-(2**15), 2**15 - 1)))
    source = Tensor(geometry.input_shape(channels), INT16, scale, zero)
    output = Tensor(geometry.output_shape(channels), INT16, scale, zero)
    case = pooling(draw(st.sampled_from(KINDS)), geometry, source, output, **draw(activations))
    return Case(case.kind, case.inputs, case.output, case.options, draw(seeds))


@st.composite
def float_pools(draw: st.DrawFn) -> Case:
    geometry, channels = draw(geometries(max_dilation=1)), draw(st.integers(1, 6))
    source = Tensor(geometry.input_shape(channels), FLOAT32)
    output = Tensor(geometry.output_shape(channels), FLOAT32)
    case = pooling(draw(st.sampled_from([*KINDS, "L2_POOL_2D"])), geometry, source, output, **draw(activations))
    return Case(case.kind, case.inputs, case.output, case.options, draw(seeds))


@given(case=int8_pools())
def test_int8_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=int16_pools())
def test_int16_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=float_pools())
def test_float32_equals_tflm(case: Case) -> None:
    case.compare()


def halving(kind: str = "AVERAGE_POOL_2D") -> Case:
    return pooling(kind, HALVING, quantized(HALVING.input_shape(2), 0.5), quantized(HALVING.output_shape(2), 0.5))


def halving_as(dtype: str, kind: str) -> Case:
    """The same in another type."""
    scale = None if dtype == FLOAT32 else 0.5
    return halving(kind).with_input(0, dtype=dtype, scale=scale).with_output(dtype=dtype, scale=scale)


# Sound layers for test_gate.py to spoil.
SOUND = [
    *(halving(kind) for kind in KINDS),
    *(halving_as(INT16, kind) for kind in KINDS),
    halving_as(FLOAT32, "L2_POOL_2D"),
]


def test_averages_round_half_away_from_zero() -> None:
    values = np.array([1, 2, 2, 1, -1, -2, -2, -1], np.int8).reshape(1, 2, 2, 2)[:, :, :, [0, 1]]
    case = halving().with_input(0, shape=(1, 2, 2, 2)).with_output(shape=(1, 1, 1, 2))
    assert case.compare([values]).reshape(-1).tolist() == [0, 0]
    halves = np.array([1, -1, 1, -1, 1, -1, 3, -3], np.int8).reshape(1, 2, 2, 2)
    assert case.compare([halves]).reshape(-1).tolist() == [2, -2]


@pytest.mark.parametrize("kind", [*KINDS, "L2_POOL_2D"])
@pytest.mark.parametrize("special", [np.inf, -np.inf, np.nan])
def test_float_infinities_and_nan_equal_tflm(kind: str, special: float) -> None:
    case = halving_as(FLOAT32, kind)
    values = np.arange(32, dtype=np.float32).reshape(1, 4, 4, 2)
    values[0, 1, 1, 0] = special
    case.compare([values])


def test_windows_whose_int16_sum_may_overflow_are_refused() -> None:
    large = {"padding": 0, "filter_height": 2**8, "filter_width": 2**7}
    assert "window is too large" in halving_as(INT16, "AVERAGE_POOL_2D").with_options(**large).refusal()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"output": {"scale": 0.25}}, "must have the same scale and zero point"),
        ({"output": {"zero_point": 1}}, "must have the same scale and zero point"),
        ({"output": {"shape": (1, 2, 2, 3)}}, "its shape should be 1×2×2×2"),
        ({"output": {"shape": (1, 3, 2, 2)}}, "its shape should be 1×2×2×2"),
        ({"options": {"filter_height": 0}}, "must all be at least 1"),
        ({"options": {"filter_height": 5}}, "is larger than"),
        ({"options": {"stride_w": 0}}, "must all be at least 1"),
        ({"options": {"padding": 0, "filter_height": 2**20, "filter_width": 2**20}}, "window is too large"),
        ({"options": {"padding": 0, "filter_height": 2**30}}, "is too large"),
        ({"options": {"fused_activation_function": 4}}, "TANH is not supported"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(kind: str, changes: dict[str, dict[str, object]], said: str) -> None:
    case = halving(kind).with_output(**changes.get("output", {})).with_options(**changes.get("options", {}))
    assert said in case.refusal()
