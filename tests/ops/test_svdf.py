"""SVDF against TFLM, over several inferences in a row."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.model.operator_kind import operator_kind
from tests.ops.single import FLOAT32, INT8, INT16, Case, Tensor, activations, quantized, scales, seeds, zero_points
from tests.ops.weights import float_constant, int32_bias, random_weights

pytestmark = pytest.mark.fidelity


@dataclasses.dataclass(frozen=True)
class Sizes:
    batches: int
    inputs: int
    units: int
    rank: int
    memory: int

    @property
    def filters(self) -> int:
        return self.units * self.rank

    @property
    def state(self) -> tuple[int, int]:
        return (self.batches, self.filters * self.memory)


small = st.integers(1, 4)
sizes = st.builds(Sizes, small, st.integers(1, 12), small, small, st.integers(1, 8))


def int8_case(sizes: Sizes, state: Tensor, seed: int, source: Tensor, output: Tensor, time_scale: float) -> Case:
    rng = np.random.default_rng(seed)
    features = Tensor(
        (sizes.filters, sizes.inputs), scale=0.02, data=random_weights(rng, (sizes.filters, sizes.inputs))
    )
    limits = np.iinfo(state.dtype.lower())
    times = rng.integers(limits.min, limits.max + 1, (sizes.filters, sizes.memory)).astype(limits.dtype)
    # TFLM insists on the bias's scale.
    bias = int32_bias(rng, sizes.units, float(np.float32(state.scale) * np.float32(time_scale)))
    inputs = [source, features, Tensor(times.shape, state.dtype, time_scale, data=times), bias, state]
    return Case("SVDF", inputs, output, {"rank": sizes.rank}, seed)


@st.composite
def int8_layers(draw: st.DrawFn) -> Case:
    """With a state of either type, and its zero point and scale at the extremes."""
    size, dtype = draw(sizes), draw(st.sampled_from([INT8, INT16]))
    zero_point = draw(zero_points if dtype == INT8 else st.one_of(st.just(0), st.integers(-(2**15), 2**15 - 1)))
    state = Tensor(size.state, dtype, draw(scales), zero_point, is_state=True)
    source = quantized((size.batches, size.inputs), draw(scales), draw(zero_points))
    output = quantized((size.batches, size.units), draw(scales), draw(zero_points))
    case = int8_case(size, state, draw(seeds), source, output, draw(st.sampled_from([2.0**-15, 0.001, 0.25])))
    return case.with_options(**draw(activations))


@st.composite
def float_layers(draw: st.DrawFn) -> Case:
    size, seed = draw(sizes), draw(seeds)
    rng = np.random.default_rng(seed)
    inputs = [
        Tensor((size.batches, size.inputs), FLOAT32),
        float_constant(rng, (size.filters, size.inputs)),
        float_constant(rng, (size.filters, size.memory)),
        float_constant(rng, (size.units,)),
        Tensor(size.state, FLOAT32, is_state=True),
    ]
    return Case(
        "SVDF", inputs, Tensor((size.batches, size.units), FLOAT32), {"rank": size.rank} | draw(activations), seed
    )


@given(case=int8_layers())
def test_int8_sequences_equal_tflm(case: Case) -> None:
    case.compare_sequence()


@given(case=float_layers())
def test_float32_sequences_equal_tflm(case: Case) -> None:
    case.compare_sequence()


SIZES = Sizes(batches=2, inputs=3, units=2, rank=2, memory=4)


def plain(dtype: str = INT16) -> Case:
    """An int8 layer, for tests that spoil one thing."""
    state = Tensor(SIZES.state, dtype, 0.5, is_state=True)
    return int8_case(SIZES, state, 1, quantized((2, 3), 0.5), quantized((2, 2), 1.0), 0.25)


# Sound layers for test_gate.py to spoil.
SOUND = [plain(), plain(INT8)]


def without_bias(case: Case) -> Case:
    return dataclasses.replace(case, inputs=[*case.inputs[:3], None, case.inputs[4]])


def test_no_bias_is_a_bias_of_zeros() -> None:
    """TFLM crashes on it."""
    zeros = plain().with_input(3, data=np.zeros(2, np.int32))
    node = without_bias(plain()).node()
    operator_kind(node).check(node)
    with_zeros, without = zeros.compare_sequence(), without_bias(plain()).run_sequence()
    assert all(np.array_equal(first, second) for first, second in zip(with_zeros, without, strict=True))


@pytest.mark.parametrize("special", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("activation", [0, 1, 2, 3])
def test_float_infinities_and_nan_equal_tflm(special: float, activation: int) -> None:
    inputs = [
        Tensor((1, 1), FLOAT32),
        Tensor((1, 1), FLOAT32, data=np.ones((1, 1), np.float32)),
        Tensor((1, 2), FLOAT32, data=np.ones((1, 2), np.float32)),
        Tensor((1,), FLOAT32, data=np.zeros(1, np.float32)),
        Tensor((1, 2), FLOAT32, is_state=True),
    ]
    case = Case("SVDF", inputs, Tensor((1, 1), FLOAT32), {"rank": 1, "fused_activation_function": activation})
    case.compare([np.full((1, 1), special, np.float32)])


def test_macs_count_every_weight_once_for_each_batch() -> None:
    node = plain().node()
    assert operator_kind(node).macs(node) == 2 * 4 * (3 + 4)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (plain().with_input(0, dtype=INT16), "type int16"),
        (plain().with_input(1, data=None), "weights must be a constant"),
        (plain().with_input(2, dtype="INT32"), "type int32"),
        (plain().with_input(2, dtype=INT8), "have different types"),
        (plain().with_input(4, is_state=False), "the state must be a variable tensor"),
        (plain().with_input(4, shape=(2, 15)), "its shape should be 2×16"),
        (plain().with_options(rank=3), "rank 3 does not divide 4 filters"),
        (plain().with_options(rank=0), "rank 0 does not divide 4 filters"),
        (plain().with_input(1, shape=(4, 4)), "its shape should be 4×3"),
        (plain().with_output(shape=(2, 4)), "its shape should be 2×2"),
        (plain().with_input(3, scale=1.0), "state scale × weight scale is 0.125"),
        (plain().with_input(3, shape=(3,)), "3 elements for 2 output channels"),
        (plain().with_input(1, scale=[0.5] * 4), "needs one scale"),
        (plain().with_input(4, scale=None), "needs one scale"),
        (plain().with_output(scale=1e-20), "too large"),
        (plain().with_options(fused_activation_function=4), "TANH is not supported"),
        (dataclasses.replace(plain(), inputs=plain().inputs[:4]), "has 4 inputs, 5 expected"),
        (dataclasses.replace(plain(), inputs=[*plain().inputs[:4], None]), "input 4 is marked absent"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
