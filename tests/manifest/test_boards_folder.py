"""Every file of boards/ is sound; a new file is tested by being there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcuforge import resources
from mcuforge.manifest.load import list_boards, load_board, load_project, make_target
from mcuforge.toolchain.flags import machine_flags
from tests.manifest.writing import write_project

BOARDS = list_boards()
ALL_FILES = sorted(resources.boards_dir().rglob("*.yaml"))


@pytest.mark.parametrize("name", BOARDS)
def test_board_takes_a_project(name: str, tmp_path: Path) -> None:
    target = make_target(load_project(write_project(tmp_path)), load_board(BOARDS[name]))
    assert target.board.name == name
    assert (target.twin is None) == (target.board.emulator is None)


@pytest.mark.parametrize("name", BOARDS)
def test_emulated_machine_names_itself(name: str, tmp_path: Path) -> None:
    twin = make_target(load_project(write_project(tmp_path)), load_board(BOARDS[name])).twin
    if twin is not None:
        assert twin.emulator is not None
        assert twin.emulator.machine == twin.name


@pytest.mark.parametrize("name", BOARDS)
def test_compiler_flags_follow_from_the_facts(name: str) -> None:
    board = load_board(BOARDS[name])
    assert machine_flags(board.cpu, board.positions.at("cpu")) or board.cpu.core == "host"


def test_every_shared_file_has_a_board() -> None:
    used = {file for path in BOARDS.values() for file in load_board(path).files}
    assert used == {path.resolve() for path in ALL_FILES}


def test_the_promised_boards_exist() -> None:
    machines = {"mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505", "mps3-an547"}
    assert {"nrf5340", "stm32f4-discovery", "host"} | machines <= set(BOARDS)
