"""UNIDIRECTIONAL_SEQUENCE_LSTM against TFLM, over several inferences in a row."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.model.operator_kind import operator_kind
from tests.ops.single import FLOAT32, INT8, INT16, INT32, INT64, Case, Tensor, random_floats, seeds
from tests.ops.weights import random_weights

pytestmark = pytest.mark.fidelity

BIASES = {INT8: INT32, INT16: INT64, FLOAT32: FLOAT32}
CELLS = {INT8: INT16, INT16: INT16, FLOAT32: FLOAT32}
TANH = 4


@dataclasses.dataclass(frozen=True)
class Plan:
    """Sizes and scales of a layer; a scale of 2^-9 for the weights makes gates neither idle nor always saturated."""

    batches: int = 2
    steps: int = 3
    inputs: int = 4
    cells: int = 5
    time_major: bool = False
    cell_clip: float = 0.0
    source: tuple[float, int] = (0.05, 2)
    hidden: tuple[float, int] = (1 / 128, -3)
    cell_power: int = -11
    weight_scale: float = 2.0**-9
    seed: int = 0

    def shape(self, depth: int) -> tuple[int, int, int]:
        return (self.steps, self.batches, depth) if self.time_major else (self.batches, self.steps, depth)

    def case(self, dtype: str) -> Case:
        rng = np.random.default_rng(self.seed)
        weights = [_weights(rng, dtype, (self.cells, depth), self.weight_scale)
                   for depth in [self.inputs] * 4 + [self.cells] * 4]  # fmt: skip
        biases = [_bias(rng, dtype, self.cells) for _ in range(4)]
        hidden = _activation((self.batches, self.cells), dtype, self.hidden)
        cell_scale = None if dtype == FLOAT32 else 2.0**self.cell_power
        inputs = [
            _activation(self.shape(self.inputs), dtype, self.source),
            *weights,
            *[None] * 3,
            *biases,
            *[None] * 2,
            dataclasses.replace(hidden, is_state=True),
            Tensor((self.batches, self.cells), CELLS[dtype], cell_scale, is_state=True),
            *[None] * 4,
        ]
        output = _activation(self.shape(self.cells), dtype, self.hidden)
        options = {"fused_activation_function": TANH, "time_major": self.time_major, "cell_clip": self.cell_clip}
        return Case("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, output, options, self.seed)


def _activation(shape: tuple[int, ...], dtype: str, quantization: tuple[float, int]) -> Tensor:
    if dtype == FLOAT32:
        return Tensor(shape, dtype)
    scale, zero_point = quantization
    return Tensor(shape, dtype, scale, zero_point) if dtype == INT8 else Tensor(shape, dtype, scale / 256)


def _weights(rng: np.random.Generator, dtype: str, shape: tuple[int, ...], scale: float) -> Tensor:
    if dtype == FLOAT32:
        return Tensor(shape, dtype, data=random_floats(rng, shape))
    return Tensor(shape, INT8, scale, data=random_weights(rng, shape))


def _bias(rng: np.random.Generator, dtype: str, cells: int) -> Tensor:
    if dtype == FLOAT32:
        return Tensor((cells,), dtype, data=random_floats(rng, (cells,)))
    spread = 2 ** int(rng.integers(4, 31))
    return Tensor((cells,), BIASES[dtype], 1.0, data=rng.integers(-spread, spread, cells).astype(BIASES[dtype].lower()))


small = st.integers(1, 4)
zero_points = st.one_of(st.just(0), st.integers(-128, 127))
plans = st.builds(
    Plan,
    batches=small,
    steps=small,
    inputs=st.integers(1, 9),
    cells=st.integers(1, 6),
    time_major=st.booleans(),
    cell_clip=st.sampled_from([0.0, 0.0, 1e-6, 0.3, 100.0]),
    source=st.tuples(st.sampled_from([0.001, 0.05, 1.0]), zero_points),
    hidden=st.tuples(st.sampled_from([1 / 128, 1 / 32768, 0.003]), zero_points),
    cell_power=st.integers(-15, -3),
    weight_scale=st.sampled_from([2.0**-9, 2.0**-5, 0.0003]),
    seed=seeds,
)


@pytest.mark.parametrize("dtype", [INT8, INT16, FLOAT32])
@given(plan=plans)
def test_sequences_equal_tflm(dtype: str, plan: Plan) -> None:
    plan.case(dtype).compare_sequence()


def plain(dtype: str = INT8, **changes: Any) -> Case:
    return Plan(**changes).case(dtype)


# Sound layers for test_gate.py to spoil.
SOUND = [plain(), plain(INT16), plain(time_major=True, cell_clip=1.0)]


@pytest.mark.parametrize("power", [-24, 0])
def test_the_widest_and_the_narrowest_cell_state_equal_tflm(power: int) -> None:
    plain(cell_power=power).compare_sequence()


def test_macs_count_every_weight_once_for_each_step_and_batch() -> None:
    node = plain().node()
    assert operator_kind(node).macs(node) == 2 * 3 * 4 * (5 * 4 + 5 * 5)


def with_extra(position: int) -> Case:
    """With a tensor that makes it another kind of LSTM."""
    case = plain()
    inputs = list(case.inputs)
    inputs[position] = Tensor((5,), INT8, 0.5, data=np.zeros(5, np.int8))
    return dataclasses.replace(case, inputs=inputs)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (with_extra(10), "peephole weights is not supported"),
        (with_extra(16), "a projection is not supported"),
        (with_extra(23), "layer normalization is not supported"),
        (plain().with_input(0, dtype="UINT8", zero_point=0), "type uint8"),
        (plain().with_input(18, dtype=INT16), "have different types"),
        (plain().with_input(19, dtype=INT8), "type int8"),
        (plain().with_input(1, data=None), "weights must be a constant"),
        (plain().with_input(12, data=None), "biases must be a constant"),
        (plain().with_input(15, dtype=INT64), "type int64"),
        (plain().with_input(3, shape=(5, 5)), "its shape should be 5×4"),
        (plain().with_input(8, shape=(5, 4)), "its shape should be 5×5"),
        (plain().with_input(18, shape=(1, 5)), "its shape should be 2×5"),
        (plain().with_output(shape=(2, 4, 5)), "its shape should be 2×3×5"),
        (plain().with_input(18, is_state=False), "the state must be a variable tensor"),
        (plain().with_output(scale=0.5), "must have the same scale and zero point"),
        (plain().with_input(19, scale=0.001), "its scale must be a power of two"),
        (plain().with_input(19, scale=2.0), "its scale must be a power of two"),
        (plain().with_input(19, zero_point=1), "int16 needs 0"),
        (plain(INT16).with_input(0, zero_point=1), "int16 needs 0"),
        (plain(INT16).with_input(12, data=np.full(5, 2**47)), "leave 47 bits"),
        (plain().with_input(1, scale=[0.5] * 5), "needs one scale"),
        (plain().with_input(1, scale=1e30), "too large"),
        (plain().with_options(fused_activation_function=1), "RELU is not supported"),
        (plain().with_options(cell_clip=-1.0), "cell_clip is -1"),
        (dataclasses.replace(plain(), inputs=plain().inputs[:20]), "has 20 inputs, 24 expected"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
