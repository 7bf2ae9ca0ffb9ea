"""project.lock.yaml: what it holds, and that every drift is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mcuforge.convert.job import Facts
from mcuforge.convert.lock import check_lock, cpu_kind, entries, to_yaml
from mcuforge.errors import UserError
from tests.convert.models import classifier, classifier_project, write_project

FACTS = Facts("the .tflite file", {"numpy": "2.4.6"}, "ab" * 32, "cd" * 32, None)


@pytest.fixture
def locked(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    project = classifier_project(tmp_path)
    found = entries(project, tmp_path / "model.tflite", FACTS)
    path = tmp_path / "project.lock.yaml"
    path.write_text(to_yaml(found))
    return path, found


def test_a_lock_holds_model_data_converters_and_operators(locked: tuple[Path, dict[str, str]]) -> None:
    path, found = locked
    assert set(found) == {
        *("model.model.tflite", "converted.sha256", "converted.cpu", "converted.loader", "versions.numpy"),
        *("data.calibration.npz", "quantize.scheme", "quantize.io", "operators"),
    }
    assert found["operators"] == "FULLY_CONNECTED, SOFTMAX" and found["converted.cpu"] == cpu_kind()
    assert check_lock(path, found) is None


def test_a_lock_holds_how_a_model_is_compressed_and_data_files_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(classifier())
    for name in ("model.keras", "train.py", "other/test.npz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    more = "compress: {data: train.py, prune: {sparsity: 0.5, epochs: 3}, batch: 8}\n"
    more += "quantize: {scheme: int8, calibration: other/test.npz}\naccuracy: {dataset: test.npz, metric: top1}\n"
    found = entries(write_project(tmp_path, "model.keras", more), tmp_path / "model.tflite", FACTS)
    assert [line for line in to_yaml(found).splitlines() if "compress." in line] == [
        '  "compress.prune.sparsity": "0.5"',
        '  "compress.prune.epochs": "3"',
        '  "compress.learning_rate": "0.001"',
        '  "compress.batch": "8"',
    ]
    assert {"data.test.npz", "data.other/test.npz", "data.train.py"} <= set(found)


@pytest.mark.parametrize("name", ["model.model.tflite", "versions.numpy", "data.calibration.npz", "operators"])
def test_a_drift_is_an_error_at_its_line(name: str, locked: tuple[Path, dict[str, str]]) -> None:
    path, found = locked
    with pytest.raises(UserError) as caught:
        check_lock(path, {**found, name: "other"})
    assert caught.value.message == f"the build is not what is locked: {name} changed"
    line = next(at for at, text in enumerate(path.read_text().splitlines(), 1) if f'"{name}"' in text)
    assert caught.value.location is not None and caught.value.location.line == line
    assert "found other" in caught.value.details[0]


def test_new_and_removed_entries_are_drifts_too(locked: tuple[Path, dict[str, str]]) -> None:
    path, found = locked
    fewer = {name: value for name, value in found.items() if name != "data.calibration.npz"}
    with pytest.raises(UserError, match=re.escape("data.calibration.npz, data.test.npz changed")):
        check_lock(path, {**fewer, "data.test.npz": "new"})


def test_other_bytes_on_another_cpu_are_a_note(locked: tuple[Path, dict[str, str]]) -> None:
    path, found = locked
    elsewhere = {**found, "converted.sha256": "ef" * 32, "converted.cpu": "riscv64"}
    assert "on another kind of CPU (riscv64" in (check_lock(path, elsewhere) or "")
    with pytest.raises(UserError, match=r"converted\.sha256 changed"):
        check_lock(path, {**found, "converted.sha256": "ef" * 32})
    with pytest.raises(UserError, match=r"converted\.sha256, operators changed"):
        check_lock(path, {**elsewhere, "operators": "RELU"})
