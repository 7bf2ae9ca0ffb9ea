"""Whether the float .tflite computes what the framework does: the first thing that is compared after a conversion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mcuforge.convert.loader import Floats, Input, Row
from mcuforge.convert.parity import TOLERANCE, check_parity, sample_rows
from mcuforge.errors import UserError
from tests.convert.models import CLASSES, classifier
from tests.support.extras import require_extra

require_extra("quantize")

SOURCE = Path("model.onnx")
INPUTS = (Input("x", (1, CLASSES)),)


class Framework:
    """Computes what `classifier` does, and `off` more."""

    loader = "the framework"
    inputs = INPUTS

    def __init__(self, off: float = 0.0, may_run: bool = True) -> None:
        self._off = off
        self._may_run = may_run

    def float_tflite(self) -> bytes:
        return classifier()

    def quantized(self, scheme: str, io: str, calibration: object) -> bytes:
        raise AssertionError("nothing is quantized here")

    def predict(self, row: Row) -> tuple[Floats, ...] | None:
        if not self._may_run:
            return None
        scores = np.exp(4 * row[0].astype(np.float64))
        return ((scores / scores.sum() + self._off).astype(np.float32),)


def parity(framework: Framework) -> float | None:
    return check_parity(SOURCE, framework, classifier(), sample_rows(INPUTS))


def test_the_same_but_for_rounding_is_told_as_a_number() -> None:
    found = parity(Framework())
    assert found is not None and 0 <= found < 1e-5


def test_anything_else_is_refused_and_says_how_far_off_it_is() -> None:
    with pytest.raises(UserError, match=r"computes something else than the framework: off by 9\.\d% of its output"):
        parity(Framework(off=0.1))
    assert parity(Framework(off=TOLERANCE / 4)) is not None


def test_a_framework_that_may_not_run_is_not_compared() -> None:
    assert parity(Framework(may_run=False)) is None


def test_rows_without_calibration_data_are_always_the_same() -> None:
    first, second = sample_rows(INPUTS), sample_rows(INPUTS)
    assert all((a[0] == b[0]).all() for a, b in zip(first, second, strict=True)) and first[0][0].shape == (1, CLASSES)
