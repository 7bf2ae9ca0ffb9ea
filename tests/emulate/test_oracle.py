"""The oracle: real TFLM in a process of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mcuforge.emulate import oracle as oracle_module
from mcuforge.emulate.oracle import Oracle
from mcuforge.errors import Location, UserError
from mcuforge.model.graph import DType, Graph, Subgraph, Tensor
from mcuforge.model.reader import read_model
from tests.emulate.handmade import write_model
from tests.support.tflite_builder import ModelBuilder

VECTORS = [bytes([1, 2, 0x80, 0x7F, 0xF6, 0xF5, 0, 0xFF]), bytes(range(8))]


def handmade(folder: Path, timeout_s: float = 60) -> Oracle:
    model = write_model(folder / "model.tflite")
    return Oracle(model, read_model(model), folder, timeout_s)


def test_outputs_are_those_of_every_vector(tmp_path: Path) -> None:
    assert handmade(tmp_path).outputs(VECTORS) == [bytes([2, 0x7F, 0xF6, 0]), bytes([1, 3, 5, 7])]


def test_tensors_are_those_of_the_last_vector(tmp_path: Path) -> None:
    values = handmade(tmp_path).tensors(VECTORS, [1, 2])
    assert values == [{1: bytes(range(8)), 2: bytes([1, 3, 5, 7])}]


def test_tensors_of_several_vectors_come_in_their_order(tmp_path: Path) -> None:
    assert handmade(tmp_path).tensors(VECTORS, [2], last=2) == [
        {2: bytes([2, 0x7F, 0xF6, 0])},
        {2: bytes([1, 3, 5, 7])},
    ]


def test_several_inputs_and_outputs_keep_the_models_order(tmp_path: Path) -> None:
    builder = ModelBuilder()
    inputs = [builder.tensor(name, (1, size), "FLOAT32") for name, size in (("a", 2), ("b", 3))]
    outputs = [builder.tensor(name, (1, size), "FLOAT32") for name, size in (("ra", 2), ("rb", 3))]
    for source, result in zip(inputs, outputs, strict=True):
        builder.operator("RELU", [source], [result])
    model = tmp_path / "model.tflite"
    model.write_bytes(builder.build(inputs, outputs[::-1]))
    vector = np.array([1, -2, 3, -4, 5], np.float32).tobytes()
    expected = np.array([3, 0, 5, 1, 0], np.float32).tobytes()
    assert Oracle(model, read_model(model), tmp_path, 60).outputs([vector]) == [expected]


def test_a_model_that_tflm_refuses_is_a_user_error_with_its_words(tmp_path: Path) -> None:
    builder = ModelBuilder()
    x, y = builder.tensor("x", (1, 4), "FLOAT32"), builder.tensor("y", (1, 4), "FLOAT32")
    builder.operator("CUSTOM:Nonsense", [x], [y])
    model = tmp_path / "model.tflite"
    model.write_bytes(builder.build([x], [y]))
    with pytest.raises(UserError, match="TensorFlow Lite Micro does not run this model") as caught:
        Oracle(model, read_model(model), tmp_path, 60).outputs([bytes(16)])
    assert "Failed to get registration from op code CUSTOM" in caught.value.details
    assert not any("Traceback" in line for line in caught.value.details)


def test_a_crash_of_tflm_is_a_user_error(tmp_path: Path) -> None:
    """A graph that claims a tensor which the file does not have makes the wheel read out of bounds."""
    model = write_model(tmp_path / "model.tflite")
    tensors = tuple(Tensor(index, "t", (1,), DType.INT8) for index in range(100_000))
    claimed = Graph((Subgraph(0, "main", tensors, (), (0,), (2,)),), {}, "", Location(model))
    with pytest.raises(UserError, match=r"TensorFlow Lite Micro crashed on this model \(SIG"):
        Oracle(model, claimed, tmp_path, 60).tensors(VECTORS, [99_999])


def test_tflm_that_does_not_finish_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"did not finish within 0\.01 s"):
        handmade(tmp_path, timeout_s=0.01).outputs(VECTORS)


def test_a_missing_wheel_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError) as caught:
        handmade(tmp_path)
    assert "pip install 'mcuforge[emulate]'" in str(caught.value)


def test_the_wheel_is_not_loaded_into_the_caller(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model.tflite")
    script = (
        "import sys; from pathlib import Path; from mcuforge.emulate.oracle import Oracle\n"
        "from mcuforge.model.reader import read_model\n"
        f"model, folder = Path({str(model)!r}), Path({str(tmp_path)!r})\n"
        "assert Oracle(model, read_model(model), folder, 60).outputs([bytes(8)])\n"
        "sys.exit('tflite_micro' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(oracle_module.__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", script], env=environment, check=False).returncode == 0
