"""`mcuforge diff`: no difference where there is none, and the layer at fault where a fault is put in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mcuforge import cli
from mcuforge.workers import generate as worker
from tests.state import models
from tests.support.scons import ROOT
from tests.support.tflite_builder import ModelBuilder, pack

HELLO = ROOT / "projects" / "hello" / "hello.tflite"


def write(model: ModelBuilder, folder: Path) -> Path:
    path = folder / "model.tflite"
    path.write_bytes(pack(model.object))
    return path


def put_fault(monkeypatch: pytest.MonkeyPatch, wrong: str, right: str) -> None:
    """Changes the text of the generated layers before they are compiled."""
    sound = worker.generate

    def faulty(*arguments: object) -> dict[str, str]:
        files = sound(*arguments)  # type: ignore[arg-type]
        (name,) = (name for name in files if name.endswith("_layers.c"))
        assert right in files[name]
        return {**files, name: files[name].replace(right, wrong, 1)}

    monkeypatch.setattr(worker, "generate", faulty)


@pytest.mark.parametrize("board", ["host", "nrf5340"])
def test_a_sound_model_has_no_difference(board: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", str(HELLO), "--random", "3", "--board", board]) == 0
    assert capsys.readouterr().out.startswith("no difference: ")


def test_recorded_vectors_are_a_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "golden.npz", x=np.arange(40, dtype=np.int8).reshape(10, 1, 4))
    model = write(models.accumulator(), tmp_path)
    assert cli.main(["diff", str(model), "--vectors", str(tmp_path / "golden.npz")]) == 0
    assert "over 10 vectors on host" in capsys.readouterr().out


def test_a_fault_inside_a_loop_is_laid_to_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write(models.loop(), tmp_path)
    put_fault(monkeypatch, wrong="!= 1) {", right="!= 0) {")  # the loop's condition: it never runs
    np.savez(tmp_path / "golden.npz", x=np.ones((2, 1, 4), np.int8))
    assert cli.main(["diff", str(model), "--vectors", str(tmp_path / "golden.npz")]) == 2
    assert "layer 0 WHILE differs" in capsys.readouterr().err


def test_a_fault_in_an_addition_shows_what_it_should_have_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write(models.accumulator(), tmp_path)
    put_fault(monkeypatch, wrong=".output_offset = -6", right=".output_offset = -5")
    np.savez(tmp_path / "golden.npz", x=np.zeros((1, 1, 4), np.int8))
    assert cli.main(["diff", str(model), "--vectors", str(tmp_path / "golden.npz")]) == 2
    said = capsys.readouterr().err
    assert "layer 2 ADD differs from TensorFlow Lite Micro, first in vector 0" in said
    assert "tensor 2 `y` (1×4 int8): 4 of 4 elements differ\n    [0, 0]: expected 0, got -1\n" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--random", "0"], "0 random inputs are none to compare"),
        (["--board", "elsewhere"], "there is no board `elsewhere`"),
        (["--vectors", "missing.npz"], "do not exist"),
    ],
)
def test_what_cannot_be_compared_is_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", str(HELLO), *arguments]) == 2
    assert said in capsys.readouterr().err
