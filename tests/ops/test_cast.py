"""CAST against TFLM, from every type to every type."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import BOOL, FLOAT32, INT8, INT16, INT32, Case, Tensor, seeds

pytestmark = pytest.mark.fidelity

UINT32 = "UINT32"
TYPES = [INT8, INT16, INT32, UINT32, BOOL, FLOAT32]


def cast(source: str, target: str, count: int = 4, seed: int = 0) -> Case:
    return Case("CAST", [Tensor((count,), source)], Tensor((count,), target), {}, seed)


@given(source=st.sampled_from(TYPES), target=st.sampled_from(TYPES), count=st.integers(1, 40), seed=seeds)
def test_equals_tflm(source: str, target: str, count: int, seed: int) -> None:
    cast(source, target, count, seed).compare()


@given(target=st.sampled_from(TYPES), seed=seeds)
def test_floats_of_any_magnitude_equal_tflm(target: str, seed: int) -> None:
    """Bit patterns at random: NaNs, and far more than any integer holds, among them."""
    values = np.random.default_rng(seed).integers(0, 2**32, 1000, np.uint32).view(np.float32)
    cast(FLOAT32, target, 1000).compare([values])


@pytest.mark.parametrize("target", TYPES)
def test_floats_at_the_limits_of_integers_equal_tflm(target: str) -> None:
    edges = [bits for limit in (2.0**7, 2.0**15, 2.0**31, 2.0**32) for bits in (limit, -limit)]
    near = [np.nextafter(np.float32(edge), np.float32(to)) for edge in edges for to in (0, np.inf, -np.inf)]
    odd = [0.0, -0.0, 0.5, -0.5, 0.99, -0.99, 127.5, -128.5, np.inf, -np.inf, np.nan, 1e-45]
    values = np.array([*edges, *near, *odd], np.float32)
    cast(FLOAT32, target, len(values)).compare([values])


# Sound layers for test_gate.py to spoil: each type once on either side; one source holds all kernels.
SOUND = [cast(source, target) for source, target in zip(TYPES, TYPES[1:] + TYPES[:1], strict=True)]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (cast("INT64", INT8), "type int64"),
        (cast(INT8, "UINT8"), "type uint8"),
        (cast(INT8, INT16).with_output(shape=(2, 2)), "its shape should be 4"),
    ],
)
def test_refuses_what_tflm_refuses(case: Case, said: str) -> None:
    assert said in case.refusal()
