"""Whether a trained model has fully connected layers, told without any of the packages that could open it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mcuforge.convert.loader import loaders_by_format
from tests.convert.models import classifier
from tests.support.projects import MODELS
from tests.support.scons import ROOT
from tests.support.tflite_builder import ModelBuilder


@pytest.mark.parametrize(
    ("source", "model_format"),
    [
        (ROOT / "projects" / "anomaly" / "anomaly.keras", "keras"),
        (ROOT / "projects" / "digits" / "digits.pt2", "pt2"),
        (ROOT / "projects" / "wine" / "wine.onnx", "onnx"),
        (MODELS / "ad01.h5", "h5"),
        (MODELS / "kws_saved_model", "saved_model"),
    ],
)
def test_dense_layers_are_found(source: Path, model_format: str) -> None:
    if not source.exists():
        pytest.skip("needs the reference models")
    assert loaders_by_format()[model_format].has_dense_layers(source)


def test_those_of_a_tflite_file_are_its_operators(tmp_path: Path) -> None:
    model = ModelBuilder()
    x, y = model.tensor("x", (1, 4), "FLOAT32"), model.tensor("y", (1, 4), "FLOAT32")
    model.operator("RELU", [x], [y])
    (tmp_path / "without.tflite").write_bytes(model.build([x], [y]))
    (tmp_path / "with.tflite").write_bytes(classifier())
    loader = loaders_by_format()["tflite"]
    assert loader.has_dense_layers(tmp_path / "with.tflite")
    assert not loader.has_dense_layers(tmp_path / "without.tflite")


def test_a_damaged_archive_says_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", '{"class_name": "Dense"}' * 100)
    content = bytearray((tmp_path / "model.keras").read_bytes())
    content[45:55] = b"\xff" * 10
    (tmp_path / "model.keras").write_bytes(content)
    assert not loaders_by_format()["keras"].has_dense_layers(tmp_path / "model.keras")


def test_a_layer_that_is_only_called_so_is_none(tmp_path: Path) -> None:
    config = '{"layers": [{"class_name": "Conv2D", "config": {"name": "Dense_features"}}]}'
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("config.json", config)
    assert not loaders_by_format()["keras"].has_dense_layers(tmp_path / "model.keras")
