"""project.yaml → Project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.errors import UserError
from mcuforge.manifest.load import check_sha256, load_project
from mcuforge.manifest.types import Accuracy, App, Golden, ModelSource, Project, Quantize
from tests.manifest.writing import write, write_project

FULL = """\
schema: 1
name: kws
model: {source: models/kws.tflite, sha256: ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB}
quantize: {scheme: int8, calibration: calibration.npz, io: float32}
accuracy: {dataset: test.npz, metric: top1, min: 0.90, max_drop: 0.02}
operators: [CONV_2D, "CUSTOM:fft"]
runtime: tflm
kernels: cmsis-nn
arena: 20 KiB
golden: golden.npz
budgets: {flash: 1.5 MiB, sram: 49152, arena: 20 KiB, stack: 4 KiB}
boards: [nrf5340, boards/own.yaml]
labels: [silence, "no"]
app: {sources: [main.c, 'src\\other.c'], include_dirs: [include]}
"""


def refusal(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        load_project(path)
    return caught.value


def test_every_key_arrives(tmp_path: Path) -> None:
    project = load_project(write(tmp_path / "project.yaml", FULL))
    assert project == Project(
        name="kws",
        path=tmp_path / "project.yaml",
        model=ModelSource(tmp_path / "models/kws.tflite", "tflite", "ab" * 32),
        compress=None,
        quantize=Quantize("int8", tmp_path / "calibration.npz", "float32"),
        accuracy=Accuracy(tmp_path / "test.npz", "top1", 0.9, None, 0.02),
        operators=("CONV_2D", "CUSTOM:fft"),
        runtime="tflm",
        kernels="cmsis-nn",
        arena_bytes=20480,
        golden=Golden(tmp_path / "golden.npz", 0, 0),
        budgets_bytes={"flash": 1572864, "sram": 49152, "arena": 20480, "stack": 4096},
        boards=("nrf5340", str(tmp_path / "boards/own.yaml")),
        app=App((tmp_path / "main.c", tmp_path / "src/other.c"), (tmp_path / "include",)),
        labels=("silence", "no"),
        positions=project.positions,
    )
    assert project.positions.at("budgets", "arena").line == 11


def test_defaults(tmp_path: Path) -> None:
    project = load_project(write_project(tmp_path))
    assert project.golden == Golden(None, 8, 1)
    assert (project.runtime, project.kernels, project.operators, project.arena_bytes) == ("aot", "builtin", None, None)
    assert (project.quantize, project.accuracy, project.app) == (None, None, None)
    assert (project.budgets_bytes, project.boards, project.labels) == ({}, (), ())


@pytest.mark.parametrize(
    ("source", "model_format"),
    [
        ("m.tflite", "tflite"),
        ("m.TFLITE", "tflite"),
        ("m.keras", "keras"),
        ("m.h5", "h5"),
        ("m.onnx", "onnx"),
        ("m.pt2", "pt2"),
        ("saved_model", "saved_model"),
        ("saved.model", "saved_model"),
    ],
)
def test_model_format_follows_the_suffix(source: str, model_format: str, tmp_path: Path) -> None:
    (tmp_path / "saved.model").mkdir()
    project = load_project(write(tmp_path / "project.yaml", f"schema: 1\nname: a\nmodel: {{source: {source}}}\n"))
    assert project.model.format == model_format


@pytest.mark.parametrize(
    ("line", "place", "message", "hint"),
    [
        ("budgts: {}", "4:1", "unknown key `budgts`", "did you mean `budgets`?"),
        ("golden: {random: 0}", "4:18", "`random` must be at least 1, not 0", "for example `8`"),
        ("golden: {seed: 3}", "4:1", "missing key `random` in `golden`", "for example `random: 8`"),
        ("golden: {random: true}", "4:18", "`random` must be a whole number, not `true`", "for example `8`"),
        ("golden: {random: 1.5}", "4:18", "`random` must be a whole number, not the number 1.5", "for example `8`"),
        ("budgets: {flash: 96kb}", "4:18", "`flash`: `96kb` is not a size; write `96 KiB`", "did you mean `96 KiB`?"),
        ("budgets: {flash: 1 m}", "4:18", "`flash`: `1 m` is not a size", "did you mean `1 MiB`?"),
        ("budgets: {flash: 1.5 B}", "4:18", "`flash`: `1.5 B` is not a whole number of bytes", None),
        ("budgets: {flash: 96.0}", "4:18", "`flash`: 96.0 is not a size", None),
        ("budgets: {flash: 0}", "4:18", "`flash`: zero bytes is not a size", "write a size, or remove the line"),
        (f"arena: {'9' * 5000} KiB", "4:8", f"`arena`: `{'9' * 39}…` is not a size; write", None),
        ("arena: |\n  1\n  KiB x", "4:8", "`arena`: `1 KiB x` is not a size; write", None),
        ("arena: aut", "4:8", "`arena`: `aut` is not a size", None),
        ("arena: true", "4:8", "`arena` must be a text or a whole number, not `true`", "for example `auto`"),
        ("kernels: cmsis_nn", "4:10", '`kernels` cannot be "cmsis_nn"', "did you mean `cmsis-nn`?"),
        ("operators: all", "4:12", '`operators` cannot be "all"', "for example `auto`"),
        ("operators: [conv_2d]", "4:13", 'entry 1 of `operators` cannot be "conv_2d"', "for example `CONV_2D`"),
        ("operators: [ADD, ADD]", "4:18", '`operators` names "ADD" twice', "remove one of them"),
        ("labels: [a, true]", "4:13", "entry 2 of `labels` must be a text, not `true`", 'for the text, write `"true"`'),
        ("labels: []", "4:9", "`labels` is empty", "for example `[silence, unknown, left, right]`"),
        ("app: {}", "4:1", "missing key `sources` in `app`", "for example `sources: [main.c]`"),
        ('operators: ["ADD\\n"]', "4:13", 'entry 1 of `operators` cannot be "ADD\\n"', "for example `CONV_2D`"),
        ("quantize: {scheme: int8}", "4:20", "the scheme int8 needs calibration data", "add `calibration: calibration"),
        ("accuracy: {dataset: t.npz, metric: top5}", "4:36", '`metric` cannot be "top5"', "did you mean `top1`?"),
    ],
)
def test_error_stands_at_its_place(line: str, place: str, message: str, hint: str | None, tmp_path: Path) -> None:
    error = refusal(write_project(tmp_path, line))
    assert str(error.location).endswith(f"project.yaml:{place}")
    assert error.message.startswith(message)
    assert (error.hint or "").startswith(hint or "")
    assert (error.hint is None) == (hint is None)


@pytest.mark.parametrize("name", ["string", "MATH", "stdint"])
def test_name_does_not_hide_a_header_of_the_c_library(name: str, tmp_path: Path) -> None:
    text = f"schema: 1\nname: {name}\nmodel: {{source: m.tflite}}\n"
    assert "would hide a header" in refusal(write(tmp_path / "project.yaml", text)).message


@pytest.mark.parametrize("value", ['"1"', "|\n  a\n  b", "true", "[1]"])
def test_schema_of_another_type_is_told_once(value: str, tmp_path: Path) -> None:
    error = refusal(write(tmp_path / "project.yaml", f"schema: {value}\nname: a\nmodel: {{source: m.tflite}}\n"))
    assert error.message.startswith("`schema` must be a whole number, not ") and error.details == ()


def test_further_errors_are_listed(tmp_path: Path) -> None:
    error = refusal(write_project(tmp_path, "".join(f"unknown{number}: 1\n" for number in range(7))))
    assert error.message == "unknown key `unknown0`"
    assert len(error.details) == 5
    assert error.details[-1] == "and 2 more"


def test_pin_is_compared_with_the_file(tmp_path: Path) -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    text = f"schema: 1\nname: a\nmodel:\n  source: model.tflite\n  sha256: {empty}\n"
    project = load_project(write(tmp_path / "project.yaml", text))
    project.model.source.write_bytes(b"")
    check_sha256(project)
    project.model.source.write_bytes(b"x")
    with pytest.raises(UserError, match="not the file that is pinned") as caught:
        check_sha256(project)
    assert str(caught.value.location).endswith(":5:11")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
def test_no_value_anywhere_breaks_the_loader(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any value in the place of any other gives a Project or a UserError with a place."""
    manifest = yaml.safe_load(FULL)
    _replace_somewhere(manifest, data)
    path = write(tmp_path_factory.getbasetemp() / "project.yaml", yaml.safe_dump(manifest))
    try:
        project = load_project(path)
    except UserError as error:
        assert error.location is not None
    else:
        assert isinstance(project, Project)


def _replace_somewhere(node: Any, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
    if isinstance(node[key], dict | list) and node[key] and data.draw(st.booleans()):
        _replace_somewhere(node[key], data)
    else:
        node[key] = data.draw(PLAIN)
