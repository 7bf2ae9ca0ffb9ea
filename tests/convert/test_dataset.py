"""What a data set may hold as the right answers, by metric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcuforge.convert.dataset import wanted_outputs
from mcuforge.convert.loader import fixed_shape
from mcuforge.errors import UserError
from mcuforge.manifest.types import Accuracy


def wanted(folder: Path, y: Any, metric: str = "top1", rows: int = 3, outputs: int = 3) -> list[float]:
    np.savez(folder / "test.npz", y=np.asarray(y))
    accuracy = Accuracy(folder / "test.npz", metric, minimum=None, maximum=None, max_drop=None)
    return wanted_outputs(accuracy, rows, outputs).tolist()


def test_classes_are_numbers_or_one_hot(tmp_path: Path) -> None:
    assert wanted(tmp_path, [0, 2, 1]) == [0, 2, 1]
    assert wanted(tmp_path, [[0], [2], [1]]) == [0, 2, 1]
    assert wanted(tmp_path, [[1, 0, 0], [0, 0, 1], [0, 1, 0]]) == [0, 2, 1]
    assert wanted(tmp_path, [True, False, True], outputs=1) == [1, 0, 1]


@pytest.mark.parametrize("label", [-1, 3, 1.5])
def test_a_label_that_is_no_class_is_told_with_its_row(label: float, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=rf"row 1 has the label {label:g}; there are classes 0 to 2"):
        wanted(tmp_path, [0, label, 1])


def test_auc_needs_zeros_and_ones(tmp_path: Path) -> None:
    assert wanted(tmp_path, [0, 1, 1], "auc", outputs=128) == [0, 1, 1]
    with pytest.raises(UserError, match="row 2 has the label 2; there are classes 0 to 1"):
        wanted(tmp_path, [0, 1, 2], "auc", outputs=128)


def test_values_have_the_shape_of_the_output(tmp_path: Path) -> None:
    assert wanted(tmp_path, [[1, 2], [3, 4], [5, 6]], "mae", outputs=2) == [[1, 2], [3, 4], [5, 6]]
    with pytest.raises(UserError, match="its rows have 2 values, and the model gives 3"):
        wanted(tmp_path, [[1, 2], [3, 4], [5, 6]], "mae", outputs=3)


def test_a_batch_of_several_and_a_scalar_are_no_shapes_of_an_input() -> None:
    source = Path("model.keras")
    assert fixed_shape(source, "x", (None, 4), "") == fixed_shape(source, "x", (1, 4), "") == (1, 4)
    with pytest.raises(UserError, match=r"the input `x` takes 8 examples at once: \[8, 4\]"):
        fixed_shape(source, "x", (8, 4), "")
    with pytest.raises(UserError, match="the input `x` is a scalar"):
        fixed_shape(source, "x", (), "")
