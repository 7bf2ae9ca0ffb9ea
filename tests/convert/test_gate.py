"""The accuracy gate on a real conversion: what passes, and what a calibration that is broken on purpose is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcuforge.convert.accuracy import Assessment, ClassAccuracy, assess
from mcuforge.convert.build import build_model
from mcuforge.convert.gate import clipping, gate_error, summary
from mcuforge.errors import UserError
from mcuforge.manifest.load import load_project
from mcuforge.manifest.types import Project
from tests.convert.models import classifier_project, examples
from tests.support.extras import require_extra
from tests.support.scons import scons

GATE = "accuracy: {dataset: test.npz, metric: top1, min: 0.95, max_drop: 0.02}\n"

require_extra("quantize")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))


def assessed(project: Project, folder: Path) -> Assessment:
    build_model(project, folder / "out")
    return assess(project, folder / "out" / "model.tflite", folder / "out" / "float.tflite", folder)


def test_a_sound_conversion_passes_and_keeps_the_signal_of_every_layer(tmp_path: Path) -> None:
    project = classifier_project(tmp_path, GATE)
    found = assessed(project, tmp_path)
    assert gate_error(project, found) is None
    assert (found.exact, found.examples, len(found.classes)) == (1.0, 64, 4)
    assert found.confusion is not None and found.confusion.labels == ("0", "1", "2", "3")
    assert [sum(row) for row in found.confusion.converted] == [item.examples for item in found.classes]
    assert [layer.op for layer in found.layers] == ["INPUT", "FULLY_CONNECTED", "FULLY_CONNECTED", "SOFTMAX"]
    assert all(layer.sqnr_db > 25 for layer in found.layers) and not clipping(found)


def test_a_calibration_that_misses_the_range_breaks_the_gate_and_names_layer_and_classes(tmp_path: Path) -> None:
    project = classifier_project(tmp_path, GATE, calibration=examples()[0] * np.float32(0.05))
    found = assessed(project, tmp_path)
    error = gate_error(project, found)
    assert error is not None
    text = error.render()
    assert "project.yaml:5:50: error: top1 of" in text and "is below the 0.95 required (the float model has 1)" in text
    assert "worst classes: " in text and "(float 100.0%)" in text
    assert "most is lost at the input `x`" in text
    assert re.search(r"`x` goes from -0\.9\d* to 0\.9\d* in the test data, and the calibrated range is -0\.0[45]", text)
    assert "hint: calibrate with data that covers what the model meets" in text


def test_with_float_inputs_the_layers_behind_the_conversion_are_compared(tmp_path: Path) -> None:
    project = classifier_project(tmp_path, GATE, calibration=examples()[0] * np.float32(0.05))
    manifest = project.path.read_text().replace("scheme: int8,", "scheme: int8, io: float32,")
    project.path.write_text(manifest)
    found = assessed(load_project(project.path), tmp_path)
    assert [layer.op for layer in found.layers] == ["INPUT", "FULLY_CONNECTED", "FULLY_CONNECTED", "SOFTMAX"]
    worst = max(found.layers, key=lambda layer: layer.loss_db)
    assert worst.op == "INPUT" and worst.clipped > 1, clipping(found)


def test_a_drop_alone_breaks_the_gate_at_its_line(tmp_path: Path) -> None:
    gate = "accuracy: {dataset: test.npz, metric: top1, max_drop: 0.02}\n"
    project = classifier_project(tmp_path, gate, calibration=examples()[0] * np.float32(0.05))
    error = gate_error(project, assessed(project, tmp_path))
    assert error is not None and "more than the 0.02 allowed" in error.message
    assert str(error.location).endswith("project.yaml:5:55")


def test_an_assessment_survives_its_file(tmp_path: Path) -> None:
    found = assessed(classifier_project(tmp_path, GATE), tmp_path)
    again = Assessment.from_json(found.to_json())
    assert again == found and summary(again).startswith("top1 1.0000 on TensorFlow Lite Micro, float 1.0000")


def test_a_failed_gate_stops_the_build_and_leaves_no_image(tmp_path: Path) -> None:
    project = classifier_project(tmp_path, GATE, calibration=examples()[0] * np.float32(0.05))
    run = scons(f"project={project.path}", "board=nrf5340", f"build_dir={tmp_path / 'build'}")
    assert run.code == 2 and "error: top1 of" in run.err and "most is lost at" in run.err
    warned = re.search(r"project\.yaml:4:\d+: warning: the input `x`: `x` goes from -0\.9", run.text)
    assert warned, "what calibration missed is named"
    assert not [
        path for path in (tmp_path / "build").rglob("*") if path.suffix in (".hex", ".bin") or path.name == "budget.ok"
    ]
    again = scons(f"project={project.path}", "board=nrf5340", f"build_dir={tmp_path / 'build'}")
    assert again.code == 2, "a failed gate must not count as up to date"


def judged(folder: Path, limits: str, **found: Any) -> UserError | None:
    project = classifier_project(folder, f"accuracy: {{dataset: test.npz, {limits}}}\n")
    plain = {"metric": "top1", "dataset": "test.npz", "examples": 10, "exact": 0.9, "classes": (), "layers": ()}
    return gate_error(project, Assessment(**{**plain, **found}))


@pytest.mark.parametrize(
    ("limits", "metric", "exact", "converted", "message"),
    [
        ("metric: mae, max: 0.5", "mae", 0.2, 0.6, "mae of 0.6 is above the 0.5 allowed (the float model has 0.2)"),
        ("metric: mae, max: 0.5", "mae", 0.2, 0.5, None),
        ("metric: rmse, max_drop: 0.1", "rmse", 0.2, 0.4, "rmse of 0.4 loses 0.2, more than the 0.1 allowed"),
        ("metric: rmse, max_drop: 0.1", "rmse", 0.4, 0.2, None),
        ("metric: cosine, min: 0.9", "cosine", None, 0.89, "cosine of 0.89 is below the 0.9 required"),
        ("metric: auc, min: 0.9, max_drop: 0.01", "auc", 0.93, 0.92, None),
        (
            "metric: auc, min: 0.9, max_drop: 0.01",
            "auc",
            0.93,
            0.91,
            "auc of 0.91 loses 0.02, more than the 0.01 allowed",
        ),
    ],
)
def test_errors_and_scores_are_limited_from_their_own_side(
    limits: str, metric: str, exact: float | None, converted: float, message: str | None, tmp_path: Path
) -> None:
    error = judged(tmp_path, limits, metric=metric, exact=exact, converted=converted)
    assert (error is None) if message is None else (error is not None and error.message.startswith(message))


def test_the_three_classes_that_lose_most_are_named_worst_first(tmp_path: Path) -> None:
    shares = {"a": (0.9, 0.8), "b": (1.0, 0.5), "c": (0.7, 0.1), "d": (0.9, 0.6), "e": (0.6, 0.6)}
    classes = tuple(ClassAccuracy(label, 10, *share) for label, share in shares.items())
    error = judged(tmp_path, "metric: top1, min: 0.9", converted=0.6, classes=classes)
    assert error is not None
    assert error.details == ("worst classes: c 10.0% (float 70.0%), b 50.0% (float 100.0%), d 60.0% (float 90.0%)",)
    error = judged(tmp_path, "metric: top1, min: 0.9", converted=0.6, classes=classes[-2:])
    assert error is not None and error.details == ("worst classes: d 60.0% (float 90.0%)",)
