"""The host's fixed-point arithmetic against exact rational arithmetic, and against the kernels' C."""

from __future__ import annotations

import math
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.model.arithmetic.activation import Activation, float_range, quantized_range
from mcuforge.model.arithmetic.fixed_point import (
    INT32_MAX,
    INT32_MIN,
    Multiplier,
    UnrepresentableMultiplierError,
    divide_by_power_of_two,
    doubling_high_multiply,
    multiply,
    quantize_multiplier,
    round_half_away,
    wrap_int32,
)
from mcuforge.model.arithmetic.transcendental import exp_of_negative, logistic, reciprocal_of_one_plus
from mcuforge.model.graph import DType
from tests.support.kernel_harness import RUNTIME, WARNINGS

int32s = st.integers(INT32_MIN, INT32_MAX)
factors = st.integers(1 << 30, INT32_MAX)
Q31 = 1 << 31


@given(real=st.floats(2.0**-31, 2.0**29))
def test_a_multiplier_is_within_half_a_unit_of_its_real_number(real: float) -> None:
    found = quantize_multiplier(real)
    assert 1 << 30 <= found.multiplier <= INT32_MAX
    unit = Fraction(2) ** (found.shift - 31)
    assert abs(found.multiplier * unit - Fraction(real)) <= unit / 2


@pytest.mark.parametrize(
    ("real", "expected"),
    [
        (0.0, Multiplier(0, 0)),
        (1.0, Multiplier(1 << 30, 1)),
        (0.5, Multiplier(1 << 30, 0)),
        (1 - 2.0**-40, Multiplier(1 << 30, 1)),
        (2.0**-32, Multiplier(1 << 30, -31)),
        (2.0**-33, Multiplier(0, 0)),
    ],
)
def test_multipliers_at_the_edges(real: float, expected: Multiplier) -> None:
    assert quantize_multiplier(real) == expected


@pytest.mark.parametrize("real", [-1.0, 2.0**30, math.inf, math.nan])
def test_what_fixed_point_cannot_hold_is_refused(real: float) -> None:
    with pytest.raises(UnrepresentableMultiplierError):
        quantize_multiplier(real)


@given(value=int32s, factor=factors)
def test_the_doubling_high_product_rounds_ties_upwards(value: int, factor: int) -> None:
    exact = Fraction(value * factor, Q31)
    assert doubling_high_multiply(value, factor) == math.floor(exact + Fraction(1, 2))


@given(value=int32s, exponent=st.integers(0, 31))
def test_division_by_a_power_of_two_rounds_ties_away_from_zero(value: int, exponent: int) -> None:
    magnitude = math.floor(abs(Fraction(value, 1 << exponent)) + Fraction(1, 2))
    assert divide_by_power_of_two(value, exponent) == math.copysign(magnitude, value)


@given(value=st.integers(-(1 << 62), (1 << 62) - 1))
def test_wrapping_keeps_the_value_modulo_32_bits(value: int) -> None:
    wrapped = int(wrap_int32(value))
    assert INT32_MIN <= wrapped <= INT32_MAX and (wrapped - value) % (1 << 32) == 0


@given(value=st.floats(-1e6, 1e6, width=32))
def test_rounding_goes_half_away_from_zero(value: float) -> None:
    magnitude = math.floor(abs(Fraction(value)) + Fraction(1, 2))
    assert float(round_half_away(np.float32(value))) == math.copysign(magnitude, value)


def test_multiply_equals_its_twin_in_c(tmp_path: Path) -> None:
    """The device's mcuf_multiply on values, multipliers and shifts at the extremes and between."""
    rng = np.random.default_rng(11)
    values = np.concatenate([[INT32_MIN, -1, 0, 1, INT32_MAX], rng.integers(INT32_MIN, INT32_MAX, 300)])
    cases = [(int(m), s) for s in range(-31, 31) for m in (0, 1 << 30, INT32_MAX, rng.integers(1 << 30, INT32_MAX))]
    program = tmp_path / "twin"
    source = """#include <stdio.h>
#include "mcuforge/fixed_point.h"
int main(void) {
  int value, multiplier, shift;
  while (scanf("%d %d %d", &value, &multiplier, &shift) == 3) printf("%d\\n", mcuf_multiply(value, multiplier, shift));
  return 0;
}
"""
    command = [
        "gcc",
        *WARNINGS,
        "-fsanitize=undefined",
        "-fno-sanitize-recover",
        f"-I{RUNTIME / 'include'}",
        "-xc",
        "-",
    ]
    subprocess.run([*command, "-o", str(program)], input=source, text=True, check=True)
    lines = "".join(f"{value} {m} {s}\n" for m, s in cases for value in values)
    done = subprocess.run([str(program)], input=lines, capture_output=True, text=True, check=True)
    ours = np.concatenate([multiply(values, Multiplier(m, s)) for m, s in cases])
    np.testing.assert_array_equal(ours, np.array(done.stdout.split(), np.int64))


@given(value=st.floats(-15.9, 0), integer_bits=st.sampled_from([4, 5]))
def test_the_exponential_is_close_to_the_real_one(value: float, integer_bits: int) -> None:
    raw = round(value * (1 << (31 - integer_bits)))
    assert abs(exp_of_negative(raw, integer_bits) / Q31 - math.exp(value)) < 2e-6


@given(value=st.integers(0, INT32_MAX))
def test_the_reciprocal_is_close_to_the_real_one(value: int) -> None:
    assert abs(reciprocal_of_one_plus(value) / Q31 - 1 / (1 + value / Q31)) < 1e-7


@given(value=st.floats(-7.9, 7.9))
def test_the_logistic_function_is_close_to_the_real_one(value: float) -> None:
    raw = round(value * (1 << 27))
    assert abs(logistic(raw, 4) / Q31 - 1 / (1 + math.exp(-value))) < 2e-6


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        (Activation.NONE, (-128, 127)),
        (Activation.RELU, (-10, 127)),
        (Activation.RELU_N1_TO_1, (-20, 0)),
        (Activation.RELU6, (-10, 50)),
    ],
)
def test_quantized_activation_ranges(activation: Activation, expected: tuple[int, int]) -> None:
    assert quantized_range(activation, 0.1, -10, DType.INT8) == expected


def test_an_activation_bound_beyond_32_bits_is_an_overflow() -> None:
    with pytest.raises(OverflowError, match="more than 2\\^31 steps"):
        quantized_range(Activation.RELU6, 1e-12, 0, DType.INT8)


def test_float_activations_clamp_infinities_as_tflm_does() -> None:
    assert float_range(Activation.NONE) == (-3.4028234663852886e38, 3.4028234663852886e38)
    assert float_range(Activation.RELU6) == (0.0, 6.0)
