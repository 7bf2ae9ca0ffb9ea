"""Calibration data: which array is for which input, and what is suspicious about rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mcuforge.convert.calibration import FEW_ROWS, calibration_notes, calibration_rows
from mcuforge.convert.loader import Input
from mcuforge.errors import UserError

LEFT, RIGHT = Input("left", (1, 2)), Input("right", (1, 3))


def saved(folder: Path, **arrays: object) -> Path:
    np.savez(folder / "calibration.npz", **{name: np.asarray(array, np.float32) for name, array in arrays.items()})
    return folder / "calibration.npz"


@pytest.mark.parametrize("names", [("x0", "x1"), ("left", "right"), ("x0", "right")])
def test_arrays_of_several_inputs_go_by_number_or_by_name(names: tuple[str, str], tmp_path: Path) -> None:
    left, right = np.arange(8).reshape(4, 2), np.arange(12).reshape(4, 3)
    rows = calibration_rows(saved(tmp_path, **dict(zip(names, (left, right), strict=True))), (LEFT, RIGHT))
    assert len(rows) == 4
    assert [array.tolist() for array in rows[2]] == [[[4, 5]], [[6, 7, 8]]]


def test_arrays_of_different_lengths_are_refused(tmp_path: Path) -> None:
    file = saved(tmp_path, x0=np.zeros((4, 2)), x1=np.zeros((5, 3)))
    with pytest.raises(UserError, match="the arrays of the calibration data hold different numbers of rows: 4, 5"):
        calibration_rows(file, (LEFT, RIGHT))


def test_few_rows_and_rows_that_are_all_the_same_are_noted() -> None:
    random = np.random.Generator(np.random.PCG64(1))
    many = [(random.standard_normal((1, 2)).astype(np.float32),) for _ in range(FEW_ROWS)]
    assert calibration_notes("int8", many) == []
    assert calibration_notes("int8", many[:3]) == [
        "the calibration data has only 3 rows: ranges of activations will be narrow"
    ]
    assert calibration_notes("int8", many[:1] * FEW_ROWS) == ["all 16 rows of the calibration data are the same"]


def test_rows_that_change_nothing_are_noted() -> None:
    (note,) = calibration_notes("float16", [(np.zeros((1, 2), np.float32),)])
    assert note.startswith("the scheme float16 needs no calibration data")
