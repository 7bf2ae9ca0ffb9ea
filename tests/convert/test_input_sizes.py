"""Inputs of models that were exported for any number of examples, or for any length, by format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcuforge.convert.build import build_model
from mcuforge.errors import UserError
from mcuforge.model.reader import read_model
from tests.convert.models import write_project
from tests.support.extras import require_extra

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))


def refusal(folder: Path, source: str) -> UserError:
    with pytest.raises(UserError) as caught:
        build_model(write_project(folder, source), folder / "out")
    return caught.value


def filter_over_frames() -> Any:
    import keras

    return keras.Sequential([keras.Input((None, 3), name="frames"), keras.layers.Conv1D(2, 3, name="filter")])


def save_exported(file: Path, shape: tuple[int, ...], free_dimension: int) -> None:
    """A ReLU, exported for any size of one dimension."""
    import torch

    class Rectifier(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(x)

    free = {"x": {free_dimension: torch.export.Dim("free", min=2, max=64)}}
    torch.export.save(torch.export.export(Rectifier(), (torch.zeros(shape),), dynamic_shapes=free), file)


def test_a_keras_model_is_told_which_dimension_and_what_to_write(tmp_path: Path) -> None:
    require_extra("keras")
    filter_over_frames().save(tmp_path / "model.keras")
    error = refusal(tmp_path, "model.keras")
    assert error.message == "dimension 1 of the input `frames` has no fixed size: [?, ?, 3]"
    assert "keras.Input((49, 10, 1))" in (error.hint or "")


def test_a_saved_model_is_told_which_dimension_and_what_to_write(tmp_path: Path) -> None:
    require_extra("keras")
    filter_over_frames().export(str(tmp_path / "exported"), verbose=False)
    error = refusal(tmp_path, "exported")
    assert error.message.startswith("dimension 1 of the input `") and error.message.endswith("[?, ?, 3]")
    assert "tf.TensorSpec" in (error.hint or "")


def test_an_exported_program_is_told_which_dimension_and_what_to_write(tmp_path: Path) -> None:
    require_extra("torch")
    save_exported(tmp_path / "model.pt2", (1, 8, 3), free_dimension=1)
    error = refusal(tmp_path, "model.pt2")
    assert error.message.startswith("dimension 1 of the input `x` has no fixed size: it is `")
    assert "without dynamic_shapes" in (error.hint or "")


def test_a_program_exported_for_any_number_of_examples_takes_one(tmp_path: Path) -> None:
    require_extra("torch")
    save_exported(tmp_path / "model.pt2", (4, 6), free_dimension=0)
    rows = np.random.Generator(np.random.PCG64(1)).standard_normal((20, 6)).astype(np.float32)
    quantize = "quantize: {scheme: int8, calibration: calibration.npz}\n"
    build_model(write_project(tmp_path, "model.pt2", quantize, rows), tmp_path / "out")
    main = read_model(tmp_path / "out" / "model.tflite").main
    assert main.tensors[main.inputs[0]].shape == (1, 6)
