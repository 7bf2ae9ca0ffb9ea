"""The examples that a build converts: what their READMEs and results.json state is what a conversion gives now."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mcuforge.convert.accuracy import assess
from mcuforge.convert.build import build_model
from mcuforge.convert.gate import gate_error
from mcuforge.extras import FORMAT_EXTRAS
from mcuforge.manifest.load import load_project
from tests.support.extras import require_extra
from tests.support.scons import ROOT

PROJECTS = ROOT / "projects"
ROUNDED = {"digits": "{:.1%}", "wine": "{:.1%}", "anomaly": "{:.3f}"}
SLACK = 0.012
"""Another CPU may sum in another order, and an example on the edge then falls on the other side."""


def stated(example: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((PROJECTS / example / "results.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.slow
@pytest.mark.parametrize("example", sorted(ROUNDED))
def test_accuracy_is_what_the_readme_states_and_passes_the_gate(example: str, tmp_path: Path) -> None:
    project = load_project(PROJECTS / example / "project.yaml")
    require_extra(FORMAT_EXTRAS[project.model.format])
    facts = build_model(project, tmp_path).facts
    found = assess(project, tmp_path / "model.tflite", tmp_path / "float.tflite", tmp_path)
    assert gate_error(project, found) is None
    results = stated(example)
    assert found.exact == pytest.approx(results[f"{found.metric}_float"], abs=SLACK)
    assert found.converted == pytest.approx(results[f"{found.metric}_int8"], abs=SLACK)
    assert facts.loader == results["loader"] and results["model_bytes"] == (tmp_path / "model.tflite").stat().st_size
    assert facts.sha256 == hashlib.sha256((tmp_path / "model.tflite").read_bytes()).hexdigest()


@pytest.mark.parametrize("example", sorted(ROUNDED))
def test_readme_states_what_was_measured(example: str) -> None:
    text, results = (PROJECTS / example / "README.md").read_text(encoding="utf-8"), stated(example)
    metric = load_project(PROJECTS / example / "project.yaml").accuracy
    assert metric is not None
    for row, key in (("float", "float"), ("int8 on TensorFlow Lite Micro", "int8")):
        assert f"| {row} | {ROUNDED[example].format(results[f'{metric.metric}_{key}'])} |" in text
    assert f"{results['model_bytes']:,} bytes" in text and f"{results['test_examples']}" in text


@pytest.mark.parametrize("example", sorted(ROUNDED))
def test_example_commits_less_than_300_kilobytes(example: str) -> None:
    assert sum(path.stat().st_size for path in (PROJECTS / example).iterdir() if path.is_file()) < 300_000


@pytest.mark.parametrize("name", ["anomaly/anomaly.keras", "digits/digits.pt2", "kws/kws.keras"])
def test_archives_hold_no_paths_of_the_machine_that_trained(name: str) -> None:
    with zipfile.ZipFile(PROJECTS / name) as archive:
        inside = b"".join(archive.read(entry) for entry in archive.namelist())
    assert not [path for path in (b"site-packages", b"/home/", b"train.py") if path in inside]
