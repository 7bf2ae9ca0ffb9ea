"""Small trained models for conversion tests, and projects around them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from mcuforge.manifest.load import load_project
from mcuforge.manifest.types import Project
from tests.support.tflite_builder import ModelBuilder

Floats = npt.NDArray[np.float32]
CLASSES = 4


def classifier(scale: float = 2) -> bytes:
    """A float .tflite: the largest of four inputs, through two layers, as probabilities."""
    model = ModelBuilder()
    weights = scale * np.eye(CLASSES, dtype=np.float32)
    x = model.tensor("x", (1, CLASSES), "FLOAT32")
    first = model.tensor("w1", weights.shape, "FLOAT32", data=weights)
    second = model.tensor("w2", weights.shape, "FLOAT32", data=weights)
    hidden = model.tensor("hidden", (1, CLASSES), "FLOAT32")
    scores = model.tensor("scores", (1, CLASSES), "FLOAT32")
    y = model.tensor("y", (1, CLASSES), "FLOAT32")
    model.operator("FULLY_CONNECTED", [x, first, None], [hidden])
    model.operator("FULLY_CONNECTED", [hidden, second, None], [scores])
    model.operator("SOFTMAX", [scores], [y], {"beta": 1.0})
    return model.build([x], [y])


def examples(count: int = 64, seed: int = 1) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Inputs in [-1, 1] and the place of the largest, which stands out by 0.1."""
    random = np.random.Generator(np.random.PCG64(seed))
    x = random.uniform(-1, 0.9, (count, CLASSES)).astype(np.float32)
    y = x.argmax(axis=1)
    x[np.arange(count), y] += np.float32(0.1)
    return x, y


def person_detector(file: Path) -> None:
    """A Keras 2 .h5 file of a MobileNet: 96 × 96 colours, two classes. Keras 3 refuses its depthwise layers."""
    import tf_keras

    tf_keras.utils.set_random_seed(1)
    tf_keras.applications.MobileNet((96, 96, 3), alpha=0.25, weights=None, classes=2).save(file)


def write_project(folder: Path, source: str, more: str = "", calibration: Floats | None = None) -> Project:
    """A manifest for a model that lies in `folder`, with calibration and test data for `classifier`."""
    x, y = examples()
    np.savez(folder / "calibration.npz", x=x if calibration is None else calibration)
    np.savez(folder / "test.npz", x=x, y=y)
    (folder / "project.yaml").write_text(f"schema: 1\nname: demo\nmodel: {{source: {source}}}\n{more}")
    return load_project(folder / "project.yaml")


def classifier_project(folder: Path, more: str = "", calibration: Floats | None = None) -> Project:
    (folder / "model.tflite").write_bytes(classifier())
    quantize = "quantize: {scheme: int8, calibration: calibration.npz}\n"
    return write_project(folder, "model.tflite", quantize + more, calibration)
