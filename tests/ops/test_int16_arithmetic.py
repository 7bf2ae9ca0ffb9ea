"""The host's side of int16 kernels: 16-bit multipliers and the table of the logistic function."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.model.arithmetic.sigmoid import ENTRIES, ENTRIES_PER_UNIT, sigmoid_table
from mcuforge.model.arithmetic.wide import reduced_multiplier


@given(multiplier=st.integers(1 << 30, (1 << 31) - 1))
def test_a_reduced_multiplier_is_the_nearest_of_16_bits(multiplier: int) -> None:
    reduced = reduced_multiplier(multiplier)
    assert 1 << 14 <= reduced < 1 << 15
    assert abs(reduced * (1 << 16) - multiplier) <= 1 << 15 or reduced == (1 << 15) - 1


@pytest.mark.parametrize(("multiplier", "expected"), [(0, 0), (0x7FFEFFFF, 0x7FFF), (0x7FFFFFFF, 0x7FFF)])
def test_reduced_multipliers_saturate(multiplier: int, expected: int) -> None:
    assert reduced_multiplier(multiplier) == expected


def test_chords_of_the_sigmoid_table_stay_within_a_step_of_the_function() -> None:
    table = sigmoid_table().astype(np.float64)
    assert table[0] == 1 << 15 and (np.diff(table) >= 0).all()
    for fraction in (0.0, 0.25, 0.5, 0.75):
        x = (np.arange(ENTRIES - 1) + fraction) / ENTRIES_PER_UNIT
        chord = table[:-1] * (1 - fraction) + table[1:] * fraction
        assert np.abs(chord - (1 << 16) / (1 + np.exp(-x))).max() < 1.5
