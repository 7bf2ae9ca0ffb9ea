"""The committed example models: they are what their manifests, their results.json and their READMEs say they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tflite_micro.python.tflite_micro import runtime

from mcuforge.convert.build import tflite_file
from mcuforge.extras import FORMAT_EXTRAS
from mcuforge.manifest.project import load_project
from mcuforge.model.reader import read_model
from tests.support.extras import require_extra
from tests.support.scons import ROOT

PROJECTS = ROOT / "projects"
ARCHIVES = sorted(PROJECTS.glob("*/*.npz"))
KWS_OPERATORS = {"CONV_2D", "DEPTHWISE_CONV_2D", "MEAN", "FULLY_CONNECTED", "SOFTMAX"}
Array = npt.NDArray[Any]


def results(example: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((PROJECTS / example / "results.json").read_text(encoding="utf-8"))
    return content


def readme(example: str) -> str:
    return (PROJECTS / example / "README.md").read_text(encoding="utf-8")


def load(archive: Path) -> dict[str, Array]:
    with np.load(archive, allow_pickle=False) as content:
        return dict(content)


def model_of(example: str) -> Path:
    """The .tflite file that a build of the example is made from."""
    project = load_project(PROJECTS / example / "project.yaml")
    if project.is_converted:
        require_extra(FORMAT_EXTRAS[project.model.format])
    return tflite_file(project)


def run_tflm(model: Path, inputs: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """The outputs of real TensorFlow Lite Micro, one row an input."""
    interpreter = runtime.Interpreter.from_file(str(model))
    rows = []
    for row in inputs:
        interpreter.set_input(row[np.newaxis], 0)
        interpreter.invoke()
        rows.append(interpreter.get_output(0)[0].copy())
    return np.stack(rows)


def kws_accuracy(archive: str, as_int8: Callable[[Array], Array]) -> float:
    content = load(PROJECTS / "kws" / archive)
    outputs = run_tflm(model_of("kws"), as_int8(content["x"]))
    return round(float(np.mean(np.argmax(outputs, axis=1) == content["y"])), 4)


def test_hello_pins_its_committed_model() -> None:
    project = load_project(PROJECTS / "hello" / "project.yaml")
    content = project.model.source.read_bytes()
    assert project.model.sha256 == results("hello")["sha256"] == hashlib.sha256(content).hexdigest()
    assert results("hello")["model_bytes"] == len(content) <= 60_000


def test_kws_pins_its_trained_model_and_states_the_size_of_the_converted_one() -> None:
    project = load_project(PROJECTS / "kws" / "project.yaml")
    assert project.model.sha256 == hashlib.sha256(project.model.source.read_bytes()).hexdigest()
    assert results("kws")["model_bytes"] == model_of("kws").stat().st_size <= 60_000


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_archives_hold_plain_numbers_in_which_x_comes_first(archive: Path) -> None:
    content = load(archive)
    model = read_model(model_of(archive.parent.name)).main
    assert next(iter(content)) == "x"
    assert content["x"].shape[1:] == model.tensors[model.inputs[0]].shape[1:]
    assert all(array.dtype in (np.int8, np.int64, np.float32) for array in content.values())


def test_hello_has_the_error_it_states() -> None:
    graph = read_model(PROJECTS / "hello" / "hello.tflite").main
    source, target = (graph.tensors[index].quantization for index in (graph.inputs[0], graph.outputs[0]))
    assert source is not None and target is not None
    inputs = np.arange(-128, 128, dtype=np.int8).reshape(-1, 1)
    outputs = run_tflm(PROJECTS / "hello" / "hello.tflite", inputs)
    angles = (inputs.astype(float) - source.zero_points[0]) * source.scales[0]
    error = (outputs.astype(float) - target.zero_points[0]) * target.scales[0] - np.sin(angles)
    stated = results("hello")
    assert round(float(np.sqrt(np.mean(error**2))), 4) == stated["rmse"] < 0.02
    assert round(float(np.max(np.abs(error))), 4) == stated["max_error"]
    assert f"| {stated['rmse']:g} | {stated['max_error']:g} |" in readme("hello")


def test_kws_has_the_accuracy_it_states_on_the_committed_test_set() -> None:
    accuracy = kws_accuracy("test.npz", lambda x: np.rint(x * 32).astype(np.int8))
    assert accuracy == results("kws")["top1_int8_committed_test"] > 0.9


def test_kws_has_the_accuracy_it_states_on_its_golden_inputs() -> None:
    assert kws_accuracy("golden.npz", lambda x: x) == results("kws")["top1_int8_golden"] > 0.9


@pytest.mark.parametrize("archive", ["test.npz", "golden.npz"])
def test_kws_archives_hold_every_label(archive: str) -> None:
    labels = load_project(PROJECTS / "kws" / "project.yaml").labels
    assert set(load(PROJECTS / "kws" / archive)["y"].tolist()) == set(range(len(labels)))


def test_kws_reads_features_in_steps_of_one_32nd_whatever_was_trained() -> None:
    graph = read_model(model_of("kws")).main
    quantization = graph.tensors[graph.inputs[0]].quantization
    assert quantization is not None
    assert (quantization.scales, quantization.zero_points) == ((1 / 32,), (0,))
    for name in ("test.npz", "calibration.npz"):
        steps = load(PROJECTS / "kws" / name)["x"] * 32
        assert np.array_equal(steps, np.rint(steps)) and steps.min() >= -128 and steps.max() <= 127
    assert (steps.min(), steps.max()) == (-128, 127), (
        "calibration must reach both ends, or conversion shrinks the range"
    )


def test_kws_is_quantized_per_channel_and_uses_only_common_operators() -> None:
    graph = read_model(model_of("kws")).main
    assert {operator.kind for operator in graph.operators} == KWS_OPERATORS
    convolutions = [operator for operator in graph.operators if operator.kind in ("CONV_2D", "DEPTHWISE_CONV_2D")]
    for convolution in convolutions:
        weights = convolution.inputs[1]
        assert weights is not None
        quantization = graph.tensors[weights].quantization
        assert quantization is not None
        assert len(quantization.scales) == graph.tensors[convolution.outputs[0]].shape[-1]


def test_kws_commits_less_than_400_kilobytes_and_no_audio() -> None:
    suffixes = (".tflite", ".keras", ".npz", ".py", ".md", ".json", ".yaml")
    files = [path for path in (PROJECTS / "kws").iterdir() if path.is_file()]
    assert not [path.name for path in files if path.suffix not in suffixes]
    assert sum(path.stat().st_size for path in files) < 400_000


def test_kws_readme_states_what_was_measured() -> None:
    stated, text = results("kws"), readme("kws")
    rows = [("float", stated["top1_float"]), ("int8 on TensorFlow Lite Micro", stated["top1_int8"])]
    for group in stated["top1_int8_by"].values():
        rows += group.items()
    missing = [f"| {name} | {share:.1%} |" for name, share in rows if f"| {name} | {share:.1%} |" not in text]
    assert not missing
