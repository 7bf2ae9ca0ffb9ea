"""`mcuforge new`: what it writes is a project that checks, builds and is known to editors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from mcuforge.cli import main
from tests.support.scons import ROOT, scons
from tests.support.tflite_builder import ModelBuilder

HELLO = ROOT / "projects" / "hello" / "hello.tflite"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_a_new_project_checks_and_builds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "wave", "--from", str(HELLO), "--board", "stm32f4-discovery"]) == 0
    assert main(["check", "wave"]) == 0
    assert "ok: wave on stm32f4-discovery, 3 operators" in capsys.readouterr().out
    run = scons(f"project={folder / 'wave'}", f"build_dir={folder / 'build'}")
    assert run.code == 0, run.text
    assert (folder / "build" / "wave" / "stm32f4-discovery" / "wave.hex").exists()


@pytest.mark.slow
def test_the_application_fills_every_input_that_the_model_has(folder: Path) -> None:
    model = ModelBuilder()
    left, right, total = (model.tensor(name, (1, 4), "INT8", scale=0.5) for name in ("left", "right", "total"))
    model.operator("ADD", [left, right], [total])
    (folder / "sum.tflite").write_bytes(model.build([left, right], [total]))
    assert main(["new", "sum", "--from", "sum.tflite"]) == 0
    run = scons(f"project={folder / 'sum'}", f"build_dir={folder / 'build'}")
    assert run.code == 0, run.text


def test_a_manifest_names_the_schema_that_lies_beside_it(folder: Path) -> None:
    assert main(["new", "wave", "--from", str(HELLO)]) == 0
    first = (folder / "wave" / "project.yaml").read_text().splitlines()[0]
    schema = folder / "wave" / first.removeprefix("# yaml-language-server: $schema=")
    assert json.loads(schema.read_text())["title"] == "mcuforge project"


def test_the_front_door_is_written_where_nothing_builds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "wave", "--from", str(HELLO)]) == 0
    assert (folder / "SConstruct").read_bytes() == (ROOT / "SConstruct").read_bytes()
    assert capsys.readouterr().out.endswith("ok: wave/project.yaml; next: scons project=wave\n")
    (folder / "SConstruct").write_text("mine")
    assert main(["new", "other", "--from", str(HELLO)]) == 0
    assert (folder / "SConstruct").read_text() == "mine"


def test_a_cmake_project_gets_no_second_way_to_build(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "CMakeLists.txt").touch()
    assert main(["new", "wave", "--from", str(HELLO)]) == 0
    assert not (folder / "SConstruct").exists()
    assert "next: take it into your build (docs/hosts)" in capsys.readouterr().out


def test_where_there_are_projects_it_becomes_one_of_them(folder: Path) -> None:
    (folder / "projects").mkdir()
    assert main(["new", "wave", "--from", str(HELLO)]) == 0
    assert (folder / "projects" / "wave" / "main.c").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["1st", "--from", str(HELLO)], "error: `1st` is not a C identifier"),
        (["wave", "--from", "none.tflite"], "none.tflite: error: there is no model `none.tflite`"),
        (["wave", "--from", str(ROOT / "README.md")], "error: `README.md` is no model"),
        (["wave", "--from", str(HELLO), "--board", "nrf5430"], "did you mean `nrf5340`?"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    words: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", *words]) == 2
    assert message in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_what_is_there_already_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "wave").mkdir()
    (folder / "wave" / "mine.txt").write_text("mine")
    assert main(["new", "wave", "--from", str(HELLO)]) == 2
    assert "wave: error: there is something already" in capsys.readouterr().err
    assert [path.name for path in (folder / "wave").iterdir()] == ["mine.txt"]
    (folder / "file").touch()
    assert main(["new", "wave", "--from", str(HELLO), "--output", "file"]) == 2


def test_the_hook_runs_check_on_every_manifest_it_is_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As pre-commit does: one call with all files. All that is wrong is said, in each of them."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"] == "mcuforge check" and hook["language"] == "python"
    for name in ("one", "two", "three"):
        assert main(["new", name, "--from", str(HELLO)]) == 0
    for name, wrong in (("one", "runtme: aot\n"), ("three", "kernles: builtin\n")):
        with (folder / name / "project.yaml").open("a") as stream:
            stream.write(wrong)
    capsys.readouterr()
    assert main(["check", *(f"{name}/project.yaml" for name in ("one", "two", "three"))]) == 2
    said = capsys.readouterr()
    assert "ok: two" in said.out
    assert "unknown key `runtme`" in said.err and "unknown key `kernles`" in said.err
