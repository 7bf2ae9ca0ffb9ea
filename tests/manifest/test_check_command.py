"""`mcuforge check` when all is well; what it says otherwise is pinned in tests/failing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcuforge.cli import main
from tests.manifest.writing import write_project
from tests.support.tflite_builder import ModelBuilder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project in a folder with spaces in its name, with a model of one operator."""
    folder = tmp_path / "my own project"
    folder.mkdir()
    write_project(folder, "boards: [nrf5340, host]\noperators: [ADD]\n")
    model = ModelBuilder()
    x = model.tensor("x", (1, 4), "INT8", scale=0.5)
    y = model.tensor("y", (1, 4), "INT8", scale=0.5)
    model.operator("ADD", [x, x], [y])
    (folder / "model.tflite").write_bytes(model.build([x], [y]))
    return folder


def test_sound_project_is_ok_on_the_boards_it_promises(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["ok: demo on nrf5340, host, 1 operator"]
    assert printed.err == ""


def test_board_option_asks_for_other_boards(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder / "project.yaml"), "--board", "stm32f4-discovery", "--board", "mps2-an505"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "ok: demo on stm32f4-discovery, mps2-an505, 1 operator"


def test_project_in_the_working_directory(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert main(["check", "."]) == 0
    assert "ok: demo" in capsys.readouterr().out


def test_commands_are_the_files_of_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "Check a project without building it" in capsys.readouterr().out
