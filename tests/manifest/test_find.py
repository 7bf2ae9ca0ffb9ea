"""Names, directories and files → the YAML file."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.manifest.load import (
    find_board,
    find_project,
    find_promised_boards,
    list_boards,
    list_projects,
    load_project,
    split_names,
)
from tests.manifest.writing import write_board, write_project


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two projects."""
    monkeypatch.chdir(tmp_path)
    for name in ("kws", "hello"):
        (tmp_path / "projects" / name).mkdir(parents=True)
        write_project(tmp_path / "projects" / name)
    return tmp_path


@pytest.mark.parametrize("given", ["kws", "projects/kws", "projects/kws/", "projects/kws/project.yaml"])
def test_project_by_name_directory_or_file(given: str, work: Path) -> None:
    assert find_project(given) == work / "projects" / "kws" / "project.yaml"


def test_project_anywhere_under_any_name(work: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = write_project(tmp_path_factory.mktemp("else where")).rename(work / "my own.yml")
    assert find_project(str(elsewhere)) == elsewhere
    assert find_project("my own.yml") == elsewhere
    assert find_project(Path("my own.yml")) == elsewhere


def test_project_name_wins_over_a_folder_of_that_name(work: Path) -> None:
    (work / "kws").mkdir()
    assert find_project("kws") == work / "projects" / "kws" / "project.yaml"


def test_folder_of_the_working_directory_is_found(work: Path) -> None:
    (work / "mine").mkdir()
    path = write_project(work / "mine")
    assert find_project("mine") == path


def test_projects_and_boards_are_listed_in_order(work: Path) -> None:
    assert list(list_projects()) == ["hello", "kws"]
    assert list(list_boards()) == sorted(list_boards())
    assert list_boards(work) == {}


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ("kvs", "there is no project `kvs`", "did you mean `kws`?"),
        ("KWS", "there is no project `KWS`", "did you mean `kws`?"),
        ("zzzz", "there is no project `zzzz`", "the projects are: hello, kws"),
        ("projects", "`projects` has no project.yaml", "give a name, a directory or a YAML file"),
        ("a/b", "there is no project file `a/b`", "give a name, a directory or a YAML file"),
        ("kws.yaml", "there is no project file `kws.yaml`", "give a name, a directory or a YAML file"),
        ("~nobody-at-all/a", "there is no project file `~nobody-at-all/a`", "give a name, a directory or a YAML file"),
        ("x" * 5000, f"there is no project `{'x' * 5000}`", "the projects are: hello, kws"),
    ],
)
def test_unknown_project_says_what_there_is(given: str, message: str, hint: str, work: Path) -> None:
    with pytest.raises(UserError) as caught:
        find_project(given)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_commas_part_names_and_are_part_of_a_path_that_has_them(work: Path) -> None:
    (work / "a,b").mkdir()
    assert split_names("kws,hello") == ["kws", "hello"]
    assert split_names("a,b") == ["a,b"] and split_names(f"{work}/a,b") == [f"{work}/a,b"]


def test_no_projects_at_all(work: Path) -> None:
    with pytest.raises(UserError) as caught:
        find_project("kws", search=work / "none")
    assert caught.value.hint == "there are no projects"


def test_board_by_name_directory_or_file(work: Path) -> None:
    assert find_board("nrf5340") == list_boards()["nrf5340"]
    mine = write_board(work / "mine")
    assert find_board("mine") == find_board("mine/mine.yaml") == find_board(str(mine)) == mine
    assert find_board("mine", search=work / "mine") == mine


@pytest.mark.parametrize(
    ("given", "hint"),
    [("nrf5430", "did you mean `nrf5340`?"), ("mine.yaml", "give a name, a directory or a YAML file")],
)
def test_unknown_board_says_what_there_is(given: str, hint: str, work: Path) -> None:
    with pytest.raises(UserError) as caught:
        find_board(given)
    assert caught.value.hint == hint


def test_promised_board_files_lie_beside_the_manifest(work: Path) -> None:
    mine = write_board(work / "mine" / "boards")
    project = load_project(write_project(work / "mine", "boards: [nrf5340, 'boards\\mine.yaml']"))
    assert find_promised_boards(project) == (list_boards()["nrf5340"], mine)
