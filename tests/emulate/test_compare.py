"""Comparison: counts of differing bytes, and the first element that differs, by its bits."""

from __future__ import annotations

import numpy as np
import pytest

from mcuforge.emulate.compare import Element, compare_outputs, tensor_difference
from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Tensor


def test_mismatching_bytes_are_counted_over_all_vectors() -> None:
    comparison = compare_outputs([b"\1\2", b"\3\4", b"\5\6"], [b"\1\2", b"\0\4", b"\0\0"])
    assert (comparison.bytes_compared, comparison.mismatches, comparison.first_vector) == (6, 3, 1)


def test_equal_outputs_have_no_first_vector() -> None:
    comparison = compare_outputs([b"\1"], [b"\1"])
    assert (comparison.mismatches, comparison.first_vector) == (0, None)


def test_outputs_of_another_size_are_our_bug() -> None:
    with pytest.raises(InternalError, match="1 bytes of outputs, the model 2"):
        compare_outputs([b"\1\2"], [b"\1"])


def test_the_first_differing_element_has_its_index_in_the_shape() -> None:
    tensor = Tensor(4, "t", (1, 2, 3), DType.INT16)
    expected = np.arange(6, dtype="<i2")
    got = expected.copy()
    got[[4, 5]] = -1
    difference = tensor_difference(tensor, expected.tobytes(), got.tobytes())
    assert difference is not None
    assert difference.elements == (Element((0, 1, 1), 4, -1), Element((0, 1, 2), 5, -1))
    assert difference.describe() == (
        "tensor 4 `t` (1×2×3 int16): 2 of 6 elements differ, first at [0, 1, 1]: expected 4, got -1"
    )


def test_floats_are_compared_by_their_bits() -> None:
    tensor = Tensor(0, "t", (2,), DType.FLOAT32)
    zero, negative = np.array([0, np.nan], "<f4"), np.array([-0.0, np.nan], "<f4")
    difference = tensor_difference(tensor, zero.tobytes(), negative.tobytes())
    assert difference is not None and difference.first.index == (0,) and difference.differing == 1
    assert tensor_difference(tensor, zero.tobytes(), zero.tobytes()) is None


def test_a_scalar_has_an_empty_index() -> None:
    difference = tensor_difference(Tensor(0, "t", (), DType.INT8), b"\1", b"\2")
    assert difference is not None and difference.first.index == ()
